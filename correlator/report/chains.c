/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/chains.h"

#include "common/safe_text.h"

#define WOUNDS_SHOWN 20 /* of a chain */

enum chains_verdict
chains_verdict(const struct chains_view *v)
{
	const struct login_chain_set *s = v->set;
	enum chains_verdict verdict = CHAINS_INTACT;
	uint64_t seals_good = 0;

	for (size_t i = 0; i < s->head_count; i++)
		if (!s->heads[i].found)
			return CHAINS_BROKEN;
	for (size_t i = 0; i < s->chain_count; i++) {
		if (s->chains[i].state == LOGIN_CHAIN_BROKEN)
			return CHAINS_BROKEN;
		if (s->chains[i].state == LOGIN_CHAIN_INTACT_SO_FAR)
			verdict = CHAINS_INTACT_SO_FAR;
		seals_good += s->chains[i].seals_good;
	}
	if (s->keys != NULL && seals_good == 0)
		return CHAINS_BROKEN;
	return s->chain_count != 0 ? verdict : CHAINS_NOTHING;
}

void
chains_put_head(struct buf *out, const struct login_chain_set *s, const struct login_chain *c)
{
	const struct login_file *f = &s->files[c->last];

	buf_put_hex(out, f->last_hash, SHA256_LEN);
	buf_putc(out, ':');
	buf_put_u64(out, f->last_seq);
}

/* What is wrong, in words around login_wound.other. */
struct wording {
	const char *before, *behind;
	const char *
	    noun; /* what is counted; NULL: other is a number as it is, "": nothing is said of it */
};

static const struct wording wordings[LOGIN_WOUND_KINDS] = {
    [LOGIN_WOUND_ALTERED] = {"what follows it continues another line", "", ""},
    [LOGIN_WOUND_MISSING] = {"", " missing before it", "record"},
    [LOGIN_WOUND_REORDERED] = {"it continues line ", ", which stands behind it", NULL},
    [LOGIN_WOUND_DUPLICATED] = {"the same as line ", "", NULL},
    [LOGIN_WOUND_INSERTED] = {"", " from here on that no record continues", "line"},
    [LOGIN_WOUND_RESTARTED] = {"a new chain, which does not continue record ", "", NULL},
    [LOGIN_WOUND_SEQUENCE] = {"its number does not follow the last one, ", "", NULL},
    [LOGIN_WOUND_FOREIGN] = {"not a login record", "", ""},
    [LOGIN_WOUND_FORKED] = {"another file continues the same record", "", ""},
    [LOGIN_WOUND_SEAL_WRONG] = {"its seal is not that of this record", "", ""},
    [LOGIN_WOUND_SEAL_ABSENT] = {"it has no seal", "", ""},
    [LOGIN_WOUND_TORN] = {"an append that was cut off; breaks nothing", "", ""},
};

static void
put_wound(struct buf *out, const struct login_wound *w)
{
	const struct wording *words = &wordings[w->kind];

	buf_printf(out, "%s: %s", login_wound_name(w->kind), words->before);
	if (words->noun == NULL)
		buf_put_u64(out, w->other);
	else if (words->noun[0] != '\0')
		buf_put_count(out, w->other, words->noun);
	buf_puts(out, words->behind);
	if (w->seq != 0)
		buf_printf(out, " (record %llu)", (unsigned long long)w->seq);
}

static void
put_place(struct buf *out, const struct login_file *f, uint64_t line)
{
	safe_text_put(out, span_of(f->path));
	buf_printf(out, ":%llu", (unsigned long long)line);
}

static void
put_wounds(struct buf *out, const struct login_chain_set *s, const struct login_chain *c,
    const struct style *style)
{
	uint64_t all = c->wounds + c->wound_totals[LOGIN_WOUND_TORN], shown = 0;

	for (size_t i = c->first; i != SIZE_MAX; i = s->files[i].next) {
		const struct login_file *f = &s->files[i];

		for (size_t k = 0; k < f->wound_count && shown < WOUNDS_SHOWN; k++, shown++) {
			buf_puts(out, "  ");
			style_ink(style, out,
			    f->wounds[k].kind == LOGIN_WOUND_TORN ? INK_DOUBT : INK_BAD);
			put_place(out, f, f->wounds[k].line);
			style_ink(style, out, INK_PLAIN);
			buf_puts(out, ": ");
			put_wound(out, &f->wounds[k]);
			buf_putc(out, '\n');
		}
	}
	if (shown < all)
		buf_printf(out, "  and %llu more\n", (unsigned long long)(all - shown));
}

static void
put_state(struct buf *out, enum login_chain_state state, const struct style *style)
{
	switch (state) {
	case LOGIN_CHAIN_INTACT: style_put(style, out, INK_GOOD, "intact"); break;
	case LOGIN_CHAIN_INTACT_SO_FAR:
		style_put(style, out, INK_DOUBT, "intact so far as given");
		break;
	case LOGIN_CHAIN_BROKEN: style_put(style, out, INK_BAD, "BROKEN"); break;
	}
}

static void
put_seals(struct buf *out, const struct login_chain_set *s, const struct login_chain *c)
{
	if (s->keys != NULL) {
		buf_puts(out, ", ");
		buf_put_count(out, c->seals_good, "good seal");
	} else if (c->sealed != 0) {
		buf_puts(out, ", ");
		buf_put_count(out, c->sealed, "seal");
		buf_puts(out, " not checked");
	}
}

static void
put_chain(struct buf *out, const struct login_chain_set *s, const struct login_chain *c,
    const struct style *style)
{
	const struct login_file *first = &s->files[c->first], *last = &s->files[c->last];
	char from[TIME_TEXT_LEN], to[TIME_TEXT_LEN];

	safe_text_put(out, c->host != NULL ? span_of(c->host) : SPAN("a host without a name"));
	buf_puts(out, ": ");
	put_state(out, c->state, style);
	buf_puts(out, ", ");
	buf_put_count(out, c->records, "record");
	buf_printf(out, ", %llu to %llu, ", (unsigned long long)first->first_seq,
	    (unsigned long long)last->last_seq);
	buf_put_count(out, c->file_count, "file");
	buf_printf(out, ", %s to %s", style_time(style, from, first->first_time_us, 0),
	    style_time(style, to, last->last_time_us, 0));
	put_seals(out, s, c);
	buf_puts(out, ", head ");
	chains_put_head(out, s, c);
	buf_putc(out, '\n');
	put_wounds(out, s, c, style);
}

static void
put_head(struct buf *out, const struct login_chain_set *s, const struct login_head *h,
    const struct style *style)
{
	buf_puts(out, "expected head ");
	buf_put_hex(out, h->hash, SHA256_LEN);
	if (h->seq != 0)
		buf_printf(out, ":%llu", (unsigned long long)h->seq);
	if (h->found) {
		buf_puts(out, ": at ");
		put_place(out, &s->files[h->file], h->line);
		buf_printf(out, ", record %llu\n", (unsigned long long)h->found_seq);
	} else {
		buf_puts(out, ": ");
		style_put(style, out, INK_BAD, "NOT FOUND");
		buf_puts(out, ": the log was cut off before it, or was rewritten\n");
	}
}

static void
put_verdict(struct buf *out, const struct chains_view *v, const struct style *style)
{
	uint64_t broken = 0, seals_good = 0;

	for (size_t i = 0; i < v->set->chain_count; i++) {
		broken += v->set->chains[i].state == LOGIN_CHAIN_BROKEN;
		seals_good += v->set->chains[i].seals_good;
	}
	if (v->set->keys != NULL && seals_good == 0)
		buf_puts(out, "no record has a seal of the key that was given\n");
	buf_puts(out, "verdict: ");
	switch (chains_verdict(v)) {
	case CHAINS_INTACT: style_put(style, out, INK_GOOD, "intact"); break;
	case CHAINS_INTACT_SO_FAR:
		style_put(style, out, INK_DOUBT, "intact so far as given");
		buf_puts(out, ": what came before is not among the files");
		break;
	case CHAINS_BROKEN:
		style_put(style, out, INK_BAD, "BROKEN");
		if (broken != 0) {
			buf_printf(out, ": %llu of ", (unsigned long long)broken);
			buf_put_count(out, v->set->chain_count, "log");
		}
		break;
	case CHAINS_NOTHING: buf_puts(out, "nothing to check"); break;
	}
	if (v->files_failed != 0) {
		buf_puts(out, "; ");
		buf_put_count(out, v->files_failed, "file");
		buf_puts(out, " could not be read in full");
	}
	buf_putc(out, '\n');
}

void
chains_text(struct output *o, const struct chains_view *v, const struct style *style)
{
	for (size_t i = 0; i < v->set->chain_count && !output_failed(o); i++) {
		put_chain(&o->buf, v->set, &v->set->chains[i], style);
		output_flush(o);
	}
	for (size_t i = 0; i < v->set->head_count; i++)
		put_head(&o->buf, v->set, &v->set->heads[i], style);
	put_verdict(&o->buf, v, style);
}
