/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's host side: logins and their ends. */
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "correlator/correlate/ledger_index.h"
#include "correlator/evidence/receipt_ledger.h"

static int
keep_auth(struct ledger *l, const struct login_auth *a)
{
	bool is_cert = a->has_cert || span_ends(a->key_type, "-cert-v01@openssh.com");
	bool failed = false;

	if (!array_grow((void **)&l->auth, l->auth_count, &l->auth_cap, sizeof(*l->auth)))
		return -1;
	l->auth[l->auth_count++] = (struct auth_step){
	    .method = ledger_keep(l, a->method, &failed),
	    .key_type = ledger_keep(l, a->key_type, &failed),
	    .fingerprint = ledger_keep(l, a->fingerprint, &failed),
	    .info = ledger_keep(l, a->info, &failed),
	    .cert_key_id = a->has_cert ? ledger_keep(l, a->cert.key_id, &failed) : 0,
	    .cert_ca = a->has_cert ? ledger_keep(l, a->cert.ca_fingerprint, &failed) : 0,
	    .cert_serial = a->has_cert ? a->cert.serial : 0,
	    .is_cert = is_cert,
	    .pushable = !is_cert && a->fingerprint.ptr != NULL && span_is(a->method, "publickey"),
	};
	return failed ? -1 : 0;
}

static int32_t
port_or_unknown(int64_t port)
{
	return port >= 0 && port <= 65535 ? (int32_t)port : -1;
}

static int
login_from_record(struct ledger *l, const struct login_record *r, struct login *login)
{
	bool failed = false;

	memset(login, 0, sizeof(*login)); /* padding too: conflict_seen compares bytes */
	login->time_us = r->time_us;
	login->closed_us = LOGIN_TIME_UNKNOWN;
	login->session = ledger_keep(l, r->id, &failed);
	login->instance_id = ledger_keep(l, r->host.instance_id, &failed);
	login->account_id = ledger_keep(l, r->host.account_id, &failed);
	login->region = ledger_keep(l, r->host.region, &failed);
	login->hostname = ledger_keep(l, r->host.hostname, &failed);
	login->boot_id = ledger_keep(l, r->host.boot_id, &failed);
	login->os_user = ledger_keep(l, r->os_user, &failed);
	login->remote_host = ledger_keep(l, r->remote_host, &failed);
	login->local_ip = ledger_keep(l, r->local_ip, &failed);
	login->service = ledger_keep(l, r->service, &failed);
	login->remote_port = port_or_unknown(r->remote_port);
	login->local_port = port_or_unknown(r->local_port);
	login->sshd_pid = r->sshd_pid;
	login->sshd_start = r->sshd_start;
	login->audit_session = r->audit_session;
	login->login_uid = r->login_uid;
	login->uid = r->uid;
	login->clock_known = r->has_clock;
	login->clock_synchronized = r->clock_synchronized;
	login->clock_max_error_us = r->has_clock ? r->clock_max_error_us : 0;
	login->auth_first = (uint32_t)l->auth_count;
	for (size_t i = 0; i < r->auth_count && !failed; i++)
		failed = keep_auth(l, &r->auth[i]) != 0;
	login->auth_count = (uint32_t)r->auth_count;
	if (failed || ledger_keep_short_host(l, login->hostname) != 0)
		return -1;
	return 0;
}

/* The content of a login without what only says where it stands in memory. */
static struct span
login_content(struct ledger *l, const struct login *login)
{
	struct buf *content = &l->index->key;
	struct login copy = *login;

	copy.auth_first = 0;
	buf_reset(content);
	buf_put(content, &copy, sizeof(copy));
	for (uint32_t i = 0; i < login->auth_count; i++) {
		const struct auth_step *step = &l->auth[login->auth_first + i];
		const string_id ids[] = {step->method, step->key_type, step->fingerprint,
		    step->info, step->cert_key_id, step->cert_ca};

		buf_put(content, ids, sizeof(ids));
	}
	return buf_span(content);
}

static int
login_same(struct ledger *l, const struct login *a, const struct login *b, bool *same)
{
	struct buf first;
	int r = 0;

	buf_init(&first, 1u << 20);
	buf_put_span(&first, login_content(l, a));
	*same = span_eq(buf_span(&first), login_content(l, b));
	if (first.failed || l->index->key.failed)
		r = -1;
	buf_clear(&first);
	return r;
}

/* Whether the login is there already; counts it as duplicate or conflicting. */
static int
login_known(struct ledger *l, const struct login *login, bool *known)
{
	uint32_t row = id_map_get(&l->index->login_of_session, login->session);

	*known = false;
	if (row == 0)
		return id_map_set(&l->index->login_of_session, login->session,
			   (uint32_t)l->login_count + 1)
		    ? 0
		    : -1;
	if (login_same(l, &l->logins[row - 1], login, known) != 0)
		return -1;
	if (!*known && ledger_conflict_seen(l, login_content(l, login), known) != 0)
		return -1;
	if (*known)
		l->counts.login_duplicates++;
	else
		l->counts.login_conflicting++;
	return 0;
}

/* Notes a login whose session another one has already: ends are for both. */
static int
note_twin(struct ledger *l, string_id session)
{
	struct ledger_index *index = l->index;

	if (!array_grow(
		(void **)&index->twins, index->twin_count, &index->twin_cap, sizeof(*index->twins)))
		return -1;
	index->twins[index->twin_count++] =
	    (struct session_twin){session, (uint32_t)l->login_count};
	return 0;
}

static int
add_open(struct ledger *l, const struct login_record *r)
{
	struct login login;
	bool known;

	if (login_from_record(l, r, &login) != 0 || login_known(l, &login, &known) != 0)
		return -1;
	if (known) {
		l->auth_count = login.auth_first;
		return 0;
	}
	if (id_map_get(&l->index->login_of_session, login.session) != l->login_count + 1 &&
	    note_twin(l, login.session) != 0)
		return -1;
	if (!array_grow((void **)&l->logins, l->login_count, &l->login_cap, sizeof(*l->logins)))
		return -1;
	l->logins[l->login_count++] = login;
	l->counts.opens++;
	return 0;
}

static int
add_close(struct ledger *l, const struct login_record *r)
{
	struct ledger_index *index = l->index;
	bool failed = false;

	if (!array_grow(
		(void **)&index->ends, index->end_count, &index->end_cap, sizeof(*index->ends)))
		return -1;
	index->ends[index->end_count++] = (struct session_end){
	    .session = ledger_keep(l, r->id, &failed),
	    .instance_id = ledger_keep(l, r->host.instance_id, &failed),
	    .time_us = r->time_us,
	};
	l->counts.closes++;
	return failed ? -1 : 0;
}

/* The same line again, or the journal's and a file's of the same second: they have one id. */
static void
merge_same_line(struct ledger *l, struct login *first, struct login *again)
{
	uint32_t auth_count = again->auth_first;

	if (ledger_login_outranks(again, first)) {
		ledger_login_learn(again, first);
		*first = *again;
	} else {
		ledger_login_learn(first, again);
	}
	if (first->auth_first < auth_count)
		l->auth_count = auth_count;
	l->counts.syslog_duplicates++;
}

static int
add_syslog_open(struct ledger *l, const struct login_record *r)
{
	struct id_map *known = &l->index->syslog_of_session;
	struct login login;
	uint32_t row;

	if (login_from_record(l, r, &login) != 0)
		return -1;
	login.source = LOGIN_SOURCE_SYSLOG;
	row = id_map_get(known, login.session);
	/* what two instances have in common may come from their image */
	if (row != 0 &&
	    (l->logins[row - 1].instance_id == 0 || login.instance_id == 0 ||
		l->logins[row - 1].instance_id == login.instance_id) &&
	    ledger_login_same_key(l, &l->logins[row - 1], &login)) {
		merge_same_line(l, &l->logins[row - 1], &login);
		return 0;
	}
	if (!array_grow((void **)&l->logins, l->login_count, &l->login_cap, sizeof(*l->logins)) ||
	    (row == 0 && !id_map_set(known, login.session, (uint32_t)l->login_count + 1)))
		return -1;
	l->logins[l->login_count++] = login;
	return 0;
}

static int
add_syslog_close(struct ledger *l, const struct login_record *r, bool by_journal)
{
	struct ledger_index *index = l->index;
	bool failed = false;

	if (!array_grow((void **)&index->syslog_ends, index->syslog_end_count,
		&index->syslog_end_cap, sizeof(*index->syslog_ends)))
		return -1;
	index->syslog_ends[index->syslog_end_count++] = (struct session_end){
	    .session = ledger_keep(l, r->id, &failed),
	    .time_us = r->time_us,
	    .audit_session = r->audit_session,
	    .by_journal = by_journal,
	};
	return failed ? -1 : 0;
}

int
ledger_add_syslog_record(struct ledger *l, const struct login_record *r, bool by_journal)
{
	if (l->tap != NULL)
		return l->tap->login(l->tap->ctx, r, LOGIN_SOURCE_SYSLOG, by_journal);
	switch (r->kind) {
	case LOGIN_RECORD_OPEN: return add_syslog_open(l, r);
	case LOGIN_RECORD_CLOSE: return add_syslog_close(l, r, by_journal);
	default: return 0;
	}
}

int
ledger_add_login_record(struct ledger *l, const struct login_record *r)
{
	if (l->tap != NULL)
		return l->tap->login(l->tap->ctx, r, LOGIN_SOURCE_PAM, false);
	l->counts.login_lines++;
	switch (r->kind) {
	case LOGIN_RECORD_OPEN: return add_open(l, r);
	case LOGIN_RECORD_CLOSE: return add_close(l, r);
	case LOGIN_RECORD_RECEIPT:
	case LOGIN_RECORD_SIGNER: return receipt_ledger_add(l, r);
	default: l->counts.login_other++; return 0;
	}
}

static int
compare_ends(const void *a, const void *b)
{
	const struct session_end *x = a, *y = b;

	if (x->session != y->session)
		return x->session < y->session ? -1 : 1;
	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	return (x->instance_id > y->instance_id) - (x->instance_id < y->instance_id);
}

static int
compare_twins(const void *a, const void *b)
{
	const struct session_twin *x = a, *y = b;

	return (x->session > y->session) - (x->session < y->session);
}

/* The first of the twins with that session; twin_count when there is none. */
static size_t
find_twin(const struct ledger_index *index, string_id session)
{
	size_t low = 0, high = index->twin_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->twins[middle].session < session)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether the end can be this login's; ends come in order of time, and the first one counts. */
static bool
end_login(struct login *login, const struct session_end *end)
{
	if (login->instance_id != 0 && end->instance_id != 0 &&
	    login->instance_id != end->instance_id)
		return false;
	if (login->closed_us == LOGIN_TIME_UNKNOWN)
		login->closed_us = end->time_us;
	return true;
}

/* Whether it is the end of any login. */
static bool
end_session(struct ledger *l, const struct session_end *end)
{
	const struct ledger_index *index = l->index;
	uint32_t row = id_map_get(&index->login_of_session, end->session);
	bool any = row != 0 && end_login(&l->logins[row - 1], end);

	for (size_t i = index->twin_count != 0 ? find_twin(index, end->session) : 0;
	     i < index->twin_count && index->twins[i].session == end->session; i++)
		any = end_login(&l->logins[index->twins[i].login], end) || any;
	return any;
}

/* Gives logins their ends: the first close of a session counts, for every login that has its id and
 * can be on the close's host. The same line twice is a duplicate. */
static void
apply_ends(struct ledger *l)
{
	struct ledger_index *index = l->index;

	if (index->end_count != 0)
		qsort(index->ends, index->end_count, sizeof(*index->ends), compare_ends);
	if (index->twin_count != 0)
		qsort(index->twins, index->twin_count, sizeof(*index->twins), compare_twins);
	for (size_t i = 0; i < index->end_count; i++) {
		const struct session_end *end = &index->ends[i];

		if (i != 0 && compare_ends(end, end - 1) == 0) {
			l->counts.closes--;
			l->counts.login_duplicates++;
		} else if (!end_session(l, end)) {
			l->counts.orphan_closes++;
		}
	}
}

int
ledger_finish_logins(struct ledger *l)
{
	apply_ends(l);
	return ledger_merge_syslog(l);
}
