/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_ISSUING_H
#define TOOLS_CORPUS_ISSUING_H

#include "tools/corpus/actor.h"
#include "tools/corpus/world.h"

/*
 * A record that gives somebody credentials or a session, and how CloudTrail writes it: IAM User
 * Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"; IAM Identity Center User Guide,
 * "CloudTrail use cases"; AWS Sign-In User Guide, "Logging".
 */
enum issuing_kind {
	ISSUING_ASSUME_ROLE,
	ISSUING_SAML,
	ISSUING_WEB_IDENTITY,
	ISSUING_FEDERATION_TOKEN,
	ISSUING_SESSION_TOKEN,
	ISSUING_ASSUME_ROOT,
	ISSUING_ROLE_CREDENTIALS,
	ISSUING_FEDERATE,
	ISSUING_CONSOLE_LOGIN,
	ISSUING_SWITCH_ROLE,
	ISSUING_SIGNIN_TOKEN,
	ISSUING_OAUTH_TOKEN,
	ISSUING_KINDS,
};

struct issuing {
	uint8_t kind;                  /* enum issuing_kind */
	bool failed;                   /* AccessDenied: it issued nothing */
	bool transient;                /* the SAML subject's type; else persistent */
	bool internal;                 /* the console made the call: "AWS Internal" */
	bool mfa;                      /* a device's serial number, or MFAUsed at the console */
	struct actor by;               /* who asked */
	struct actor to;               /* what they got */
	char shown_key[UNIQUE_ID_LEN]; /* the response's key id */
	char email[ACTOR_TEXT];        /* session tag */
	char issuer[ACTOR_ARN];        /* SAML */
	char minted[ACTOR_ARN];        /* sign-in session that CreateOAuth2Token opens */
	char switch_from[ACTOR_ARN];   /* ARN of who switched roles */
	uint64_t request, shared;      /* seeds of requestID and sharedEventID; shared 0: none */
};

/* "AssumeRole", as CloudTrail calls it. */
const char *issuing_name(enum issuing_kind kind);

/* Appends the record, one line without LF. event_id is its eventID. */
void issuing_put_record(const struct issuing *i, const struct world_row *row, int64_t time_us,
    const char *event_id, struct buf *out);

/* What the parts of the record's writer share. */
struct issuing_writer {
	const struct issuing *issuing;
	const struct world_row *row;
	struct json_writer *out;
	int64_t time_us;
};
/* requestParameters and what follows up to the requestID, of an event of AWS STS. */
void sts_put_elements(const struct issuing_writer *w);
/* The same for sign-in and Identity Center. */
void sign_in_put_elements(const struct issuing_writer *w);

#endif
