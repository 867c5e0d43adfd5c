/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/story.h"

#include "common/safe_text.h"
#include "correlator/report/person_story.h"
#include "correlator/report/person_words.h"
#include "correlator/report/receipt_rows.h"
#include "correlator/report/words.h"

#define LABEL_WIDTH  10
#define PUSHES_SHOWN 20

static void
put(struct output *o, const char *text)
{
	buf_puts(&o->buf, text);
}

static void
put_id(struct output *o, const struct report_view *v, string_id id)
{
	words_id(&o->buf, v, id);
}

/* ", word text" when there is something to say. */
static void
put_also(struct output *o, const struct report_view *v, const char *word, string_id id)
{
	if (id == 0)
		return;
	put(o, ", ");
	put(o, word);
	put_id(o, v, id);
}

static void
put_number(struct output *o, const char *word, int64_t n)
{
	if (n < 0)
		return;
	put(o, word);
	buf_put_u64(&o->buf, (unsigned long long)n);
}

static void
put_time(struct output *o, const struct style *style, int64_t us, int digits)
{
	char text[TIME_TEXT_LEN];

	put(o, style_time(style, text, us, digits));
}

static void
put_span_of_time(struct output *o, int64_t us)
{
	char text[TIME_TEXT_LEN];

	put(o, time_format_span(text, us));
}

void
story_label(struct output *o, const char *label)
{
	size_t len = strlen(label);

	put(o, "  ");
	put(o, label);
	for (size_t i = len; i < LABEL_WIDTH; i++)
		buf_putc(&o->buf, ' ');
}

void
story_put_heading(struct output *o, const struct report_view *v, const struct style *style,
    const struct login *login)
{
	style_ink(style, &o->buf, INK_BOLD);
	put(o, "session ");
	put_id(o, v, login->session);
	put(o, " on ");
	put_id(o, v, login->instance_id != 0 ? login->instance_id : login->hostname);
	put(o, " as ");
	put_id(o, v, login->os_user);
	style_ink(style, &o->buf, INK_PLAIN);
	put(o, "\n");
}

static void
put_step(struct output *o, const struct report_view *v, const struct auth_step *step)
{
	char serial[32];

	story_label(o, "by");
	put_id(o, v, step->method);
	put_also(o, v, "", step->key_type);
	put_also(o, v, "", step->fingerprint);
	put_also(o, v, "", step->info);
	if (step->is_cert) {
		(void)snprintf(
		    serial, sizeof(serial), "%llu", (unsigned long long)step->cert_serial);
		put(o, ", certificate ");
		put_id(o, v, step->cert_key_id);
		put(o, " serial ");
		put(o, serial);
		put(o, " of CA ");
		put_id(o, v, step->cert_ca);
	}
	put(o, "\n");
}

static void
put_end(struct output *o, const struct style *style, const struct login *login)
{
	story_label(o, "lasted");
	if (login->closed_us == LOGIN_TIME_UNKNOWN) {
		put(o, "no end was recorded\n");
		return;
	}
	put_span_of_time(o, login->closed_us - login->time_us);
	put(o, ", until ");
	put_time(o, style, login->closed_us, 3);
	put(o, "\n");
}

void
story_put_login(struct output *o, const struct report_view *v, const struct style *style,
    const struct login *login)
{
	story_label(o, "login");
	put_time(o, style, login->time_us, 3);
	put(o, " from ");
	put_id(o, v, login->remote_host);
	put_number(o, " port ", login->remote_port);
	put_number(o, ", sshd process ", login->sshd_pid);
	put_number(o, ", audit session ", login->audit_session);
	if (login->source == LOGIN_SOURCE_SYSLOG)
		put(o, ", told by sshd's own log");
	put(o, "\n");
	for (uint32_t i = 0; i < login->auth_count; i++)
		put_step(o, v, &v->ledger->auth[login->auth_first + i]);
	receipt_rows_story(o, v, style, login);
	put_end(o, style, login);
	if (login->clock_known && !login->clock_synchronized) {
		story_label(o, "clock");
		put(o, "the host's clock was not synchronized\n");
	}
}

/* MFA as CloudTrail has it of these credentials; what it has of the whole chain stands with the
 * person. */
static void
put_mfa(struct output *o, const struct report_view *v, const struct caller *caller)
{
	struct span mfa = view_span(v, caller->mfa);
	const char *words = span_is(mfa, "true") ? person_words_mfa(MFA_SEEN)
	    : span_is(mfa, "false")              ? person_words_mfa(MFA_NOT_SEEN)
						 : NULL;

	if (v->people != NULL || words == NULL)
		return;
	put(o, ", ");
	put(o, words);
}

static void
put_caller(struct output *o, const struct report_view *v, const struct caller *caller)
{
	story_label(o, "who");
	put_id(o, v, caller->principal);
	put(o, "\n");
	story_label(o, "");
	put_id(o, v, caller->type);
	put_also(o, v, "principal id ", caller->principal_id);
	put_also(o, v, "access key ", caller->access_key_id);
	put_mfa(o, v, caller);
	put_also(o, v, "source identity ", caller->source_identity);
	put_also(o, v, "on behalf of ", caller->on_behalf_of_user);
	put(o, "\n");
}

static void
put_push(struct output *o, const struct report_view *v, const struct style *style,
    const struct login *login, const struct push *push)
{
	int64_t after_us = login->time_us - push->time_us;

	put_caller(o, v, view_caller(v, push));
	story_label(o, "push");
	put_time(o, style, push->time_us, 0);
	put(o, " from ");
	put_id(o, v, push->source_ip);
	put_also(o, v, "by ", push->user_agent);
	if (push->from_console)
		put(o, ", in the console");
	put(o, "\n");
	story_label(o, "");
	put(o, "event ");
	put_id(o, v, push->event_id);
	put(o, after_us >= 0 ? ", the login came " : ", the login's clock says ");
	put_span_of_time(o, after_us >= 0 ? after_us : -after_us);
	put(o, after_us >= 0 ? " later\n" : " earlier\n");
	output_flush(o);
}

/* Whether two of the pushes have one name and yet are two: a user deleted and made again. */
static bool
hides_two(struct report_view *v, const struct login *login)
{
	for (uint32_t i = 1; i < login->match_count; i++) {
		if (view_caller(v, view_match(v, login, i))->principal !=
		    view_caller(v, view_match(v, login, 0))->principal)
			return false;
	}
	return login->verdict == VERDICT_AMBIGUOUS;
}

static bool
is_one_principal(const struct report_view *v, const struct login *login)
{
	return ledger_principal_eq(
	    v->ledger, view_match(v, login, 0)->caller, view_match(v, login, 1)->caller);
}

/* EC2 Instance Connect's scripts on the host hand sshd only lines that begin with "ssh". */
static bool
is_never_served(const struct report_view *v, const struct login *login)
{
	for (uint32_t i = 0; i < login->auth_count; i++) {
		const struct auth_step *step = &v->ledger->auth[login->auth_first + i];

		if (step->pushable && step->key_type != 0 &&
		    !span_starts(view_span(v, step->key_type), "ssh"))
			return login->reason == REASON_KEY_NEVER_PUSHED;
	}
	return false;
}

void
story_put_verdict(
    struct output *o, struct report_view *v, const struct style *style, const struct login *login)
{
	story_label(o, "verdict");
	style_put(style, &o->buf, words_verdict_ink(login->verdict), verdict_name(login->verdict));
	if (login->strength != STRENGTH_NONE) {
		put(o, ", ");
		put(o, strength_name(login->strength));
	}
	if (login->reason != REASON_NONE) {
		put(o, ", ");
		put(o, reason_name(login->reason));
	}
	put(o, ": ");
	put(o, words_conclusion(login));
	put(o, "\n");
	if (login->notice_confirmed) {
		story_label(o, "");
		put(o,
		    "confirmed by EC2 Instance Connect's own line on the host, which names the "
		    "request\n");
	}
	if (hides_two(v, login)) {
		story_label(o, "");
		put(o,
		    is_one_principal(v, login)
			? "one principal, whose sessions belong to different people\n"
			: "the names are equal, but nothing says that it is one principal\n");
	}
	if (login->reason == REASON_NO_KEY && login->source == LOGIN_SOURCE_SYSLOG) {
		story_label(o, "");
		put(o, "sshd's log names the steps before the last one only at LogLevel VERBOSE\n");
	}
	if (is_never_served(v, login)) {
		story_label(o, "");
		put(o, "EC2 Instance Connect's own scripts serve no key of this type\n");
	}
	if (login->provisional) {
		story_label(o, "");
		put(o,
		    "provisional: CloudTrail does not cover the whole window yet, another push may "
		    "still appear\n");
	}
}

void
story_put(
    struct output *o, struct report_view *v, const struct style *style, const struct login *login)
{
	story_put_heading(o, v, style, login);
	story_put_verdict(o, v, style, login);
	for (uint32_t i = 0; i < login->match_count && i < PUSHES_SHOWN; i++) {
		const struct push *push = view_match(v, login, i);

		if (i == 0 || view_person(v, view_match(v, login, i - 1)) != view_person(v, push))
			person_story_put(o, v, style, push);
		put_push(o, v, style, login, push);
	}
	if (login->match_count > PUSHES_SHOWN) {
		story_label(o, "push");
		words_count(&o->buf, login->match_count - PUSHES_SHOWN, "more", "more");
		put(o, "\n");
	}
	story_put_login(o, v, style, login);
	put(o, "\n");
	output_flush(o);
}
