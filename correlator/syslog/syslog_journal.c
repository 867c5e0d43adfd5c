/* SPDX-License-Identifier: Apache-2.0 */
/* An entry of the journal: the second half of syslog_line.h. */
#include "common/json_reader.h"
#include "common/time_text.h"
#include "correlator/syslog/syslog_line.h"

#define BOOT_ID_DIGITS 32
#define BOOT_ID_LEN    36

/* The kernel's stamp of when the line was sent (_SOURCE_REALTIME_TIMESTAMP) is nearer to what sshd
 * did than journald's, which can be late; and `journalctl -o short` shows it, so that text and JSON
 * of one line agree. It counts within these bounds: a clock that was set between the two makes
 * nonsense of it. */
#define SOURCE_EARLIER_MAX US_PER_HOUR
#define SOURCE_LATER_MAX   (2 * US_PER_SECOND)

struct journal_times {
	int64_t realtime_us, source_us;
};

/* Numbers are strings in the journal's JSON. */
static int64_t
read_number(struct json_reader *r, struct buf *scratch)
{
	int64_t n;

	return span_number(json_read_text(r, scratch), SPAN_NUMBER_DIGITS, &n) ? n : -1;
}

/* What is not UTF-8, or holds controls, is written as the numbers of its bytes. */
static struct span
read_bytes(struct json_reader *r, struct buf *scratch)
{
	size_t from = scratch->len;
	int64_t byte;

	for (json_enter(r, JSON_ARRAY); json_next_element(r);) {
		if (!json_read_int(r, &byte) || byte < 0 || byte > 255)
			continue;
		buf_putc(scratch, (char)(byte != 0 ? byte : ' '));
	}
	if (scratch->failed || r->error != JSON_OK)
		return SPAN_NONE;
	return span_from(buf_span(scratch), from);
}

/* A message too long for `journalctl -o json` is null there. */
static struct span
read_message(struct json_reader *r, struct buf *scratch)
{
	if (json_peek(r) == JSON_NULL) {
		(void)json_skip(r);
		return SPAN("");
	}
	if (json_peek(r) == JSON_ARRAY)
		return read_bytes(r, scratch);
	return json_unescape(json_read_string(r), scratch);
}

/* 32 digits as the kernel writes a boot id: with dashes. */
static struct span
put_boot_id(struct span digits, struct buf *scratch)
{
	size_t from = scratch->len;

	if (digits.len != BOOT_ID_DIGITS || !buf_reserve(scratch, BOOT_ID_LEN))
		return SPAN_NONE;
	for (size_t i = 0; i < BOOT_ID_DIGITS; i++) {
		char c = digits.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
			buf_truncate(scratch, from);
			return SPAN_NONE;
		}
		if (i == 8 || i == 12 || i == 16 || i == 20)
			buf_putc(scratch, '-');
		buf_putc(scratch, c);
	}
	return span_from(buf_span(scratch), from);
}

static void
read_member(struct json_reader *r, struct span key, struct buf *scratch, struct syslog_line *line,
    struct journal_times *times)
{
	int64_t n;

	if (json_key_is(key, "MESSAGE")) {
		line->message = read_message(r, scratch);
	} else if (json_key_is(key, "__REALTIME_TIMESTAMP")) {
		times->realtime_us = read_number(r, scratch);
	} else if (json_key_is(key, "_SOURCE_REALTIME_TIMESTAMP")) {
		times->source_us = read_number(r, scratch);
	} else if (json_key_is(key, "_HOSTNAME")) {
		line->host = json_read_text(r, scratch);
	} else if (json_key_is(key, "SYSLOG_IDENTIFIER")) {
		line->tag = json_read_text(r, scratch);
	} else if (json_key_is(key, "_PID")) {
		n = read_number(r, scratch);
		line->pid = n >= 0 ? n : line->pid;
	} else if (json_key_is(key, "SYSLOG_PID")) {
		n = read_number(r, scratch);
		line->pid = line->pid < 0 ? n : line->pid; /* what the writer says of itself */
	} else if (json_key_is(key, "_UID")) {
		line->uid = read_number(r, scratch);
	} else if (json_key_is(key, "_AUDIT_SESSION")) {
		line->audit_session = read_number(r, scratch);
	} else if (json_key_is(key, "_BOOT_ID")) {
		line->boot_id = put_boot_id(json_read_text(r, scratch), scratch);
	} else {
		(void)json_skip(r);
	}
}

static int64_t
choose_time(const struct journal_times *t)
{
	if (t->source_us >= t->realtime_us - SOURCE_EARLIER_MAX && t->source_us >= 0 &&
	    t->source_us <= t->realtime_us + SOURCE_LATER_MAX)
		return t->source_us;
	return t->realtime_us;
}

bool
syslog_journal_parse(struct span entry, struct buf *scratch, struct syslog_line *line)
{
	struct journal_times times = {-1, -1};
	struct json_reader r;
	struct span key;

	*line = (struct syslog_line){.pid = -1, .uid = -1, .audit_session = -1, .is_journal = true};
	if (!buf_reserve(scratch, entry.len * 3 + BOOT_ID_LEN))
		return false;
	json_reader_init(&r, entry);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);)
		read_member(&r, key, scratch, line, &times);
	if (r.error != JSON_OK || times.realtime_us < 0 || line->message.ptr == NULL)
		return false;
	line->stamp = STAMP_ABSOLUTE;
	line->time_us = choose_time(&times);
	if (line->host.ptr == NULL)
		line->host = SPAN("");
	return true;
}
