/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/grid.h"

#include "common/safe_text.h"

#define GAP 2

void
grid_measure(struct grid *g, const struct grid_cell *cells)
{
	for (size_t i = 0; i < g->count; i++) {
		size_t width = safe_text_width(cells[i].text);

		if (width > g->columns[i].width)
			g->columns[i].width = width;
	}
}

static size_t
total_width(const struct grid *g)
{
	size_t total = 0;

	for (size_t i = 0; i < g->count; i++) {
		if (!g->columns[i].left_out)
			total += g->columns[i].width + (total != 0 ? GAP : 0);
	}
	return total;
}

/* Narrows the columns of a rank as far as is needed and they may. */
static void
shrink(struct grid *g, int rank, size_t width)
{
	for (size_t i = 0; i < g->count; i++) {
		struct grid_column *c = &g->columns[i];
		size_t total = total_width(g);

		if (c->rank != rank || total <= width || c->width <= c->least)
			continue;
		if (c->least == 0)
			c->left_out = true;
		else if (c->width - c->least > total - width)
			c->width -= total - width;
		else
			c->width = c->least;
	}
}

void
grid_fit(struct grid *g, const struct style *style)
{
	for (size_t i = 0; i < g->count; i++) {
		size_t title = strlen(g->columns[i].title);

		if (g->columns[i].width < title)
			g->columns[i].width = title;
	}
	for (int rank = 1; style->width != 0 && rank <= (int)g->count; rank++)
		shrink(g, rank, style->width);
}

static void
put_padding(struct buf *out, size_t n)
{
	static const char blanks[] = "                                ";

	for (; n > sizeof(blanks) - 1; n -= sizeof(blanks) - 1)
		buf_put(out, blanks, sizeof(blanks) - 1);
	buf_put(out, blanks, n);
}

void
grid_put(struct grid *g, struct output *o, const struct style *style, const struct grid_cell *cells)
{
	size_t owed = 0; /* blanks that the next text needs in front of it */

	for (size_t i = 0; i < g->count; i++) {
		const struct grid_column *c = &g->columns[i];
		size_t used = 0;

		if (c->left_out)
			continue;
		if (cells[i].text.len != 0) {
			put_padding(&o->buf, owed);
			owed = 0;
			if (cells[i].ink != INK_PLAIN)
				style_ink(style, &o->buf, cells[i].ink);
			used = safe_text_put_fit(&o->buf, cells[i].text, c->width, c->keep_end);
			if (cells[i].ink != INK_PLAIN)
				style_ink(style, &o->buf, INK_PLAIN);
		}
		owed += c->width - used + GAP;
	}
	buf_putc(&o->buf, '\n');
	output_flush(o);
}

void
grid_put_titles(struct grid *g, struct output *o, const struct style *style)
{
	struct grid_cell cells[GRID_COLUMNS_MAX];

	for (size_t i = 0; i < g->count; i++)
		cells[i] = (struct grid_cell){span_of(g->columns[i].title), INK_BOLD};
	grid_put(g, o, style, cells);
}
