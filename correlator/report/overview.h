/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_OVERVIEW_H
#define CORRELATOR_REPORT_OVERVIEW_H

#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* The summary for people, each part with an empty line behind it. */
void overview_logins(struct output *o, struct report_view *v, const struct style *style);
void overview_pushes(struct output *o, const struct report_view *v);
/* That a store no longer has everything, as one line, where it is so. */
void overview_pruned(struct output *o, const struct report_view *v, const struct style *style);
/* Coverage, and what was wrong with the inputs. */
void overview_inputs(struct output *o, const struct report_view *v, const struct style *style);

#endif
