/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVENTS_EVENT_H
#define CORRELATOR_EVENTS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/sha256.h"
#include "common/span.h"
#include "correlator/events/user_identity.h"
#include "correlator/input/record_scan.h"

/*
 * A CloudTrail record that this program has a use for, typed. Formats: CloudTrail User Guide,
 * "CloudTrail record contents"; EC2 User Guide, "Monitor EC2 Instance Connect with CloudTrail".
 * Spans are decoded text, into the record or scratch; absent members are SPAN_NONE.
 */
enum event_kind {
	EVENT_OTHER,       /* of no use here */
	EVENT_KEY_PUSH,    /* SendSSHPublicKey */
	EVENT_SERIAL_PUSH, /* SendSerialConsoleSSHPublicKey: explains no SSH login */
	EVENT_TUNNEL,      /* OpenTunnel of an EC2 Instance Connect Endpoint: names no instance */
	EVENT_ISSUE,       /* gives somebody credentials or a session: enum issue_kind */
};

/* AWS Security Token Service, IAM Identity Center and sign-in events that a credential can come
 * from. IAM User Guide, "Logging IAM and AWS STS API calls"; IAM Identity Center User Guide,
 * "CloudTrail use cases"; AWS Sign-In User Guide. */
enum issue_kind {
	ISSUE_NONE,
	ISSUE_ASSUME_ROLE,
	ISSUE_ASSUME_ROLE_WITH_SAML,
	ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY,
	ISSUE_FEDERATION_TOKEN,
	ISSUE_SESSION_TOKEN,
	ISSUE_ASSUME_ROOT,
	ISSUE_ROLE_CREDENTIALS, /* Identity Center's GetRoleCredentials: for the command line */
	ISSUE_FEDERATE,         /* Identity Center's Federate: for the console */
	ISSUE_CONSOLE_LOGIN,
	ISSUE_SWITCH_ROLE,
	ISSUE_SIGNIN_TOKEN, /* GetSigninToken: credentials become a console session */
	ISSUE_OAUTH_TOKEN,  /* CreateOAuth2Token: "aws login" */
	ISSUE_KINDS,
};

enum event_error {
	EVENT_OK = 0,
	EVENT_ERROR_JSON,
	EVENT_ERROR_TIME, /* eventTime is absent or unreadable */
	EVENT_ERROR_MEMORY,
};

struct event {
	enum event_kind kind;
	int64_t time_us;
	struct span event_id, request_id, shared_event_id;
	struct span account_id; /* recipientAccountId, else userIdentity.accountId */
	struct span region;
	struct span source_ip, user_agent;
	struct span error_code, error_message;
	bool failed;                   /* errorCode, or a response that says success: false;
					  of a sign-in, "Failure" */
	bool from_console;             /* sessionCredentialFromConsole */
	bool supersedes;               /* addendum.reason UPDATED_DATA */
	struct span original_event_id; /* of the addendum */
	struct user_identity identity;

	/* key pushes */
	struct span instance_id, os_user;
	struct span key_text;
	struct span key_error; /* why the key does not parse; absent when it does, or when none */
	bool has_fingerprint;
	uint8_t fingerprint[SHA256_LEN];
	struct span key_type; /* in key_type_text: valid as long as this struct stays where it is */
	char key_type_text[64];

	/* tunnels */
	struct span endpoint_id, private_ip, remote_port;
	/* serial console */
	struct span serial_port;

	/* issuing events */
	enum issue_kind issue;
	/* in the response; AssumeRoot's principal is the account that its request names */
	struct span issued_key_id, issued_principal_id, issued_arn;
	struct span role_arn, session_name, mfa_serial; /* asked for */
	struct span session_source_identity;            /* of the response, else as asked for */
	struct span tags;     /* session tags: "Email=alice@example.com, Team=Ops", up to 1 KiB */
	struct span tag_name; /* the one that is a name (docs/SEMANTICS.md) */
	struct span subject, subject_type;  /* SAML, or subjectFromWebIdentityToken */
	struct span issuer, name_qualifier; /* SAML */
	struct span provider;               /* web identity's, or the ARN of the SAML provider */
	struct span set_account, set_name;  /* Identity Center: account and permission set */
	struct span switch_from, minted_session, mfa_used; /* additionalEventData */
};

/* Which kind a record is, from its header alone (escape-aware, white space around names allowed:
 * AWS's own guide prints "SendSSHPublicKey "). */
enum event_kind event_kind_of(const struct record_header *header);
/* Both at once. */
enum event_kind event_kinds_of(const struct record_header *header, enum issue_kind *issue);
/* True for a service some of whose events are of use. */
bool event_source_of_use(struct span event_source);
/* ... but for those of which only issuing events are. */
bool event_source_of_pushes(struct span event_source);
/* The same for issuing events alone: ISSUE_NONE for all others. */
enum issue_kind event_issue_kind_of(const struct record_header *header);
/* "AssumeRole", as CloudTrail calls it. */
const char *issue_kind_name(enum issue_kind kind);

/*
 * Reads a record of a kind that is of use. scratch holds decoded strings; it must
 * be reset by the caller between records and have a maximum of at least 3 times the record.
 * On EVENT_ERROR_TIME the other members of *e are set.
 */
enum event_error event_parse(struct span record, struct buf *scratch, struct event *e);
const char *event_error_text(enum event_error error);

#endif
