/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/refusals.h"

#include "correlator/report/words.h"

#define REFUSALS_SHOWN 20

static void
put_refusal(struct output *o, const struct report_view *v, const struct style *style,
    const struct key_refusal *r)
{
	struct buf *out = &o->buf;
	char text[TIME_TEXT_LEN];

	buf_puts(out, style_time(style, text, r->time_us, 0));
	buf_puts(out, "  ");
	words_id(out, v, r->instance_id != 0 ? r->instance_id : r->hostname);
	buf_puts(out, "  ");
	words_id(out, v, r->fingerprint);
	if (r->times > 1)
		buf_printf(out, ", %u times", r->times);
	if (r->last_push != UINT32_MAX) {
		const struct push *push = &v->ledger->pushes[r->last_push];

		buf_puts(out, ", last pushed ");
		buf_puts(out, style_time(style, text, push->time_us, 0));
		buf_puts(out, " by ");
		words_id(out, v, view_caller(v, push)->principal);
		buf_puts(out, " (event ");
		words_id(out, v, push->event_id);
		buf_putc(out, ')');
	} else {
		buf_puts(out, ", not pushed before");
	}
	if (r->unproven)
		buf_puts(out, "; unproven: another user of the host wrote the line");
	buf_putc(out, '\n');
	output_flush(o);
}

void
refusals_put(struct output *o, const struct report_view *v, const struct style *style)
{
	const struct ledger *l = v->ledger;
	size_t count = 0, shown = 0;

	for (size_t i = 0; i < l->refusal_count; i++)
		count += view_has_refusal(v, i);
	if (count == 0)
		return;
	buf_putc(&o->buf, '\n');
	style_ink(style, &o->buf, INK_BOLD);
	words_count(&o->buf, count, "key was refused", "keys were refused");
	style_ink(style, &o->buf, INK_PLAIN);
	buf_puts(&o->buf, ": tried on a host when EC2 Instance Connect did not have it\n");
	for (size_t i = 0; i < l->refusal_count && shown < REFUSALS_SHOWN; i++) {
		if (!view_has_refusal(v, i))
			continue;
		put_refusal(o, v, style, &l->refusals[i]);
		shown++;
	}
	if (count > shown) {
		words_count(&o->buf, count - shown, "more", "more");
		buf_putc(&o->buf, '\n');
	}
}
