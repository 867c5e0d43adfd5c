/* SPDX-License-Identifier: Apache-2.0 */
/* Remote inputs: buckets. */
#include "common/time_text.h"
#include "correlator/remote/bucket_list.h"
#include "correlator/remote/remote_private.h"

#define ERROR_MAX ((size_t)8 << 10)

/* A bucket, as it is listed by one profile or another. */
struct listing {
	struct remote *remote;
	const struct remote_profile *profile;
	struct bucket_list b;
	struct aws_client_counts before; /* what else the profile was used for */
};

static void
tell_progress(const struct listing *l, const struct bucket_counts *counts, bool over)
{
	const struct remote_options *o = l->remote->options;
	struct aws_client_counts now;
	struct remote_progress p = {
	    .what = l->b.uri,
	    .objects = counts->objects,
	    .bytes = counts->bytes,
	    .folders_left = counts->folders_left,
	    .objects_left = counts->other_kind + counts->other_day,
	    .over = over,
	};

	if (o->progress == NULL)
		return;
	aws_client_counts(l->profile->client, &now);
	p.requests = now.requests - l->before.requests;
	p.throttled = now.throttled - l->before.throttled;
	o->progress(o->progress_ctx, &p);
}

static void
on_progress(void *ctx, const struct bucket_counts *counts)
{
	tell_progress(ctx, counts, false);
}

static void
put_date(char out[static TIME_TEXT_LEN], int64_t day)
{
	(void)time_format(out, day * US_PER_DAY, 0);
	out[sizeof("2026-11-22") - 1] = '\0';
}

/* An input with nothing in it is most likely mistyped; days without anything are not. */
static void
tell_nothing(const struct bucket_list *b)
{
	const struct trail_days *days = &b->days;
	const struct bucket_counts *c = &b->counts;
	char first[TIME_TEXT_LEN] = "the first", last[TIME_TEXT_LEN] = "today";

	if (days->has_first)
		put_date(first, days->first);
	if (days->has_last)
		put_date(last, days->last);
	if ((c->regions != 0 || c->other_day != 0) && (days->has_first || days->has_last))
		diagnostics_warning(b->diagnostics, b->uri,
		    "nothing is there of the days from %s to %s", first, last);
	else if (c->folders_left != 0 || c->other_kind != 0)
		diagnostics_error(b->diagnostics, b->uri,
		    b->role == INPUT_LOGINS
			? "there are no login logs below it: what is there is CloudTrail's"
			: "there are no logs of events below it: what is there is of another kind");
	else
		diagnostics_error(b->diagnostics, b->uri, "there are no objects below it");
}

/* As bucket_list_run, by one profile. */
static int
list_by(struct listing *l, size_t at)
{
	int result;

	l->profile = &l->remote->profiles[at];
	aws_client_counts(l->profile->client, &l->before);
	l->b.client = l->profile->client;
	l->b.origin = (uint8_t)(at + 1);
	l->b.counts = (struct bucket_counts){0};
	l->b.progress = on_progress;
	l->b.progress_ctx = l;
	result = bucket_list_run(&l->b);
	tell_progress(l, &l->b.counts, result == 0);
	return result;
}

/* Adds why a profile cannot list it: of several nobody knows which one should. */
static void
put_failure(const struct listing *l, struct buf *why)
{
	const char *name = l->profile->name;

	buf_puts(why, why->len != 0 ? "; " : "");
	if (l->remote->profile_count > 1)
		buf_printf(why, "profile %s: ", name != NULL ? name : "");
	buf_put_span(why, buf_span(&l->b.error));
}

/* By the first profile that may. */
static int
list_bucket(struct listing *l)
{
	struct diagnostics *d = l->remote->diagnostics;
	uint64_t errors = d->errors;
	struct buf why;
	int result = 1;

	buf_init(&why, ERROR_MAX * 4);
	for (size_t i = 0; i < l->remote->profile_count && result == 1; i++) {
		result = list_by(l, i);
		if (result == 1)
			put_failure(l, &why);
	}
	if (result == 1) {
		const char *text = buf_cstr(&why);

		diagnostics_error(d, l->b.uri, "%s", text != NULL ? text : "cannot be listed");
		result = 0;
	} else if (result == 0 && l->b.counts.objects == 0 && d->errors == errors) {
		tell_nothing(&l->b);
	}
	buf_clear(&why);
	return result;
}

int
remote_add_bucket(struct remote *r, struct input_list *l, const char *uri, enum input_role role)
{
	const struct remote_options *o = r->options;
	struct s3_uri parts = {0};
	struct listing listing = {.remote = r};
	int result = s3_uri_parse(uri, &parts);

	if (result == -2)
		diagnostics_error(r->diagnostics, uri, "%s", remote_check_uri(uri, role));
	if (result != 0)
		return result == -2 ? 0 : -1;
	listing.b = (struct bucket_list){
	    .uri = uri,
	    .bucket = parts.bucket,
	    .prefix = parts.key,
	    .role = role,
	    .days = role == INPUT_EVENTS
		? trail_days_of_events(o->from_us, o->to_us, o->late_us, o->now_us)
		: trail_days_of_logins(o->from_us, o->people),
	    .now_us = o->now_us,
	    .list = l,
	    .diagnostics = r->diagnostics,
	};
	buf_init(&listing.b.error, ERROR_MAX);
	result = list_bucket(&listing);
	s3_uri_clear(&parts);
	buf_clear(&listing.b.error);
	return result;
}
