/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_REMOTE_H
#define CORRELATOR_REMOTE_REMOTE_H

#include "correlator/correlate/coverage.h"
#include "correlator/diagnostics.h"
#include "correlator/input/document.h"
#include "correlator/input/input_list.h"

/*
 * Inputs that lie in AWS, made to look like files: an input is listed (or asked for) into an
 * input_list, whose files are then read through document.source like any other.
 *
 *	s3://BUCKET/PREFIX                 objects; of a trail only the days that can matter
 *	lookup-events:                     CloudTrail's event history, by LookupEvents
 *	cloudwatch-logs:GROUP              a log group that a trail writes to, by FilterLogEvents
 *
 * With several --profile or --region the last two are asked of each pair. A bucket is read with the
 * first profile that may list it.
 */
struct remote;

/* What is being listed or asked for; what is not known is 0. */
struct remote_progress {
	const char *what; /* the input */
	uint64_t requests, objects, bytes;
	uint64_t throttled; /* how often a server asked us to slow down */
	/* of a bucket */
	uint64_t folders_left, objects_left; /* that are nothing of what was asked for */
	bool over;                           /* that is all of the input */
};

struct remote_options {
	const char *const *profiles; /* as typed */
	size_t profile_count;
	const char *const *regions;
	size_t region_count;
	const char *endpoint_url;
	int64_t from_us, to_us; /* of the logins asked for; INT64_MIN, INT64_MAX: all */
	int64_t late_us;        /* how late CloudTrail may deliver */
	int64_t now_us;
	bool people; /* issuing events are wanted too */
	bool keep;   /* what is read is kept: days that are only there in part are left out */
	/* Called now and then while something is listed or asked for, and at its end; NULL: none.
	 */
	void (*progress)(void *ctx, const struct remote_progress *p);
	void *progress_ctx;
};

/* True for what remote_add takes, by its scheme. */
bool remote_is_uri(const char *uri);
/* What is wrong with such an input, for that role; NULL: nothing that could be told without asking.
 */
const char *remote_check_uri(const char *uri, enum input_role role);

/* Nothing is connected yet. NULL without memory. Options are borrowed. */
struct remote *remote_new(const struct remote_options *o, struct diagnostics *d);
void remote_free(struct remote *r);

/* Lists what the URI names and adds it to the list, in an order that depends on names only. What
 * cannot be had is an error in the diagnostics; the rest is added. 0 or -1 without memory. */
int remote_add(struct remote *r, struct input_list *l, const char *uri, enum input_role role);

/* How the files that remote_add added are read: for document.source of any number of threads. */
const struct document_source *remote_source(struct remote *r);

/* What answers of LookupEvents cover: spans of time for which everything of an account and region
 * was asked for and given. Of what was added since the last call. */
int remote_add_coverage(struct remote *r, struct coverage *c, struct string_pool *pool);

/* What was asked for so far, in all; by any thread. */
void remote_counts(const struct remote *r, struct remote_progress *p);

#endif
