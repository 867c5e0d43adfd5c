/* SPDX-License-Identifier: Apache-2.0 */
/* logintrail-host ship: the command, and S3 as where it ships to. */
#include "tools/host/ship.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "pam_module/host_instance.h"
#include "tools/host/host.h"

#define ERROR_MAX   8192
#define STORAGE_MAX ((size_t)64 * 1024)

/* S3 as a store, and all that it needs. */
struct target {
	struct s3_uri uri;
	struct aws_config *config;
	struct aws_settings settings;
	bool has_settings;
	struct aws_credential_source *credentials;
	struct aws_client *client;
};

static enum s3_put_result
put(void *ctx, const char *key, struct span body, const struct sigv4_pair *metadata,
    size_t metadata_count, struct buf *error)
{
	const struct target *t = ctx;

	return s3_put_new(t->client, t->uri.bucket, key, body, metadata, metadata_count, error);
}

static int
head(void *ctx, const char *key, struct buf *last, struct buf *error)
{
	const struct target *t = ctx;
	uint64_t size;

	return s3_head(t->client, t->uri.bucket, key, &size, SHIP_METADATA_LAST, last, error);
}

static int
fail(const char *subject, struct buf *error)
{
	const char *text = buf_cstr(error);

	return host_fail(subject, text != NULL && text[0] != '\0' ? text : "out of memory", 0);
}

/* The bucket's region is the host's own where nothing else is said. */
static int
choose_region(struct target *t, struct span region)
{
	if (t->settings.region == NULL)
		t->settings.region = strndup(region.ptr, region.len);
	return t->settings.region != NULL ? HOST_DONE : host_fail("ship", "out of memory", 0);
}

static int
open_target(struct target *t, const struct host_options *o, struct span region)
{
	const struct aws_options options = {
	    .profile = o->profile, .region = o->region, .endpoint_url = o->endpoint_url};
	struct buf error;
	int r = HOST_DONE;

	buf_init(&error, ERROR_MAX);
	t->config = aws_config_load(&error);
	if (t->config == NULL)
		r = fail("ship", &error);
	else if (aws_settings_init(&t->settings, &options, t->config, &error) != 0)
		r = fail("ship", &error);
	else
		t->has_settings = true;
	if (r == HOST_DONE)
		r = choose_region(t, region);
	if (r == HOST_DONE) {
		t->credentials = aws_credential_source_new(&t->settings);
		t->client =
		    t->credentials != NULL ? aws_client_new(&t->settings, t->credentials) : NULL;
		if (t->client == NULL)
			r = host_fail("ship", "out of memory", 0);
	}
	buf_clear(&error);
	return r;
}

static void
close_target(struct target *t)
{
	if (t->client != NULL)
		aws_client_free(t->client);
	if (t->credentials != NULL)
		aws_credential_source_free(t->credentials);
	if (t->has_settings)
		aws_settings_clear(&t->settings);
	if (t->config != NULL)
		aws_config_free(t->config);
	s3_uri_clear(&t->uri);
}

/* The bucket, and the prefix without slashes at its ends. */
static int
read_destination(struct ship *s, struct target *t, const char *to)
{
	struct span prefix;
	int r = s3_uri_parse(to, &t->uri);

	if (r != 0)
		return host_fail(to, r == -2 ? "is not s3://BUCKET/PREFIX" : "out of memory", 0);
	prefix = span_of(t->uri.key);
	while (prefix.len != 0 && prefix.ptr[prefix.len - 1] == '/')
		prefix.len--;
	while (prefix.len != 0 && prefix.ptr[0] == '/')
		prefix = span_from(prefix, 1);
	s->place.prefix = prefix;
	s->to = to;
	return HOST_DONE;
}

/* Which host this is: who ships without knowing it would fill the wrong folder. */
static int
read_place(struct ship *s, const struct host_options *o, struct buf *storage)
{
	struct host_paths paths = host_paths_default;
	struct login_record r;

	paths.identity = o->identity;
	login_record_init(&r, LOGIN_RECORD_OTHER);
	if (!buf_reserve(storage, STORAGE_MAX / 2))
		return host_fail("ship", "out of memory", 0);
	host_instance_read(&paths, storage, &r);
	s->place.account = r.host.account_id;
	s->place.region = r.host.region;
	s->place.instance = r.host.instance_id;
	if (r.host.account_id.ptr != NULL && r.host.region.ptr != NULL &&
	    r.host.instance_id.ptr != NULL)
		return HOST_DONE;
	return host_fail(o->identity,
	    "does not say which instance, account and region this is: run logintrail-host identity",
	    0);
}

/* A state that came with an image, or with the disk of another instance: what that one shipped is
 * in its own folder, and this one's log, all of it, goes into this one's. */
static void
forget_other_instance(struct ship *s, const char *path)
{
	struct span before = buf_span(&s->state.instance);

	if (before.len != 0 && !span_eq(before, s->place.instance)) {
		(void)host_fail(
		    path, "is of another instance: all is shipped as this one's too", 0);
		s->state.last = (struct ship_mark){.sha256 = ""};
	}
	buf_reset(&s->state.instance);
	buf_put_span(&s->state.instance, s->place.instance);
}

/* What the state says is of use for the same log and destination only. */
static int
read_state(struct ship *s, const struct host_options *o)
{
	struct buf to;
	int r = HOST_DONE;

	buf_init(&to, ERROR_MAX);
	buf_puts(&to, o->to);
	while (to.len != 0 && to.ptr[to.len - 1] == '/')
		buf_truncate(&to, to.len - 1);
	switch (ship_state_load(&s->state, o->state)) {
	case SHIP_STATE_LOADED:
		if (!span_is(buf_span(&s->state.log), o->log))
			r = host_fail(
			    o->state, "is of another log: give this one a --state of its own", 0);
		else if (!span_eq(buf_span(&s->state.to), buf_span(&to)))
			s->state.last = (struct ship_mark){.sha256 = ""};
		break;
	case SHIP_STATE_NONE: break;
	case SHIP_STATE_DAMAGED:
		(void)host_fail(o->state, "cannot be used: what is there already is looked up", 0);
		break;
	}
	forget_other_instance(s, o->state);
	buf_reset(&s->state.log);
	buf_puts(&s->state.log, o->log);
	buf_reset(&s->state.to);
	buf_put_span(&s->state.to, buf_span(&to));
	if (o->spool_max != 0)
		s->state.spool_max = (uint64_t)o->spool_max;
	if (to.failed || s->state.log.failed || s->state.to.failed || s->state.instance.failed)
		r = host_fail("ship", "out of memory", 0);
	buf_clear(&to);
	return r;
}

/* Held until the process ends. */
static int
lock_state(const char *state)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s.lock", state) >= (int)sizeof(path))
		return host_fail(state, "is too long", 0);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return host_fail(path, "cannot be opened", errno);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return HOST_DONE;
	(void)close(fd);
	return host_fail(path, "is locked: this log is being shipped already", 0);
}

static int
run(struct ship *s, struct target *t, const struct host_options *o, struct buf *storage)
{
	const struct ship_store store = {.put = put, .head = head, .ctx = t};
	int r;

	s->log = o->log;
	s->state_path = o->state;
	s->store = &store;
	r = read_destination(s, t, o->to);
	if (r == HOST_DONE)
		r = read_place(s, o, storage);
	if (r == HOST_DONE)
		r = lock_state(o->state);
	if (r == HOST_DONE)
		r = read_state(s, o);
	/* from now on rotate keeps what was not shipped */
	if (r == HOST_DONE && ship_state_save(&s->state, o->state) != 0)
		r = host_fail(o->state, "cannot be written", errno);
	if (r == HOST_DONE)
		r = open_target(t, o, s->place.region);
	if (r == HOST_DONE)
		r = ship_run(s);
	if (s->parts != 0)
		(void)printf("%llu records shipped in %llu parts to %s\n",
		    (unsigned long long)s->records, (unsigned long long)s->parts, o->to);
	s->store = NULL;
	return r;
}

int
ship_command(const struct host_options *o)
{
	struct target t = {.config = NULL};
	struct buf storage;
	struct ship s;
	int r;

	if (o->to == NULL) {
		(void)host_fail("--to", "is needed: s3://BUCKET/PREFIX", 0);
		return HOST_USAGE;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return host_fail("ship", "libcurl cannot be used", 0);
	buf_init(&storage, STORAGE_MAX);
	ship_init(&s);
	r = run(&s, &t, o, &storage);
	ship_clear(&s);
	close_target(&t);
	buf_clear(&storage);
	curl_global_cleanup();
	return r;
}
