/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_CHAIN_H
#define TOOLS_CORPUS_CHAIN_H

#include "tools/corpus/scenario.h"

/*
 * What stories of credentials are put together from: actors, the events that issue one's
 * credentials to another, pushes with them. Accounts are 0 and 1 as those of the main rows; names
 * have the story's own number in them, so that no two stories know the same people.
 */

#define CHAIN_MINUTE_US (60 * US_PER_SECOND)

/* The account of the story's instance. */
unsigned chain_home(const struct scenario *s);
/* Some second of that minute of the story, not of its last ten. */
int64_t chain_at(struct scenario *s, int64_t minutes);

/* An IAM user with a long-term key; the root user with one. */
struct actor chain_user(struct scenario *s, unsigned account);
struct actor chain_root(struct scenario *s, unsigned account);
/* A session of a role, with a key of its own, that begins at that time. */
struct actor chain_role(struct scenario *s, unsigned account, const char *role, const char *session,
    int64_t created_us);
/* The same of a role of Identity Center: of the permission set, for the user. */
struct actor chain_center_role(
    struct scenario *s, unsigned account, const char *set, const char *user, int64_t created_us);
/* Who asks in AssumeRoleWithSAML, AssumeRoleWithWebIdentity, GetRoleCredentials. */
struct actor chain_saml_subject(struct scenario *s, const char *subject);
struct actor chain_web_subject(struct scenario *s, const char *subject);
/* Somebody of Identity Center; the identity store knows them by that name. */
struct actor chain_center_user(struct scenario *s, const char *user_name);
struct actor chain_service(const char *service);
/* A session of what it was: GetSessionToken, a sign-in. fresh key, begins at that time. */
struct actor chain_session_of(struct scenario *s, const struct actor *a, int64_t created_us);
/* The same actor with another access key, as the console makes one for every request. */
struct actor chain_fresh_key(struct scenario *s, const struct actor *a);
void chain_sign_in_arn(struct scenario *s, unsigned account, char out[static ACTOR_ARN]);

/* Text of the story's own: "alice.1f3a2c" for prefix "alice". */
void chain_text(struct scenario *s, const char *prefix, char out[static ACTOR_TEXT]);
/* One of some first names, and the story's number. */
void chain_name(struct scenario *s, char out[static ACTOR_TEXT]);

/*
 * Adds the event by which `to` got its credentials from what `by` had, in the account and a region
 * where it is recorded. Records come late or twice like those of pushes.
 */
struct scenario_record *chain_issue(struct scenario *s, enum issuing_kind kind,
    const struct actor *by, const struct actor *to, int64_t time_us);
/* The role owner's copy of an AssumeRole that was made from another account: shows the caller as
 * AWSAccount. Both get one sharedEventID. */
struct scenario_record *chain_owner_copy(struct scenario *s, struct scenario_record *r);
/* The events stay out of the corpus: nothing delivered them. */
void chain_lose(struct scenario_record *r);

/* A push with the actor's credentials. */
struct scenario_push *chain_push(
    struct scenario *s, const struct actor *a, struct person_truth *person, int64_t time_us);
/* A push and a login that it explains. */
struct scenario_push *chain_login(
    struct scenario *s, const struct actor *a, struct person_truth *person, int64_t time_us);

/* What is true of a person: see person.h. A NULL or empty name: nobody. */
struct person_truth *chain_person(
    struct scenario *s, const char *name, const char *sure, const char *type, const char *mfa);
/* The next step back. */
void chain_hop(struct person_truth *p, const char *rule, const struct scenario_record *r);

#endif
