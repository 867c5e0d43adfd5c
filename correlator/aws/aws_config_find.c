/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_config_text.h"

/* A key below a parent, or, when that is absent, of the section itself. */
static bool
is_key(const struct aws_config_text *t, const struct aws_config_entry *e, struct span parent,
    struct span name)
{
	if (!span_is(name, e->key))
		return false;
	if (e->parent == AWS_CONFIG_NO_PARENT)
		return parent.ptr == NULL;
	return parent.ptr != NULL && span_is(parent, t->entries[e->parent].key);
}

static const char *
find(const struct aws_config_text *t, const char *section, struct span parent, struct span name)
{
	for (size_t i = t->entry_count; i > 0; i--) {
		const struct aws_config_entry *e = &t->entries[i - 1];

		if (is_key(t, e, parent, name) && strcmp(t->sections[e->section], section) == 0)
			return e->value;
	}
	return NULL;
}

const char *
aws_config_text_get(const struct aws_config_text *t, const char *section, const char *key)
{
	struct span parent = SPAN_NONE, name = span_of(key);
	const char *value;

	(void)span_cut(&name, '.', &parent);
	if (name.ptr == NULL) {
		name = parent;
		parent = SPAN_NONE;
	}
	value = find(t, section, parent, name);
	/* a section's own list of nested keys takes the place of a whole default one */
	if (value == NULL && (parent.ptr == NULL || find(t, section, SPAN_NONE, parent) == NULL))
		value = find(t, "DEFAULT", parent, name);
	return value;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_blanks(struct span *rest)
{
	while (rest->len != 0 && is_blank(rest->ptr[0]))
		*rest = span_from(*rest, 1);
}

static char
take_char(struct span *rest)
{
	const char c = rest->ptr[0];

	*rest = span_from(*rest, 1);
	return c;
}

/* The character behind a backslash. Within quotes only these and backslashes lose theirs. */
static int
put_escaped(struct span *rest, char quote, struct buf *out)
{
	char c;

	if (rest->len == 0)
		return -1;
	c = take_char(rest);
	if (quote != '\0' && c != '\\' && c != quote)
		buf_putc(out, '\\');
	buf_putc(out, c);
	return 0;
}

/* Words as a shell's (Python's shlex): 1 with the next one in *out; 0: no more; -1: a quote or a
 * backslash without an end. */
static int
next_word(struct span *rest, struct buf *out)
{
	char quote = '\0';

	skip_blanks(rest);
	if (rest->len == 0)
		return 0;
	while (rest->len != 0) {
		const char c = take_char(rest);

		if (quote == '\0' && is_blank(c))
			break;
		if (c == quote) {
			quote = '\0';
		} else if (quote == '\0' && (c == '"' || c == '\'')) {
			quote = c;
		} else if (c == '\\' && quote != '\'') {
			if (put_escaped(rest, quote, out) != 0)
				return -1;
		} else {
			buf_putc(out, c);
		}
	}
	return quote == '\0' ? 1 : -1;
}

int
aws_config_second_word(const char *section, struct buf *word)
{
	struct span rest = span_of(section);

	buf_reset(word);
	if (next_word(&rest, word) != 1)
		return -1;
	buf_reset(word);
	if (next_word(&rest, word) != 1 || word->failed)
		return -1;
	return next_word(&rest, word) == 0 ? 0 : -1;
}
