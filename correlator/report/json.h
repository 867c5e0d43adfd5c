/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_JSON_H
#define CORRELATOR_REPORT_JSON_H

#include "correlator/report/output.h"
#include "correlator/report/view.h"

/* {"logins":[...],"pushes":[...],"others":[...],"summary":{...}}, an object a line. */
void json_report(struct output *o, struct report_view *v);
/* The same objects, one a line, the summary last. */
void jsonl_report(struct output *o, struct report_view *v);

#endif
