/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_STYLE_H
#define CORRELATOR_REPORT_STYLE_H

#include <stdio.h>

#include "common/buf.h"
#include "common/time_text.h"

enum color_choice {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

enum style_ink {
	INK_PLAIN,
	INK_BOLD,
	INK_DIM,
	INK_GOOD,
	INK_DOUBT,
	INK_BAD,
};

/* How text for people is dressed. */
struct style {
	bool color;
	bool local;   /* times in the reader's zone */
	size_t width; /* columns of the terminal; 0: as wide as it takes */
};

/*
 * For a stream: colour when it is a terminal that can show it and NO_COLOR (no-color.org) is unset
 * or empty, width from COLUMNS, else from the terminal. A file has neither: pass NULL.
 */
struct style style_for(FILE *stream, enum color_choice choice, bool local);

void style_ink(const struct style *s, struct buf *out, enum style_ink ink);
/* The text in that ink, then plain again. The text must be safe. */
void style_put(const struct style *s, struct buf *out, enum style_ink ink, const char *text);
/* The time, in the zone that the style wants. */
char *style_time(const struct style *s, char out[static TIME_TEXT_LEN], int64_t us, int digits);

#endif
