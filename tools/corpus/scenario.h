/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_SCENARIO_H
#define TOOLS_CORPUS_SCENARIO_H

#include "tools/corpus/arena.h"
#include "tools/corpus/cloudtrail.h"
#include "tools/corpus/login_writer.h"
#include "tools/corpus/person.h"

/*
 * One small story: some key pushes, some logins, and what is true of them. A scenario builds its
 * pushes and logins and says itself which explains which: nothing here works that out. Keys belong
 * to one scenario alone, so stories do not touch each other; instances and people are shared.
 */
#define SCENARIO_PUSHES  6
#define SCENARIO_LOGINS  6
#define SCENARIO_RECORDS 24
#define SCENARIO_USERS   4

/* Somebody whom the identity store knows. */
struct scenario_user {
	char user_id[ACTOR_TEXT], name[ACTOR_TEXT];
};

/* An event that issued credentials. */
struct scenario_record {
	struct trail_event event;
	struct issuing *issuing;
	int64_t delay_us;
	uint8_t copies;
	bool lost; /* it happened, but is not in the corpus */
};

struct scenario_push {
	struct trail_event event;
	int64_t delay_us;                 /* from the event to its delivery */
	uint8_t copies;                   /* deliveries beyond the first, of the same event */
	bool superseded;                  /* an addendum replaces it: it is no push in the report */
	size_t sessions[SCENARIO_LOGINS]; /* the logins that it explains */
	size_t session_count;
	struct person_truth *person; /* NULL: what event.caller is by itself */
};

struct scenario_login {
	struct login_event event;
	int64_t stays_us;               /* until its close record; 0: there is none */
	const char *verdict, *reason;   /* reason NULL but for "unattributed" */
	size_t pushes[SCENARIO_PUSHES]; /* what explains it */
	size_t push_count;
};

struct scenario {
	const struct world *world;
	struct arena *arena;
	struct random random;
	int64_t start_us; /* whole seconds; nothing in the story is earlier */
	struct instance instance;
	struct principal caller; /* the pushes' by default */
	struct key key;
	uint8_t user;
	struct scenario_push pushes[SCENARIO_PUSHES];
	struct scenario_login logins[SCENARIO_LOGINS];
	struct scenario_record records[SCENARIO_RECORDS];
	struct scenario_user users[SCENARIO_USERS];
	size_t push_count, login_count, record_count, user_count;
};

/* Clears the scenario and gives it a seed and a time. Place, caller and key are chosen at random
 * among the main rows' recorded instances. */
void scenario_begin(struct scenario *s, const struct world *w, struct arena *arena, uint64_t seed,
    int64_t start_us);
/* Moves it to another account and region, or to instances of another class. Before any push. */
void scenario_place(struct scenario *s, unsigned row, enum instance_class class);

/* Adds the caller's successful push of the key at that time (whole seconds). */
struct scenario_push *scenario_push(struct scenario *s, int64_t time_us);
/* Adds a login with the key alone. */
struct scenario_login *scenario_login(struct scenario *s, int64_t time_us);

/* A key of the same scenario that is not s->key. */
struct key scenario_other_key(const struct scenario *s, unsigned number);
/* Somebody else of the same account. */
struct principal scenario_other_caller(const struct scenario *s, unsigned number);
/* Another instance of the same kind; per_row must be 2 or more. */
struct instance scenario_other_instance(const struct scenario *s);
uint8_t scenario_other_user(const struct scenario *s);

/* Whole seconds between low and high, and any moment between them, in microseconds. */
int64_t scenario_seconds(struct scenario *s, int64_t low, int64_t high);
int64_t scenario_moment(struct scenario *s, int64_t low_us, int64_t high_us);

/* What is true. scenario_explain: the push can explain the login. */
void scenario_explain(
    struct scenario *s, struct scenario_login *l, struct scenario_push *p, const char *verdict);
void scenario_unexplained(struct scenario_login *l, const char *reason);

/* The stories, each with its weight. */
struct scenario_kind {
	const char *name;
	unsigned weight;
	void (*build)(struct scenario *s);
};

/* Lists end with a NULL name. */
extern const struct scenario_kind scenario_kinds_usual[];
extern const struct scenario_kind scenario_kinds_edges[];
extern const struct scenario_kind scenario_kinds_keys[];
extern const struct scenario_kind scenario_kinds_reasons[];
extern const struct scenario_kind scenario_kinds_delivery[];
extern const struct scenario_kind scenario_kinds_coverage[];
extern const struct scenario_kind scenario_kinds_bench[];
extern const struct scenario_kind scenario_kinds_store[];
/* Who was behind the callers. */
extern const struct scenario_kind scenario_kinds_roles[];
extern const struct scenario_kind scenario_kinds_sign_in[];
extern const struct scenario_kind scenario_kinds_center[];
extern const struct scenario_kind scenario_kinds_instance[];
extern const struct scenario_kind scenario_kinds_doubt[];
/* Told at the world's beginning and end only: start_us is then the time when the batch starts. */
extern const struct scenario_kind scenario_kinds_first[];
extern const struct scenario_kind scenario_kinds_last[];
/* One login without a key, so that every instance with a log has one. */
void scenario_roll_call(struct scenario *s);

#endif
