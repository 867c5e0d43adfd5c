/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_CSV_H
#define CORRELATOR_REPORT_CSV_H

#include "correlator/report/output.h"
#include "correlator/report/view.h"

/*
 * RFC 4180 with LF line ends and a header row. A cell's text is made safe (safe_text.h), so a row
 * is a line; one that a spreadsheet would run as a formula gets a ' in front.
 */
void csv_put_cell(struct buf *out, struct span text);

/* A row a login, docs/FORMAT.md "CSV". */
void csv_logins(struct output *o, struct report_view *v);
/* A row a push; serial console pushes and tunnels, when the view shows them, come last. */
void csv_pushes(struct output *o, struct report_view *v);

#endif
