/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/reach_report.h"

#include "common/safe_text.h"
#include "correlator/report/overview.h"
#include "correlator/report/table_cells.h"
#include "correlator/report/words.h"

/* The push by which the identity reached the login: the first that is surely its own, else the
 * first that may be. */
static const struct push *
find_push(const struct report_view *v, const struct login *login)
{
	const struct push *maybe = NULL;

	for (uint32_t i = 0; i < login->match_count; i++) {
		uint32_t push = v->ledger->login_pushes[login->match_first + i];

		if (v->reach->pushes[push] == REACH_SURE)
			return &v->ledger->pushes[push];
		if (v->reach->pushes[push] == REACH_MAYBE && maybe == NULL)
			maybe = &v->ledger->pushes[push];
	}
	return maybe;
}

static void
reach_cells(const struct report_view *v, size_t index, const struct style *style,
    struct table_cells *c, char until[static TIME_TEXT_LEN])
{
	const struct login *login = &v->ledger->logins[index];
	enum reach_grade grade = v->reach->logins[index];
	const struct push *push = find_push(v, login);

	buf_reset(&c->who);
	c->cell[0].text = span_of(style_time(style, c->time, login->time_us, 0));
	c->cell[1].text = span_of(words_reach(grade));
	c->cell[1].ink = grade == REACH_SURE ? INK_GOOD : INK_DOUBT;
	c->cell[2].text =
	    table_known(v, login->instance_id != 0 ? login->instance_id : login->hostname);
	c->cell[3].text = table_known(v, login->os_user);
	c->cell[4].text =
	    push != NULL ? words_principal(v, view_caller(v, push)->principal, &c->who) : SPAN("-");
	c->cell[5].text = span_head(view_span(v, login->session), TABLE_SESSION_LEN);
	c->cell[5].ink = INK_DIM;
	c->cell[6].text = login->closed_us != LOGIN_TIME_UNKNOWN
	    ? span_of(style_time(style, until, login->closed_us, 0))
	    : SPAN("-");
}

static struct grid
reach_grid(void)
{
	return (struct grid){
	    .count = 7,
	    .columns =
		{
		    {.title = "TIME"},
		    {.title = "REACHED"},
		    {.title = "INSTANCE", .least = 8, .rank = 2, .keep_end = true},
		    {.title = "USER", .least = 6, .rank = 4},
		    {.title = "AS", .least = 16, .rank = 3},
		    {.title = "SESSION"},
		    {.title = "UNTIL", .rank = 1},
		},
	};
}

static bool
shows(const struct report_view *v, size_t i)
{
	return v->reach->logins[i] != REACH_NONE && view_has_login(v, i);
}

static void
put_sessions(struct output *o, const struct report_view *v, const struct style *style)
{
	const struct ledger *l = v->ledger;
	struct grid grid = reach_grid();
	char until[TIME_TEXT_LEN];
	struct table_cells c;

	table_cells_init(&c);
	for (size_t i = 0; i < l->login_count; i++) {
		if (!shows(v, i))
			continue;
		reach_cells(v, i, style, &c, until);
		grid_measure(&grid, c.cell);
	}
	grid_fit(&grid, style);
	grid_put_titles(&grid, o, style);
	for (size_t i = 0; i < l->login_count && !output_failed(o); i++) {
		if (!shows(v, i))
			continue;
		reach_cells(v, i, style, &c, until);
		grid_put(&grid, o, style, c.cell);
	}
	table_cells_clear(&c);
	buf_putc(&o->buf, '\n');
}

/* "alice reached 12 sessions on 3 hosts for sure, 2 more perhaps; first ..., last ..." */
static void
put_totals(struct output *o, const struct report_view *v, const struct style *style)
{
	const struct reach *r = v->reach;
	struct buf *out = &o->buf;
	char text[TIME_TEXT_LEN];

	style_ink(style, out, INK_BOLD);
	safe_text_put(out, span_of(v->identity));
	style_ink(style, out, INK_PLAIN);
	if (r->sure == 0 && r->maybe == 0) {
		buf_puts(out, " reached no session\n");
		return;
	}
	buf_puts(out, r->sure != 0 ? " reached " : " perhaps reached ");
	words_count(out, r->sure != 0 ? r->sure : r->maybe, "session", "sessions");
	if (r->sure != 0)
		buf_puts(out, " for sure");
	if (r->sure != 0 && r->maybe != 0)
		buf_printf(out, ", %llu more perhaps", (unsigned long long)r->maybe);
	buf_puts(out, ", on ");
	words_count(out, r->hosts, "host", "hosts");
	buf_puts(out, "; first ");
	buf_puts(out, style_time(style, text, r->first_us, 0));
	buf_puts(out, ", last ");
	buf_puts(out, style_time(style, text, r->last_us, 0));
	buf_putc(out, '\n');
}

/* What it pushed and nobody logged in with. */
static void
put_pushes(struct output *o, const struct report_view *v)
{
	uint64_t unused = 0, others = 0;

	for (size_t i = 0; i < v->ledger->push_count; i++) {
		const struct push *push = &v->ledger->pushes[i];

		if (v->reach->pushes[i] == REACH_NONE || !match_in_range(v->match, push->time_us))
			continue;
		if (push->kind != EVENT_KEY_PUSH)
			others++;
		else if (push->session_count == 0)
			unused++;
	}
	if (unused != 0) {
		words_count(&o->buf, unused, "key push of it was", "key pushes of it were");
		buf_puts(&o->buf, " followed by no login that the input has\n");
	}
	if (others != 0) {
		words_count(&o->buf, others, "serial console push or tunnel of it is",
		    "serial console pushes and tunnels of it are");
		buf_puts(&o->buf, " in the input, which explain no login by themselves\n");
	}
}

static bool
is_named(const struct report_view *v)
{
	if (v->reach->sure != 0 || v->reach->maybe != 0)
		return true;
	for (size_t i = 0; i < v->ledger->push_count; i++) {
		if (v->reach->pushes[i] != REACH_NONE)
			return true;
	}
	return false;
}

void
reach_report_table(struct output *o, const struct report_view *v, const struct style *style)
{
	if (!is_named(v)) {
		buf_puts(&o->buf, "no key push in the input was made by ");
		safe_text_put(&o->buf, span_of(v->identity));
		buf_puts(&o->buf, ", directly or through a role\n");
		overview_pruned(o, v, style);
		return;
	}
	if (v->reach->sure != 0 || v->reach->maybe != 0)
		put_sessions(o, v, style);
	put_totals(o, v, style);
	put_pushes(o, v);
	overview_pruned(o, v, style);
}
