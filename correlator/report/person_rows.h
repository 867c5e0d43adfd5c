/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_PERSON_ROWS_H
#define CORRELATOR_REPORT_PERSON_ROWS_H

#include "common/json_writer.h"
#include "correlator/report/output.h"
#include "correlator/report/view.h"

/* "person" of a login that is attributed to one, else "candidates": the persons of its pushes;
 * docs/FORMAT.md, "Person". Nothing without people. */
void person_rows_put_login(
    struct output *o, struct json_writer *w, struct report_view *v, const struct login *login);
/* "person" of a push. */
void person_rows_put_push(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct push *push);

#endif
