/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_FORMAT_H
#define CORRELATOR_REPORT_FORMAT_H

enum report_format {
	FORMAT_TABLE,
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_JSONL,
	FORMAT_CSV,
	FORMAT_COUNT,
};

/* As --format takes it. */
const char *format_name(enum report_format format);

#endif
