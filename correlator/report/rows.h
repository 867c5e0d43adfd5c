/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_ROWS_H
#define CORRELATOR_REPORT_ROWS_H

#include "common/json_writer.h"
#include "correlator/report/output.h"
#include "correlator/report/view.h"

/*
 * The objects of a report's machine form, docs/FORMAT.md "Reports". Each is written into the
 * output's buffer through the caller's writer, without a line end; long lists are handed on while
 * they are written.
 */
void rows_put_login(
    struct output *o, struct json_writer *w, struct report_view *v, const struct login *login);
void rows_put_push(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct push *push);
/* A serial console push or a tunnel. */
void rows_put_other(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct push *push);
void rows_put_refusal(
    struct json_writer *w, const struct report_view *v, const struct key_refusal *refusal);

#endif
