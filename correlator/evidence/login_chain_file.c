/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/evidence/login_chain_file.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/json_reader.h"
#include "pam_module/login_record.h"

/* A longer line was written by nobody of ours. */
#define LINE_LEN_MAX ((size_t)1 << 20)

/* A file being read. */
struct scan {
	struct login_file *file;
	struct login_chain_set *set;
	struct login_chain_row *rows;
	size_t row_count, row_cap;
	struct buf scratch;
	uint8_t hash[SHA256_LEN];   /* of this line */
	uint8_t before[SHA256_LEN]; /* of the line before */
	bool torn;                  /* this line has no LF */
};

void
login_file_wound(struct login_file *f, const struct login_wound *w)
{
	size_t at;

	f->wound_totals[w->kind]++;
	if (f->wound_count < LOGIN_WOUNDS_MAX)
		f->wound_count++;
	else if (f->wounds[f->wound_count - 1].line <= w->line)
		return;
	for (at = f->wound_count - 1; at > 0 && f->wounds[at - 1].line > w->line; at--)
		f->wounds[at] = f->wounds[at - 1];
	f->wounds[at] = *w;
}

static void
wound(struct scan *s, enum login_wound_kind kind, uint64_t seq)
{
	const struct login_wound w = {.kind = kind, .line = s->file->lines, .seq = seq};

	login_file_wound(s->file, &w);
}

static uint64_t
head_of(const uint8_t hash[static SHA256_LEN])
{
	uint64_t n;

	memcpy(&n, hash, sizeof(n));
	return n;
}

static int
digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Of SHA256_HEX_LEN digits, which login_record_read has seen to. */
static void
read_digest(const char *hex, uint8_t out[static SHA256_LEN])
{
	for (size_t i = 0; i < SHA256_LEN; i++)
		out[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
}

/* What a crash leaves of an append: the beginning of a record, or bytes that never came. */
static bool
is_torn(struct span line)
{
	struct json_reader r;

	while (line.len != 0 && line.ptr[line.len - 1] == '\0')
		line.len--;
	if (line.len == 0)
		return true;
	json_reader_init(&r, line);
	if (line.ptr[0] != '{' || line.len > LOGIN_RECORD_SIGNER_MAX)
		return false;
	(void)json_skip(&r);
	return r.error == JSON_ERROR_TRUNCATED;
}

static int
note_host(struct scan *s, const struct login_record *r)
{
	struct span name = r->host.instance_id.len != 0 ? r->host.instance_id : r->host.hostname;

	if (s->file->host != NULL || name.len == 0)
		return 0;
	s->file->host = strndup(name.ptr, name.len);
	return s->file->host != NULL ? 0 : -1;
}

static int
check_seal(struct scan *s, struct span line, uint64_t seq)
{
	const struct login_seal_key *key = NULL;
	enum login_seal_state state;

	if (login_seal_present(line))
		s->file->sealed++;
	if (s->set->keys == NULL)
		return 0;
	switch (seal_keys_find(s->set->keys, seq, &key)) {
	case SEAL_KEY_FOUND: break;
	case SEAL_KEY_BEFORE: return 0;
	case SEAL_KEY_BEYOND: wound(s, LOGIN_WOUND_SEAL_WRONG, seq); return 0;
	case SEAL_KEY_FAILED: return -1;
	}
	state = login_seal_check(key, line);
	if (state == LOGIN_SEAL_GOOD)
		s->file->seals_good++;
	else if (state == LOGIN_SEAL_UNKNOWN)
		return -1;
	else
		wound(s,
		    state == LOGIN_SEAL_WRONG ? LOGIN_WOUND_SEAL_WRONG : LOGIN_WOUND_SEAL_ABSENT,
		    seq);
	return 0;
}

static void
look_for_heads(struct scan *s, uint64_t seq)
{
	for (size_t i = 0; i < s->set->head_count; i++) {
		struct login_head *head = &s->set->heads[i];

		if (head->found || memcmp(head->hash, s->hash, SHA256_LEN) != 0 ||
		    (head->seq != 0 && head->seq != seq))
			continue;
		head->found = true;
		head->file = s->set->file_count;
		head->line = s->file->lines;
		head->found_seq = seq;
	}
}

static int
add_row(struct scan *s, const struct login_chain_row *row)
{
	struct login_file *f = s->file;

	if (!array_grow((void **)&s->rows, s->row_count, &s->row_cap, sizeof(*s->rows)) ||
	    !array_grow((void **)&f->hashes, f->hash_count, &f->hash_cap, sizeof(*f->hashes)))
		return -1;
	s->rows[s->row_count++] = *row;
	f->hashes[f->hash_count++] = row->hash;
	return 0;
}

static int
add_record(struct scan *s, struct span line, const struct login_record *r)
{
	struct login_file *f = s->file;
	struct login_chain_row row = {.line = f->lines, .seq = r->seq, .hash = head_of(s->hash)};
	uint8_t prev[SHA256_LEN];

	read_digest(r->prev, prev);
	row.prev = head_of(prev);
	row.zeros = strspn(r->prev, "0") == SHA256_HEX_LEN;
	row.linked = f->lines > 1 && memcmp(prev, s->before, SHA256_LEN) == 0;
	if (f->lines == 1) {
		f->has_first = true;
		f->begins = row.zeros;
		memcpy(f->first_prev, prev, SHA256_LEN);
		memcpy(f->first_hash, s->hash, SHA256_LEN);
	}
	if (f->records++ == 0) {
		/* the very first append was cut off, and closed by this one */
		f->begins = f->begins || (r->seq == 1 && row.linked);
		f->first_seq = r->seq;
		f->first_time_us = r->time_us;
	}
	f->last_seq = r->seq;
	f->last_time_us = r->time_us;
	look_for_heads(s, r->seq);
	if (check_seal(s, line, r->seq) != 0 || note_host(s, r) != 0)
		return -1;
	return add_row(s, &row);
}

static int
scan_line(struct scan *s, struct span line)
{
	struct login_record record;

	s->file->lines++;
	memcpy(s->before, s->hash, SHA256_LEN);
	if (sha256_digest(line, s->hash) != 0)
		return -1;
	buf_reset(&s->scratch);
	if (line.len <= LINE_LEN_MAX && login_record_read(line, &s->scratch, &record) == 0) {
		if (s->torn)
			wound(s, LOGIN_WOUND_TORN, record.seq);
		return add_record(s, line, &record);
	}
	if (s->scratch.failed)
		return -1;
	wound(s, is_torn(line) ? LOGIN_WOUND_TORN : LOGIN_WOUND_FOREIGN, 0);
	return 0;
}

int
login_file_scan(struct login_file *f, struct span text, struct login_chain_set *set)
{
	struct scan s = {.file = f, .set = set};
	bool torn = text.len != 0 && text.ptr[text.len - 1] != '\n';
	struct span rest = text, line;
	int r = 0;

	buf_init(&s.scratch, 4 * LINE_LEN_MAX);
	if (text.len != 0 && !torn)
		rest.len--;
	if (text.len == 0)
		rest = SPAN_NONE;
	while (r == 0 && span_cut(&rest, '\n', &line)) {
		s.torn = torn && rest.ptr == NULL;
		r = scan_line(&s, line);
	}
	memcpy(f->last_hash, s.hash, SHA256_LEN);
	if (r == 0)
		r = login_chain_judge(f, s.rows, s.row_count);
	buf_clear(&s.scratch);
	free(s.rows);
	return r;
}
