/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_REACH_REPORT_H
#define CORRELATOR_REPORT_REACH_REPORT_H

#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* The sessions that the view's identity reached, a line each, and how many they are. */
void reach_report_table(struct output *o, const struct report_view *v, const struct style *style);

#endif
