/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CLI_H
#define CORRELATOR_CLI_H

#include <stdio.h>

#include "correlator/options.h"

/* Exit codes. When several hold, the first of OUTPUT, INPUT, FINDINGS is the one given: findings
 * from half an input, or that nobody could be told, are not to be trusted as they stand. */
enum exit_code {
	EXIT_CODE_DONE = 0,
	EXIT_CODE_FINDINGS = 1, /* what --fail-on asked for */
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_INPUT = 3, /* an input could not be read, wholly or in part */
	EXIT_CODE_OUTPUT =
	    4, /* output could not be written, no memory, or an invariant is broken */
	EXIT_CODE_PIPE = 141, /* the reader of standard output went away */
};

struct invocation;

/* A command: one row of the table in cli.c. */
struct command {
	const char *name;
	int (*run)(struct invocation *inv);
	const char *line;  /* what it does, in one line */
	const char *about; /* more of it, for its --help */
	struct option_rules rules;
};

/* One run of a command. */
struct invocation {
	const struct command *command;
	struct options options;
	FILE *out, *err;
	int64_t now_us;
};

/* argv[0] is the program. Returns the exit code. Results go to out, words to err. */
int cli_run(int argc, char *const *argv, FILE *out, FILE *err);

/* Says what is wrong with the command line, on one line, and where help is. EXIT_CODE_USAGE. */
int cli_usage_error(const struct invocation *inv, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says something on one line, "logintrail: ...", made safe for terminals. */
void cli_say(FILE *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
