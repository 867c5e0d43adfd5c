/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/overview.h"

#include "common/safe_text.h"
#include "correlator/report/words.h"

#define COVERAGE_ROWS_MAX 12 /* lines; the rest is counted */

/* Number of different principals that logins were attributed to. */
static uint64_t
count_principals(struct report_view *v)
{
	uint64_t n = 0;

	view_principals_begin(v);
	for (size_t i = 0; i < v->ledger->login_count; i++) {
		const struct login *login = &v->ledger->logins[i];

		if (login->verdict == VERDICT_ATTRIBUTED && login->match_count != 0 &&
		    view_has_login(v, i))
			n += view_principal_is_new(v, view_match(v, login, 0)->caller);
	}
	return n;
}

/* The times between which the logins lie: as asked for, else as they are. */
static void
put_range(struct buf *out, const struct report_view *v, const struct style *style)
{
	const struct ledger *l = v->ledger;
	const struct match_options *m = v->match;
	char text[TIME_TEXT_LEN];

	if (l->login_count == 0 && !(m->has_from && m->has_to))
		return;
	buf_puts(out, " between ");
	buf_puts(out, style_time(style, text, m->has_from ? m->from_us : l->logins[0].time_us, 0));
	buf_puts(out, " and ");
	buf_puts(out,
	    style_time(
		style, text, m->has_to ? m->to_us : l->logins[l->login_count - 1].time_us, 0));
}

/* "  12 attributed  to 3 principals" */
static void
put_line(struct buf *out, const struct style *style, uint64_t n, enum style_ink ink,
    const char *word, const char *text)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%9llu ", (unsigned long long)n);
	buf_puts(out, number);
	style_put(style, out, ink, word);
	buf_puts(out, ": ");
	buf_puts(out, text);
	buf_putc(out, '\n');
}

static void
put_reasons(struct buf *out, const struct ledger_counts *n)
{
	char number[32];

	for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		if (n->reasons[i] == 0)
			continue;
		(void)snprintf(
		    number, sizeof(number), "%14llu ", (unsigned long long)n->reasons[i]);
		buf_puts(out, number);
		buf_puts(out, reason_name(i));
		buf_puts(out, ": ");
		buf_puts(out, reason_text(i));
		buf_putc(out, '\n');
	}
}

/* What the attributed logins are attributed to. */
static void
put_whom(struct buf *out, struct report_view *v)
{
	const struct report_totals *t = &v->totals;

	buf_puts(out, "to ");
	words_count(out, count_principals(v), "principal", "principals");
	if (v->people == NULL)
		return;
	if (t->persons == 0) {
		buf_puts(out, "; nobody can be named");
		return;
	}
	buf_puts(out, " and, through them, to ");
	words_count(out, t->persons, "person", "people");
}

/* How sure the names are. */
static void
put_sureness(struct buf *out, const struct report_view *v)
{
	static const char *const words[] = {
	    [SURE_NONE] = "nobody can be named",
	    [SURE_CLAIMED] = "claimed: a name that somebody chose for a session",
	    [SURE_PROBABLE] = "probable: it fits in place and time, nothing ties it for certain",
	    [SURE_EXACT] = "exact: AWS says who it was",
	};

	for (int s = SURE_EXACT; v->people != NULL && s >= SURE_NONE; s--) {
		if (v->totals.sure[s] != 0)
			buf_printf(
			    out, "%14llu %s\n", (unsigned long long)v->totals.sure[s], words[s]);
	}
}

void
overview_logins(struct output *o, struct report_view *v, const struct style *style)
{
	const struct ledger_counts *n = &v->ledger->counts;
	struct buf *out = &o->buf;
	struct buf whom;

	buf_init(&whom, 1000);
	put_whom(&whom, v);
	style_ink(style, out, INK_BOLD);
	words_count(out, n->logins_in, "login", "logins");
	style_ink(style, out, INK_PLAIN);
	put_range(out, v, style);
	buf_putc(out, '\n');
	for (enum verdict i = 0; i < VERDICT_COUNT; i++) {
		const char *text = words_verdict(i);

		if (n->verdicts[i] == 0)
			continue;
		if (i == VERDICT_ATTRIBUTED)
			text = buf_cstr(&whom);
		put_line(out, style, n->verdicts[i], words_verdict_ink(i), verdict_name(i), text);
		if (i == VERDICT_ATTRIBUTED)
			put_sureness(out, v);
		if (i == VERDICT_UNATTRIBUTED)
			put_reasons(out, n);
	}
	buf_putc(out, '\n');
	buf_clear(&whom);
}

static bool
has_logins_input(const struct report_view *v)
{
	for (size_t i = 0; i < v->input_count; i++) {
		if (strcmp(v->inputs[i].role, "logins") == 0)
			return true;
	}
	return false;
}

void
overview_pushes(struct output *o, const struct report_view *v)
{
	static const struct style plain = {0};
	const struct ledger_counts *n = &v->ledger->counts;
	struct buf *out = &o->buf;

	words_count(out, n->pushes_in, "key push", "key pushes");
	buf_putc(out, '\n');
	for (enum push_state i = 0; i < PUSH_STATE_COUNT; i++) {
		if (n->states[i] != 0)
			put_line(out, &plain, n->states[i], INK_PLAIN, push_state_name(i),
			    words_state(i));
	}
	if (!has_logins_input(v))
		buf_puts(
		    out, "no login records were given: which pushes were used cannot be told\n");
	if (n->serial_pushes != 0 || n->tunnels != 0) {
		words_count(out, n->serial_pushes, "serial console push", "serial console pushes");
		buf_puts(out, " and ");
		words_count(out, n->tunnels, "tunnel", "tunnels");
		buf_puts(out, " in all, which explain no login by themselves\n");
	}
	buf_putc(out, '\n');
}

static void
put_coverage_row(struct buf *out, const struct report_view *v, const struct style *style,
    const struct coverage_row *row)
{
	char text[TIME_TEXT_LEN];

	buf_puts(out, "CloudTrail ");
	words_id(out, v, row->account_id);
	buf_putc(out, ' ');
	words_id(out, v, row->region);
	buf_puts(out, ": ");
	words_count(out, row->records, "record", "records");
	if (row->first_us != INT64_MAX) {
		buf_puts(out, " from ");
		buf_puts(out, style_time(style, text, row->first_us, 0));
		buf_puts(out, " to ");
		buf_puts(out, style_time(style, text, row->newest_us, 0));
	}
	buf_puts(out, ", complete until ");
	buf_puts(
	    out, style_time(style, text, coverage_complete_until(&v->ledger->coverage, row), 0));
	buf_putc(out, '\n');
}

static void
put_coverage(struct buf *out, const struct report_view *v, const struct style *style)
{
	const struct coverage *c = &v->ledger->coverage;

	for (size_t i = 0; i < c->count && i < COVERAGE_ROWS_MAX; i++)
		put_coverage_row(out, v, style, &c->rows[i]);
	if (c->count > COVERAGE_ROWS_MAX) {
		buf_puts(out, "CloudTrail: ");
		words_count(out, c->count - COVERAGE_ROWS_MAX, "more account and region",
		    "more accounts and regions");
		buf_putc(out, '\n');
	}
	if (c->count == 0)
		buf_puts(out, "CloudTrail: no records in the input\n");
}

/* Trails that lose the people: rows are sorted by account. */
static void
put_write_only(struct buf *out, const struct report_view *v, const struct style *style)
{
	const struct coverage *c = &v->ledger->coverage;

	for (size_t i = 0; i < c->count; i++) {
		string_id account = c->rows[i].account_id;

		if ((i != 0 && c->rows[i - 1].account_id == account) ||
		    !coverage_is_write_only(c, account))
			continue;
		style_put(style, out, INK_DOUBT, "problem");
		buf_puts(out, ": the trail of account ");
		words_id(out, v, account);
		buf_puts(out,
		    " has no read events (WriteOnly): it proves pushes and loses the people behind "
		    "roles\n");
	}
}

/* What no stamp says, and what was taken for it instead. */
static void
put_stamps(struct buf *out, const struct ledger_counts *n)
{
	if (n->syslog_yearless != 0) {
		buf_puts(out, "stamps without a year: ");
		words_count(out, n->syslog_yearless, "login", "logins");
		buf_puts(
		    out, ", put into the year that the file's time of change allows (--year)\n");
	}
	if (n->syslog_zoneless != 0) {
		buf_puts(out, "stamps without a zone: ");
		words_count(out, n->syslog_zoneless, "login", "logins");
		buf_puts(out, ", taken to be UTC (--time-zone)\n");
	}
}

/* What was made of the logs of sshd. */
static void
put_syslog(struct buf *out, const struct report_view *v)
{
	const struct ledger_counts *n = &v->ledger->counts;

	if (n->syslog_lines == 0)
		return;
	buf_puts(out, "sshd's logs: ");
	words_count(out, n->syslog_lines, "line", "lines");
	buf_puts(out, ", ");
	words_count(out, n->syslog_logins, "login", "logins");
	if (n->syslog_duplicates != 0)
		buf_printf(out, " (%llu of them told of elsewhere too)",
		    (unsigned long long)n->syslog_duplicates);
	buf_puts(out, ", ");
	words_count(out, n->syslog_notices, "line of EC2 Instance Connect's script",
	    "lines of EC2 Instance Connect's script");
	buf_putc(out, '\n');
	put_stamps(out, n);
}

/* Logins of sshd's logs of which nobody said what instance the log is of. */
static uint64_t
count_placeless(const struct report_view *v)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v->ledger->login_count; i++) {
		const struct login *login = &v->ledger->logins[i];

		n += login->source == LOGIN_SOURCE_SYSLOG && login->instance_id == 0 &&
		    view_has_login(v, i);
	}
	return n;
}

/* What a reader must know before trusting the figures. */
static void
put_problems(struct buf *out, const struct report_view *v, const struct style *style)
{
	const struct ledger_counts *n = &v->ledger->counts;
	const struct {
		uint64_t count;
		const char *text;
	} problems[] = {
	    {v->errors, "inputs that could not be read, wholly or in part"},
	    {n->files_failed, "files that could not be read"},
	    {n->files_special, "paths that are neither file nor directory"},
	    {n->malformed, "CloudTrail records that could not be read"},
	    {n->login_malformed, "login records that could not be read"},
	    {n->conflicting, "CloudTrail records that share an event id with another and differ"},
	    {n->login_conflicting, "login records that share a session id with another and differ"},
	    {n->keys_unparsed, "pushes whose key does not parse: they explain nothing"},
	    {n->events_among_logins, "CloudTrail records among the logins: not believed"},
	    {n->logins_among_events, "login records among the events: not believed"},
	    {n->orphan_closes, "ends of sessions whose beginning is not there"},
	    {n->receipt_states[RECEIPT_STATE_UNREADABLE], "receipts that cannot be read"},
	    {n->receipt_states[RECEIPT_STATE_UNVERIFIED],
		"receipts of which it cannot be shown that AWS signed them"},
	    {n->receipt_states[RECEIPT_STATE_REPLAYED],
		"receipts of another instance, key or time than their login"},
	    {n->receipt_states[RECEIPT_STATE_ORPHAN],
		"receipts of sessions whose beginning is not there"},
	    {count_placeless(v),
		"logins of sshd's logs of which it is not known what instance they are on: no push "
		"can explain them (--instance-map, --instance)"},
	    {n->syslog_unreadable, "lines of sshd's logs that could not be read"},
	    {n->syslog_unbelieved,
		"lines of sshd's that the journal says root did not write: not believed"},
	    {n->notices_unproven,
		"lines of EC2 Instance Connect's that another user of the host wrote: they confirm "
		"nothing"},
	};

	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
		if (problems[i].count == 0)
			continue;
		style_put(style, out, INK_DOUBT, "problem");
		buf_puts(out, ": ");
		buf_put_u64(out, problems[i].count);
		buf_puts(out, " x ");
		buf_puts(out, problems[i].text);
		buf_putc(out, '\n');
	}
	if (v->broken != NULL) {
		style_put(style, out, INK_BAD, "broken invariant");
		buf_puts(out, ": ");
		safe_text_put(out, span_of(v->broken));
		buf_puts(out, "; do not rely on these figures\n");
	}
}

static void
put_window(struct buf *out, const struct report_view *v)
{
	const struct match_options *m = v->match;
	char grace[TIME_TEXT_LEN], login_grace[TIME_TEXT_LEN], skew[TIME_TEXT_LEN];

	buf_printf(out,
	    "a push explains a login up to 60 s + %s later (+ %s after a further factor), "
	    "clocks within %s\n",
	    time_format_span(grace, m->grace_us), time_format_span(login_grace, m->login_grace_us),
	    time_format_span(skew, m->skew_us));
}

void
overview_pruned(struct output *o, const struct report_view *v, const struct style *style)
{
	char text[TIME_TEXT_LEN];

	if (v->settings.pruned_us == LOGIN_TIME_UNKNOWN)
		return;
	style_put(style, &o->buf, INK_DOUBT, "pruned");
	buf_puts(&o->buf, ": the store dropped what lies before ");
	buf_puts(&o->buf, style_time(style, text, v->settings.pruned_us, 0));
	buf_puts(&o->buf, "\n");
}

void
overview_inputs(struct output *o, const struct report_view *v, const struct style *style)
{
	put_coverage(&o->buf, v, style);
	overview_pruned(o, v, style);
	put_syslog(&o->buf, v);
	put_window(&o->buf, v);
	put_problems(&o->buf, v, style);
	if (v->people != NULL)
		put_write_only(&o->buf, v, style);
	buf_putc(&o->buf, '\n');
}
