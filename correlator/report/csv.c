/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/csv.h"

#include "common/time_text.h"
#include "common/utf8.h"
#include "common/safe_text.h"
#include "correlator/report/words.h"

/* One row in the making. */
struct row {
	struct output *o;
	const struct report_view *v;
	bool comma;
};

/* True for what starts a formula in a spreadsheet, also in its full-width spelling, also behind
 * blanks, which some programs strip. */
static bool
is_formula(struct span text)
{
	static const uint32_t starts[] = {
	    '=', '+', '-', '@', '\t', '\r', '\n', 0xff1d, 0xff0b, 0xff0d, 0xff20};
	uint32_t code;

	while (text.len != 0 && text.ptr[0] == ' ')
		text = span_from(text, 1);
	if (text.len == 0 || utf8_decode(text.ptr, text.len, &code) == 0)
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (code == starts[i])
			return true;
	}
	return false;
}

static bool
needs_quotes(struct span text)
{
	return text.len != 0 &&
	    (memchr(text.ptr, ',', text.len) != NULL || memchr(text.ptr, '"', text.len) != NULL ||
		text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ' || is_formula(text));
}

void
csv_put_cell(struct buf *out, struct span text)
{
	struct span piece;

	if (!needs_quotes(text)) {
		safe_text_put(out, text);
		return;
	}
	buf_putc(out, '"');
	if (is_formula(text))
		buf_putc(out, '\'');
	while (span_cut(&text, '"', &piece)) {
		safe_text_put(out, piece);
		if (text.ptr != NULL)
			buf_puts(out, "\"\"");
	}
	buf_putc(out, '"');
}

static void
put_comma(struct row *r)
{
	if (r->comma)
		buf_putc(&r->o->buf, ',');
	r->comma = true;
}

static void
put_span(struct row *r, struct span text)
{
	put_comma(r);
	csv_put_cell(&r->o->buf, text);
}

static void
put_word(struct row *r, const char *text)
{
	put_span(r, span_of(text));
}

static void
put_id(struct row *r, string_id id)
{
	put_span(r, view_span(r->v, id));
}

static void
put_time(struct row *r, int64_t us, int digits)
{
	char text[TIME_TEXT_LEN];

	put_comma(r);
	if (us != LOGIN_TIME_UNKNOWN)
		buf_puts(&r->o->buf, time_format(text, us, digits));
}

static void
put_number(struct row *r, int64_t n)
{
	put_comma(r);
	if (n >= 0)
		buf_put_u64(&r->o->buf, (unsigned long long)n);
}

static void
end_row(struct row *r)
{
	buf_putc(&r->o->buf, '\n');
	r->comma = false;
	output_flush(r->o);
}

/* Words of a list cell, with blanks between them. */
static void
list_add(struct buf *list, struct span text)
{
	if (list->len != 0)
		buf_putc(list, ' ');
	buf_put_span(list, text);
}

static void
put_list(struct row *r, struct buf *list)
{
	if (list->failed)
		r->o->buf.failed = true;
	put_span(r, buf_span(list));
	buf_reset(list);
}

/* Five cells; empty ones without a person. */
static void
put_person(struct row *r, const struct person *p)
{
	static const struct person nobody = {0};
	const struct person *who = p != NULL ? p : &nobody;

	put_id(r, who->name);
	put_word(r, who->name != 0 ? sureness_name(who->sure) : NULL);
	put_word(r, p != NULL ? person_type_name(p->type) : NULL);
	put_word(r, mfa_seen_name(who->mfa));
	put_id(r, who->session_name);
}

static void
put_login(struct row *r, struct report_view *v, const struct login *login, struct buf *list)
{
	put_id(r, login->session);
	put_time(r, login->time_us, 6);
	put_time(r, login->closed_us, 6);
	put_id(r, login->account_id);
	put_id(r, login->region);
	put_id(r, login->instance_id);
	put_id(r, login->hostname);
	put_id(r, login->os_user);
	put_id(r, login->remote_host);
	put_number(r, login->remote_port);
	put_id(r, view_login_fingerprint(v, login));
	put_word(r, verdict_name(login->verdict));
	put_word(r, strength_name(login->strength));
	put_word(r, reason_name(login->reason));
	put_word(r, login->provisional ? "true" : "");
	view_principals_begin(v);
	for (uint32_t i = 0; i < login->match_count; i++) {
		const struct push *push = view_match(v, login, i);

		if (view_principal_is_new(v, push->caller))
			list_add(list, view_span(v, view_caller(v, push)->principal));
	}
	put_list(r, list);
	for (uint32_t i = 0; i < login->match_count; i++)
		list_add(list, view_span(v, view_match(v, login, i)->event_id));
	put_list(r, list);
	put_word(r, words_source(login->source));
	put_person(r, people_of_login(v->people, login));
	if (v->reach != NULL)
		put_word(r, words_reach(v->reach->logins[login - v->ledger->logins]));
	end_row(r);
}

void
csv_logins(struct output *o, struct report_view *v)
{
	struct row r = {.o = o, .v = v};
	struct buf list;

	buf_init(&list, o->buf.max);
	buf_puts(&o->buf,
	    "session,time,closed,account_id,region,instance_id,hostname,os_user,remote,"
	    "remote_port,fingerprint,verdict,strength,reason,provisional,principals,"
	    "pushes,source,person,person_sure,person_type,mfa,session_name");
	buf_puts(&o->buf, v->reach != NULL ? ",reach\n" : "\n");
	for (size_t i = 0; i < v->ledger->login_count && !output_failed(o); i++) {
		if (view_has_login(v, i))
			put_login(&r, v, &v->ledger->logins[i], &list);
	}
	buf_clear(&list);
}

static const char *
kind_name(const struct push *push)
{
	switch (push->kind) {
	case EVENT_SERIAL_PUSH: return "serial_push";
	case EVENT_TUNNEL: return "tunnel";
	default: return "push";
	}
}

static void
put_push(struct row *r, const struct push *push, struct buf *list)
{
	const struct ledger *l = r->v->ledger;
	const struct caller *caller = view_caller(r->v, push);
	bool is_push = push->kind == EVENT_KEY_PUSH;

	put_word(r, kind_name(push));
	put_id(r, push->event_id);
	put_id(r, push->request_id);
	put_time(r, push->time_us, push->time_us % US_PER_SECOND == 0 ? 0 : 6);
	put_word(r, is_push ? push_state_name(push->state) : push->failed ? "failed" : "");
	put_id(r, push->account_id);
	put_id(r, push->region);
	put_id(r, push->instance_id);
	put_id(r, push->endpoint_id);
	put_id(r, push->private_ip);
	put_id(r, push->os_user);
	put_id(r, push->fingerprint);
	put_id(r, push->key_type);
	put_id(r, push->key_error);
	put_id(r, caller->principal);
	put_id(r, caller->access_key_id);
	put_id(r, push->source_ip);
	put_id(r, push->user_agent);
	put_word(r, push->from_console ? "true" : "");
	put_id(r, push->error_code);
	put_id(r, push->error_message);
	for (uint32_t i = 0; is_push && i < push->session_count; i++)
		list_add(list,
		    view_span(r->v, l->logins[l->push_logins[push->session_first + i]].session));
	put_list(r, list);
	put_person(r, view_person(r->v, push));
	end_row(r);
}

void
csv_pushes(struct output *o, struct report_view *v)
{
	struct row r = {.o = o, .v = v};
	struct buf list;

	buf_init(&list, o->buf.max);
	buf_puts(&o->buf,
	    "kind,event_id,request_id,time,state,account_id,region,instance_id,"
	    "endpoint_id,private_ip,os_user,fingerprint,key_type,key_error,principal,"
	    "access_key_id,source_ip,user_agent,from_console,error_code,error_message,"
	    "sessions,person,person_sure,person_type,mfa,session_name\n");
	for (size_t i = 0; i < v->ledger->push_count && !output_failed(o); i++) {
		if (view_has_push(v, i))
			put_push(&r, &v->ledger->pushes[i], &list);
	}
	for (size_t i = 0; i < v->ledger->push_count && !output_failed(o); i++) {
		if (view_has_other(v, i))
			put_push(&r, &v->ledger->pushes[i], &list);
	}
	buf_clear(&list);
}
