/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_PERSON_H
#define TOOLS_CORPUS_PERSON_H

#include "tools/corpus/actor.h"

/*
 * What is true of who was behind a caller, as the story says it (docs/SEMANTICS.md, "The person").
 * Words are those of the report; NULL where it has none.
 */
#define PERSON_HOPS       8
#define PERSON_CANDIDATES 4

struct person_hop {
	const char *rule;
	uint64_t event; /* seed of its eventID; 0: none, it was who was logged in */
};

struct person_truth {
	char name[ACTOR_TEXT]; /* "": nobody */
	char
	    store_name[ACTOR_TEXT]; /* the name that --identity-store gives instead; "": the same */
	const char *sure, *type, *end, *mfa;
	struct person_hop hops[PERSON_HOPS];
	size_t hop_count;
	const char *candidates[PERSON_CANDIDATES]; /* names */
	size_t candidate_count;
	/* How little is left of it when every issuing event is taken out of the input: true when
	 * the push itself names the person for certain. */
	bool by_itself;
};

/* Writes the members of a person: "name", "sure", ..., "chain":[{"event_id","rule"}],
 * "candidates":[]. */
void person_put(const struct person_truth *p, struct json_writer *out);

#endif
