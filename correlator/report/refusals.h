/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_REFUSALS_H
#define CORRELATOR_REPORT_REFUSALS_H

#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* The keys that hosts tried and that EC2 Instance Connect did not have, a line each; nothing when
 * there are none. */
void refusals_put(struct output *o, const struct report_view *v, const struct style *style);

#endif
