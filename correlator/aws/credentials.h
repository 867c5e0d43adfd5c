/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_H
#define CORRELATOR_AWS_CREDENTIALS_H

#include "correlator/aws/aws_credentials.h"

/*
 * What the providers of credentials share. A provider looks for credentials in one place, for one
 * profile; none keeps anything between two calls.
 */
enum credentials_result {
	CREDENTIALS_FOUND,
	CREDENTIALS_NONE,   /* nothing there: what is missing has been said by credentials_lacks */
	CREDENTIALS_FAILED, /* set up, and it did not work: said by credentials_fail. Ends the
			       search */
};

/* One search through the chain. */
struct credentials_search {
	const struct aws_settings *settings;
	int64_t now_us;
	/* what STS said that the local clock must be corrected by; 0 while nothing was said */
	int64_t skew_us;
	/* a profile that was typed, and the source of another one, do not look at
	 * AWS_WEB_IDENTITY_... */
	bool ignore_environment;
	struct buf tried;  /* "environment: AWS_ACCESS_KEY_ID is not set; ..." */
	struct buf *error; /* a sentence */
};

/* Borrows settings and error. */
void credentials_search_init(struct credentials_search *s, const struct aws_settings *settings,
    int64_t now_us, struct buf *error);
void credentials_search_clear(struct credentials_search *s);

/* Both take a sentence's end that never holds a secret, and return what their name says. */
enum credentials_result credentials_lacks(struct credentials_search *s, const char *provider,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
enum credentials_result credentials_fail(struct credentials_search *s, const char *provider,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* profile is a name; out is empty before, and stays so unless credentials were found. */
typedef enum credentials_result credentials_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out);

credentials_find credentials_environment_find;
credentials_find credentials_role_find;
credentials_find credentials_web_find;
credentials_find credentials_sso_find;
credentials_find credentials_shared_file_find;
credentials_find credentials_login_find;
credentials_find credentials_process_find;
credentials_find credentials_config_file_find;
credentials_find credentials_container_find;
credentials_find credentials_metadata_find;

/*
 * Sets id, secret and token (token may be absent) by copies; they never expire and account and
 * provider are not known. NULL, or what is wrong with them ("the access key id is empty"), and then
 * out is empty: what cannot stand in a header is no credential.
 */
const char *credentials_set(
    struct aws_credentials *out, struct span id, struct span secret, struct span token);
/* The account id, if it is one of twelve digits; else nothing is set. */
void credentials_set_account(struct aws_credentials *out, struct span account);

/* A value of a profile as all providers but the two files' see it: the credentials file's before
 * the config file's. NULL: none. */
const char *credentials_profile_get(
    const struct credentials_search *s, const char *profile, const char *key);
bool credentials_profile_exists(const struct credentials_search *s, const char *profile);

/* An environment variable; NULL when it is not set or empty. */
const char *credentials_variable(const char *name);

/* Overwrites what the buffer holds, and all that it ever held, then clears it. Reserve what is
 * needed before the first write: memory that growing left behind is not reached. */
void credentials_wipe(struct buf *b);
void credentials_wipe_text(char *text); /* a string of malloc's; NULL is one too */

/* The whole of a file that holds a token. 0, or -errno; -EFBIG over out->max, -EINVAL for a NUL
 * byte within. */
int credentials_file_read(const char *path, struct buf *out);

#endif
