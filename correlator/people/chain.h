/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_CHAIN_H
#define CORRELATOR_PEOPLE_CHAIN_H

#include "correlator/people/identity_store.h"
#include "correlator/people/people.h"
#include "correlator/people/people_index.h"

/*
 * Private to people: one step back from a caller, docs/SEMANTICS.md, "Hops". A step depends on the
 * caller alone, so each is looked for once.
 */
struct chain_step {
	uint8_t end;    /* CHAIN_GOES_ON, or an enum chain_end */
	uint8_t rule;   /* enum hop_rule */
	bool loose;     /* it fits, but the caller's key is not the one that was issued */
	bool by_ec2;    /* EC2 fetched the credentials for an instance */
	uint32_t issue; /* the event that leads on */
	uint32_t also;  /* the console event of the same session, or HOP_NONE */
	uint32_t set;   /* the event that gave out the permission set, or HOP_NONE */
	uint32_t forks; /* CHAIN_END_AMBIGUOUS: the first of the events that fit, in chain.forks */
	uint32_t fork_count;
};

#define CHAIN_GOES_ON CHAIN_ENDS

/* So many of the events that fit are kept of an ambiguous step, of different callers. */
#define CHAIN_FORKS_MAX 16

struct chain {
	const struct ledger *ledger;
	const struct identity_store *store; /* or NULL */
	struct people_index index;
	struct chain_step *steps; /* by caller */
	uint32_t *forks;          /* in ledger.issues */
	size_t fork_count, fork_cap;
};

/* Every caller's step. 0, or -1 without memory (chain_clear all the same). */
int chain_find(struct chain *c, const struct ledger *l, const struct identity_store *store);
void chain_clear(struct chain *c);

/* A chain followed back: the callers met, and the hops between them. */
struct chain_walk {
	uint32_t callers[CHAIN_HOPS_MAX + 1]; /* callers[k]: the caller that k hops lead to */
	size_t caller_count;
	struct hop hops[CHAIN_HOPS_MAX];
	size_t hop_count;
	uint8_t end;           /* enum chain_end */
	uint32_t fork_caller;  /* CHAIN_END_AMBIGUOUS: whose step it is */
	string_id switch_from; /* the identity that a SwitchRole without its AssumeRole names */
};

/* Follows a caller back; with forced != HOP_NONE its first hop is that event, one of its forks. */
void chain_follow(const struct chain *c, uint32_t caller, uint32_t forced, struct chain_walk *walk);
/* The weakest of the first n hops; exact without any. */
enum sureness chain_sure(const struct chain_walk *walk, size_t n);

/* What would lead on from where the chain ends. The account's string is added to the pool. */
struct missing_event chain_missing(struct ledger *l, const struct chain_walk *walk);

#endif
