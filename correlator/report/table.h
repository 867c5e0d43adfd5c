/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_TABLE_H
#define CORRELATOR_REPORT_TABLE_H

#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* The report for people: what there is, what is wrong with it, the logins, what to type next. */
void table_report(struct output *o, struct report_view *v, const struct style *style);
/* The same of pushes. */
void table_pushes(struct output *o, struct report_view *v, const struct style *style);

#endif
