/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DRIVERS_DRIVER_INPUT_H
#define TESTS_DRIVERS_DRIVER_INPUT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Drivers read words from standard input and write words to standard output, a NUL behind each: any
 * text but NUL itself can be asked about, and nothing has to be escaped.
 */

/* The next word, to be freed; NULL at the end. Whoever asks for a word in mid-question means it:
 * driver_need ends the program where there is none. */
static inline char *
driver_word(void)
{
	char *line = NULL;
	size_t size = 0;

	if (getdelim(&line, &size, '\0', stdin) > 0)
		return line;
	free(line);
	return NULL;
}

static inline char *
driver_need(void)
{
	char *word = driver_word();

	if (word == NULL) {
		fputs("driver: a question without an end\n", stderr);
		exit(2);
	}
	return word;
}

static inline void
driver_put(const char *text, size_t len)
{
	(void)fwrite(text, 1, len, stdout);
	(void)putchar('\0');
}

#endif
