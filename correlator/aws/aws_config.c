/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_config.h"

#include <stdlib.h>
#include <string.h>

#include "correlator/aws/aws_config_file.h"
#include "correlator/aws/aws_config_text.h"

struct aws_config {
	struct aws_config_text config, credentials;
};

static void
put_problem(struct buf *error, struct span path, size_t line, const char *problem)
{
	buf_put_span(error, path);
	if (problem == NULL) {
		buf_puts(error, ": out of memory");
		return;
	}
	buf_puts(error, ", line ");
	buf_put_u64(error, line);
	buf_puts(error, ": ");
	buf_puts(error, problem);
}

static int
load_file(struct aws_config_text *t, const char *variable, const char *otherwise, struct buf *error)
{
	const char *typed = getenv(variable), *file, *problem = NULL;
	struct buf path, text;
	size_t line = 0;
	int r = -1;

	buf_init(&path, 1 << 20);
	buf_init(&text, AWS_CONFIG_FILE_MAX + 1);
	aws_config_path(&path, typed != NULL && typed[0] != '\0' ? typed : otherwise);
	file = buf_cstr(&path);
	if (file == NULL)
		buf_puts(error, "out of memory");
	else if (aws_config_file_read(file, &text, error) == 0) {
		r = aws_config_text_read(t, buf_span(&text), &line, &problem);
		if (r != 0)
			put_problem(error, buf_span(&path), line, problem);
	}
	if (text.ptr != NULL)
		explicit_bzero(text.ptr, text.cap);
	buf_clear(&text);
	buf_clear(&path);
	return r;
}

struct aws_config *
aws_config_load(struct buf *error)
{
	struct aws_config *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		buf_puts(error, "out of memory");
		return NULL;
	}
	aws_config_text_init(&c->config);
	aws_config_text_init(&c->credentials);
	if (load_file(&c->config, "AWS_CONFIG_FILE", "~/.aws/config", error) == 0 &&
	    load_file(
		&c->credentials, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", error) == 0)
		return c;
	aws_config_free(c);
	return NULL;
}

void
aws_config_free(struct aws_config *c)
{
	if (c == NULL)
		return;
	aws_config_text_clear(&c->config);
	aws_config_text_clear(&c->credentials);
	free(c);
}

/* "[profile NAME]" and the like; a section of another form is nobody's. */
static bool
is_section(const char *section, const char *first_word, const char *name, struct buf *word)
{
	return strncmp(section, first_word, strlen(first_word)) == 0 &&
	    aws_config_second_word(section, word) == 0 && span_is(buf_span(word), name);
}

/* What stands between the brackets of the section that counts: the last one, should several be of
 * the same name. NULL: there is none. */
static const char *
config_section(const struct aws_config_text *t, enum aws_config_kind kind, const char *name)
{
	static const char *const first_words[] = {
	    [AWS_CONFIG_PROFILE] = "profile",
	    [AWS_CONFIG_SSO_SESSION] = "sso-session",
	    [AWS_CONFIG_SERVICES] = "services",
	};
	const bool is_default = kind == AWS_CONFIG_PROFILE && strcmp(name, "default") == 0;
	const char *found = NULL;
	struct buf word;

	buf_init(&word, AWS_CONFIG_FILE_MAX);
	for (size_t i = t->section_count; i > 0 && found == NULL; i--) {
		const char *section = t->sections[i - 1];

		if ((is_default && strcmp(section, "default") == 0) ||
		    is_section(section, first_words[kind], name, &word))
			found = section;
	}
	buf_clear(&word);
	return found;
}

static const char *
credentials_section(const struct aws_config_text *t, const char *name)
{
	for (size_t i = 0; i < t->section_count && strcmp(name, "DEFAULT") != 0; i++) {
		if (strcmp(t->sections[i], name) == 0)
			return t->sections[i];
	}
	return NULL;
}

static const char *
find_section(const struct aws_config *c, enum aws_config_kind kind, const char *name)
{
	return kind == AWS_CONFIG_CREDENTIALS ? credentials_section(&c->credentials, name)
					      : config_section(&c->config, kind, name);
}

bool
aws_config_has(const struct aws_config *c, enum aws_config_kind kind, const char *name)
{
	return find_section(c, kind, name) != NULL;
}

const char *
aws_config_get(
    const struct aws_config *c, enum aws_config_kind kind, const char *name, const char *key)
{
	const char *section = find_section(c, kind, name);

	if (section == NULL)
		return NULL;
	return aws_config_text_get(
	    kind == AWS_CONFIG_CREDENTIALS ? &c->credentials : &c->config, section, key);
}

const char *
aws_config_profile_get(const struct aws_config *c, const char *name, const char *key)
{
	const char *dot = strchr(key, '.'), *value;
	char parent[64];

	value = aws_config_get(c, AWS_CONFIG_CREDENTIALS, name, key);
	if (value != NULL)
		return value;
	if (dot != NULL && (size_t)(dot - key) < sizeof(parent)) {
		memcpy(parent, key, (size_t)(dot - key));
		parent[dot - key] = '\0';
		if (aws_config_get(c, AWS_CONFIG_CREDENTIALS, name, parent) != NULL)
			return NULL;
	}
	return aws_config_get(c, AWS_CONFIG_PROFILE, name, key);
}
