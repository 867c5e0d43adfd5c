/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/rows.h"

#include "common/time_text.h"
#include "correlator/report/person_rows.h"
#include "correlator/report/receipt_rows.h"
#include "correlator/report/words.h"

static void
put_id(struct json_writer *w, const struct report_view *v, const char *key, string_id id)
{
	json_put_span(w, key, view_span(v, id));
}

static void
put_known(struct json_writer *w, const char *key, int64_t n)
{
	if (n >= 0)
		json_put_int(w, key, n);
}

/* CloudTrail's times have whole seconds; a fraction is shown only where there is one. */
static void
put_push_time(struct json_writer *w, int64_t us)
{
	json_put_time(w, "time", us, us % US_PER_SECOND == 0 ? 0 : 6);
}

static void
put_certificate(struct json_writer *w, const struct report_view *v, const struct auth_step *step)
{
	char serial[24];

	(void)snprintf(serial, sizeof(serial), "%llu", (unsigned long long)step->cert_serial);
	json_object_begin(w, "certificate");
	put_id(w, v, "key_id", step->cert_key_id);
	json_put_string(w, "serial", serial);
	put_id(w, v, "ca_fingerprint", step->cert_ca);
	json_object_end(w);
}

static void
put_keys(struct json_writer *w, const struct report_view *v, const struct login *login)
{
	json_array_begin(w, "keys");
	for (uint32_t i = 0; i < login->auth_count; i++) {
		const struct auth_step *step = &v->ledger->auth[login->auth_first + i];

		json_object_begin(w, NULL);
		put_id(w, v, "method", step->method);
		put_id(w, v, "key_type", step->key_type);
		put_id(w, v, "fingerprint", step->fingerprint);
		put_id(w, v, "info", step->info);
		if (step->is_cert)
			put_certificate(w, v, step);
		json_object_end(w);
	}
	json_array_end(w);
}

static void
put_judgement(
    struct output *o, struct json_writer *w, struct report_view *v, const struct login *login)
{
	json_put_string(w, "verdict", verdict_name(login->verdict));
	json_put_string(w, "strength", strength_name(login->strength));
	json_put_string(w, "reason", reason_name(login->reason));
	if (login->provisional)
		json_put_bool(w, "provisional", true);
	if (login->notice_confirmed)
		json_put_bool(w, "notice_confirmed", true);
	if (login->same_person)
		json_put_bool(w, "same_person", true);
	json_array_begin(w, "principals");
	view_principals_begin(v);
	for (uint32_t i = 0; i < login->match_count; i++) {
		const struct push *push = view_match(v, login, i);

		if (view_principal_is_new(v, push->caller))
			put_id(w, v, NULL, view_caller(v, push)->principal);
		output_flush(o);
	}
	json_array_end(w);
	json_array_begin(w, "pushes");
	for (uint32_t i = 0; i < login->match_count; i++) {
		put_id(w, v, NULL, view_match(v, login, i)->event_id);
		output_flush(o);
	}
	json_array_end(w);
}

static void
put_reach(struct json_writer *w, enum reach_grade grade)
{
	if (grade != REACH_NONE)
		json_put_string(w, "reach", words_reach(grade));
}

void
rows_put_login(
    struct output *o, struct json_writer *w, struct report_view *v, const struct login *login)
{
	json_object_begin(w, NULL);
	json_put_string(w, "kind", "login");
	put_id(w, v, "session", login->session);
	json_put_time(w, "time", login->time_us, 6);
	json_put_string(w, "source", words_source(login->source));
	put_id(w, v, "account_id", login->account_id);
	put_id(w, v, "region", login->region);
	put_id(w, v, "instance_id", login->instance_id);
	put_id(w, v, "hostname", login->hostname);
	put_id(w, v, "os_user", login->os_user);
	put_id(w, v, "fingerprint", view_login_fingerprint(v, login));
	put_keys(w, v, login);
	put_id(w, v, "remote", login->remote_host);
	put_known(w, "remote_port", login->remote_port);
	put_known(w, "audit_session", login->audit_session);
	put_known(w, "sshd_pid", login->sshd_pid);
	put_id(w, v, "boot_id", login->boot_id);
	if (login->closed_us != LOGIN_TIME_UNKNOWN)
		json_put_time(w, "closed", login->closed_us, 6);
	put_judgement(o, w, v, login);
	person_rows_put_login(o, w, v, login);
	put_reach(w, v->reach != NULL ? v->reach->logins[login - v->ledger->logins] : REACH_NONE);
	receipt_rows_put(o, w, v, login);
	json_object_end(w);
}

static void
put_sessions(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct push *push)
{
	const struct ledger *l = v->ledger;

	json_array_begin(w, "sessions");
	for (uint32_t i = 0; i < push->session_count; i++) {
		put_id(w, v, NULL, l->logins[l->push_logins[push->session_first + i]].session);
		output_flush(o);
	}
	json_array_end(w);
}

/* What every call has: the key that was sent, who sent it, and from where. */
static void
put_key_and_caller(struct json_writer *w, const struct report_view *v, const struct push *push)
{
	const struct caller *caller = view_caller(v, push);

	put_id(w, v, "fingerprint", push->fingerprint);
	put_id(w, v, "key_type", push->key_type);
	put_id(w, v, "key_error", push->key_error);
	put_id(w, v, "principal", caller->principal);
	put_id(w, v, "access_key_id", caller->access_key_id);
	put_id(w, v, "source_ip", push->source_ip);
	put_id(w, v, "user_agent", push->user_agent);
	put_id(w, v, "account_id", push->account_id);
	put_id(w, v, "region", push->region);
}

void
rows_put_push(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct push *push)
{
	json_object_begin(w, NULL);
	json_put_string(w, "kind", "push");
	put_id(w, v, "event_id", push->event_id);
	put_id(w, v, "request_id", push->request_id);
	put_push_time(w, push->time_us);
	json_put_string(w, "state", push_state_name(push->state));
	put_id(w, v, "instance_id", push->instance_id);
	put_id(w, v, "os_user", push->os_user);
	put_key_and_caller(w, v, push);
	if (push->from_console)
		json_put_bool(w, "from_console", true);
	put_id(w, v, "error_code", push->error_code);
	put_id(w, v, "error_message", push->error_message);
	put_sessions(o, w, v, push);
	person_rows_put_push(o, w, v, push);
	put_reach(w, v->reach != NULL ? v->reach->pushes[push - v->ledger->pushes] : REACH_NONE);
	json_object_end(w);
}

void
rows_put_other(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct push *push)
{
	json_object_begin(w, NULL);
	json_put_string(w, "kind", push->kind == EVENT_SERIAL_PUSH ? "serial_push" : "tunnel");
	put_id(w, v, "event_id", push->event_id);
	put_id(w, v, "request_id", push->request_id);
	put_push_time(w, push->time_us);
	put_id(w, v, "instance_id", push->instance_id);
	put_id(w, v, "endpoint_id", push->endpoint_id);
	put_id(w, v, "private_ip", push->private_ip);
	put_key_and_caller(w, v, push);
	if (push->failed)
		json_put_bool(w, "failed", true);
	put_id(w, v, "error_code", push->error_code);
	put_id(w, v, "error_message", push->error_message);
	person_rows_put_push(o, w, v, push);
	json_object_end(w);
}

void
rows_put_refusal(
    struct json_writer *w, const struct report_view *v, const struct key_refusal *refusal)
{
	json_object_begin(w, NULL);
	json_put_string(w, "kind", "key_refused");
	json_put_time(w, "time", refusal->time_us, 6);
	put_id(w, v, "instance_id", refusal->instance_id);
	put_id(w, v, "hostname", refusal->hostname);
	put_id(w, v, "fingerprint", refusal->fingerprint);
	json_put_int(w, "times", refusal->times);
	if (refusal->last_push != UINT32_MAX)
		put_id(w, v, "last_push", v->ledger->pushes[refusal->last_push].event_id);
	if (refusal->unproven)
		json_put_bool(w, "unproven", true);
	json_object_end(w);
}
