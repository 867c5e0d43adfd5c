/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/table.h"

#include "correlator/report/overview.h"
#include "common/safe_text.h"
#include "correlator/people/caller_kind.h"
#include "correlator/report/person_words.h"
#include "correlator/report/refusals.h"
#include "correlator/report/table_cells.h"
#include "correlator/report/words.h"

void
table_cells_init(struct table_cells *c)
{
	*c = (struct table_cells){0};
	buf_init(&c->scratch, 1u << 20);
	buf_init(&c->who, 1u << 20);
	buf_init(&c->person, 1u << 20);
}

void
table_cells_clear(struct table_cells *c)
{
	buf_clear(&c->scratch);
	buf_clear(&c->who);
	buf_clear(&c->person);
}

struct span
table_known(const struct report_view *v, string_id id)
{
	return id != 0 ? view_span(v, id) : SPAN("-");
}

/* Who says so, where it is not AWS: each identity provider has names of its own. */
static void
put_vouching(struct table_cells *c, const struct report_view *v, const struct person *p)
{
	struct span provider = name_last_part(view_span(v, p->provider));

	if ((p->type != PERSON_SAML && p->type != PERSON_WEB_IDENTITY) || provider.len == 0)
		return;
	buf_puts(&c->person, " (");
	buf_put_span(&c->person, provider);
	buf_putc(&c->person, ')');
}

void
table_add_person(struct table_cells *c, const struct report_view *v, const struct person *p)
{
	if (c->person.len != 0)
		buf_puts(&c->person, ", ");
	if (p->name == 0) {
		buf_puts(&c->person, p->type == PERSON_SERVICE ? "(a service)" : "(unknown)");
		return;
	}
	buf_put_span(&c->person, view_span(v, p->name));
	put_vouching(c, v, p);
	buf_puts(&c->person, person_words_mark(p->sure));
	c->marked = c->marked || p->sure != SURE_EXACT;
}

struct span
table_persons(const struct table_cells *c)
{
	return c->person.failed  ? SPAN("(too long)")
	    : c->person.len == 0 ? SPAN("-")
				 : buf_span(&c->person);
}

void
table_put_legend(struct output *o, const struct table_cells *c)
{
	if (c->marked)
		buf_puts(&o->buf, PERSON_WORDS_LEGEND "\n");
}

/* The person of the login, else those of its pushes. */
static struct span
login_persons(struct report_view *v, const struct login *login, struct table_cells *c)
{
	const struct person *p = people_of_login(v->people, login);
	size_t shown = 0;

	buf_reset(&c->person);
	if (p != NULL) {
		table_add_person(c, v, p);
		return table_persons(c);
	}
	view_persons_begin(v);
	for (uint32_t i = 0; i < login->match_count; i++) {
		p = view_person(v, view_match(v, login, i));
		if (p == NULL || !view_person_is_new(v, p))
			continue;
		if (shown++ == TABLE_LIST_LEN) {
			buf_puts(&c->person, ", ...");
			break;
		}
		table_add_person(c, v, p);
	}
	return table_persons(c);
}

/* The principals that the login's pushes name, with commas. */
static void
list_principals(struct report_view *v, const struct login *login, struct table_cells *c)
{
	size_t shown = 0;

	view_principals_begin(v);
	for (uint32_t i = 0; i < login->match_count; i++) {
		const struct push *push = view_match(v, login, i);

		if (!view_principal_is_new(v, push->caller))
			continue;
		if (shown == TABLE_LIST_LEN) {
			buf_puts(&c->who, ", ...");
			break;
		}
		if (shown++ != 0)
			buf_puts(&c->who, ", ");
		buf_reset(&c->scratch);
		buf_put_span(
		    &c->who, words_principal(v, view_caller(v, push)->principal, &c->scratch));
	}
}

static const struct auth_step *
find_certificate(const struct report_view *v, const struct login *login)
{
	for (uint32_t i = 0; i < login->auth_count; i++) {
		const struct auth_step *step = &v->ledger->auth[login->auth_first + i];

		if (step->is_cert)
			return step;
	}
	return NULL;
}

/* Who it was, or why that is not known. */
static struct span
login_who(struct report_view *v, const struct login *login, struct table_cells *c)
{
	const struct auth_step *cert;

	buf_reset(&c->who);
	if (login->match_count != 0) {
		list_principals(v, login, c);
		if (login->provisional)
			buf_puts(&c->who, " (provisional)");
	} else if (login->reason != REASON_NONE) {
		buf_puts(&c->who, reason_name(login->reason));
		cert = login->reason == REASON_CERTIFICATE ? find_certificate(v, login) : NULL;
		if (cert != NULL && cert->cert_key_id != 0) {
			buf_putc(&c->who, ' ');
			buf_put_span(&c->who, view_span(v, cert->cert_key_id));
		}
	} else {
		buf_putc(&c->who, '-');
	}
	return c->who.failed ? SPAN("(too long)") : buf_span(&c->who);
}

static void
login_cells(struct report_view *v, const struct login *login, const struct style *style,
    struct table_cells *c)
{
	enum style_ink ink = words_verdict_ink(login->verdict);
	struct span session = view_span(v, login->session);
	size_t last = 6;

	c->cell[0].text = span_of(style_time(style, c->time, login->time_us, 0));
	c->cell[1].text = span_head(session, TABLE_SESSION_LEN);
	c->cell[1].ink = INK_DIM;
	c->cell[2].text =
	    table_known(v, login->instance_id != 0 ? login->instance_id : login->hostname);
	c->cell[3].text = table_known(v, login->os_user);
	c->cell[4].text = table_known(v, login->remote_host);
	c->cell[5].text = span_of(verdict_name(login->verdict));
	c->cell[5].ink = ink;
	if (v->people != NULL)
		c->cell[last++].text = login_persons(v, login, c);
	c->cell[last].text = login_who(v, login, c);
	c->cell[last].ink = ink == INK_GOOD ? INK_PLAIN : ink;
}

static struct grid
login_grid(const struct report_view *v)
{
	struct grid grid = {
	    .count = 8,
	    .columns =
		{
		    {.title = "TIME"},
		    {.title = "SESSION"},
		    {.title = "INSTANCE", .least = 8, .rank = 3, .keep_end = true},
		    {.title = "USER", .least = 6, .rank = 5},
		    {.title = "FROM", .rank = 2},
		    {.title = "VERDICT"},
		    {.title = "PERSON", .least = 10, .rank = 4},
		    {.title = "PRINCIPAL, OR WHY NOT", .least = 14, .rank = 1},
		},
	};

	if (v->people == NULL)
		grid.columns[6] = grid.columns[--grid.count];
	return grid;
}

static void
put_logins(struct output *o, struct report_view *v, const struct style *style)
{
	const struct ledger *l = v->ledger;
	struct grid grid = login_grid(v);
	struct table_cells c;

	table_cells_init(&c);
	for (size_t i = 0; i < l->login_count; i++) {
		if (!view_has_login(v, i))
			continue;
		login_cells(v, &l->logins[i], style, &c);
		grid_measure(&grid, c.cell);
	}
	grid_fit(&grid, style);
	grid_put_titles(&grid, o, style);
	for (size_t i = 0; i < l->login_count && !output_failed(o); i++) {
		if (!view_has_login(v, i))
			continue;
		login_cells(v, &l->logins[i], style, &c);
		grid_put(&grid, o, style, c.cell);
	}
	table_put_legend(o, &c);
	table_cells_clear(&c);
}

/* How much a login asks to be looked into. */
static int
urgency(const struct login *login)
{
	static const int by_verdict[VERDICT_COUNT] = {
	    [VERDICT_CONTRADICTED] = 5,
	    [VERDICT_UNATTRIBUTED] = 4,
	    [VERDICT_AMBIGUOUS] = 3,
	    [VERDICT_UNCOVERED] = 2,
	    [VERDICT_PENDING] = 2,
	    [VERDICT_ATTRIBUTED] = 1,
	};

	return by_verdict[login->verdict];
}

/* What to type next: about the first of the logins that ask for it most. */
static void
put_next(struct output *o, const struct report_view *v)
{
	const struct login *next = NULL;

	for (size_t i = 0; i < v->ledger->login_count; i++) {
		const struct login *login = &v->ledger->logins[i];

		if (view_has_login(v, i) && (next == NULL || urgency(login) > urgency(next)))
			next = login;
	}
	if (next == NULL)
		return;
	buf_puts(&o->buf, "\nnext: logintrail explain ");
	safe_text_put(&o->buf, span_head(view_span(v, next->session), TABLE_SESSION_LEN));
	if (v->hint != NULL)
		safe_text_put(&o->buf, span_of(v->hint));
	buf_putc(&o->buf, '\n');
}

void
table_report(struct output *o, struct report_view *v, const struct style *style)
{
	overview_logins(o, v, style);
	overview_pushes(o, v);
	overview_inputs(o, v, style);
	if (v->ledger->counts.logins_in != 0)
		put_logins(o, v, style);
	refusals_put(o, v, style);
	if (v->ledger->counts.logins_in != 0)
		put_next(o, v);
}
