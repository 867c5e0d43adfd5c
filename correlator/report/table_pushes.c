/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/overview.h"
#include "correlator/report/table.h"
#include "correlator/report/table_cells.h"
#include "correlator/report/words.h"

/* What there is to say of a push beside its state. */
static struct span
push_detail(const struct report_view *v, const struct push *push, struct table_cells *c)
{
	const struct ledger *l = v->ledger;

	if (push->failed)
		return table_known(v, push->error_code);
	if (push->kind == EVENT_TUNNEL)
		return table_known(v, push->private_ip);
	if (push->key_error != 0)
		return view_span(v, push->key_error);
	if (push->kind != EVENT_KEY_PUSH || push->session_count == 0)
		return SPAN("-");
	buf_reset(&c->scratch);
	for (uint32_t i = 0; i < push->session_count && i < TABLE_LIST_LEN; i++) {
		const struct login *login = &l->logins[l->push_logins[push->session_first + i]];

		if (i != 0)
			buf_putc(&c->scratch, ' ');
		buf_put_span(
		    &c->scratch, span_head(view_span(v, login->session), TABLE_SESSION_LEN));
	}
	if (push->session_count > TABLE_LIST_LEN)
		buf_puts(&c->scratch, " ...");
	return buf_span(&c->scratch);
}

static struct span
push_person(const struct report_view *v, const struct push *push, struct table_cells *c)
{
	const struct person *p = view_person(v, push);

	buf_reset(&c->person);
	if (p != NULL)
		table_add_person(c, v, p);
	return table_persons(c);
}

static void
push_cells(const struct report_view *v, const struct push *push, const struct style *style,
    struct table_cells *c)
{
	static const enum style_ink inks[PUSH_STATE_COUNT] = {
	    [PUSH_USED] = INK_GOOD,
	    [PUSH_UNUSED] = INK_DOUBT,
	    [PUSH_FAILED] = INK_BAD,
	    [PUSH_UNINSTRUMENTED] = INK_DOUBT,
	};
	bool is_push = push->kind == EVENT_KEY_PUSH;
	size_t next = 4;

	buf_reset(&c->who);
	c->cell[0].text = span_of(style_time(style, c->time, push->time_us, 0));
	c->cell[1].text =
	    table_known(v, push->instance_id != 0 ? push->instance_id : push->endpoint_id);
	c->cell[2].text = table_known(v, push->os_user);
	c->cell[3].text = is_push             ? span_of(push_state_name(push->state))
	    : push->kind == EVENT_SERIAL_PUSH ? SPAN("serial console")
					      : SPAN("tunnel");
	c->cell[3].ink = is_push ? inks[push->state] : INK_PLAIN;
	if (v->people != NULL)
		c->cell[next++].text = push_person(v, push, c);
	c->cell[next++].text = words_principal(v, view_caller(v, push)->principal, &c->who);
	c->cell[next++].text = table_known(v, push->source_ip);
	c->cell[next].text = push_detail(v, push, c);
}

static struct grid
push_grid(const struct report_view *v)
{
	struct grid grid = {
	    .count = 8,
	    .columns =
		{
		    {.title = "TIME"},
		    {.title = "INSTANCE", .least = 8, .rank = 3, .keep_end = true},
		    {.title = "USER", .least = 6, .rank = 5},
		    {.title = "STATE"},
		    {.title = "PERSON", .least = 10, .rank = 6},
		    {.title = "PRINCIPAL", .least = 16, .rank = 4},
		    {.title = "FROM", .rank = 2},
		    {.title = "SESSIONS, OR WHY NOT", .least = 8, .rank = 1},
		},
	};

	if (v->people == NULL) {
		memmove(&grid.columns[4], &grid.columns[5], 3 * sizeof(grid.columns[0]));
		grid.count--;
	}
	return grid;
}

static bool
shows(const struct report_view *v, size_t i)
{
	return view_has_push(v, i) || view_has_other(v, i);
}

void
table_pushes(struct output *o, struct report_view *v, const struct style *style)
{
	const struct ledger *l = v->ledger;
	struct grid grid = push_grid(v);
	struct table_cells c;

	overview_pushes(o, v);
	overview_inputs(o, v, style);
	table_cells_init(&c);
	for (size_t i = 0; i < l->push_count; i++) {
		if (!shows(v, i))
			continue;
		push_cells(v, &l->pushes[i], style, &c);
		grid_measure(&grid, c.cell);
	}
	grid_fit(&grid, style);
	grid_put_titles(&grid, o, style);
	for (size_t i = 0; i < l->push_count && !output_failed(o); i++) {
		if (!shows(v, i))
			continue;
		push_cells(v, &l->pushes[i], style, &c);
		grid_put(&grid, o, style, c.cell);
	}
	table_put_legend(o, &c);
	table_cells_clear(&c);
}
