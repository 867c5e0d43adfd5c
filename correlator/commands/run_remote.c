/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/run_remote.h"

static struct progress_remote
progress_of(const struct remote_progress *p)
{
	return (struct progress_remote){
	    .what = p->what,
	    .requests = p->requests,
	    .objects = p->objects,
	    .bytes = p->bytes,
	    .throttled = p->throttled,
	    .folders_left = p->folders_left,
	    .objects_left = p->objects_left,
	    .over = p->over,
	};
}

static void
on_progress(void *ctx, const struct remote_progress *p)
{
	const struct run_remote *r = ctx;
	const struct progress_remote listed = progress_of(p);

	progress_listing(r->progress, &listed);
}

static void
on_fetched(void *ctx, struct progress_remote *fetched)
{
	const struct run_remote *r = ctx;
	struct remote_progress p;

	remote_counts(r->remote, &p);
	*fetched = progress_of(&p);
}

static bool
has_remote(const struct options *o)
{
	for (size_t i = 0; i < o->input_count; i++)
		if (remote_is_uri(o->inputs[i].uri))
			return true;
	return false;
}

int
run_remote_open(struct run_remote *r, const struct invocation *inv, bool keep,
    struct progress *progress, struct diagnostics *d)
{
	const struct options *o = &inv->options;

	*r = (struct run_remote){
	    .options =
		{
		    .profiles = o->profiles,
		    .profile_count = o->profile_count,
		    .regions = o->regions,
		    .region_count = o->region_count,
		    .endpoint_url = o->endpoint_url,
		    .from_us = o->match.has_from ? o->match.from_us : INT64_MIN,
		    .to_us = o->match.has_to ? o->match.to_us : INT64_MAX,
		    .late_us = o->late_us,
		    .now_us = inv->now_us,
		    .people = keep || !o->no_people,
		    .keep = keep,
		    .progress = progress != NULL ? on_progress : NULL,
		    .progress_ctx = r,
		},
	    .progress = progress,
	};
	if (!has_remote(o))
		return 0;
	r->remote = remote_new(&r->options, d);
	if (r->remote == NULL)
		return -1;
	if (progress != NULL) {
		progress->fetched = on_fetched;
		progress->fetched_ctx = r;
	}
	return 0;
}

void
run_remote_close(struct run_remote *r)
{
	if (r->remote != NULL && r->progress != NULL)
		r->progress->fetched = NULL;
	remote_free(r->remote);
	*r = (struct run_remote){0};
}

int
run_remote_add(struct run_remote *r, struct input_list *l, const struct option_input *input,
    struct diagnostics *d)
{
	if (remote_is_uri(input->uri))
		return remote_add(r->remote, l, input->uri, input->role);
	return input_list_add(l, input->uri, input->role, d);
}

const struct document_source *
run_remote_source(const struct run_remote *r)
{
	return r->remote != NULL ? remote_source(r->remote) : NULL;
}

int
run_remote_add_coverage(struct run_remote *r, struct coverage *c, struct string_pool *pool)
{
	return r->remote != NULL ? remote_add_coverage(r->remote, c, pool) : 0;
}
