/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/json.h"

#include "correlator/report/rows.h"
#include "correlator/report/summary.h"

enum section {
	SECTION_LOGINS,
	SECTION_PUSHES,
	SECTION_OTHERS,
	SECTION_REFUSALS,
	SECTION_COUNT,
};

/* What goes around each row; both forms share everything else. */
struct form {
	const char *open[SECTION_COUNT];   /* before a section */
	const char *close[SECTION_COUNT];  /* behind it */
	const char *first, *between, *end; /* around the rows of a section */
};

static const struct form json_form = {
    .open = {"{\"logins\":[", "\"pushes\":[", "\"others\":[", "\"refusals\":["},
    .close = {"],\n", "],\n", "],\n", "],\n\"summary\":"},
    .first = "\n",
    .between = ",\n",
    .end = "\n",
};

static const struct form jsonl_form = {
    .open = {"", "", "", ""},
    .close = {"", "", "", ""},
    .first = "",
    .between = "\n",
    .end = "\n",
};

static bool
has_row(const struct report_view *v, enum section section, size_t i)
{
	switch (section) {
	case SECTION_LOGINS: return view_has_login(v, i);
	case SECTION_PUSHES: return view_has_push(v, i);
	case SECTION_OTHERS: return view_has_other(v, i);
	default: return view_has_refusal(v, i);
	}
}

static size_t
count_rows(const struct ledger *l, enum section section)
{
	switch (section) {
	case SECTION_LOGINS: return l->login_count;
	case SECTION_REFUSALS: return l->refusal_count;
	default: return l->push_count;
	}
}

static void
put_row(struct output *o, struct report_view *v, enum section section, size_t i)
{
	const struct ledger *l = v->ledger;
	struct json_writer w;

	json_writer_init(&w, &o->buf);
	switch (section) {
	case SECTION_LOGINS: rows_put_login(o, &w, v, &l->logins[i]); break;
	case SECTION_PUSHES: rows_put_push(o, &w, v, &l->pushes[i]); break;
	case SECTION_OTHERS: rows_put_other(o, &w, v, &l->pushes[i]); break;
	default: rows_put_refusal(&w, v, &l->refusals[i]); break;
	}
	output_flush(o);
}

static void
put_report(struct output *o, struct report_view *v, const struct form *form)
{
	struct json_writer w;

	for (enum section s = 0; s < SECTION_COUNT; s++) {
		size_t count = count_rows(v->ledger, s);
		const char *before = form->first;

		buf_puts(&o->buf, form->open[s]);
		for (size_t i = 0; i < count && !output_failed(o); i++) {
			if (!has_row(v, s, i))
				continue;
			buf_puts(&o->buf, before);
			put_row(o, v, s, i);
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
