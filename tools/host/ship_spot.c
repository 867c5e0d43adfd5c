/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/ship_spot.h"

#include <errno.h>

#include "pam_module/login_record.h"

static enum ship_look
judge_open(void)
{
	if (errno == ESTALE)
		return SHIP_LOOK_STALE;
	return errno == ENOMEM ? SHIP_LOOK_FAILED : SHIP_LOOK_NONE;
}

/* Reads up to `lines` lines from where the reader is, until one has that hash. */
static enum ship_look
search(struct ship_reader *r, const char *sha256, uint64_t lines)
{
	enum ship_read got = SHIP_READ_END;
	char hash[SHA256_HEX_LEN + 1];
	struct span line;

	while (lines-- > 0 && (got = ship_reader_next(r, &line)) == SHIP_READ_LINE) {
		if (ship_line_hash(line, hash) != 0)
			return SHIP_LOOK_FAILED;
		if (strcmp(hash, sha256) == 0)
			return SHIP_LOOK_FOUND;
	}
	return got == SHIP_READ_MEMORY ? SHIP_LOOK_FAILED : SHIP_LOOK_NONE;
}

static enum ship_look
search_file(const struct ship_files *l, const char *sha256, uint64_t lines, struct ship_spot *spot)
{
	struct ship_reader r;
	enum ship_look look;

	if (ship_reader_open(&r, l, &l->rows[spot->file], spot->begin) != 0) {
		look = judge_open();
	} else {
		look = search(&r, sha256, lines);
		spot->begin = r.begin;
		spot->end = r.end;
	}
	ship_reader_close(&r);
	return look;
}

enum ship_look
ship_spot_search(const struct ship_files *l, const char *sha256, struct ship_spot *spot)
{
	return search_file(l, sha256, UINT64_MAX, spot);
}

/* In the file where it was, at the same place. */
static enum ship_look
find_in_place(const struct ship_files *l, const struct ship_state *s, struct ship_spot *spot)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct ship_file *f = &l->rows[i];

		if (f->device != s->device || f->inode != s->inode || f->as.compressed)
			continue;
		*spot = (struct ship_spot){.file = i, .begin = s->begin};
		return search_file(l, s->last.sha256, 1, spot);
	}
	return SHIP_LOOK_NONE;
}

/* How a file begins. */
struct beginning {
	uint64_t seq; /* of its first record; 0: it has none, or cannot be read */
	char
	    prev[SHA256_HEX_LEN + 1]; /* what its first line continues; "" when that is no record */
};

static void
note_beginning(struct beginning *b, const struct login_record *r, bool is_first)
{
	b->seq = r->seq;
	if (is_first)
		memcpy(b->prev, r->prev, sizeof(b->prev));
}

static enum ship_look
read_beginning(const struct ship_files *l, const struct ship_file *f, struct beginning *b)
{
	enum ship_look look = SHIP_LOOK_NONE;
	enum ship_read got = SHIP_READ_END;
	struct login_record record;
	struct ship_reader r;
	struct buf scratch;
	struct span line;

	*b = (struct beginning){.seq = 0};
	buf_init(&scratch, 4 * SHIP_LINE_MAX);
	if (ship_reader_open(&r, l, f, 0) != 0)
		look = judge_open();
	while (
	    r.gz != NULL && b->seq == 0 && (got = ship_reader_next(&r, &line)) == SHIP_READ_LINE) {
		buf_reset(&scratch);
		if (login_record_read(line, &scratch, &record) == 0)
			note_beginning(b, &record, r.begin == 0);
	}
	if (scratch.failed || got == SHIP_READ_MEMORY)
		look = SHIP_LOOK_FAILED;
	ship_reader_close(&r);
	buf_clear(&scratch);
	return look;
}

enum ship_look
ship_spot_find(const struct ship_files *l, const struct ship_state *s, struct ship_spot *spot)
{
	enum ship_look look = find_in_place(l, s, spot);

	for (size_t i = l->count; look == SHIP_LOOK_NONE && i-- > 0;) {
		struct beginning b;

		look = read_beginning(l, &l->rows[i], &b);
		*spot = (struct ship_spot){.file = i};
		/* the line's own file may be gone: all of that was shipped */
		if (look == SHIP_LOOK_NONE && strcmp(b.prev, s->last.sha256) == 0)
			return SHIP_LOOK_FOUND;
		if (look == SHIP_LOOK_NONE && b.seq <= s->last.seq)
			look = ship_spot_search(l, s->last.sha256, spot);
	}
	return look;
}
