/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_SUMMARY_H
#define CORRELATOR_REPORT_SUMMARY_H

#include "common/json_writer.h"
#include "correlator/report/view.h"

/* The summary object of the machine form, docs/FORMAT.md "Summary". */
void summary_put(struct json_writer *w, const char *key, const struct report_view *v);

#endif
