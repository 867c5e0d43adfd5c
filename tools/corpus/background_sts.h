/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_BACKGROUND_STS_H
#define TOOLS_CORPUS_BACKGROUND_STS_H

#include "tools/corpus/cloudtrail.h"

/*
 * Appends an issuing record that belongs to no story, chosen by the event's seed, in about the
 * proportions of a busy account: half of them AWS services that take a role, then pipelines by web
 * identity, roles by key and from other accounts, Identity Center, SAML, sign-ins. Their session
 * tokens do not compress.
 */
void background_sts_put_record(const struct world *w, const struct trail_event *e, struct buf *out);

#endif
