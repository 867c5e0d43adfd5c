/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/csv.h"

#include <inttypes.h>

#define ARN_MAX 1024

static FILE *
open_file(const char *directory, const char *name)
{
	char *path;
	FILE *file;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return NULL;
	file = fopen(path, "wex");
	free(path);
	return file;
}

int
csv_init(struct csv *c, const char *directory)
{
	c->logins = open_file(directory, "logins.csv");
	c->pushes = open_file(directory, "pushes.csv");
	return c->logins != NULL && c->pushes != NULL ? 0 : -1;
}

static void
put_login(struct csv *c, const struct login_event *e)
{
	char session[SESSION_TEXT_LEN], id[INSTANCE_ID_LEN], key[SSH_FINGERPRINT_TEXT_LEN];

	fprintf(c->logins, "%s,%s,%s,%s,%" PRId64 "\n", login_session(e->session, session),
	    instance_id(e->instance, id), world_user(e->user),
	    key_fingerprint(e->steps[0].key, key), e->time.time_us);
}

static void
put_push(struct csv *c, const struct world *w, const struct trail_event *e)
{
	char event_id[UUID_TEXT_LEN], id[INSTANCE_ID_LEN], key[SSH_FINGERPRINT_TEXT_LEN];
	const char *text;
	struct buf arn;

	buf_init(&arn, ARN_MAX);
	trail_event_put_arn(w, e, &arn);
	text = buf_cstr(&arn);
	fprintf(c->pushes, "%s,%s,%s,%s,%" PRId64 ",%s\n", trail_event_id(e, event_id),
	    instance_id(e->instance, id), world_user(e->user), key_fingerprint(e->key, key),
	    e->time_us, text != NULL ? text : "");
	buf_clear(&arn);
}

void
csv_add(struct csv *c, const struct world *w, const struct scenario *s)
{
	for (size_t i = 0; i < s->login_count; i++)
		put_login(c, &s->logins[i].event);
	for (size_t i = 0; i < s->push_count; i++)
		put_push(c, w, &s->pushes[i].event);
}

int
csv_finish(struct csv *c)
{
	int r = 0;

	if (c->logins != NULL && (ferror(c->logins) || fclose(c->logins) != 0))
		r = -1;
	if (c->pushes != NULL && (ferror(c->pushes) || fclose(c->pushes) != 0))
		r = -1;
	*c = (struct csv){0};
	return r;
}
