/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/summary.h"

#include "common/time_text.h"

struct counter {
	const char *name;
	size_t offset;
};

#define COUNTER(member)                                                                            \
	{                                                                                          \
#member, offsetof(struct ledger_counts, member)                                    \
	}

static const struct counter counters[] = {
    COUNTER(files),
    COUNTER(files_failed),
    COUNTER(files_special),
    COUNTER(file_bytes),
    COUNTER(text_bytes),
    COUNTER(records),
    COUNTER(kept),
    COUNTER(skipped),
    COUNTER(malformed),
    COUNTER(pruned),
    COUNTER(pushes),
    COUNTER(serial_pushes),
    COUNTER(tunnels),
    COUNTER(duplicates),
    COUNTER(superseded),
    COUNTER(conflicting),
    COUNTER(keys_unparsed),
    COUNTER(digests),
    COUNTER(insights),
    COUNTER(controls),
    COUNTER(others),
    COUNTER(events_among_logins),
    COUNTER(logins_among_events),
    COUNTER(login_lines),
    COUNTER(opens),
    COUNTER(closes),
    COUNTER(login_other),
    COUNTER(login_malformed),
    COUNTER(login_duplicates),
    COUNTER(login_pruned),
    COUNTER(login_conflicting),
    COUNTER(orphan_closes),
    COUNTER(receipts),
    COUNTER(signers),
    COUNTER(issuing),
    COUNTER(issues_kept),
    COUNTER(syslog_lines),
    COUNTER(syslog_logins),
    COUNTER(syslog_ends),
    COUNTER(syslog_notices),
    COUNTER(syslog_partials),
    COUNTER(syslog_others),
    COUNTER(syslog_unreadable),
    COUNTER(syslog_unbelieved),
    COUNTER(syslog_duplicates),
    COUNTER(syslog_pruned),
    COUNTER(notices_unproven),
    COUNTER(keys_refused),
};

static void
put_count(struct json_writer *w, const char *key, uint64_t n)
{
	json_put_int(w, key, (int64_t)n);
}

/* Seconds as a JSON number, with as much of a fraction as there is. */
static void
put_seconds(struct json_writer *w, const char *key, int64_t us)
{
	char digits[8];
	int len;

	json_put_int(w, key, us / US_PER_SECOND);
	len = snprintf(digits, sizeof(digits), ".%06d", (int)(us % US_PER_SECOND));
	while (len > 1 && digits[len - 1] == '0')
		len--;
	if (len > 1)
		buf_put(w->out, digits, (size_t)len);
}

/* What shaped people and the logins of sshd's logs. */
static void
put_settings(struct json_writer *w, const struct report_settings *s)
{
	json_put_bool(w, "people", !s->no_people);
	if (s->identity_store_count != 0) {
		json_array_begin(w, "identity_stores");
		for (size_t i = 0; i < s->identity_store_count; i++)
			json_put_string(w, NULL, s->identity_stores[i]);
		json_array_end(w);
	}
	json_put_string(w, "instance", s->instance);
	json_put_string(w, "instance_map", s->instance_map);
	if (s->year >= 0)
		json_put_int(w, "year", s->year);
	json_put_string(w, "time_zone", s->time_zone);
	if (s->eic_uid >= 0)
		json_put_int(w, "eic_uid", s->eic_uid);
}

static void
put_options(struct json_writer *w, const struct report_view *v)
{
	const struct match_options *m = v->match;
	const struct coverage *c = &v->ledger->coverage;

	json_object_begin(w, "options");
	put_seconds(w, "grace_s", m->grace_us);
	put_seconds(w, "login_grace_s", m->login_grace_us);
	put_seconds(w, "skew_s", m->skew_us);
	if (m->has_from)
		json_put_time(w, "from", m->from_us, 6);
	if (m->has_to)
		json_put_time(w, "to", m->to_us, 6);
	if (c->stated)
		json_put_time(w, "complete_until", c->complete_until_us, 6);
	if (c->from_stated)
		json_put_time(w, "complete_from", c->complete_from_us, 6);
	if (v->settings.pruned_us != LOGIN_TIME_UNKNOWN)
		json_put_time(w, "pruned_before", v->settings.pruned_us, 6);
	put_settings(w, &v->settings);
	json_object_end(w);
}

static void
put_inputs(struct json_writer *w, const struct report_view *v)
{
	json_array_begin(w, "inputs");
	for (size_t i = 0; i < v->input_count; i++) {
		json_object_begin(w, NULL);
		json_put_string(w, "role", v->inputs[i].role);
		json_put_string(w, "uri", v->inputs[i].uri);
		json_object_end(w);
	}
	json_array_end(w);
}

static void
put_verdicts(struct json_writer *w, const struct report_totals *t)
{
	json_object_begin(w, "logins");
	put_count(w, "in", t->logins);
	for (enum verdict i = 0; i < VERDICT_COUNT; i++)
		put_count(w, verdict_name(i), t->verdicts[i]);
	json_object_begin(w, "reasons");
	for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++)
		put_count(w, reason_name(i), t->reasons[i]);
	json_object_end(w);
	json_object_end(w);
	json_object_begin(w, "pushes");
	put_count(w, "in", t->pushes);
	for (enum push_state i = 0; i < PUSH_STATE_COUNT; i++)
		put_count(w, push_state_name(i), t->states[i]);
	json_object_end(w);
}

static void
put_people(struct json_writer *w, const struct report_view *v)
{
	if (v->people == NULL)
		return;
	json_object_begin(w, "people");
	for (enum sureness s = SURE_EXACT; s > SURE_NONE; s--)
		put_count(w, sureness_name(s), v->totals.sure[s]);
	put_count(w, "nobody", v->totals.sure[SURE_NONE]);
	put_count(w, "persons", v->totals.persons);
	json_object_end(w);
}

static void
put_reach(struct json_writer *w, const struct report_view *v)
{
	const struct reach *r = v->reach;

	if (r == NULL)
		return;
	json_object_begin(w, "reach");
	json_put_string(w, "identity", v->identity);
	put_count(w, "sure", r->sure);
	put_count(w, "maybe", r->maybe);
	put_count(w, "hosts", r->hosts);
	if (r->first_us != LOGIN_TIME_UNKNOWN)
		json_put_time(w, "first", r->first_us, 6);
	if (r->last_us != LOGIN_TIME_UNKNOWN)
		json_put_time(w, "last", r->last_us, 6);
	json_object_end(w);
}

/* Only where there are any: most logs have none. */
static void
put_receipts(struct json_writer *w, const struct report_totals *t)
{
	if (t->receipts == 0)
		return;
	json_object_begin(w, "receipts");
	put_count(w, "in", t->receipts);
	for (enum receipt_state i = 0; i < RECEIPT_STATE_COUNT; i++)
		put_count(w, receipt_state_name(i), t->receipt_states[i]);
	json_object_end(w);
}

static void
put_read(struct json_writer *w, const struct report_view *v)
{
	json_object_begin(w, "read");
	for (size_t i = 0; !v->is_answer && i < sizeof(counters) / sizeof(counters[0]); i++) {
		uint64_t n;

		memcpy(&n, (const char *)&v->ledger->counts + counters[i].offset, sizeof(n));
		put_count(w, counters[i].name, n);
	}
	put_count(w, "errors", v->errors);
	put_count(w, "warnings", v->warnings);
	json_object_end(w);
}

static void
put_coverage(struct json_writer *w, const struct report_view *v)
{
	const struct coverage *c = &v->ledger->coverage;

	json_array_begin(w, "coverage");
	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_row *row = &c->rows[i];

		json_object_begin(w, NULL);
		json_put_span(w, "account_id", view_span(v, row->account_id));
		json_put_span(w, "region", view_span(v, row->region));
		put_count(w, "records", row->records);
		put_count(w, "reads", row->reads);
		put_count(w, "writes", row->writes);
		if (coverage_is_write_only(c, row->account_id))
			json_put_bool(w, "write_only", true);
		if (row->first_us != INT64_MAX)
			json_put_time(w, "first", row->first_us, 0);
		json_put_time(w, "newest", row->newest_us, 0);
		json_put_time(w, "complete_until", coverage_complete_until(c, row), 0);
		json_object_end(w);
	}
	json_array_end(w);
}

void
summary_put(struct json_writer *w, const char *key, const struct report_view *v)
{
	json_object_begin(w, key);
	json_put_string(w, "kind", "summary");
	json_object_begin(w, "tool");
	json_put_string(w, "name", "logintrail");
	json_put_string(w, "version", v->version);
	json_put_string(w, "commit", v->commit);
	json_object_end(w);
	put_options(w, v);
	put_inputs(w, v);
	put_verdicts(w, &v->totals);
	put_people(w, v);
	put_reach(w, v);
	put_receipts(w, &v->totals);
	put_read(w, v);
	put_coverage(w, v);
	if (!v->is_answer)
		json_put_string(w, "invariants", v->broken != NULL ? v->broken : "hold");
	json_object_end(w);
}
