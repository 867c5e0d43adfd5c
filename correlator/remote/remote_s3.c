/* SPDX-License-Identifier: Apache-2.0 */
/* Remote inputs: buckets. */
#include "common/time_text.h"
#include "correlator/remote/bucket_list.h"
#include "correlator/remote/remote_private.h"

#define ERROR_MAX ((size_t)8 << 10)

/* A listing by one profile. */
struct listing {
	struct remote *remote;
	const struct remote_profile *profile;
	const char *uri;
	struct bucket_counts counts;     /* the latest */
	struct aws_client_counts before; /* what else the profile was used for */
};

static void
tell_progress(const struct listing *l, bool over)
{
	const struct remote_options *o = l->remote->options;
	struct remote_progress p = {
	    .what = l->uri,
	    .objects = l->counts.objects,
	    .bytes = l->counts.bytes,
	    .folders_left = l->counts.folders_left,
	    .objects_left = l->counts.other_kind + l->counts.other_day,
	    .over = over,
	};
	struct aws_client_counts counts;

	if (o->progress == NULL)
		return;
	aws_client_counts(l->profile->client, &counts);
	p.requests = counts.requests - l->before.requests;
	p.throttled = counts.throttled - l->before.throttled;
	o->progress(o->progress_ctx, &p);
}

static void
on_progress(void *ctx, const struct bucket_counts *counts)
{
	struct listing *l = ctx;

	l->counts = *counts;
	tell_progress(l, false);
}

static void
put_date(char out[static TIME_TEXT_LEN], int64_t day)
{
	(void)time_format(out, day * US_PER_DAY, 0);
	out[sizeof("2026-11-22") - 1] = '\0';
}

/* An input with nothing in it is most likely mistyped; days without anything are not. */
static void
tell_nothing(struct remote *r, const struct bucket_list *b)
{
	const struct trail_days *days = &b->days;
	const struct bucket_counts *c = &b->counts;
	char first[TIME_TEXT_LEN] = "the first", last[TIME_TEXT_LEN] = "today";

	if (days->has_first)
		put_date(first, days->first);
	if (days->has_last)
		put_date(last, days->last);
	if ((c->regions != 0 || c->other_day != 0) && (days->has_first || days->has_last))
		diagnostics_warning(r->diagnostics, b->uri,
		    "nothing is there of the days from %s to %s", first, last);
	else if (c->folders_left != 0 || c->other_kind != 0)
		diagnostics_error(r->diagnostics, b->uri,
		    b->role == INPUT_LOGINS
			? "there are no login logs below it: what is there is CloudTrail's"
			: "there are no logs of events below it: what is there is of another kind");
	else
		diagnostics_error(r->diagnostics, b->uri, "there are no objects below it");
}

/* As bucket_list_run, by one profile. */
static int
list_by(struct remote *r, size_t at, struct bucket_list *b)
{
	struct listing listing = {.remote = r, .profile = &r->profiles[at], .uri = b->uri};
	int result;

	aws_client_counts(listing.profile->client, &listing.before);
	b->client = listing.profile->client;
	b->origin = (uint8_t)(at + 1);
	b->counts = (struct bucket_counts){0};
	b->progress = on_progress;
	b->progress_ctx = &listing;
	result = bucket_list_run(b);
	listing.counts = b->counts;
	tell_progress(&listing, true);
	return result;
}

/* Adds why a profile cannot list it: of several nobody knows which one should. */
static void
put_failure(const struct remote *r, size_t at, struct bucket_list *b, struct buf *why)
{
	const char *name = r->profiles[at].name;

	buf_puts(why, why->len != 0 ? "; " : "");
	if (r->profile_count > 1)
		buf_printf(why, "profile %s: ", name != NULL ? name : "");
	buf_put_span(why, buf_span(&b->error));
}

/* By the first profile that may. */
static int
list_bucket(struct remote *r, struct bucket_list *b)
{
	uint64_t errors = r->diagnostics->errors;
	struct buf why;
	int result = 1;

	buf_init(&why, ERROR_MAX * 4);
	for (size_t i = 0; i < r->profile_count && result == 1; i++) {
		result = list_by(r, i, b);
		if (result == 1)
			put_failure(r, i, b, &why);
	}
	if (result == 1) {
		const char *text = buf_cstr(&why);

		diagnostics_error(
		    r->diagnostics, b->uri, "%s", text != NULL ? text : "cannot be listed");
		result = 0;
	} else if (result == 0 && b->counts.objects == 0 && r->diagnostics->errors == errors) {
		tell_nothing(r, b);
	}
	buf_clear(&why);
	return result;
}

int
remote_add_bucket(struct remote *r, struct input_list *l, const char *uri, enum input_role role)
{
	const struct remote_options *o = r->options;
	struct s3_uri parts = {0};
	struct bucket_list b = {
	    .uri = uri,
	    .role = role,
	    .days = role == INPUT_EVENTS
		? trail_days_of_events(o->from_us, o->to_us, o->late_us, o->now_us)
		: trail_days_of_logins(o->from_us, o->people),
	    .now_us = o->now_us,
	    .list = l,
	    .diagnostics = r->diagnostics,
	};
	int result = s3_uri_parse(uri, &parts);

	buf_init(&b.error, ERROR_MAX);
	if (result == -2) {
		diagnostics_error(r->diagnostics, uri, "%s", remote_check_uri(uri, role));
		result = 0;
	} else if (result == 0) {
		b.bucket = parts.bucket;
		b.prefix = parts.key;
		result = list_bucket(r, &b);
	}
	s3_uri_clear(&parts);
	buf_clear(&b.error);
	return result;
}
