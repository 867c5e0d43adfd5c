/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_BACKGROUND_H
#define TOOLS_CORPUS_BACKGROUND_H

#include "tools/corpus/cloudtrail.h"

/*
 * Appends a record of a service that has nothing to do with key pushes, chosen by the event's seed:
 * 12 % STS with session tokens (which do not compress), the rest EC2, S3, KMS and SSM calls.
 */
void background_put_record(const struct world *w, const struct trail_event *e, struct buf *out);

#endif
