/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_RECORD_LINES_H
#define CORRELATOR_INPUT_RECORD_LINES_H

#include <stdbool.h>

/*
 * Private to record_scan.c: where to go on in a document behind what is not JSON. All places lie in
 * [at, end].
 */

/* True when a JSON object or array could begin here, or the text ends. */
bool record_lines_begins_value(const char *at, const char *end);

/* The start of the next line that is not empty. */
const char *record_lines_next(const char *at, const char *end);

/*
 * Behind a value that begins at `start` and is broken at `failed`: where the next line begins in a
 * document of lines; `end` in a document that is one value of many lines, of which nothing behind
 * the fault can be trusted to stand where it seems to stand.
 */
const char *record_lines_resume(const char *start, const char *failed, const char *end);

/* Lines of a CloudWatch Logs export have a time and a blank in front of the record: behind them. */
const char *record_lines_pass_stamp(const char *at, const char *end);

/* From the start of an object or array to behind it, by counting brackets alone; NULL when the text
 * ends first. */
const char *record_lines_pass_brackets(const char *at, const char *end);

#endif
