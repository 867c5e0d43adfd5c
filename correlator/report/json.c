/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/json.h"

#include "correlator/report/rows.h"
#include "correlator/report/summary.h"

enum section {
	SECTION_LOGINS,
	SECTION_PUSHES,
	SECTION_OTHERS,
	SECTION_COUNT,
};

/* What goes around each row; both forms share everything else. */
struct form {
	const char *open[SECTION_COUNT];   /* before a section */
	const char *close[SECTION_COUNT];  /* behind it */
	const char *first, *between, *end; /* around the rows of a section */
};

static const struct form json_form = {
    .open = {"{\"logins\":[", "\"pushes\":[", "\"others\":["},
    .close = {"],\n", "],\n", "],\n\"summary\":"},
    .first = "\n",
    .between = ",\n",
    .end = "\n",
};

static const struct form jsonl_form = {
    .open = {"", "", ""},
    .close = {"", "", ""},
    .first = "",
    .between = "\n",
    .end = "\n",
};

/* Writes the row when the view has it; false when it has not. */
static bool
put_row(struct output *o, struct report_view *v, enum section section, size_t i, const char *before)
{
	const struct ledger *l = v->ledger;
	bool shown = section == SECTION_LOGINS ? view_has_login(v, i)
	    : section == SECTION_PUSHES        ? view_has_push(v, i)
					       : view_has_other(v, i);
	struct json_writer w;

	if (!shown)
		return false;
	buf_puts(&o->buf, before);
	json_writer_init(&w, &o->buf);
	if (section == SECTION_LOGINS)
		rows_put_login(o, &w, v, &l->logins[i]);
	else if (section == SECTION_PUSHES)
		rows_put_push(o, &w, v, &l->pushes[i]);
	else
		rows_put_other(&w, v, &l->pushes[i]);
	output_flush(o);
	return true;
}

static void
put_report(struct output *o, struct report_view *v, const struct form *form)
{
	struct json_writer w;

	for (enum section s = 0; s < SECTION_COUNT; s++) {
		size_t count = s == SECTION_LOGINS ? v->ledger->login_count : v->ledger->push_count;
		const char *before = form->first;

		buf_puts(&o->buf, form->open[s]);
		for (size_t i = 0; i < count && !output_failed(o); i++) {
			if (put_row(o, v, s, i, before))
				before = form->between;
		}
		if (before == form->between)
			buf_puts(&o->buf, form->end);
		buf_puts(&o->buf, form->close[s]);
	}
	json_writer_init(&w, &o->buf);
	summary_put(&w, NULL, v);
}

void
json_report(struct output *o, struct report_view *v)
{
	put_report(o, v, &json_form);
	buf_puts(&o->buf, "}\n");
}

void
jsonl_report(struct output *o, struct report_view *v)
{
	put_report(o, v, &jsonl_form);
	buf_putc(&o->buf, '\n');
}
