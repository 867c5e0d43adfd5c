/* SPDX-License-Identifier: Apache-2.0 */
/* One login, told of by the module, by the journal and by files of syslog: docs/SEMANTICS.md,
 * "Both". */
#include <stdlib.h>
#include <string.h>

#include "common/time_text.h"
#include "correlator/correlate/ledger_index.h"

/* The module's record comes when the session opens, sshd's line when authentication ends: between
 * them lie sshd's LoginGraceTime at most, and what clocks and stamps differ by. */
#define MERGE_APART_US (130 * US_PER_SECOND)
/* A login is not one that had ended before it; a log's stamps may be late by so much. */
#define END_SLACK_US (10 * US_PER_SECOND)
#define KEEPERS_MAX  4 /* logins with one process and port that are being put together at a time */

/* A login as far as it is compared: all but the time must be equal. */
struct merge_entry {
	int64_t sshd_pid, time_us;
	string_id os_user, remote_host, host; /* host: an instance, or a short host name */
	int32_t remote_port;
	uint32_t row; /* in ledger.logins */
};

struct merger {
	struct ledger *ledger;
	struct merge_entry *entries;
	size_t count;
	bool *dropped; /* by row */
};

static int
compare_keys(const struct merge_entry *x, const struct merge_entry *y)
{
	if (x->sshd_pid != y->sshd_pid)
		return x->sshd_pid < y->sshd_pid ? -1 : 1;
	if (x->remote_port != y->remote_port)
		return x->remote_port < y->remote_port ? -1 : 1;
	if (x->os_user != y->os_user)
		return x->os_user < y->os_user ? -1 : 1;
	if (x->remote_host != y->remote_host)
		return x->remote_host < y->remote_host ? -1 : 1;
	return (x->host > y->host) - (x->host < y->host);
}

static const char *
session_text(const struct ledger *l, const struct login *login)
{
	const char *text = ledger_text(l, login->session);

	return text != NULL ? text : "";
}

/* By key, then time; equal times by what the records say, so that the order of files is nothing. */
static int
compare_entries(const void *a, const void *b, void *ledger)
{
	const struct merge_entry *x = a, *y = b;
	const struct ledger *l = ledger;
	int r = compare_keys(x, y);

	if (r != 0)
		return r;
	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	r = strcmp(session_text(l, &l->logins[x->row]), session_text(l, &l->logins[y->row]));
	return r != 0 ? r : (x->row > y->row) - (x->row < y->row);
}

static void
merge_into(struct merger *m, uint32_t keeper, uint32_t other)
{
	struct ledger *l = m->ledger;

	ledger_login_learn(&l->logins[keeper], &l->logins[other]);
	m->dropped[other] = true;
	l->counts.syslog_duplicates++;
}

static bool
same_or_unknown(string_id a, string_id b)
{
	return a == 0 || b == 0 || a == b;
}

/* Two instances are two hosts, whatever their names are; a boot, a key and an end tell logins apart
 * when process and port come again. */
static bool
can_be_one(const struct ledger *l, uint32_t row_a, uint32_t row_b)
{
	const struct login *a = &l->logins[row_a], *b = &l->logins[row_b];
	const struct login *first = a->time_us <= b->time_us ? a : b, *second = first == a ? b : a;

	return same_or_unknown(a->instance_id, b->instance_id) &&
	    same_or_unknown(a->boot_id, b->boot_id) && ledger_login_same_key(l, a, b) &&
	    (first->closed_us == LOGIN_TIME_UNKNOWN ||
		first->closed_us >= second->time_us - END_SLACK_US);
}

/* Of the module's records in the group the nearest that a login of syslog can be, if any. */
struct nearest {
	uint32_t row;
	int64_t apart_us;
};

static void
consider(const struct merger *m, struct nearest *n, uint32_t row, const struct merge_entry *e)
{
	const struct ledger *l = m->ledger;
	int64_t a = l->logins[row].time_us, b = e->time_us;
	int64_t apart = a < b ? b - a : a - b;

	if (apart <= MERGE_APART_US && apart < n->apart_us && can_be_one(l, row, e->row))
		*n = (struct nearest){row, apart};
}

/*
 * Gives each login of syslog in the group to the nearest record of the module's. Going through the
 * group in both directions it is enough to remember the last one that was met, and the last without
 * an instance, which is what a login with another instance can be.
 */
static void
merge_with_module(struct merger *m, const struct merge_entry *group, size_t n, struct nearest *best)
{
	const struct login *logins = m->ledger->logins;

	for (size_t i = 0; i < n; i++)
		best[i] = (struct nearest){UINT32_MAX, INT64_MAX};
	for (int backwards = 0; backwards < 2; backwards++) {
		uint32_t last = UINT32_MAX, last_placeless = UINT32_MAX;

		for (size_t k = 0; k < n; k++) {
			size_t i = backwards ? n - 1 - k : k;
			uint32_t row = group[i].row;

			if (logins[row].source == LOGIN_SOURCE_PAM) {
				last = row;
				if (logins[row].instance_id == 0)
					last_placeless = row;
				continue;
			}
			if (last != UINT32_MAX)
				consider(m, &best[i], last, &group[i]);
			if (last_placeless != UINT32_MAX)
				consider(m, &best[i], last_placeless, &group[i]);
		}
	}
	for (size_t i = 0; i < n; i++)
		if (best[i].row != UINT32_MAX)
			merge_into(m, best[i].row, group[i].row);
}

/* The logins of syslog that others of the group may be. */
struct keepers {
	struct keeper {
		int64_t begun_us;
		uint32_t row;
	} rows[KEEPERS_MAX];
	size_t count;
};

/* Another one, in the place of the oldest when there are too many. */
static void
add_keeper(struct keepers *k, const struct merge_entry *e)
{
	if (k->count == KEEPERS_MAX) {
		memmove(k->rows, k->rows + 1, (KEEPERS_MAX - 1) * sizeof(k->rows[0]));
		k->count--;
	}
	k->rows[k->count++] = (struct keeper){e->time_us, e->row};
}

static void
merge_or_keep(struct merger *m, struct keepers *k, const struct merge_entry *e)
{
	const struct ledger *l = m->ledger;

	for (size_t i = 0; i < k->count; i++) {
		struct keeper *keeper = &k->rows[i];

		if (e->time_us - keeper->begun_us > MERGE_APART_US ||
		    !can_be_one(l, keeper->row, e->row))
			continue;
		if (ledger_login_outranks(&l->logins[e->row], &l->logins[keeper->row])) {
			merge_into(m, e->row, keeper->row);
			keeper->row = e->row;
		} else {
			merge_into(m, keeper->row, e->row);
		}
		return;
	}
	add_keeper(k, e);
}

/* What the module has nothing of: the first and all that come so soon after it are one. */
static void
merge_among_syslog(struct merger *m, const struct merge_entry *group, size_t n)
{
	struct keepers keepers = {.count = 0};

	for (size_t i = 0; i < n; i++) {
		uint32_t row = group[i].row;

		if (!m->dropped[row] && m->ledger->logins[row].source == LOGIN_SOURCE_SYSLOG)
			merge_or_keep(m, &keepers, &group[i]);
	}
}

/* The logins that can be compared, by instance or by host name. */
static void
make_entries(struct merger *m, bool by_instance)
{
	const struct ledger *l = m->ledger;

	m->count = 0;
	for (size_t i = 0; i < l->login_count; i++) {
		const struct login *login = &l->logins[i];
		struct merge_entry e = {.sshd_pid = login->sshd_pid,
		    .time_us = login->time_us,
		    .os_user = login->os_user,
		    .remote_host = login->remote_host,
		    .host =
			by_instance ? login->instance_id : ledger_short_host(l, login->hostname),
		    .remote_port = login->remote_port,
		    .row = (uint32_t)i};

		if (!m->dropped[i] && e.host != 0 && e.sshd_pid > 0 && e.os_user != 0 &&
		    e.remote_host != 0 && e.remote_port >= 0)
			m->entries[m->count++] = e;
	}
	if (m->count > 1)
		qsort_r(m->entries, m->count, sizeof(*m->entries), compare_entries, m->ledger);
}

static int
merge_groups(struct merger *m, bool by_instance)
{
	struct nearest *best = malloc((m->ledger->login_count + 1) * sizeof(*best));
	size_t end;

	if (best == NULL)
		return -1;
	make_entries(m, by_instance);
	for (size_t begin = 0; begin < m->count; begin = end) {
		for (end = begin + 1;
		     end < m->count && compare_keys(&m->entries[begin], &m->entries[end]) == 0;
		     end++)
			;
		if (end - begin < 2)
			continue;
		merge_with_module(m, m->entries + begin, end - begin, best);
		merge_among_syslog(m, m->entries + begin, end - begin);
	}
	free(best);
	return 0;
}

static int
compare_ends(const void *a, const void *b)
{
	const struct session_end *x = a, *y = b;

	if (x->session != y->session)
		return x->session < y->session ? -1 : 1;
	if (x->by_journal != y->by_journal)
		return x->by_journal ? -1 : 1;
	return (x->time_us > y->time_us) - (x->time_us < y->time_us);
}

static int
compare_session(const void *session, const void *end)
{
	string_id a = *(const string_id *)session, b = ((const struct session_end *)end)->session;

	return (a > b) - (a < b);
}

/* The first end of a session counts; of one that the journal tells of the journal's, which nobody
 * else can write. */
static void
apply_syslog_ends(struct ledger *l)
{
	struct session_end *ends = l->index->syslog_ends;
	size_t kept = 0;

	if (l->index->syslog_end_count == 0)
		return;
	qsort(ends, l->index->syslog_end_count, sizeof(*ends), compare_ends);
	for (size_t i = 0; i < l->index->syslog_end_count; i++)
		if (kept == 0 || ends[kept - 1].session != ends[i].session)
			ends[kept++] = ends[i];
	for (size_t i = 0; i < l->login_count; i++) {
		struct login *login = &l->logins[i];
		const struct session_end *end;

		if (login->source != LOGIN_SOURCE_SYSLOG)
			continue;
		end = bsearch(&login->session, ends, kept, sizeof(*ends), compare_session);
		if (end == NULL || (ledger_login_is_journal(login) && !end->by_journal))
			continue;
		login->closed_us = end->time_us;
		if (login->audit_session < 0)
			login->audit_session = end->audit_session;
	}
}

static bool
has_syslog(const struct ledger *l)
{
	for (size_t i = 0; i < l->login_count; i++)
		if (l->logins[i].source == LOGIN_SOURCE_SYSLOG)
			return true;
	return false;
}

int
ledger_merge_syslog(struct ledger *l)
{
	struct merger m = {.ledger = l};
	size_t kept = 0;
	int r = -1;

	if (!has_syslog(l))
		return 0;
	apply_syslog_ends(l);
	m.entries = malloc(l->login_count * sizeof(*m.entries));
	m.dropped = calloc(l->login_count, sizeof(*m.dropped));
	if (m.entries == NULL || m.dropped == NULL)
		goto out;
	if (merge_groups(&m, true) != 0 || merge_groups(&m, false) != 0)
		goto out;
	for (size_t i = 0; i < l->login_count; i++)
		if (!m.dropped[i])
			l->logins[kept++] = l->logins[i];
	l->login_count = kept;
	r = 0;
out:
	free(m.entries);
	free(m.dropped);
	return r;
}
