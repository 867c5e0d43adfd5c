/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/ship_name.h"

#include "common/calendar.h"
#include "common/time_text.h"

#define HASH_SHOWN 16 /* digits of the first line's hash in a name */
#define TEXT_MAX   1024

static bool
is_hash(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
			return false;
	return s.len == SHA256_HEX_LEN;
}

bool
ship_mark_read(struct span text, struct ship_mark *mark)
{
	struct span hash;
	uint64_t seq = 0;

	if (!span_cut(&text, ':', &hash) || !is_hash(hash) || text.len == 0 || text.len > 19)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		seq = seq * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	*mark = (struct ship_mark){.seq = seq};
	memcpy(mark->sha256, hash.ptr, hash.len);
	return true;
}

void
ship_name_put(
    struct buf *out, const struct ship_place *place, const struct ship_part *part, unsigned attempt)
{
	char stamp[SIGV4_DATE_LEN + 1];
	int year, month, day;

	calendar_date(part->first_us / US_PER_DAY, &year, &month, &day);
	sigv4_date(part->first_us, stamp);
	buf_put_span(out, place->prefix);
	buf_puts(out, place->prefix.len != 0 ? "/logins/" : "logins/");
	buf_put_span(out, place->account);
	buf_putc(out, '/');
	buf_put_span(out, place->region);
	buf_printf(out, "/%04d/%02d/%02d/", year, month, day);
	buf_put_span(out, place->instance);
	buf_printf(out, "_%s_%012llu_%.*s", stamp, (unsigned long long)part->first_seq, HASH_SHOWN,
	    part->first);
	if (attempt > 1)
		buf_printf(out, "_%u", attempt);
	buf_puts(out, ".jsonl.gz");
}

static void
put_mark(struct buf *out, const struct ship_mark *mark)
{
	buf_printf(out, "%s:%llu", mark->sha256, (unsigned long long)mark->seq);
}

size_t
ship_name_metadata(const struct ship_part *part, struct buf *texts,
    struct sigv4_pair out[static SHIP_METADATA_MAX])
{
	static const char *const names[] = {
	    "head", SHIP_METADATA_LAST, "prev", "first-seq", "records", "missing"};
	size_t count = 0, from = 0;

	/* reserved once, so that the values stay where they are */
	if (!buf_reserve(texts, TEXT_MAX))
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		switch (i) {
		case 0:
			if (part->records != 0)
				put_mark(texts, &part->head);
			break;
		case 1: put_mark(texts, &part->last); break;
		case 2: buf_puts(texts, part->prev); break;
		case 3:
			if (part->records != 0)
				buf_put_u64(texts, part->first_seq);
			break;
		case 4: buf_put_u64(texts, part->records); break;
		default:
			if (part->missing_to != 0)
				buf_printf(texts, "%llu-%llu",
				    (unsigned long long)part->missing_from,
				    (unsigned long long)part->missing_to);
		}
		if (texts->len == from)
			continue;
		out[count++] =
		    (struct sigv4_pair){span_of(names[i]), span_from(buf_span(texts), from)};
		from = texts->len;
	}
	return count;
}
