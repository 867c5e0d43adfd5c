/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_OPTION_TABLE_H
#define CORRELATOR_OPTION_TABLE_H

#include "correlator/options.h"

/* Private to options.c and option_table.c: the table of all options of all commands. */
enum option_type {
	OPTION_FLAG,    /* bool */
	OPTION_TEXT,    /* const char * */
	OPTION_SECONDS, /* int64_t, microseconds */
	OPTION_SIZE,    /* int64_t */
	OPTION_NUMBER,  /* int64_t */
	OPTION_CALL,    /* a function of its own */
};

struct option_spec {
	const char *name;
	const char *value; /* what help calls its value; NULL when it has none */
	const char *help;
	/* What is wrong with the value, NULL when nothing is. */
	const char *(*call)(struct options *o, const struct option_rules *rules, const char *value);
	enum option_set set;
	enum option_type type;
	size_t offset;
	char letter;
};

extern const struct option_spec option_table[];
extern const size_t option_table_count;

#endif
