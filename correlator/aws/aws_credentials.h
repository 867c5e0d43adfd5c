/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_CREDENTIALS_H
#define CORRELATOR_AWS_AWS_CREDENTIALS_H

#include <stdint.h>

#include "correlator/aws/aws_settings.h"

/*
 * The default credential provider chain (AWS SDKs and Tools Reference Guide, "Standardized
 * credential providers"; order as botocore's): environment, assume-role profile, web identity, SSO
 * (by `aws configure export-credentials`), shared credentials file, login (likewise),
 * credential_process, config file, container endpoint, IMDSv2.
 */
#define AWS_CREDENTIALS_NEVER INT64_MAX

struct aws_credentials {
	char *access_key_id, *secret_access_key;
	char *session_token;  /* NULL: none */
	char *account_id;     /* NULL: the provider does not say */
	int64_t expires_us;   /* AWS_CREDENTIALS_NEVER */
	const char *provider; /* which one: "environment", "assume-role", ... for messages */
};

/* Frees and wipes. */
void aws_credentials_clear(struct aws_credentials *c);
/* 0 or -1 without memory. */
int aws_credentials_copy(struct aws_credentials *to, const struct aws_credentials *from);

/* Finds them, keeps them, renews them before they expire (15 minutes before if that goes well, 10
 * minutes before at the latest; nearer to it of those that live half an hour or less) by the
 * provider that gave them, which then reads the two files anew. Any thread; whoever needs new ones
 * while they are fetched waits. */
struct aws_credential_source;

/* Borrows settings. NULL without memory. Looks at the environment when asked, so that must not
 * change while threads ask. */
struct aws_credential_source *aws_credential_source_new(const struct aws_settings *s);
void aws_credential_source_free(struct aws_credential_source *c);

/* 0; -1 with a sentence in error that says which providers were tried and what each lacks, and
 * never a secret. renew: those given last were refused as expired (the same again when they are
 * younger than a second: somebody else has just renewed them). now_us: with the skew of the
 * server's clock. */
int aws_credentials_get(struct aws_credential_source *c, int64_t now_us, bool renew,
    struct aws_credentials *out, struct buf *error);

#endif
