/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CLI_TEST_H
#define TESTS_UNIT_CLI_TEST_H

#include <stdio.h>
#include <stdlib.h>

#include "correlator/cli.h"

/* Runs the program's own main function in this process; from the top of the tree. */
#define GOLDEN        "tests/data/golden/"
#define TELL_ARGS_MAX 30

/* What the program said. */
struct told {
	int code;
	char *out, *err;
};

static inline struct told
tell(const char *const *args)
{
	char *argv[TELL_ARGS_MAX + 2] = {strdup("logintrail")};
	struct told told = {0};
	size_t out_len, err_len;
	FILE *out = open_memstream(&told.out, &out_len);
	FILE *err = open_memstream(&told.err, &err_len);
	int argc = 1;

	if (out == NULL || err == NULL)
		abort();
	for (; args[argc - 1] != NULL; argc++)
		argv[argc] = strdup(args[argc - 1]);
	told.code = cli_run(argc, argv, out, err);
	(void)fclose(out);
	(void)fclose(err);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return told;
}

static inline void
told_clear(struct told *told)
{
	free(told->out);
	free(told->err);
}

#endif
