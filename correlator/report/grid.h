/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_GRID_H
#define CORRELATOR_REPORT_GRID_H

#include "correlator/report/output.h"
#include "correlator/report/style.h"

/*
 * Columns that line up. Every row is first measured, then printed; where the terminal is too narrow
 * the columns give way in the order of their ranks. Texts are made safe on the way.
 */
#define GRID_COLUMNS_MAX 8

struct grid_column {
	const char *title;
	size_t least;  /* columns it keeps when it has to give way; 0: it is left out */
	int rank;      /* who gives way first: 1, 2, ...; 0 never does */
	bool keep_end; /* the end tells more than the start */
	size_t width;
	bool left_out;
};

struct grid {
	struct grid_column columns[GRID_COLUMNS_MAX];
	size_t count;
};

struct grid_cell {
	struct span text;
	enum style_ink ink;
};

/* Widens the columns to take in this row. */
void grid_measure(struct grid *g, const struct grid_cell *cells);
/* Fits the columns into the style's width; before the first row is printed. */
void grid_fit(struct grid *g, const struct style *style);
void grid_put_titles(struct grid *g, struct output *o, const struct style *style);
void grid_put(
    struct grid *g, struct output *o, const struct style *style, const struct grid_cell *cells);

#endif
