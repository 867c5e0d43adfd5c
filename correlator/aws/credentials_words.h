/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_WORDS_H
#define CORRELATOR_AWS_CREDENTIALS_WORDS_H

#include <stddef.h>

/*
 * Splits the command of a credential_process as the AWS CLI does on Linux (POSIX rules of Python's
 * shlex: single and double quotes, backslash; no variables, no patterns, no comments).
 */
struct credentials_words {
	char **words; /* NULL behind the last: an argv */
	int count;
	char *text; /* what they point into */
	size_t size;
};

/* 0; -1 without memory; -2: a quote that is not closed, or nothing behind a backslash. Secrets may
 * stand in arguments: clear wipes. */
int credentials_words_split(struct credentials_words *w, const char *command);
void credentials_words_clear(struct credentials_words *w);

#endif
