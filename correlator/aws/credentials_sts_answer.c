/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "common/time_text.h"
#include "correlator/aws/aws_xml.h"
#include "correlator/aws/credentials_sts.h"

struct answer {
	char *id, *secret, *token, *arn;
	int64_t expires_us;
	bool failed;
};

static void
keep(struct answer *a, char **to, struct span text)
{
	credentials_wipe_text(*to);
	*to = strndup(text.ptr, text.len);
	if (*to == NULL)
		a->failed = true;
}

/* What stands behind "...Response/...Result/", which carry the operation's name. */
static struct span
path_tail(const char *path)
{
	struct span rest = span_of(path), head;

	if (!span_cut(&rest, '/', &head) || !span_ends(head, "Response") ||
	    !span_cut(&rest, '/', &head) || !span_ends(head, "Result"))
		return SPAN_NONE;
	return rest;
}

static int
take_element(void *ctx, const char *path, struct span text)
{
	struct span at = path_tail(path);
	struct answer *a = ctx;

	if (span_is(at, "Credentials/AccessKeyId"))
		keep(a, &a->id, text);
	else if (span_is(at, "Credentials/SecretAccessKey"))
		keep(a, &a->secret, text);
	else if (span_is(at, "Credentials/SessionToken"))
		keep(a, &a->token, text);
	else if (span_is(at, "AssumedRoleUser/Arn"))
		keep(a, &a->arn, text);
	else if (span_is(at, "Credentials/Expiration") && !time_parse(text, &a->expires_us))
		a->expires_us = AWS_CREDENTIALS_NEVER;
	return a->failed ? 1 : 0;
}

/* arn:PARTITION:sts::ACCOUNT:assumed-role/... */
static struct span
arn_account(const char *arn)
{
	struct span rest = span_of(arn), head = SPAN_NONE;

	for (int i = 0; i < 5; i++)
		if (!span_cut(&rest, ':', &head))
			return SPAN_NONE;
	return head;
}

static int
take(const struct answer *a, struct aws_credentials *out, struct buf *why)
{
	const char *wrong = NULL;

	if (a->id == NULL || a->secret == NULL || a->token == NULL)
		wrong = "no credentials in it";
	else if (a->expires_us == AWS_CREDENTIALS_NEVER)
		wrong = "no Expiration in it";
	else
		wrong = credentials_set(out, span_of(a->id), span_of(a->secret), span_of(a->token));
	if (wrong != NULL) {
		buf_puts(why, wrong);
		return -1;
	}
	out->expires_us = a->expires_us;
	credentials_set_account(out, arn_account(a->arn));
	return 0;
}

int
credentials_sts_read(struct span text, struct aws_credentials *out, struct buf *why)
{
	struct answer a = {.expires_us = AWS_CREDENTIALS_NEVER};
	int r = aws_xml_read(text, take_element, &a);

	*out = (struct aws_credentials){.expires_us = AWS_CREDENTIALS_NEVER};
	if (r == -2)
		buf_puts(why, "not XML");
	else if (r != 0)
		buf_puts(why, "no memory");
	else
		r = take(&a, out, why);
	credentials_wipe_text(a.id);
	credentials_wipe_text(a.secret);
	credentials_wipe_text(a.token);
	free(a.arn);
	return r == 0 ? 0 : -1;
}
