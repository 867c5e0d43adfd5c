/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/remote.h"

#include <stdlib.h>

#include "correlator/aws/s3.h"
#include "correlator/remote/remote_private.h"

#define ERROR_MAX ((size_t)8 << 10)

bool
remote_is_uri(const char *uri)
{
	struct span text = span_of(uri);

	return span_starts(text, REMOTE_S3) || span_starts(text, REMOTE_LOOKUP) ||
	    span_starts(text, REMOTE_LOGS);
}

static const char *
check_bucket(const char *uri)
{
	struct s3_uri parts = {0};
	int r = s3_uri_parse(uri, &parts);

	s3_uri_clear(&parts);
	return r == -2 ? "is not s3://BUCKET or s3://BUCKET/PREFIX" : NULL;
}

const char *
remote_check_uri(const char *uri, enum input_role role)
{
	struct span text = span_of(uri);

	if (span_starts(text, REMOTE_S3))
		return check_bucket(uri);
	if (role == INPUT_LOGINS)
		return "has events, and no logins";
	if (span_starts(text, REMOTE_LOOKUP))
		return text.len == sizeof(REMOTE_LOOKUP) - 1
		    ? NULL
		    : "takes nothing behind the colon: --profile and --region say whom to ask";
	return text.len > sizeof(REMOTE_LOGS) - 1 ? NULL : "names no log group";
}

struct remote *
remote_new(const struct remote_options *o, struct diagnostics *d)
{
	struct remote *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->options = o;
	r->diagnostics = d;
	lookup_covers_init(&r->covers);
	remote_source_init(r);
	return r;
}

void
remote_free(struct remote *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->profile_count; i++)
		remote_profile_close(&r->profiles[i]);
	free(r->profiles);
	aws_config_free(r->config);
	spool_free(r->spool);
	lookup_covers_clear(&r->covers);
	free(r);
}

/* One profile of those typed, or the one in force. */
static int
open_profile(struct remote *r, size_t at, struct buf *error)
{
	const struct remote_options *o = r->options;
	const struct aws_options typed = {
	    .profile = o->profile_count != 0 ? o->profiles[at] : NULL,
	    .region = o->region_count != 0 ? o->regions[0] : NULL,
	    .endpoint_url = o->endpoint_url,
	};

	if (remote_profile_open(&r->profiles[at], &typed, r->config, (uint8_t)(at + 1), error) != 0)
		return -1;
	r->profile_count = at + 1;
	return 0;
}

static void
open_profiles(struct remote *r, struct buf *error)
{
	size_t count = r->options->profile_count != 0 ? r->options->profile_count : 1;

	if (count > REMOTE_PROFILES_MAX) {
		buf_printf(error, "more than %d profiles", REMOTE_PROFILES_MAX);
		return;
	}
	r->config = aws_config_load(error);
	if (r->config == NULL)
		return;
	r->profiles = calloc(count, sizeof(*r->profiles));
	if (r->profiles == NULL)
		buf_puts(error, "out of memory");
	for (size_t i = 0; r->profiles != NULL && i < count; i++)
		if (open_profile(r, i, error) != 0)
			return;
}

/* Opens all profiles, once. What one of them has wrong is said with the first input: then no input
 * is asked for, since nobody knows which one was meant for it. */
static bool
open_all(struct remote *r, const char *uri)
{
	struct buf error;

	if (r->opened && r->profile_count == 0)
		diagnostics_error(r->diagnostics, uri, "nobody can be asked for it");
	if (r->opened)
		return r->profile_count != 0;
	r->opened = true;
	buf_init(&error, ERROR_MAX);
	open_profiles(r, &error);
	if (error.len != 0) {
		const char *why = buf_cstr(&error);

		diagnostics_error(r->diagnostics, uri, "%s", why != NULL ? why : "out of memory");
		while (r->profile_count != 0)
			remote_profile_close(&r->profiles[--r->profile_count]);
	}
	buf_clear(&error);
	return r->profile_count != 0;
}

int
remote_add(struct remote *r, struct input_list *l, const char *uri, enum input_role role)
{
	struct span text = span_of(uri);

	if (!open_all(r, uri))
		return 0;
	/* clients are driven by one thread at a time */
	for (size_t i = 0; i < r->profile_count; i++)
		object_queue_stop(r->profiles[i].queue);
	if (span_starts(text, REMOTE_S3))
		return remote_add_bucket(r, l, uri, role);
	return remote_add_asked(r, l, uri);
}

int
remote_add_coverage(struct remote *r, struct coverage *c, struct string_pool *pool)
{
	int result = lookup_covers_apply(&r->covers, c, pool);

	lookup_covers_clear(&r->covers);
	lookup_covers_init(&r->covers);
	return result;
}

void
remote_counts(const struct remote *r, struct remote_progress *p)
{
	*p = (struct remote_progress){0};
	for (size_t i = 0; i < r->profile_count; i++) {
		struct aws_client_counts counts;

		aws_client_counts(r->profiles[i].client, &counts);
		p->requests += counts.requests;
		p->bytes += counts.bytes;
		p->throttled += counts.throttled;
	}
}
