/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/evidence/seal_keys.h"

#include <openssl/crypto.h>
#include <stdlib.h>

/* Records between two keys that are kept: bounds what a log in disorder costs. */
#define SEAL_MARK 1024u

void
seal_keys_init(struct seal_keys *k)
{
	*k = (struct seal_keys){.count = 0};
}

void
seal_keys_clear(struct seal_keys *k)
{
	for (size_t i = 0; i < k->count; i++) {
		struct seal_key_line *line = &k->lines[i];

		OPENSSL_cleanse(line->marks, line->count * sizeof(*line->marks));
		free(line->marks);
	}
	OPENSSL_cleanse(k, sizeof(*k));
	k->count = 0;
}

/* Unlike realloc this leaves no copy of the keys behind. */
static bool
add_mark(struct seal_key_line *line, const struct login_seal_key *key)
{
	if (line->count == line->cap) {
		size_t cap = line->cap != 0 ? 2 * line->cap : 16;
		struct login_seal_key *marks = calloc(cap, sizeof(*marks));

		if (marks == NULL)
			return false;
		if (line->count != 0) {
			memcpy(marks, line->marks, line->count * sizeof(*marks));
			OPENSSL_cleanse(line->marks, line->count * sizeof(*marks));
		}
		free(line->marks);
		line->marks = marks;
		line->cap = cap;
	}
	line->marks[line->count++] = *key;
	return true;
}

/* Puts the key in its place among the others. */
static int
add_line(struct seal_keys *k, const struct login_seal_key *key)
{
	size_t at = k->count;

	if (k->count == SEAL_KEYS_MAX)
		return -1;
	for (; at > 0 && k->lines[at - 1].at.seq > key->seq; at--)
		k->lines[at] = k->lines[at - 1];
	k->lines[at] = (struct seal_key_line){.at = *key};
	k->count++;
	return add_mark(&k->lines[at], key) ? 0 : -1;
}

long
seal_keys_read(struct seal_keys *k, struct span text)
{
	struct span rest = text, line;
	long r = 0, number = 0;

	while (r == 0 && span_cut(&rest, '\n', &line)) {
		struct login_seal_key key;

		number++;
		while (line.len != 0 && strchr(" \t\r", line.ptr[line.len - 1]) != NULL)
			line.len--;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		r = login_seal_key_read(line, &key) ? add_line(k, &key) : number;
		OPENSSL_cleanse(&key, sizeof(key));
	}
	return r == 0 && k->count == 0 ? -1 : r;
}

/* Makes line->at the key of that record. */
static bool
seek(struct seal_key_line *line, uint64_t seq)
{
	uint64_t mark = (seq - line->marks[0].seq) / SEAL_MARK;

	if (mark < line->count && (seq < line->at.seq || line->marks[mark].seq > line->at.seq))
		line->at = line->marks[mark];
	else if (mark >= line->count && line->at.seq < line->marks[line->count - 1].seq)
		line->at = line->marks[line->count - 1];
	while (line->at.seq != seq) {
		uint64_t next = line->marks[line->count - 1].seq + SEAL_MARK;

		if (login_seal_move(&line->at, next < seq && next > line->at.seq ? next : seq) != 0)
			return false;
		if (line->at.seq == next && !add_mark(line, &line->at))
			return false;
	}
	return true;
}

enum seal_keys_result
seal_keys_find(struct seal_keys *k, uint64_t seq, const struct login_seal_key **key)
{
	size_t i = k->count;

	while (i > 0 && k->lines[i - 1].marks[0].seq > seq)
		i--;
	if (i == 0)
		return SEAL_KEY_BEFORE;
	if (seq - k->lines[i - 1].marks[0].seq > SEAL_REACH)
		return SEAL_KEY_BEYOND;
	if (!seek(&k->lines[i - 1], seq))
		return SEAL_KEY_FAILED;
	*key = &k->lines[i - 1].at;
	return SEAL_KEY_FOUND;
}
