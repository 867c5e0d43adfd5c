/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/ship_state.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "common/json_reader.h"
#include "common/json_writer.h"
#include "pam_module/host_files.h"
#include "tools/host/host.h"

#define STATE_MAX  ((size_t)64 * 1024)
#define NAME_BYTES ((size_t)8192)

void
ship_state_init(struct ship_state *s)
{
	*s = (struct ship_state){.spool_max = SHIP_SPOOL_DEFAULT};
	buf_init(&s->log, NAME_BYTES);
	buf_init(&s->to, NAME_BYTES);
	buf_init(&s->instance, NAME_BYTES);
}

void
ship_state_clear(struct ship_state *s)
{
	buf_clear(&s->log);
	buf_clear(&s->to);
	buf_clear(&s->instance);
}

static void
read_text(struct json_reader *json, struct buf *out)
{
	struct buf scratch;
	struct span text;

	buf_init(&scratch, 4 * NAME_BYTES);
	text = json_unescape(json_read_string(json), &scratch);
	buf_reset(out);
	buf_put_span(out, text);
	buf_clear(&scratch);
}

static uint64_t
read_number(struct json_reader *json)
{
	int64_t n = 0;

	/* numbers of 64 bits are written as they are read: signed */
	return json_read_int(json, &n) ? (uint64_t)n : 0;
}

static void
read_hash(struct json_reader *json, struct ship_mark *mark)
{
	struct span hash = json_read_string(json);

	if (hash.len == SHA256_HEX_LEN && host_is_made_of(hash, "0123456789abcdef"))
		memcpy(mark->sha256, hash.ptr, hash.len);
}

static void
read_member(struct ship_state *s, struct json_reader *json, struct span key, int64_t *version)
{
	if (json_key_is(key, "logintrail_ship"))
		*version = (int64_t)read_number(json);
	else if (json_key_is(key, "log"))
		read_text(json, &s->log);
	else if (json_key_is(key, "to"))
		read_text(json, &s->to);
	else if (json_key_is(key, "instance"))
		read_text(json, &s->instance);
	else if (json_key_is(key, "max_spool"))
		s->spool_max = read_number(json);
	else if (json_key_is(key, "seq"))
		s->last.seq = read_number(json);
	else if (json_key_is(key, "sha256"))
		read_hash(json, &s->last);
	else if (json_key_is(key, "device"))
		s->device = read_number(json);
	else if (json_key_is(key, "inode"))
		s->inode = read_number(json);
	else if (json_key_is(key, "begin"))
		s->begin = (off_t)read_number(json);
	else if (json_key_is(key, "end"))
		s->end = (off_t)read_number(json);
	else
		(void)json_skip(json);
}

static bool
parse_state(struct ship_state *s, struct span text)
{
	struct json_reader json;
	int64_t version = 0;
	struct span key;

	json_reader_init(&json, text);
	if (json_peek(&json) != JSON_OBJECT)
		return false;
	for (json_enter(&json, JSON_OBJECT); json_next_member(&json, &key);)
		read_member(s, &json, key, &version);
	return json.error == JSON_OK && version == 1 && s->log.len != 0 && s->to.len != 0 &&
	    !s->log.failed && !s->to.failed && !s->instance.failed && s->begin >= 0 &&
	    s->end >= s->begin;
}

enum ship_state_found
ship_state_load(struct ship_state *s, const char *path)
{
	enum ship_state_found found = SHIP_STATE_DAMAGED;
	struct buf text;

	if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return SHIP_STATE_NONE;
	buf_init(&text, STATE_MAX + 8192);
	if (host_file_read(path, STATE_MAX, true, &text) && parse_state(s, buf_span(&text)))
		found = SHIP_STATE_LOADED;
	buf_clear(&text);
	if (found == SHIP_STATE_LOADED)
		return found;
	ship_state_clear(s);
	ship_state_init(s);
	return found;
}

static void
write_state(const struct ship_state *s, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_begin(&w, NULL);
	json_put_int(&w, "logintrail_ship", 1);
	json_put_span(&w, "log", buf_span(&s->log));
	json_put_span(&w, "to", buf_span(&s->to));
	json_put_span(&w, "instance", buf_span(&s->instance));
	json_put_int(&w, "max_spool", (int64_t)s->spool_max);
	if (s->last.sha256[0] != '\0') {
		json_put_int(&w, "seq", (int64_t)s->last.seq);
		json_put_string(&w, "sha256", s->last.sha256);
		json_put_int(&w, "device", (int64_t)s->device);
		json_put_int(&w, "inode", (int64_t)s->inode);
		json_put_int(&w, "begin", s->begin);
		json_put_int(&w, "end", s->end);
	}
	json_object_end(&w);
	buf_putc(out, '\n');
}

int
ship_state_save(const struct ship_state *s, const char *path)
{
	struct buf text;
	int r;

	buf_init(&text, STATE_MAX);
	write_state(s, &text);
	if (text.failed) {
		errno = ENOMEM;
		r = -1;
	} else {
		r = host_file_replace(path, buf_span(&text), 0600);
	}
	buf_clear(&text);
	return r;
}
