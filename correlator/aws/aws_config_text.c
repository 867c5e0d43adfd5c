/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_config_text.h"

#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "common/utf8.h"

void
aws_config_text_init(struct aws_config_text *t)
{
	*t = (struct aws_config_text){0};
}

void
aws_config_text_clear(struct aws_config_text *t)
{
	for (size_t i = 0; i < t->section_count; i++)
		free(t->sections[i]);
	for (size_t i = 0; i < t->entry_count; i++) {
		explicit_bzero(t->entries[i].value, strlen(t->entries[i].value));
		free(t->entries[i].key);
		free(t->entries[i].value);
	}
	free(t->sections);
	free(t->entries);
	aws_config_text_init(t);
}

/* A text being read. */
struct reader {
	struct aws_config_text *text;
	struct buf
	    value;     /* of the last key, a line feed in front of each line that goes on with it */
	bool key_open; /* there is such a key: lines may go on with it */
	size_t indent; /* of the last line that did not go on */
	size_t line;
	size_t key_line;
	const char *problem;
};

/* What Python calls space, of ASCII. */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

static struct span
trim(struct span s)
{
	while (s.len != 0 && is_space(s.ptr[0]))
		s = span_from(s, 1);
	while (s.len != 0 && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static int
refuse(struct reader *r, size_t line, const char *problem)
{
	r->line = line;
	r->problem = problem;
	return -2;
}

/* Entries ----------------------------------------------------------------------------------------
 */

/* Adds a key of the last section with a value that may be set later. */
static int
add_entry(struct reader *r, struct span key, struct span value, uint32_t parent)
{
	struct aws_config_text *t = r->text;
	struct aws_config_entry e = {.parent = parent};

	if (!array_grow((void **)&t->entries, t->entry_count, &t->entry_cap, sizeof(e)))
		return -1;
	e.section = (uint32_t)(t->section_count - 1);
	e.key = strndup(key.ptr, key.len);
	e.value = strndup(value.ptr, value.len);
	if (e.key == NULL || e.value == NULL) {
		free(e.key);
		free(e.value);
		return -1;
	}
	t->entries[t->entry_count++] = e;
	return 0;
}

/* "\nname = value\nname = value": keys below the last one. */
static int
add_nested(struct reader *r, struct span lines)
{
	const uint32_t parent = (uint32_t)(r->text->entry_count - 1);
	struct span line, name;
	int result = 0;

	r->text->entries[parent].is_parent = true;
	while (result == 0 && span_cut(&lines, '\n', &line)) {
		line = trim(line);
		if (line.len == 0)
			continue;
		(void)span_cut(&line, '=', &name);
		if (line.ptr == NULL)
			return refuse(r, r->key_line, "a nested line without =");
		result = add_entry(r, trim(name), trim(line), parent);
	}
	return result;
}

/* All lines of the last key's value are there. */
static int
end_value(struct reader *r)
{
	struct span value = buf_span(&r->value);
	char *text;

	if (!r->key_open)
		return 0;
	r->key_open = false;
	if (r->value.failed)
		return -1;
	while (value.len != 0 && is_space(value.ptr[value.len - 1]))
		value.len--;
	if (value.len != 0 && value.ptr[0] == '\n')
		return add_nested(r, value);
	text = strndup(value.ptr, value.len);
	if (text == NULL)
		return -1;
	free(r->text->entries[r->text->entry_count - 1].value);
	r->text->entries[r->text->entry_count - 1].value = text;
	return 0;
}

/* Lines ------------------------------------------------------------------------------------------
 */

static int
begin_section(struct reader *r, struct span name)
{
	struct aws_config_text *t = r->text;
	char *copy;

	if (!array_grow(
		(void **)&t->sections, t->section_count, &t->section_cap, sizeof(*t->sections)))
		return -1;
	copy = strndup(name.ptr, name.len);
	if (copy == NULL)
		return -1;
	t->sections[t->section_count++] = copy;
	return 0;
}

/* What stands between the first bracket and the last one; absent when the line is no header. */
static struct span
section_name(struct span line)
{
	const char *end = line.ptr[0] == '[' ? memrchr(line.ptr, ']', line.len) : NULL;

	if (end == NULL || end < line.ptr + 2)
		return SPAN_NONE;
	return (struct span){line.ptr + 1, (size_t)(end - line.ptr) - 1};
}

static int
begin_key(struct reader *r, struct span line)
{
	size_t at = 0;
	struct span key;

	if (r->text->section_count == 0)
		return refuse(r, r->line, "a line in front of the first [section]");
	while (at < line.len && line.ptr[at] != '=' && line.ptr[at] != ':')
		at++;
	key = trim(span_head(line, at));
	if (at == line.len || key.len == 0)
		return refuse(r, r->line, "neither a [section] nor \"key = value\"");
	if (add_entry(r, key, SPAN(""), AWS_CONFIG_NO_PARENT) != 0)
		return -1;
	for (char *p = r->text->entries[r->text->entry_count - 1].key; *p != '\0'; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	}
	buf_truncate(&r->value, 0);
	buf_put_span(&r->value, trim(span_from(line, at + 1)));
	r->key_open = true;
	r->key_line = r->line;
	return 0;
}

static int
read_line(struct reader *r, struct span raw)
{
	const struct span line = trim(raw);
	const size_t indent = line.len != 0 ? (size_t)(line.ptr - raw.ptr) : 0;
	struct span section;
	int result;

	r->line++;
	if (line.len != 0 && (line.ptr[0] == '#' || line.ptr[0] == ';'))
		return 0;
	if (line.len == 0 || (r->key_open && indent > r->indent)) {
		if (r->key_open) {
			buf_putc(&r->value, '\n');
			buf_put_span(&r->value, line);
		}
		return 0;
	}
	result = end_value(r);
	if (result != 0)
		return result;
	r->indent = indent;
	section = section_name(line);
	return section.ptr != NULL ? begin_section(r, section) : begin_key(r, line);
}

/* Cuts the next line off: behind it is "\n", "\r\n" or "\r". */
static struct span
next_line(struct span *rest)
{
	size_t n = 0;
	struct span line;

	while (n < rest->len && rest->ptr[n] != '\n' && rest->ptr[n] != '\r')
		n++;
	line = span_head(*rest, n);
	if (n + 1 < rest->len && rest->ptr[n] == '\r' && rest->ptr[n + 1] == '\n')
		n++;
	*rest = span_from(*rest, n + 1);
	return line;
}

/* NUL ends a text for whoever gets a value; bytes that are not UTF-8 are refused by botocore too.
 */
static int
check_text(struct reader *r, struct span text)
{
	size_t line = 1;

	while (text.len != 0) {
		uint32_t code = 0;
		const size_t n = utf8_decode(text.ptr, text.len, &code);

		if (n == 0 || code == 0)
			return refuse(r, line, n == 0 ? "bytes that are not UTF-8" : "a NUL");
		line += code == '\n';
		text = span_from(text, n);
	}
	return 0;
}

int
aws_config_text_read(
    struct aws_config_text *t, struct span text, size_t *line, const char **problem)
{
	struct reader r = {.text = t};
	int result;

	if (span_starts(text, "\xef\xbb\xbf"))
		text = span_from(text, 3);
	buf_init(&r.value, text.len + 1);
	result = check_text(&r, text);
	/* at once: a secret is not to stay behind where a buffer grew */
	if (result == 0 && !buf_reserve(&r.value, text.len + 1))
		result = -1;
	while (result == 0 && text.len != 0)
		result = read_line(&r, next_line(&text));
	if (result == 0)
		result = end_value(&r);
	if (r.value.ptr != NULL)
		explicit_bzero(r.value.ptr, r.value.cap);
	buf_clear(&r.value);
	*line = r.line;
	*problem = r.problem;
	return result;
}
