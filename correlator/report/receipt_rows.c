/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/receipt_rows.h"

#include "common/time_text.h"
#include "correlator/report/story.h"
#include "correlator/report/words.h"
#include "pam_module/receipt_verify.h"

static const struct receipt *
receipt_at(const struct report_view *v, const struct login *login, uint32_t i)
{
	return &v->ledger->receipts.rows[login->receipt_first + i];
}

/* Why it is not verified, or about another login; NULL when there is nothing to add. */
static const char *
check_name(const struct receipt *r)
{
	return r->state == RECEIPT_STATE_UNVERIFIED || r->state == RECEIPT_STATE_REPLAYED
	    ? receipt_check_name(r->check)
	    : NULL;
}

void
receipt_rows_put(
    struct output *o, struct json_writer *w, const struct report_view *v, const struct login *login)
{
	if (login->receipt_count == 0)
		return;
	json_array_begin(w, "receipts");
	for (uint32_t i = 0; i < login->receipt_count; i++) {
		const struct receipt *r = receipt_at(v, login, i);

		json_object_begin(w, NULL);
		json_put_string(w, "state", receipt_state_name(r->state));
		json_put_string(w, "check", check_name(r));
		json_put_span(w, "error", view_span(v, r->error));
		json_put_span(w, "request_id", view_span(v, r->request_id));
		json_put_span(w, "caller", view_span(v, r->caller));
		json_put_span(w, "instance_id", view_span(v, r->instance_id));
		if (r->expires_us >= 0)
			json_put_time(w, "expires", r->expires_us, 0);
		json_object_end(w);
		output_flush(o);
	}
	json_array_end(w);
}

static void
put_state(struct output *o, const struct style *style, const struct receipt *r)
{
	struct buf *out = &o->buf;

	switch (r->state) {
	case RECEIPT_STATE_VERIFIED:
		style_put(style, out, INK_GOOD, "verified");
		buf_puts(out, ": signed by AWS for this instance, key and time");
		break;
	case RECEIPT_STATE_REPLAYED:
		style_put(style, out, INK_BAD, "replayed");
		buf_puts(out, ": signed by AWS, but ");
		buf_puts(out, receipt_check_text(r->check));
		break;
	case RECEIPT_STATE_UNVERIFIED:
		style_put(style, out, INK_DOUBT, "unverified");
		buf_puts(out, ": ");
		buf_puts(out, receipt_check_text(r->check));
		break;
	case RECEIPT_STATE_UNREADABLE: style_put(style, out, INK_DOUBT, "unreadable"); break;
	default: buf_puts(out, "none"); break;
	}
}

static void
put_content(struct output *o, const struct report_view *v, const struct style *style,
    const struct receipt *r)
{
	char text[TIME_TEXT_LEN];

	story_label(o, "");
	buf_puts(&o->buf, "it says ");
	words_id(&o->buf, v, r->caller);
	buf_puts(&o->buf, ", request ");
	words_id(&o->buf, v, r->request_id);
	if (r->expires_us >= 0) {
		buf_puts(&o->buf, ", until ");
		buf_puts(&o->buf, style_time(style, text, r->expires_us, 0));
	}
	buf_putc(&o->buf, '\n');
}

void
receipt_rows_story(struct output *o, const struct report_view *v, const struct style *style,
    const struct login *login)
{
	for (uint32_t i = 0; i < login->receipt_count; i++) {
		const struct receipt *r = receipt_at(v, login, i);

		story_label(o, "receipt");
		put_state(o, style, r);
		if (r->error != 0) {
			buf_puts(&o->buf, " (the host noted ");
			words_id(&o->buf, v, r->error);
			buf_putc(&o->buf, ')');
		}
		buf_putc(&o->buf, '\n');
		if (r->caller != 0 || r->request_id != 0)
			put_content(o, v, style, r);
		output_flush(o);
	}
}
