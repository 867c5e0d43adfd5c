/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_RECEIPT_ROWS_H
#define CORRELATOR_REPORT_RECEIPT_ROWS_H

#include "common/json_writer.h"
#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* The "receipts" of a login's object, docs/FORMAT.md "Receipt"; nothing when it has none. */
void receipt_rows_put(struct output *o, struct json_writer *w, const struct report_view *v,
    const struct login *login);

/* The same for people: a "receipt" line each, with what it says below. */
void receipt_rows_story(struct output *o, const struct report_view *v, const struct style *style,
    const struct login *login);

#endif
