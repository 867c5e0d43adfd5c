/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_IDENTITY_H
#define TOOLS_CORPUS_IDENTITY_H

#include "common/json_writer.h"
#include "tools/corpus/actor.h"
#include "tools/corpus/person.h"
#include "tools/corpus/world.h"

/* Writes the userIdentity member of a record. session_us: when the session began, for a role's. */
void identity_put(
    const struct world *w, struct principal p, int64_t session_us, struct json_writer *out);
/* The same session as an actor; principal_kind must not be PRINCIPAL_USER. */
void identity_session(
    const struct world *w, struct principal p, int64_t session_us, struct actor *out);
/* Who that is, for all that the caller says. */
void identity_person(struct principal p, struct person_truth *out);

#endif
