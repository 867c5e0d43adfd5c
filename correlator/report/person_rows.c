/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/person_rows.h"

#include "common/time_text.h"

static void
put_id(struct json_writer *w, const struct report_view *v, const char *key, string_id id)
{
	json_put_span(w, key, view_span(v, id));
}

/* What identifies a person, of candidates too. */
static void
put_name(struct json_writer *w, const struct report_view *v, const struct person *p)
{
	put_id(w, v, "name", p->name);
	if (p->name != 0)
		json_put_string(w, "sure", sureness_name(p->sure));
	json_put_string(w, "type", person_type_name(p->type));
	put_id(w, v, "principal", p->principal);
}

static void
put_facts(struct json_writer *w, const struct report_view *v, const struct person *p)
{
	json_put_string(w, "mfa", mfa_seen_name(p->mfa));
	put_id(w, v, "source_identity", p->source_identity);
	put_id(w, v, "session_name", p->session_name);
	put_id(w, v, "tags", p->tags);
	put_id(w, v, "user_id", p->user_id);
	put_id(w, v, "display_name", p->display_name);
	put_id(w, v, "email", p->email);
	put_id(w, v, "provider", p->provider);
}

static void
put_missing(struct json_writer *w, const struct report_view *v, const struct missing_event *m)
{
	json_object_begin(w, "missing");
	json_array_begin(w, "events");
	for (enum issue_kind k = ISSUE_NONE + 1; k < ISSUE_KINDS; k++) {
		if ((m->kinds & 1u << k) != 0)
			json_put_string(w, NULL, issue_kind_name(k));
	}
	json_array_end(w);
	put_id(w, v, "account_id", m->account_id);
	put_id(w, v, "region", m->region);
	json_put_time(w, "from", m->from_us, 0);
	json_put_time(w, "to", m->to_us, 0);
	if (m->write_only)
		json_put_bool(w, "write_only", true);
	json_object_end(w);
}

/* The event that issued what was used; nothing of a hop into who was logged in. */
static void
put_issue(struct json_writer *w, const struct report_view *v, const struct issue *issue)
{
	put_id(w, v, "event_id", issue->event_id);
	json_put_string(w, "event_name", issue_kind_name(issue->kind));
	json_put_time(w, "time", issue->time_us, 0);
	put_id(w, v, "account_id", issue->account_id);
	put_id(w, v, "region", issue->region);
	put_id(w, v, "source_ip", issue->source_ip);
}

static void
put_chain(struct json_writer *w, const struct report_view *v, const struct person *p)
{
	const struct ledger *l = v->ledger;

	json_array_begin(w, "chain");
	for (uint32_t i = 0; i < p->hop_count; i++) {
		const struct hop *hop = &v->people->hops[p->hop_first + i];

		json_object_begin(w, NULL);
		if (hop->issue != HOP_NONE)
			put_issue(w, v, &l->issues[hop->issue]);
		if (hop->caller != HOP_NONE)
			put_id(w, v, "identity", l->callers[hop->caller].principal);
		json_put_string(w, "rule", hop_rule_name(hop->rule));
		json_put_string(w, "sure", sureness_name(hop->sure));
		if (hop->issue != HOP_NONE && hop->also != HOP_NONE)
			put_id(w, v, "also", l->issues[hop->also].event_id);
		json_object_end(w);
	}
	json_array_end(w);
}

static void
put_lists(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct person *p)
{
	const struct people *people = v->people;

	if (p->login_count != 0) {
		json_array_begin(w, "logged_in");
		for (uint32_t i = 0; i < p->login_count; i++) {
			put_id(w, v, NULL,
			    v->ledger->logins[people->logins[p->login_first + i]].session);
			output_flush(o);
		}
		json_array_end(w);
	}
	if (p->candidate_count != 0) {
		json_array_begin(w, "candidates");
		for (uint32_t i = 0; i < p->candidate_count; i++) {
			json_object_begin(w, NULL);
			put_name(
			    w, v, &people->persons[people->candidates[p->candidate_first + i]]);
			json_object_end(w);
			output_flush(o);
		}
		json_array_end(w);
	}
	put_chain(w, v, p);
}

static void
put_person(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct person *p)
{
	json_object_begin(w, "person");
	put_name(w, v, p);
	put_facts(w, v, p);
	json_put_string(w, "end", chain_end_name(p->end));
	if (p->end == CHAIN_END_MISSING)
		put_missing(w, v, &p->missing);
	put_lists(o, w, v, p);
	json_object_end(w);
}

void
person_rows_put_login(
    struct output *o, struct json_writer *w, struct report_view *v, const struct login *login)
{
	const struct person *p = people_of_login(v->people, login);

	if (p != NULL) {
		put_person(o, w, v, p);
		return;
	}
	if (v->people == NULL || login->match_count == 0)
		return;
	json_array_begin(w, "candidates");
	view_persons_begin(v);
	for (uint32_t i = 0; i < login->match_count; i++) {
		p = view_person(v, view_match(v, login, i));
		if (p == NULL || !view_person_is_new(v, p))
			continue;
		json_object_begin(w, NULL);
		put_name(w, v, p);
		json_object_end(w);
		output_flush(o);
	}
	json_array_end(w);
}

void
person_rows_put_push(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct push *push)
{
	const struct person *p = view_person(v, push);

	if (p != NULL)
		put_person(o, w, v, p);
}
