/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_IDENTITY_H
#define TOOLS_CORPUS_IDENTITY_H

#include "common/json_writer.h"
#include "tools/corpus/world.h"

/* Writes the userIdentity member of a record. time_us is the record's; the session began before. */
void identity_put(
    const struct world *w, struct principal p, int64_t time_us, struct json_writer *out);
/* Writes the userIdentity of an AWS service that acts by itself. */
void identity_put_service(const char *invoked_by, struct json_writer *out);

#endif
