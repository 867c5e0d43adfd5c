/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/identity_store.h"

#define LINE_MAX_BYTES 4096

int
identity_store_file_init(struct identity_store_file *f, const char *directory)
{
	char *path;

	*f = (struct identity_store_file){0};
	if (asprintf(&path, "%s/identity-store.json", directory) < 0)
		return -1;
	f->file = fopen(path, "wex");
	free(path);
	if (f->file == NULL)
		return -1;
	fputs("{\"Users\":[", f->file);
	return 0;
}

static void
put_user(struct identity_store_file *f, const char *user_id, const char *name)
{
	struct json_writer w;
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	json_writer_init(&w, &line);
	json_object_begin(&w, NULL);
	json_put_string(&w, "UserName", name);
	json_put_string(&w, "UserId", user_id);
	json_put_string(&w, "DisplayName", name);
	json_put_string(&w, "IdentityStoreId", IDENTITY_STORE_ID);
	json_object_end(&w);
	fprintf(f->file, "%s\n%.*s", f->any ? "," : "", (int)line.len, line.ptr);
	f->any = true;
	buf_clear(&line);
}

void
identity_store_file_add(struct identity_store_file *f, const struct scenario *s)
{
	for (size_t i = 0; i < s->user_count; i++)
		put_user(f, s->users[i].user_id, s->users[i].name);
}

int
identity_store_file_finish(struct identity_store_file *f)
{
	int r = 0;

	if (f->file == NULL)
		return 0;
	fputs("\n]}\n", f->file);
	if (ferror(f->file))
		r = -1;
	if (fclose(f->file) != 0)
		r = -1;
	f->file = NULL;
	return r;
}
