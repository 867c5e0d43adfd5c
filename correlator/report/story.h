/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_STORY_H
#define CORRELATOR_REPORT_STORY_H

#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* The story of one login, for people: who, the push, the login, how long it lasted, how sure. */
void story_put(
    struct output *o, struct report_view *v, const struct style *style, const struct login *login);

/* Parts of it that `explain` has too. The heading: session, instance, user. */
void story_put_heading(struct output *o, const struct report_view *v, const struct style *style,
    const struct login *login);
/* What the login itself was: time, address, keys, process. */
void story_put_login(struct output *o, const struct report_view *v, const struct style *style,
    const struct login *login);
/* The verdict in words. */
void story_put_verdict(
    struct output *o, struct report_view *v, const struct style *style, const struct login *login);

/* Begins a line: blanks, a label, blanks up to the text. */
void story_label(struct output *o, const char *label);

#endif
