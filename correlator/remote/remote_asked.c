/* SPDX-License-Identifier: Apache-2.0 */
/* Remote inputs: what APIs answer. */
#include <stdlib.h>

#include "common/sha256.h"
#include "correlator/remote/log_events.h"
#include "correlator/remote/remote_private.h"

/* Where answers go. */
struct answers {
	struct remote *remote;
	struct input_list *list;
	struct remote_progress before, given;
};

/* By what the text is known again: a digest of its bytes. 0 or -1. */
static int
digest(struct spool *s, const char *name, uint64_t size, char hex[static SHA256_HEX_LEN + 1])
{
	uint8_t hash[SHA256_LEN];
	char *data = malloc((size_t)size + 1);
	int r = -1;

	if (data != NULL && spool_read(s, name, 0, data, (size_t)size) == 0 &&
	    sha256_digest((struct span){data, (size_t)size}, hash) == 0) {
		sha256_hex(hash, hex);
		r = 0;
	}
	free(data);
	return r;
}

static int
on_text(void *ctx, const char *name, uint64_t size)
{
	struct answers *a = ctx;
	const struct input_file file = {
	    .role = INPUT_EVENTS,
	    .origin = REMOTE_ORIGIN_SPOOL,
	    .size = size,
	    .changed_us = DOCUMENT_CHANGED_UNKNOWN,
	    .is_file = true,
	    .filtered = true,
	};
	char tag[SHA256_HEX_LEN + 1] = "";

	if (a->remote->options->keep && digest(a->remote->spool, name, size, tag) != 0)
		return -1;
	a->given.objects++;
	a->given.bytes += size;
	return input_list_put(a->list, &file, SPAN(""), span_of(name),
	    a->remote->options->keep ? span_of(tag) : SPAN_NONE);
}

/* The regions to ask as a profile; *own is used when it is its own. */
static size_t
regions_of(const struct remote *r, size_t profile, const char *const **regions, const char **own)
{
	*own = r->profiles[profile].settings.region;
	*regions = r->options->region_count != 0 ? r->options->regions : own;
	if (r->options->region_count != 0)
		return r->options->region_count;
	return *own != NULL ? 1 : 0;
}

/* Each profile in each region. Those without a region are left out. */
static size_t
make_places(const struct remote *r, struct asked_place *places)
{
	size_t count = 0;

	for (size_t i = 0; i < r->profile_count; i++) {
		const char *const *regions;
		const char *own;
		size_t n = regions_of(r, i, &regions, &own);

		for (size_t k = 0; k < n; k++)
			places[count++] = (struct asked_place){
			    .client = r->profiles[i].client,
			    .profile = r->profiles[i].settings.profile,
			    .region = regions[k],
			};
	}
	return count;
}

static int
ask(struct remote *r, const struct asked_events *a, struct span uri)
{
	if (span_starts(uri, REMOTE_LOOKUP))
		return lookup_events_run(a, 0, &r->covers);
	return log_events_run(a, uri.ptr + sizeof(REMOTE_LOGS) - 1);
}

static void
tell_end(const struct remote *r, struct answers *a)
{
	const struct remote_options *o = r->options;
	struct remote_progress all;

	if (o->progress == NULL)
		return;
	remote_counts(r, &all);
	a->given.requests = all.requests - a->before.requests;
	a->given.throttled = all.throttled - a->before.throttled;
	o->progress(o->progress_ctx, &a->given);
}

int
remote_add_asked(struct remote *r, struct input_list *l, const char *uri)
{
	const struct remote_options *o = r->options;
	struct answers answers = {.remote = r, .list = l, .given = {.what = uri, .over = true}};
	struct asked_place *places =
	    calloc(r->profile_count * (o->region_count + 1), sizeof(*places));
	struct asked_events a = {
	    .places = places,
	    .from_us = o->from_us,
	    .to_us = o->to_us,
	    .late_us = o->late_us,
	    .now_us = o->now_us,
	    .people = o->people,
	    .whole_days = o->keep,
	    .add = on_text,
	    .add_ctx = &answers,
	    .progress = o->progress,
	    .progress_ctx = o->progress_ctx,
	    .diagnostics = r->diagnostics,
	};
	int result = -1;

	remote_counts(r, &answers.before);
	if (r->spool == NULL)
		r->spool = spool_new();
	if (places == NULL || r->spool == NULL)
		goto out;
	a.spool = r->spool;
	a.place_count = make_places(r, places);
	if (a.place_count != 0) {
		result = ask(r, &a, span_of(uri));
		tell_end(r, &answers);
	} else {
		diagnostics_error(r->diagnostics, uri,
		    "no region is set: give --region, AWS_REGION or a profile with one");
		result = 0;
	}
out:
	free(places);
	return result;
}
