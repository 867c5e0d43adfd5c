/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of audit logs: any text is parsed; what comes out for it is one line, holds one name of
 * ours at most, and an object stays one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/json_reader.h"
#include "correlator/annotate/annotation.h"

#define LINE_MAX_LEN ((size_t)64 * 1024)
#define BUF_MAX      ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct annotation hostile = {
    .session = {"\"x\" \\", 5},
    .verdict = "attributed",
    .person = {"a\"\\\n\x1b\xff logintrail_sure=", 23},
    .sure = "exact",
    .principal = {"\\", 1},
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* How many members of the object are called as ours. */
static unsigned
count_ours(struct span object, struct buf *scratch)
{
	struct json_reader r;
	struct span key;
	unsigned count = 0;

	buf_reset(scratch);
	must(buf_reserve(scratch, object.len * 3));
	json_reader_init(&r, object);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key); (void)json_skip(&r))
		count += audit_line_name_is_ours(json_unescape(key, scratch));
	must(r.error == JSON_OK);
	return count;
}

static void
check_object(struct span text, const struct audit_line *line, struct buf *out, struct buf *scratch)
{
	must(line->close_at < text.len && text.ptr[line->close_at] == '}');
	annotation_put_object(out, text, line, scratch, &hostile);
	must(!out->failed && count_ours(buf_span(out), scratch) == 1);
	buf_reset(out);
	annotation_put_object(out, text, line, scratch, NULL);
	must(!out->failed && count_ours(buf_span(out), scratch) == 0);
	must(line->has_ours || span_eq(buf_span(out), text));
}

static void
check_text(struct span text, struct buf *out)
{
	bool renamed = false;
	size_t len;

	must(annotation_put_text(out, text, text.len, &renamed) == text.len);
	must(renamed || span_eq(buf_span(out), text));
	len = out->len;
	annotation_put_words(out, &hostile);
	must(!out->failed && memchr(out->ptr + len, '\n', out->len - len) == NULL &&
	    memchr(out->ptr + len, 0x1b, out->len - len) == NULL);
	text = span_head(buf_span(out), len);
	for (size_t i = 0; i < text.len; i++)
		must(text.len - i < 16 || strncasecmp(text.ptr + i, "logintrail_sure=", 16) != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size < LINE_MAX_LEN ? size : LINE_MAX_LEN};
	struct audit_line line;
	struct buf scratch, out;

	buf_init(&scratch, BUF_MAX);
	buf_init(&out, BUF_MAX);
	audit_line_parse(text, NULL, &scratch, &line);
	must(line.ses >= AUDIT_SESSION_NONE && line.ses <= AUDIT_SESSION_MAX);
	if (line.kind == AUDIT_LINE_JSON)
		check_object(text, &line, &out, &scratch);
	else
		check_text(text, &out);
	buf_clear(&scratch);
	buf_clear(&out);
	return 0;
}
