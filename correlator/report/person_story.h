/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_PERSON_STORY_H
#define CORRELATOR_REPORT_PERSON_STORY_H

#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* The lines of a story that tell who was behind a push: the person, the chain hop by hop, who else
 * it could have been. Nothing without people. */
void person_story_put(struct output *o, const struct report_view *v, const struct style *style,
    const struct push *push);

#endif
