/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAULT_CHAIN_CHECK_H
#define TESTS_FAULT_CHAIN_CHECK_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A second reading of the login log, docs/FORMAT.md, that shares no code with the first: every line
 * that is JSON continues the chain; one that is not counts as torn.
 */
struct chain {
	size_t records, torn;
	bool open_end;   /* the last line has no LF */
	char wrong[256]; /* "" when the chain holds */
};

void chain_check(const char *text, size_t len, struct chain *chain);

/* A key of the seal and the record that it is for. */
struct chain_key {
	double seq;
	unsigned char key[32];
};

/* The records from the key's on: each is to have its seal, or a note that says that it has none.
 * "" or what is wrong with one. */
const char *chain_check_seals(const char *text, size_t len, const struct chain_key *first);

/* The last whole line that is a record; NULL when there is none. The caller's to delete. */
cJSON *chain_last(const char *text, size_t len);

/* "" or the first thing in `record` that `reference` does not say: members may be missing, and
 * items of lists. */
const char *chain_first_other(const cJSON *record, const cJSON *reference);

#endif
