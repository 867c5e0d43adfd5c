/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_DIAGNOSTICS_H
#define CORRELATOR_DIAGNOSTICS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * What goes wrong with an input is said once, on one line, on the diagnostics stream:
 * "logintrail: SUBJECT: message". Control characters in it are escaped. Errors decide the exit code
 * (input could not be read, wholly or in part).
 */
struct diagnostics {
	FILE *stream; /* NULL: count only */
	uint64_t errors;
	uint64_t warnings;
	void (*before)(void *ctx); /* called before a line is written; NULL: nothing */
	void *ctx;
	/* called with every message; NULL: nothing */
	void (*said)(void *said_ctx, bool is_error, const char *subject, const char *message);
	void *said_ctx;
};

void diagnostics_error(struct diagnostics *d, const char *subject, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diagnostics_warning(struct diagnostics *d, const char *subject, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
