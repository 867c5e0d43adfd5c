/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/ship_part.h"

#include "common/time_text.h"
#include "pam_module/login_log_tail.h"
#include "pam_module/login_record.h"

/* What no part outgrows, whatever its lines are: lines that are no records count here alone. */
#define TEXT_MAX (2 * SHIP_PART_MAX)

void
ship_part_init(struct ship_part *p)
{
	*p = (struct ship_part){.max = SHIP_PART_MAX};
	buf_init(&p->text, TEXT_MAX);
	buf_init(&p->scratch, 4 * LOGIN_LOG_LINE_MAX);
}

void
ship_part_clear(struct ship_part *p)
{
	buf_clear(&p->text);
	buf_clear(&p->scratch);
}

void
ship_part_begin(struct ship_part *p, const struct ship_mark *before)
{
	buf_reset(&p->text);
	p->lines = p->records = 0;
	p->first_seq = 0;
	p->first_us = 0;
	p->first[0] = '\0';
	p->missing_from = p->missing_to = 0;
	p->torn_off = false;
	p->last = *before;
	p->head = (struct ship_mark){.sha256 = ""};
	memcpy(p->prev, before->sha256, sizeof(p->prev));
}

int
ship_line_hash(struct span line, char hex[static SHA256_HEX_LEN + 1])
{
	uint8_t digest[SHA256_LEN];

	if (sha256_digest(line, digest) != 0)
		return -1;
	sha256_hex(digest, hex);
	return 0;
}

static bool
is_zeros(const char *hex)
{
	return strspn(hex, "0") == SHA256_HEX_LEN;
}

/* The part's first record says what was to come before it. A chain that begins has nothing. */
static void
note_gap(struct ship_part *p, const struct login_record *r)
{
	const struct ship_mark *before = &p->last;

	if (before->sha256[0] == '\0' || strcmp(before->sha256, r->prev) == 0 || is_zeros(r->prev))
		return;
	p->torn_off = true;
	if (r->seq > before->seq + 1) {
		p->missing_from = before->seq + 1;
		p->missing_to = r->seq - 1;
	}
}

static void
take_record(struct ship_part *p, const struct login_record *r, const char *hash)
{
	if (p->records++ == 0) {
		p->first_seq = r->seq;
		p->first_us = r->time_us;
		note_gap(p, r);
	}
	if (p->lines == 0)
		memcpy(p->prev, r->prev, sizeof(p->prev));
	memcpy(p->head.sha256, hash, sizeof(p->head.sha256));
	p->head.seq = r->seq;
}

static bool
belongs(const struct ship_part *p, struct span line, const struct login_record *r)
{
	if (p->lines != 0 && p->text.len + line.len + 1 > TEXT_MAX)
		return false;
	if (r == NULL || p->records == 0)
		return true;
	return p->text.len + line.len + 1 <= p->max &&
	    r->time_us / US_PER_DAY == p->first_us / US_PER_DAY;
}

enum ship_take
ship_part_add(struct ship_part *p, struct span line)
{
	const struct login_record *record = NULL;
	char hash[SHA256_HEX_LEN + 1];
	struct login_record r;

	buf_reset(&p->scratch);
	if (line.len <= LOGIN_LOG_LINE_MAX && login_record_read(line, &p->scratch, &r) == 0)
		record = &r;
	else if (p->scratch.failed)
		return SHIP_FAILED;
	if (!belongs(p, line, record))
		return SHIP_FULL;
	if (ship_line_hash(line, hash) != 0)
		return SHIP_FAILED;
	if (record != NULL)
		take_record(p, record, hash);
	if (p->lines++ == 0)
		memcpy(p->first, hash, sizeof(p->first));
	memcpy(p->last.sha256, hash, sizeof(p->last.sha256));
	if (record != NULL)
		p->last.seq = record->seq;
	buf_put_span(&p->text, line);
	buf_putc(&p->text, '\n');
	return p->text.failed ? SHIP_FAILED : SHIP_TAKEN;
}

void
ship_part_date(struct ship_part *p, int64_t written_us)
{
	if (p->records != 0)
		return;
	p->first_us = written_us;
	p->first_seq = p->last.seq;
}
