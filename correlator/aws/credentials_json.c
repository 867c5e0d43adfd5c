/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials_json.h"

#include "common/json_reader.h"
#include "common/time_text.h"
#include "correlator/aws/credentials.h"

struct answer {
	struct span id, secret, token, expires, account, code;
	int64_t version;
	struct buf scratch;
};

static void
read_member(struct answer *a, struct json_reader *r, struct span key, const char *token)
{
	if (json_key_is(key, "AccessKeyId"))
		a->id = json_unescape(json_read_string(r), &a->scratch);
	else if (json_key_is(key, "SecretAccessKey"))
		a->secret = json_unescape(json_read_string(r), &a->scratch);
	else if (json_key_is(key, token))
		a->token = json_unescape(json_read_string(r), &a->scratch);
	else if (json_key_is(key, "Expiration"))
		a->expires = json_unescape(json_read_string(r), &a->scratch);
	else if (json_key_is(key, "AccountId"))
		a->account = json_unescape(json_read_string(r), &a->scratch);
	else if (json_key_is(key, "Code"))
		a->code = json_unescape(json_read_string(r), &a->scratch);
	else if (json_key_is(key, "Version")) {
		if (!json_read_int(r, &a->version))
			a->version = 0;
	} else
		json_skip(r);
}

static bool
read_answer(struct answer *a, struct span text, const char *token, struct buf *why)
{
	struct json_reader r;
	struct span key;

	json_reader_init(&r, text);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);)
		read_member(a, &r, key, token);
	if (r.error == JSON_OK && json_peek(&r) != JSON_NONE)
		r.error = JSON_ERROR_SYNTAX;
	if (r.error != JSON_OK) {
		buf_printf(why, "not a JSON object (%s)", json_error_text(r.error));
		return false;
	}
	return true;
}

/* "AssumeRoleUnauthorizedAccess": what instance metadata says in place of credentials. */
static void
put_code(struct buf *why, struct span code)
{
	for (size_t i = 0; i < code.len; i++)
		if ((code.ptr[i] | 0x20) < 'a' || (code.ptr[i] | 0x20) > 'z')
			return;
	if (code.len != 0 && code.len < 64 && !span_is(code, "Success")) {
		buf_puts(why, " (Code: ");
		buf_put_span(why, code);
		buf_putc(why, ')');
	}
}

static const char *
missing_member(const struct answer *a, const struct credentials_json_form *form)
{
	if (a->id.ptr == NULL)
		return "AccessKeyId";
	if (a->secret.ptr == NULL)
		return "SecretAccessKey";
	if (form->is_temporary && a->token.ptr == NULL)
		return form->token;
	if (form->is_temporary && a->expires.ptr == NULL)
		return "Expiration";
	return NULL;
}

static int
take(const struct answer *a, const struct credentials_json_form *form, struct aws_credentials *out,
    struct buf *why)
{
	const char *missing = missing_member(a, form), *wrong;

	if (form->has_version && a->version != 1) {
		buf_puts(why, "no Version of 1");
		return -1;
	}
	if (missing != NULL) {
		buf_printf(why, "no %s", missing);
		put_code(why, a->code);
		return -1;
	}
	wrong = credentials_set(out, a->id, a->secret, a->token);
	if (wrong == NULL && a->expires.ptr != NULL && !time_parse(a->expires, &out->expires_us)) {
		aws_credentials_clear(out);
		wrong = "Expiration is not a time";
	}
	if (wrong != NULL) {
		buf_puts(why, wrong);
		return -1;
	}
	credentials_set_account(out, a->account);
	return 0;
}

int
credentials_json_read(struct span text, const struct credentials_json_form *form,
    struct aws_credentials *out, struct buf *why)
{
	struct answer a = {0};
	int r = -1;

	*out = (struct aws_credentials){.expires_us = AWS_CREDENTIALS_NEVER};
	buf_init(&a.scratch, text.len * 3 + 1);
	if (!buf_reserve(&a.scratch, text.len * 3 + 1))
		buf_puts(why, "no memory");
	else if (read_answer(&a, text, form->token, why))
		r = take(&a, form, out, why);
	credentials_wipe(&a.scratch);
	return r;
}
