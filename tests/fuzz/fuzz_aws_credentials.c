/* SPDX-License-Identifier: Apache-2.0 */
/* What endpoints and processes answer, the words of a command, the URIs of a container: credentials
 * that are read can stand in a header; what is refused leaves none, and says so without them. */
#include <stdint.h>

#include "correlator/aws/credentials_container_uri.h"
#include "correlator/aws/credentials_json.h"
#include "correlator/aws/credentials_sts.h"
#include "correlator/aws/credentials_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_word(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7f)
			abort();
}

static void
check(struct aws_credentials *c, int r, struct buf *why)
{
	struct aws_credentials copy;

	if (r == 0) {
		if (c->access_key_id == NULL || c->secret_access_key == NULL)
			abort();
		check_word(c->access_key_id);
		check_word(c->secret_access_key);
		check_word(c->session_token);
		check_word(c->account_id);
		if (aws_credentials_copy(&copy, c) != 0 || copy.expires_us != c->expires_us)
			abort();
		aws_credentials_clear(&copy);
	} else if (r != -1 || c->access_key_id != NULL || c->secret_access_key != NULL ||
	    why->len == 0)
		abort();
	for (size_t i = 0; i < why->len; i++)
		if (why->ptr[i] < ' ' || why->ptr[i] >= 0x7f)
			abort();
	aws_credentials_clear(c);
	buf_reset(why);
}

static void
check_text(const char *text)
{
	struct credentials_words w;
	struct buf url;

	if (credentials_words_split(&w, text) == 0) {
		for (int i = 0; i < w.count; i++)
			if (strlen(w.words[i]) > strlen(text))
				abort();
		if (w.words[w.count] != NULL)
			abort();
		credentials_words_clear(&w);
	}
	buf_init(&url, 1 << 20);
	if (credentials_container_full(&url, text) == NULL && url.len < 8)
		abort();
	buf_reset(&url);
	(void)credentials_container_relative(&url, text);
	buf_clear(&url);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct credentials_json_form process = {
	    .token = "SessionToken", .has_version = true};
	static const struct credentials_json_form endpoint = {
	    .token = "Token", .is_temporary = true};
	struct span text = {(const char *)data, size};
	char *copy = strndup(text.ptr != NULL ? text.ptr : "", size);
	struct aws_credentials c;
	struct buf why;

	buf_init(&why, 1024);
	check(&c, credentials_json_read(text, &process, &c, &why), &why);
	check(&c, credentials_json_read(text, &endpoint, &c, &why), &why);
	check(&c, credentials_sts_read(text, &c, &why), &why);
	if (copy != NULL)
		check_text(copy);
	free(copy);
	buf_clear(&why);
	return 0;
}
