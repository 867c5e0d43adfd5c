/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIED_MAX      8192
#define ACCOUNT_DIGITS 12

void
credentials_search_init(struct credentials_search *s, const struct aws_settings *settings,
    int64_t now_us, struct buf *error)
{
	*s = (struct credentials_search){
	    .settings = settings,
	    .now_us = now_us,
	    .ignore_environment = settings->profile_typed,
	    .error = error,
	};
	buf_init(&s->tried, TRIED_MAX);
}

void
credentials_search_clear(struct credentials_search *s)
{
	buf_clear(&s->tried);
}

__attribute__((format(printf, 2, 0))) static void
put_text(struct buf *out, const char *format, va_list list)
{
	char text[2048];

	(void)vsnprintf(text, sizeof(text), format, list);
	buf_puts(out, text);
}

enum credentials_result
credentials_lacks(struct credentials_search *s, const char *provider, const char *format, ...)
{
	va_list list;

	if (s->tried.len != 0)
		buf_puts(&s->tried, "; ");
	buf_puts(&s->tried, provider);
	buf_puts(&s->tried, ": ");
	va_start(list, format);
	put_text(&s->tried, format, list);
	va_end(list);
	return CREDENTIALS_NONE;
}

enum credentials_result
credentials_fail(struct credentials_search *s, const char *provider, const char *format, ...)
{
	va_list list;

	buf_puts(s->error, "AWS credentials (");
	buf_puts(s->error, provider);
	buf_puts(s->error, "): ");
	va_start(list, format);
	put_text(s->error, format, list);
	va_end(list);
	return CREDENTIALS_FAILED;
}

/* What goes into a header as it is, and so holds no blank and no control character. */
static bool
is_word(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f)
			return false;
	return true;
}

const char *
credentials_set(struct aws_credentials *out, struct span id, struct span secret, struct span token)
{
	*out = (struct aws_credentials){.expires_us = AWS_CREDENTIALS_NEVER};
	if (id.len == 0)
		return "the access key id is empty";
	if (secret.len == 0)
		return "the secret access key is empty";
	if (!is_word(id))
		return "the access key id holds a character that none has";
	if (!is_word(secret))
		return "the secret access key holds a character that none has";
	if (!is_word(token))
		return "the session token holds a character that none has";
	out->access_key_id = strndup(id.ptr, id.len);
	out->secret_access_key = strndup(secret.ptr, secret.len);
	if (token.len != 0)
		out->session_token = strndup(token.ptr, token.len);
	if (out->access_key_id != NULL && out->secret_access_key != NULL &&
	    (token.len == 0 || out->session_token != NULL))
		return NULL;
	aws_credentials_clear(out);
	return "no memory";
}

void
credentials_set_account(struct aws_credentials *out, struct span account)
{
	if (account.len != ACCOUNT_DIGITS)
		return;
	for (size_t i = 0; i < account.len; i++)
		if (account.ptr[i] < '0' || account.ptr[i] > '9')
			return;
	free(out->account_id);
	out->account_id = strndup(account.ptr, account.len);
}

void
aws_credentials_clear(struct aws_credentials *c)
{
	credentials_wipe_text(c->access_key_id);
	credentials_wipe_text(c->secret_access_key);
	credentials_wipe_text(c->session_token);
	free(c->account_id);
	*c = (struct aws_credentials){.expires_us = AWS_CREDENTIALS_NEVER};
}

int
aws_credentials_copy(struct aws_credentials *to, const struct aws_credentials *from)
{
	struct aws_credentials c;

	if (credentials_set(&c, span_of(from->access_key_id), span_of(from->secret_access_key),
		span_of(from->session_token)) != NULL)
		return -1;
	credentials_set_account(&c, span_of(from->account_id));
	if (from->account_id != NULL && c.account_id == NULL) {
		aws_credentials_clear(&c);
		return -1;
	}
	c.expires_us = from->expires_us;
	c.provider = from->provider;
	*to = c;
	return 0;
}

const char *
credentials_profile_get(const struct credentials_search *s, const char *profile, const char *key)
{
	return aws_config_profile_get(s->settings->config, profile, key);
}

bool
credentials_profile_exists(const struct credentials_search *s, const char *profile)
{
	return aws_config_has(s->settings->config, AWS_CONFIG_CREDENTIALS, profile) ||
	    aws_config_has(s->settings->config, AWS_CONFIG_PROFILE, profile);
}

const char *
credentials_variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

void
credentials_wipe(struct buf *b)
{
	if (b->ptr != NULL)
		explicit_bzero(b->ptr, b->cap);
	buf_clear(b);
}

void
credentials_wipe_text(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

static int
read_all(int fd, struct buf *out)
{
	ssize_t n;

	for (;;) {
		if (out->len == out->max)
			return -EFBIG;
		n = read(fd, out->ptr + out->len, out->max - out->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		out->len += (size_t)n;
	}
}

int
credentials_file_read(const char *path, struct buf *out)
{
	int fd, r;

	if (!buf_reserve(out, out->max))
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	r = read_all(fd, out);
	(void)close(fd);
	if (r == 0 && memchr(out->ptr, '\0', out->len) != NULL)
		r = -EINVAL;
	return r;
}
