/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_WORLD_H
#define TOOLS_CORPUS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/time_text.h"
#include "tools/corpus/random.h"

/*
 * Who and what there is: accounts and regions with what CloudTrail has delivered of them,
 * instances, people. All of it is worked out from numbers, so events hold numbers only.
 */

/* One account and region each. The first WORLD_MAIN are delivered from end to end. */
enum world_row_id {
	ROW_MAIN,
	WORLD_MAIN = 4,
	ROW_ENDS = WORLD_MAIN, /* its newest record stands exactly at world.end_us */
	ROW_BEGINS,            /* its first record stands exactly at row.first_us */
	ROW_HOLE,              /* nothing in (hole_from, hole_to), 30 hours */
	ROW_QUIET,             /* a record every 23 hours: no hole */
	ROW_ABSENT_REGION,     /* an account that is there, a region that is not */
	ROW_ABSENT_ACCOUNT,
	ROW_COUNT,
};

struct world_row {
	const char *account, *region;
	int64_t first_us, last_us; /* of its own activity; first > last: none at all */
	int64_t hole_from_us, hole_to_us;
	int64_t beat_us; /* how often something happens there by itself */
};

struct world {
	uint64_t seed;
	int64_t start_us,
	    end_us;        /* logins lie between these; the main rows go on for 2 hours more */
	uint32_t per_row;  /* instances of a class in a row */
	uint32_t bastions; /* instances that people log in to, to go on from there */
	uint32_t people;   /* to an account */
	bool odd_rows;     /* rows other than the main ones are in use */
	bool sessions;     /* each has a session after the other, whose events are in the trail */
	struct world_row rows[ROW_COUNT];
};

enum instance_class {
	INSTANCE_RECORDED, /* has a login log */
	INSTANCE_SILENT,   /* sends no login records */
	INSTANCE_BARE,     /* its records do not say which account and region it is in */
	INSTANCE_CLASSES,
	INSTANCE_BASTION = INSTANCE_CLASSES, /* number counts through all the main rows */
};

struct instance {
	uint8_t row, class;
	uint16_t number;
};

/* Somebody who calls AWS. */
struct principal {
	uint8_t account;   /* 0 or 1: that of the row of the same number */
	uint8_t hostile;   /* 0, or the session name is hostile text of that number */
	uint8_t recreated; /* same ARN, another principalId: deleted and made again */
	uint16_t number;
};

#define INSTANCE_ID_LEN 32
#define WORLD_PEOPLE    400 /* to an account, usually */
#define WORLD_USERS     6

/* days: how long the world lasts. odd_rows only when it lasts 4 days or more. */
void world_init(struct world *w, uint64_t seed, unsigned days, uint32_t per_row, bool odd_rows);

/* The bastion of that number, for one story alone. */
struct instance world_bastion(const struct world *w, unsigned number);
/* Number of an instance among all that there can be: 0 to world_instances - 1. */
uint32_t world_instance_index(const struct world *w, struct instance i);
uint32_t world_instances(const struct world *w);
char *instance_id(struct instance i, char out[static INSTANCE_ID_LEN]);

/* When the session of world.sessions began that somebody has at that time: once an hour, not all at
 * the same minute. */
int64_t world_session_begin(struct principal p, int64_t time_us);

/* The login name that most scenarios use is 0: "ec2-user". */
const char *world_user(unsigned number);

enum principal_kind {
	PRINCIPAL_USER,
	PRINCIPAL_ROLE,
	PRINCIPAL_ROLE_OF_PATH,
	PRINCIPAL_IDENTITY_CENTER,
};
enum principal_kind principal_kind(struct principal p);
/* Appends the user or session name. */
void principal_put_name(struct principal p, struct buf *out);
void principal_put_arn(const struct world *w, struct principal p, struct buf *out);

/* Text as an attacker would choose it, never "": control characters, terminal escapes, markup,
 * spreadsheet formulas, bidirectional overrides. */
#define WORLD_HOSTILE 8
const char *world_hostile(unsigned number);

/* A uuid's text that belongs to the seed. Returns out. */
#define UUID_TEXT_LEN 37
char *uuid_text(uint64_t seed, char out[static UUID_TEXT_LEN]);

#endif
