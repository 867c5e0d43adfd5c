/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_TOTALS_H
#define CORRELATOR_REPORT_TOTALS_H

#include "correlator/report/view.h"

/* Counts v->totals anew, by v->is_answer. 0, or -1 without memory. */
int totals_count(struct report_view *v);

#endif
