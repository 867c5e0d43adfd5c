/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of counts and of coverage. */
#include <stdlib.h>

#include "common/array.h"
#include "correlator/store/store_record.h"
#include "correlator/store/store_record_walk.h"

#define COUNT(member)                                                                              \
	{                                                                                          \
#member, offsetof(struct ledger_counts, member)                                    \
	}
#define HOURS_END (UINT32_C(1) << 24)

/* What reading counts; the rest is judged anew. */
static const struct count_member {
	const char *name;
	size_t offset;
} members[] = {
    COUNT(files),
    COUNT(file_bytes),
    COUNT(text_bytes),
    COUNT(files_failed),
    COUNT(files_special),
    COUNT(records),
    COUNT(kept),
    COUNT(skipped),
    COUNT(malformed),
    COUNT(pruned),
    COUNT(pushes),
    COUNT(serial_pushes),
    COUNT(tunnels),
    COUNT(duplicates),
    COUNT(superseded),
    COUNT(conflicting),
    COUNT(keys_unparsed),
    COUNT(digests),
    COUNT(insights),
    COUNT(controls),
    COUNT(others),
    COUNT(events_among_logins),
    COUNT(logins_among_events),
    COUNT(login_lines),
    COUNT(login_pruned),
    COUNT(opens),
    COUNT(closes),
    COUNT(login_other),
    COUNT(login_malformed),
    COUNT(login_duplicates),
    COUNT(login_conflicting),
    COUNT(orphan_closes),
    COUNT(issuing),
    COUNT(issues_kept),
    COUNT(files_again),
    COUNT(syslog_lines),
    COUNT(syslog_logins),
    COUNT(syslog_ends),
    COUNT(syslog_notices),
    COUNT(syslog_partials),
    COUNT(syslog_others),
    COUNT(syslog_unreadable),
    COUNT(syslog_unbelieved),
    COUNT(syslog_duplicates),
    COUNT(syslog_pruned),
    COUNT(syslog_yearless),
    COUNT(syslog_zoneless),
    COUNT(notices_unproven),
    COUNT(keys_refused),
    COUNT(receipts),
    COUNT(signers),
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

static uint64_t *
member_of(struct ledger_counts *c, const struct count_member *m)
{
	return (uint64_t *)(void *)((char *)c + m->offset);
}

void
store_counts_add(struct ledger_counts *sum, const struct ledger_counts *c)
{
	struct ledger_counts more = *c;

	for (size_t i = 0; i < MEMBERS; i++)
		*member_of(sum, &members[i]) += *member_of(&more, &members[i]);
}

int
store_counts_put(const struct ledger_counts *c, struct buf *out)
{
	struct store_walk w = {.out = out};
	struct ledger_counts copy = *c;

	for (size_t i = 0; i < MEMBERS; i++) {
		struct span name = span_of(members[i].name);
		uint64_t *n = member_of(&copy, &members[i]);

		if (*n == 0)
			continue;
		store_walk_text(&w, &name);
		store_walk_number(&w, n);
	}
	return store_walk_end(&w);
}

int
store_counts_get(struct span body, struct ledger_counts *c)
{
	struct store_walk w = {.in = body};

	*c = (struct ledger_counts){0};
	while (w.in.len != 0 && !w.bad) {
		struct span name;
		uint64_t n = 0;

		store_walk_text(&w, &name);
		store_walk_number(&w, &n);
		for (size_t i = 0; i < MEMBERS && !w.bad; i++)
			if (span_is(name, members[i].name))
				*member_of(c, &members[i]) = n;
	}
	return store_walk_end(&w);
}

static void
walk_row(struct store_walk *w, struct coverage_row *row)
{
	store_walk_number(w, &row->records);
	store_walk_number(w, &row->reads);
	store_walk_number(w, &row->writes);
	store_walk_signed(w, &row->first_us);
	store_walk_signed(w, &row->newest_us);
	store_walk_count(w, &row->day_count, INT32_MAX);
}

/* day: the one before it, then this one. Days are written as how far they are apart. */
static void
walk_day(struct store_walk *w, int64_t *before, struct coverage_day *day)
{
	int64_t apart = day->day - *before;
	uint64_t hours = day->hours;

	store_walk_signed(w, &apart);
	store_walk_number(w, &hours);
	if (hours == 0 || hours >= HOURS_END || apart > INT32_MAX - *before ||
	    apart < INT32_MIN - *before) {
		w->bad = true;
		return;
	}
	*before += apart;
	day->day = (int32_t)*before;
	day->hours = (uint32_t)hours;
}

int
store_coverage_put(const struct coverage *c, const struct string_pool *pool, struct buf *out)
{
	struct store_walk w = {.out = out};

	for (size_t i = 0; i < c->count; i++) {
		struct coverage_row row = c->rows[i];
		struct span account = string_pool_span(pool, row.account_id),
			    region = string_pool_span(pool, row.region);
		int64_t before = 0;

		store_walk_text(&w, &account);
		store_walk_text(&w, &region);
		walk_row(&w, &row);
		for (size_t k = 0; k < row.day_count; k++)
			walk_day(&w, &before, &row.days[k]);
	}
	return store_walk_end(&w);
}

/* Reads the days of a row, whose number is not to be trusted. 0, or -2 without memory. */
static int
get_days(struct store_walk *w, struct coverage_row *row)
{
	size_t count = row->day_count;
	int64_t before = 0;

	row->day_count = 0;
	for (size_t i = 0; i < count && !w->bad; i++) {
		if (!array_grow(
			(void **)&row->days, row->day_count, &row->day_cap, sizeof(*row->days)))
			return -2;
		row->days[row->day_count] = (struct coverage_day){0};
		walk_day(w, &before, &row->days[row->day_count]);
		if (i != 0 && before <= row->days[i - 1].day)
			w->bad = true;
		row->day_count++;
	}
	return 0;
}

static int
get_row(struct store_walk *w, struct coverage *c, struct string_pool *pool)
{
	struct span account, region;
	struct coverage_row row = {0};
	string_id ids[2];
	int r;

	store_walk_text(w, &account);
	store_walk_text(w, &region);
	walk_row(w, &row);
	r = get_days(w, &row);
	if (r == 0 && !w->bad) {
		ids[0] = string_pool_add(pool, account, NULL);
		ids[1] = string_pool_add(pool, region, NULL);
		if (ids[0] == UINT32_MAX || ids[1] == UINT32_MAX ||
		    coverage_add_row(c, ids[0], ids[1], &row) != 0)
			r = -2;
	}
	free(row.days);
	return r;
}

int
store_coverage_get(struct span body, struct coverage *c, struct string_pool *pool)
{
	struct store_walk w = {.in = body};
	int r = 0;

	while (w.in.len != 0 && !w.bad && r == 0)
		r = get_row(&w, c, pool);
	return r != 0 ? r : store_walk_end(&w);
}
