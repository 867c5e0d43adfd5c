/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_MATCH_REASON_H
#define CORRELATOR_CORRELATE_MATCH_REASON_H

#include "correlator/correlate/match.h"
#include "correlator/correlate/push_index.h"

/*
 * Why no push explains a login with keys that could have been pushed (docs/SEMANTICS.md, "Reasons":
 * the first that holds, in the order given there).
 */
enum reason match_reason(
    const struct push_index *x, const struct match_options *o, const struct login *login);

#endif
