/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_TABLE_CELLS_H
#define CORRELATOR_REPORT_TABLE_CELLS_H

#include "correlator/report/grid.h"
#include "correlator/report/view.h"

/* Private to the tables: the texts of one row, and where they are made. */
#define TABLE_SESSION_LEN 8 /* digits of a session id that are shown */
#define TABLE_LIST_LEN    3 /* items of a list that are shown */

struct table_cells {
	struct grid_cell cell[GRID_COLUMNS_MAX];
	char time[TIME_TEXT_LEN];
	struct buf scratch, who, person;
	bool marked; /* some name is less than exact */
};

void table_cells_init(struct table_cells *c);
void table_cells_clear(struct table_cells *c);
/* The string; "-" for 0. */
struct span table_known(const struct report_view *v, string_id id);
/* Adds a person's name and mark to the row's; "?" where nobody can be named. */
void table_add_person(struct table_cells *c, const struct report_view *v, const struct person *p);
/* The row's names; "-" without any. */
struct span table_persons(const struct table_cells *c);
/* What the marks mean, when a row has one. */
void table_put_legend(struct output *o, const struct table_cells *c);

#endif
