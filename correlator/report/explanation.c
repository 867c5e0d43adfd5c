/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/explanation.h"

#include "correlator/report/person_story.h"
#include "correlator/report/rows.h"
#include "common/safe_text.h"
#include "correlator/report/story.h"
#include "correlator/report/words.h"

/* Where the instance is: as the login says or, failing that, as the pushes to it do when they
 * agree. */
static void
find_place(const struct ledger *l, const struct login *login, string_id *account, string_id *region)
{
	const struct push *first = NULL;
	bool same_account = true, same_region = true;

	for (size_t i = 0; i < l->push_count && login->instance_id != 0; i++) {
		const struct push *p = &l->pushes[i];

		if (p->instance_id != login->instance_id)
			continue;
		first = first != NULL ? first : p;
		same_account = same_account && p->account_id == first->account_id;
		same_region = same_region && p->region == first->region;
	}
	*account = login->account_id;
	*region = login->region;
	if (*account == 0 && first != NULL && same_account)
		*account = first->account_id;
	if (*region == 0 && first != NULL && same_region)
		*region = first->region;
}

void
explanation_make(struct explanation *e, const struct report_view *v, const struct login *login)
{
	const struct ledger *l = v->ledger;
	string_id account, region;

	*e = (struct explanation){.login = login, .from_us = INT64_MAX, .to_us = INT64_MIN};
	for (uint32_t step = 0; step < login->auth_count; step++) {
		int64_t from_us, to_us;

		if (!l->auth[login->auth_first + step].pushable)
			continue;
		match_window(v->match, login, step, &from_us, &to_us);
		e->from_us = from_us < e->from_us ? from_us : e->from_us;
		e->to_us = to_us > e->to_us ? to_us : e->to_us;
		e->has_window = true;
	}
	if (!e->has_window)
		return;
	find_place(l, login, &account, &region);
	e->coverage = coverage_judge(&l->coverage, account, region, e->from_us, e->to_us);
	e->test_count =
	    match_explain(l, v->match, login, e->tests, EXPLANATION_TESTS_MAX, &e->more);
}

static const char *
coverage_word(enum coverage_state state)
{
	static const char *const words[] = {
	    [COVERAGE_FULL] = "full",
	    [COVERAGE_PENDING] = "pending",
	    [COVERAGE_NONE] = "none",
	};

	return words[state];
}

static const char *
coverage_words(enum coverage_state state)
{
	static const char *const words[] = {
	    [COVERAGE_FULL] = "CloudTrail covers it",
	    [COVERAGE_PENDING] = "CloudTrail has not delivered all of it yet",
	    [COVERAGE_NONE] = "the CloudTrail input does not cover it",
	};

	return words[state];
}

/* "    instance  equal" */
static void
put_test(struct output *o, const struct style *style, const char *name, bool passed,
    const char *yes, const char *no)
{
	buf_puts(&o->buf, "  ");
	story_label(o, name);
	style_put(style, &o->buf, passed ? INK_GOOD : INK_BAD, passed ? yes : no);
}

/* Blanks up to where the values stand. */
static void
put_gap(struct output *o, bool passed, const char *yes, const char *no)
{
	for (size_t i = strlen(passed ? yes : no); i < 11; i++)
		buf_putc(&o->buf, ' ');
}

/* Two values that should be equal: the push's, and the login's where it differs. */
static void
put_equality(struct output *o, const struct report_view *v, const struct style *style,
    const char *name, bool same, string_id pushed, string_id login)
{
	put_test(o, style, name, same, "equal", "different");
	put_gap(o, same, "equal", "different");
	words_id(&o->buf, v, pushed);
	if (!same) {
		buf_puts(&o->buf, ", the login has ");
		words_id(&o->buf, v, login);
	}
	buf_putc(&o->buf, '\n');
}

static void
put_moment(struct output *o, const struct report_view *v, const struct style *style,
    const struct match_test *t)
{
	const struct push *push = &v->ledger->pushes[t->push];
	struct buf *out = &o->buf;
	char text[TIME_TEXT_LEN];
	bool late = t->off_us < 0; /* the push stands before the window: the login came too late */

	put_test(o, style, "time", t->off_us == 0, "in window", late ? "too late" : "too early");
	put_gap(o, t->off_us == 0, "in window", late ? "too late" : "too early");
	if (t->off_us != 0) {
		buf_puts(out, "the login came ");
		buf_puts(out, time_format_span(text, late ? -t->off_us : t->off_us));
		buf_puts(out, late ? " too late for this push; " : " too early for this push; ");
	}
	buf_puts(out, "pushed ");
	buf_puts(out, style_time(style, text, push->time_us, 0));
	buf_puts(out, ", window ");
	buf_puts(out, style_time(style, text, t->window_from_us, 3));
	buf_puts(out, " to ");
	buf_puts(out, style_time(style, text, t->window_to_us, 3));
	buf_putc(out, '\n');
}

static void
put_request(struct output *o, const struct report_view *v, const struct style *style,
    const struct push *push, const struct match_test *t)
{
	put_test(o, style, "request", t->same_request, "equal", "different");
	put_gap(o, t->same_request, "equal", "different");
	words_id(&o->buf, v, push->request_id);
	if (!t->by_notice)
		buf_puts(&o->buf,
		    t->same_request ? ", as the receipt says\n" : ", no receipt names it\n");
	else
		buf_puts(&o->buf,
		    t->same_request ? ", as EC2 Instance Connect's line on the host says\n"
				    : ", no line of the host names it\n");
}

/* "9 s", "1.500 s": as short as it is exact. */
static void
put_distance(struct buf *out, int64_t us)
{
	char text[TIME_TEXT_LEN];

	if (us % US_PER_SECOND == 0 && us < 60 * US_PER_SECOND)
		buf_printf(out, "%lld s", (long long)(us / US_PER_SECOND));
	else
		buf_puts(out, time_format_span(text, us));
}

/* Why not, in a few words: "same key, same instance, same user, 9 s too late". */
static void
put_near_miss(struct buf *out, const struct match_test *t)
{
	buf_puts(out, t->same_key ? ": same key" : ": another key");
	buf_puts(out, t->same_instance ? ", same instance" : ", another instance");
	buf_puts(out, t->same_user ? ", same user" : ", another user");
	if (!t->succeeded)
		buf_puts(out, ", but the call failed");
	if (t->has_request && !t->same_request)
		buf_puts(out, ", another request");
	if (t->off_us == 0)
		return;
	buf_puts(out, ", ");
	put_distance(out, t->off_us < 0 ? -t->off_us : t->off_us);
	buf_puts(out, t->off_us < 0 ? " too late" : " too early");
}

static void
put_candidate(struct output *o, const struct report_view *v, const struct style *style,
    const struct login *login, const struct match_test *t)
{
	const struct push *push = &v->ledger->pushes[t->push];
	const struct auth_step *step = &v->ledger->auth[login->auth_first + t->step];
	struct buf *out = &o->buf;

	story_label(o, "push");
	buf_puts(out, "event ");
	words_id(out, v, push->event_id);
	buf_puts(out, " by ");
	words_id(out, v, view_caller(v, push)->principal);
	buf_puts(out, " from ");
	words_id(out, v, push->source_ip);
	buf_putc(out, '\n');
	if (t->explains)
		person_story_put(o, v, style, push);
	put_equality(
	    o, v, style, "instance", t->same_instance, push->instance_id, login->instance_id);
	put_equality(o, v, style, "user", t->same_user, push->os_user, login->os_user);
	put_equality(o, v, style, "key", t->same_key, push->fingerprint, step->fingerprint);
	put_test(o, style, "call", t->succeeded, "succeeded", "failed");
	if (!t->succeeded) {
		put_gap(o, t->succeeded, "succeeded", "failed");
		words_id(out, v, push->error_code);
	}
	buf_putc(out, '\n');
	if (t->has_request)
		put_request(o, v, style, push, t);
	put_moment(o, v, style, t);
	buf_puts(out, "    ");
	style_put(style, out, t->explains ? INK_GOOD : INK_DOUBT,
	    t->explains ? "=> this push can explain the login"
			: "=> this push does not explain the login");
	if (!t->explains)
		put_near_miss(out, t);
	buf_putc(out, '\n');
	output_flush(o);
}

static void
put_window(struct output *o, const struct style *style, const struct explanation *e)
{
	char text[TIME_TEXT_LEN];

	story_label(o, "window");
	if (!e->has_window) {
		buf_puts(&o->buf, "none: no step of the authentication has a key that is pushed\n");
		return;
	}
	buf_puts(&o->buf, "a push from ");
	buf_puts(&o->buf, style_time(style, text, e->from_us, 3));
	buf_puts(&o->buf, " to ");
	buf_puts(&o->buf, style_time(style, text, e->to_us, 3));
	buf_puts(&o->buf, " could explain it; ");
	buf_puts(&o->buf, coverage_words(e->coverage));
	buf_putc(&o->buf, '\n');
}

void
explanation_text(
    struct output *o, struct report_view *v, const struct style *style, const struct explanation *e)
{
	struct buf *out = &o->buf;

	story_put_heading(o, v, style, e->login);
	story_put_login(o, v, style, e->login);
	put_window(o, style, e);
	for (size_t i = 0; i < e->test_count; i++)
		put_candidate(o, v, style, e->login, &e->tests[i]);
	if (e->test_count == 0 && e->has_window) {
		story_label(o, "push");
		buf_puts(out,
		    "none has this key, and none is for this user of the instance in the "
		    "window\n");
	}
	if (e->more != 0) {
		story_label(o, "push");
		words_count(
		    out, e->more, "more that is further away", "more that are further away");
		buf_putc(out, '\n');
	}
	story_put_verdict(o, v, style, e->login);
	buf_putc(out, '\n');
	output_flush(o);
}

static void
json_test(struct output *o, struct json_writer *w, const struct report_view *v,
    const struct match_test *t)
{
	json_object_begin(w, NULL);
	json_put_bool(w, "explains", t->explains);
	json_put_int(w, "step", t->step);
	json_put_bool(w, "same_instance", t->same_instance);
	json_put_bool(w, "same_user", t->same_user);
	json_put_bool(w, "same_key", t->same_key);
	json_put_bool(w, "succeeded", t->succeeded);
	if (t->has_request)
		json_put_bool(w, "same_request", t->same_request);
	json_put_bool(w, "in_window", t->off_us == 0);
	json_put_int(w, "off_us", t->off_us);
	json_put_time(w, "window_from", t->window_from_us, 6);
	json_put_time(w, "window_to", t->window_to_us, 6);
	buf_puts(w->out, ",\"push\":");
	w->comma = false;
	rows_put_push(o, w, v, &v->ledger->pushes[t->push]);
	json_object_end(w);
}

void
explanation_json(
    struct output *o, struct json_writer *w, struct report_view *v, const struct explanation *e)
{
	json_object_begin(w, NULL);
	json_put_string(w, "kind", "explanation");
	buf_puts(w->out, ",\"login\":");
	w->comma = false;
	rows_put_login(o, w, v, e->login);
	if (e->has_window) {
		json_put_time(w, "window_from", e->from_us, 6);
		json_put_time(w, "window_to", e->to_us, 6);
		json_put_string(w, "coverage", coverage_word(e->coverage));
	}
	json_array_begin(w, "tests");
	for (size_t i = 0; i < e->test_count; i++) {
		json_test(o, w, v, &e->tests[i]);
		output_flush(o);
	}
	json_array_end(w);
	json_put_int(w, "more", (int64_t)e->more);
	json_put_string(w, "conclusion", words_conclusion(e->login));
	json_object_end(w);
}
