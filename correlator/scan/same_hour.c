/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/scan/same_hour.h"

#include "common/time_text.h"

#define HOUR_LEN sizeof(((struct same_hour *)NULL)->hour)
#define TIME_LEN 20 /* "2026-11-22T06:22:40Z" */

void
same_hour_forget(struct same_hour *s)
{
	s->account_len = 0;
}

/* "22:40Z" in seconds; -1 when it is something else. Second 60 is left to time_parse. */
static int
read_seconds(const char *at)
{
	unsigned d[4] = {(unsigned char)at[0] - '0', (unsigned char)at[1] - '0',
	    (unsigned char)at[3] - '0', (unsigned char)at[4] - '0'};
	bool fits =
	    (d[0] <= 5) & (d[1] <= 9) & (at[2] == ':') & (d[2] <= 5) & (d[3] <= 9) & (at[5] == 'Z');

	return fits ? (int)(d[0] * 600 + d[1] * 60 + d[2] * 10 + d[3]) : -1;
}

static bool
has_escape(struct span raw)
{
	return memchr(raw.ptr, '\\', raw.len) != NULL;
}

void
same_hour_note(struct same_hour *s, const struct record_header *h, int64_t time_us)
{
	struct span account = h->recipient_account_id, region = h->aws_region;

	same_hour_forget(s);
	if (h->event_time.len != TIME_LEN || read_seconds(h->event_time.ptr + HOUR_LEN) < 0 ||
	    account.len == 0 || account.len > sizeof(s->account) || has_escape(account) ||
	    region.len == 0 || region.len > sizeof(s->region) || has_escape(region))
		return;
	memcpy(s->hour, h->event_time.ptr, HOUR_LEN);
	memcpy(s->account, account.ptr, account.len);
	memcpy(s->region, region.ptr, region.len);
	s->account_len = (uint8_t)account.len;
	s->region_len = (uint8_t)region.len;
	s->hour_us = time_us - time_us % US_PER_HOUR;
}

/* memcmp for lengths that accounts and regions have: a call takes longer than the comparing. */
static bool
is_same(const char *a, const char *b, size_t len)
{
	uint64_t head[2], tail[2];

	if (len < sizeof(head[0]) || len > 2 * sizeof(head[0]))
		return memcmp(a, b, len) == 0;
	memcpy(&head[0], a, sizeof(head[0]));
	memcpy(&head[1], b, sizeof(head[0]));
	memcpy(&tail[0], a + len - sizeof(tail[0]), sizeof(tail[0]));
	memcpy(&tail[1], b + len - sizeof(tail[0]), sizeof(tail[0]));
	return head[0] == head[1] && tail[0] == tail[1];
}

bool
same_hour_is(const struct same_hour *s, const struct record_header *h, int64_t *time_us)
{
	struct span account = h->recipient_account_id, region = h->aws_region;
	int seconds;

	if (s->account_len == 0 || account.len != s->account_len || region.len != s->region_len ||
	    h->event_time.len != TIME_LEN || memcmp(s->hour, h->event_time.ptr, HOUR_LEN) != 0 ||
	    !is_same(s->account, account.ptr, account.len) ||
	    !is_same(s->region, region.ptr, region.len))
		return false;
	seconds = read_seconds(h->event_time.ptr + HOUR_LEN);
	*time_us = s->hour_us + seconds * US_PER_SECOND;
	return seconds >= 0;
}
