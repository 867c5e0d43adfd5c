/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_TRAIL_LAYOUT_H
#define CORRELATOR_REMOTE_TRAIL_LAYOUT_H

#include "common/buf.h"
#include "correlator/input/input_list.h"

/*
 * How keys are laid out in a bucket: those of a trail (CloudTrail User Guide, "Finding your
 * CloudTrail log files") and those of login logs that were shipped (docs/FORMAT.md):
 *
 *	[PREFIX/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/FILE
 *	[PREFIX/]logins/ACCOUNT/REGION/YYYY/MM/DD/FILE
 *
 * Which folders are worth a look, and which keys are of the days asked for. Folders end in "/".
 * docs/SEMANTICS.md, "What is read of a bucket". Nothing here talks to anybody.
 */

/* Days of folders, counted from 1970-01-01. */
struct trail_days {
	bool has_first, has_last;
	int64_t first, last; /* both are in it */
};

/*
 * The days in which files may have been delivered that bear on logins of [from_us, to_us]
 * (INT64_MIN, INT64_MAX: no bound). Of events those from TRAIL_DAYS_CHAIN before `from` on, up to
 * late_us behind `to`; of logins all that were shipped since, from TRAIL_DAYS_PART before, or
 * TRAIL_DAYS_STAY when it matters who was logged in meanwhile (people).
 */
#define TRAIL_DAYS_CHAIN 2
#define TRAIL_DAYS_PART  1
#define TRAIL_DAYS_STAY  7
struct trail_days trail_days_of_events(
    int64_t from_us, int64_t to_us, int64_t late_us, int64_t now_us);
struct trail_days trail_days_of_logins(int64_t from_us, bool people);

enum trail_level {
	TRAIL_OUTSIDE, /* above AWSLogs/ and logins/, or beside */
	TRAIL_ROOT,    /* AWSLogs/; logins/ */
	TRAIL_ORG,
	TRAIL_ACCOUNT, /* of a trail: its services are below */
	TRAIL_SERVICE, /* CloudTrail/; of logins: ACCOUNT/ */
	TRAIL_REGION,  /* REGION/ and all below it: days */
	TRAIL_UNUSED,  /* of another service, or of CloudTrail but no events: digests, insights */
	TRAIL_UNKNOWN, /* below AWSLogs/, but nothing that belongs there */
};

struct trail_place {
	enum trail_level level;
	bool is_logins;    /* below logins/ */
	size_t region_len; /* up to the "/" behind the region: days stand behind it */
};

/* Where a folder is. What stands behind the last "/" does not count. */
struct trail_place trail_place_of(struct span folder);

/* What is to be done with a folder that was found on the way. */
enum trail_step {
	TRAIL_LOOK,      /* look at what is in it, folder by folder */
	TRAIL_TAKE_DAYS, /* take the keys of its days */
	TRAIL_TAKE_ALL,  /* take all keys that trail_key_is_wanted wants */
	TRAIL_LEAVE,     /* it has nothing of that role */
};
enum trail_step trail_step_of(const struct trail_place *place, enum input_role role);

enum trail_want {
	TRAIL_WANTED,
	TRAIL_OTHER_DAY,  /* not of the days */
	TRAIL_OTHER_KIND, /* not of that role */
};
enum trail_want trail_want_of(struct span key, enum input_role role, const struct trail_days *days);

/* Appends the folder of a day, "REGION-FOLDER/2026/11/22/". */
void trail_put_day(struct buf *out, struct span region_folder, int64_t day);
/* The day that a key behind a region's folder is of: "2026/11/22/...". */
bool trail_day_read(struct span text, int64_t *day);

#endif
