/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/person_story.h"

#include "correlator/report/person_words.h"
#include "correlator/report/story.h"
#include "correlator/report/words.h"

#define LISTED_MAX 20 /* candidates, and sessions on an instance */

static void
end_line(struct output *o)
{
	buf_putc(&o->buf, '\n');
}

/* Ends the line that begins at start when something stands behind its label, else takes it back. */
static void
end_line_if_any(struct output *o, size_t start, size_t text)
{
	if (o->buf.len == text)
		buf_truncate(&o->buf, start);
	else
		end_line(o);
}

static void
put_person(struct output *o, const struct report_view *v, const struct style *style,
    const struct person *p)
{
	size_t start, text;

	story_label(o, "person");
	style_ink(style, &o->buf, p->sure == SURE_EXACT ? INK_BOLD : INK_DOUBT);
	person_words_put(&o->buf, v, p);
	style_ink(style, &o->buf, INK_PLAIN);
	end_line(o);
	start = o->buf.len;
	story_label(o, "");
	text = o->buf.len;
	person_words_put_details(&o->buf, v, p);
	end_line_if_any(o, start, text);
}

static void
put_hops(struct output *o, const struct report_view *v, const struct style *style,
    const struct person *p)
{
	for (uint32_t i = 0; i < p->hop_count; i++) {
		const struct hop *hop = &v->people->hops[p->hop_first + i];

		story_label(o, i == 0 ? "chain" : "");
		person_words_put_hop(&o->buf, v, style, hop);
		end_line(o);
		if (hop->issue != HOP_NONE && hop->also != HOP_NONE) {
			story_label(o, "");
			person_words_put_also(&o->buf, v, style, &v->ledger->issues[hop->also]);
			end_line(o);
		}
	}
}

/* Who was logged in on the instance whose role made the call. */
static void
put_logged_in(struct output *o, const struct report_view *v, const struct style *style,
    const struct person *p)
{
	char text[TIME_TEXT_LEN];

	for (uint32_t i = 0; i < p->login_count && i < LISTED_MAX; i++) {
		const struct login *login =
		    &v->ledger->logins[v->people->logins[p->login_first + i]];
		const struct person *who = people_of_login(v->people, login);

		story_label(o, "");
		buf_puts(&o->buf, "session ");
		words_id(&o->buf, v, login->session);
		buf_puts(&o->buf, " as ");
		words_id(&o->buf, v, login->os_user);
		buf_puts(&o->buf, " since ");
		buf_puts(&o->buf, style_time(style, text, login->time_us, 0));
		buf_puts(&o->buf, ": ");
		if (who != NULL)
			person_words_put(&o->buf, v, who);
		else
			buf_puts(&o->buf, verdict_name(login->verdict));
		end_line(o);
	}
	if (p->login_count > LISTED_MAX) {
		story_label(o, "");
		words_count(&o->buf, p->login_count - LISTED_MAX, "more session", "more sessions");
		end_line(o);
	}
	if (p->end == CHAIN_END_LOGINS && p->login_count == 0) {
		story_label(o, "");
		buf_puts(&o->buf, "no login record says who was logged in there");
		end_line(o);
	}
}

/* Those who were logged in on an instance stand with their sessions. */
static void
put_candidates(struct output *o, const struct report_view *v, const struct person *p)
{
	if (p->end == CHAIN_END_LOGINS)
		return;
	for (uint32_t i = 0; i < p->candidate_count && i < LISTED_MAX; i++) {
		uint32_t candidate = v->people->candidates[p->candidate_first + i];

		story_label(o, i == 0 ? "could be" : "");
		person_words_put(&o->buf, v, &v->people->persons[candidate]);
		end_line(o);
	}
	if (p->candidate_count > LISTED_MAX) {
		story_label(o, "");
		words_count(&o->buf, p->candidate_count - LISTED_MAX, "more", "more");
		end_line(o);
	}
}

void
person_story_put(struct output *o, const struct report_view *v, const struct style *style,
    const struct push *push)
{
	const struct person *p = view_person(v, push);
	size_t start, text;

	if (p == NULL)
		return;
	put_person(o, v, style, p);
	put_hops(o, v, style, p);
	put_logged_in(o, v, style, p);
	start = o->buf.len;
	story_label(o, p->hop_count == 0 ? "chain" : "");
	text = o->buf.len;
	person_words_put_end(&o->buf, v, style, p);
	end_line_if_any(o, start, text);
	put_candidates(o, v, p);
	output_flush(o);
}
