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

/* The last whole line that is a record; NULL when there is none. The caller's to delete. */
cJSON *chain_last(const char *text, size_t len);

/* "" or the first thing in `record` that `reference` does not say: members may be missing, and
 * items of lists. */
const char *chain_first_other(const cJSON *record, const cJSON *reference);

#endif
