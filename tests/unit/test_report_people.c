/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reports say of people, byte for byte: every end of a chain, every sureness, hostile text.
 * GOLDEN_UPDATE=1 writes the files anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "correlator/report/csv.h"
#include "correlator/report/explanation.h"
#include "correlator/report/json.h"
#include "correlator/report/reach_report.h"
#include "correlator/report/story.h"
#include "correlator/report/table.h"
#include "correlator/report/table_cells.h"
#include "tests/unit/golden_test.h"
#include "tests/unit/people_fixture.h"

static const struct style plain_style;

typedef void write_report(struct output *o, struct report_view *v, struct crowd *c);

static void
write_table(struct output *o, struct report_view *v, struct crowd *c)
{
	(void)c;
	table_report(o, v, &plain_style);
}

static void
write_pushes(struct output *o, struct report_view *v, struct crowd *c)
{
	(void)c;
	table_pushes(o, v, &plain_style);
}

static void
write_csv(struct output *o, struct report_view *v, struct crowd *c)
{
	(void)c;
	csv_logins(o, v);
}

static void
write_pushes_csv(struct output *o, struct report_view *v, struct crowd *c)
{
	(void)c;
	csv_pushes(o, v);
}

static void
write_jsonl(struct output *o, struct report_view *v, struct crowd *c)
{
	(void)c;
	v->commit = "COMMIT";
	jsonl_report(o, v);
}

static void
write_stories(struct output *o, struct report_view *v, struct crowd *c)
{
	for (size_t i = 0; i < c->book.ledger.login_count; i++)
		story_put(o, v, &plain_style, &c->book.ledger.logins[i]);
}

static void
write_explanation(struct output *o, struct report_view *v, struct crowd *c)
{
	struct explanation e;

	explanation_make(&e, v, &c->book.ledger.logins[7]);
	explanation_text(o, v, &plain_style, &e);
}

/* Without people: as if --no-people had been given. */
static void
write_without_people(struct output *o, struct report_view *v, struct crowd *c)
{
	(void)c;
	v->people = NULL;
	table_report(o, v, &plain_style);
	table_pushes(o, v, &plain_style);
}

static void
reach_into(
    struct report_view *v, struct crowd *c, struct reach *r, uint8_t *logins, uint8_t *pushes)
{
	const struct ledger *l = &c->book.ledger;

	logins[0] = REACH_SURE;
	logins[5] = logins[7] = REACH_MAYBE;
	pushes[0] = pushes[8] = REACH_SURE;
	pushes[5] = REACH_MAYBE;
	*r = (struct reach){.logins = logins,
	    .pushes = pushes,
	    .sure = 1,
	    .maybe = 2,
	    .hosts = 1,
	    .first_us = l->logins[0].time_us,
	    .last_us = l->logins[7].time_us};
	v->picked_logins = logins;
	v->picked_pushes = pushes;
	v->show_refusals = false;
	v->reach = r;
	v->identity = "al\033ice";
	assert_int_equal(view_answers(v), 0);
}

static void
write_reach(struct output *o, struct report_view *v, struct crowd *c)
{
	uint8_t logins[CROWD_PUSHES] = {0}, pushes[CROWD_PUSHES] = {0};
	struct reach r;

	reach_into(v, c, &r, logins, pushes);
	reach_report_table(o, v, &plain_style);
	v->commit = "COMMIT";
	jsonl_report(o, v);
	csv_logins(o, v);
	r = (struct reach){.logins = calloc(CROWD_PUSHES, 1), .pushes = calloc(CROWD_PUSHES, 1)};
	reach_report_table(o, v, &plain_style);
	r.pushes[0] = REACH_SURE;
	reach_report_table(o, v, &plain_style);
	free(r.logins);
	free(r.pushes);
	v->reach = NULL;
}

static const struct {
	const char *file;
	write_report *write;
} cases[] = {
    {"people-report.txt", write_table},
    {"people-report.jsonl", write_jsonl},
    {"people-report.csv", write_csv},
    {"people-pushes.txt", write_pushes},
    {"people-pushes.csv", write_pushes_csv},
    {"people-who.txt", write_stories},
    {"people-explain.txt", write_explanation},
    {"people-reach.txt", write_reach},
    {"people-none.txt", write_without_people},
};

static void
test_golden(void **state)
{
	struct crowd *crowd = malloc(sizeof(*crowd));

	(void)state;
	assert_non_null(crowd);
	crowd_open(crowd);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct report_view view;
		struct output o;
		char *text = NULL;
		size_t len;
		FILE *stream = open_memstream(&text, &len);

		assert_non_null(stream);
		assert_int_equal(view_init(&view, &crowd->book.ledger, &crowd->book.options), 0);
		assert_int_equal(view_set_people(&view, &crowd->people), 0);
		output_init_stream(&o, stream, "memory");
		cases[i].write(&o, &view, crowd);
		assert_int_equal(output_close(&o), 0);
		(void)fclose(stream);
		golden_check(cases[i].file, (struct span){text, len});
		golden_check_plain((struct span){text, len});
		free(text);
		view_clear(&view);
	}
	crowd_close(crowd);
	free(crowd);
}

static void
test_totals(void **state)
{
	struct crowd *crowd = malloc(sizeof(*crowd));
	struct report_view view;

	(void)state;
	assert_non_null(crowd);
	crowd_open(crowd);
	assert_int_equal(view_init(&view, &crowd->book.ledger, &crowd->book.options), 0);
	assert_int_equal(view_set_people(&view, &crowd->people), 0);
	/* alice; dora and alice, probably; eve; four of whom nobody is known; the eighth login is
	 * ambiguous */
	assert_int_equal(view.totals.sure[SURE_EXACT], 1);
	assert_int_equal(view.totals.sure[SURE_PROBABLE], 2);
	assert_int_equal(view.totals.sure[SURE_CLAIMED], 1);
	assert_int_equal(view.totals.sure[SURE_NONE], 4);
	assert_int_equal(view.totals.persons, 3);
	view_clear(&view);

	/* of the second, third and fourth login alone */
	crowd->book.options.has_from = crowd->book.options.has_to = true;
	crowd->book.options.from_us = T0 + 2 * 600 * S;
	crowd->book.options.to_us = T0 + 5 * 600 * S;
	assert_int_equal(view_init(&view, &crowd->book.ledger, &crowd->book.options), 0);
	assert_int_equal(view_set_people(&view, &crowd->people), 0);
	assert_int_equal(view.totals.sure[SURE_EXACT], 0);
	assert_int_equal(view.totals.sure[SURE_PROBABLE], 1);
	assert_int_equal(view.totals.sure[SURE_CLAIMED], 1);
	assert_int_equal(view.totals.sure[SURE_NONE], 1);
	assert_int_equal(view.totals.persons, 2);
	assert_false(view_has_refusal(&view, 0));
	view_clear(&view);
	crowd_close(crowd);
	free(crowd);
}

/* An answer counts the rows that it shows, whatever else the ledger holds. */
static void
test_totals_of_an_answer(void **state)
{
	uint8_t logins[CROWD_PUSHES] = {[1] = 1, [4] = 1, [7] = 1},
		pushes[CROWD_PUSHES] = {[4] = 1};
	struct crowd *crowd = malloc(sizeof(*crowd));
	struct report_view view;
	const struct report_totals *t = &view.totals;

	(void)state;
	assert_non_null(crowd);
	crowd_open(crowd);
	assert_int_equal(view_init(&view, &crowd->book.ledger, &crowd->book.options), 0);
	assert_int_equal(view_set_people(&view, &crowd->people), 0);
	assert_true(t->logins > 3 && t->logins == crowd->book.ledger.counts.logins_in);
	assert_true(t->pushes > 1 && t->pushes == crowd->book.ledger.counts.pushes_in);
	view.picked_logins = logins;
	view.picked_pushes = pushes;
	assert_int_equal(view_answers(&view), 0);
	assert_int_equal(t->logins, 3);
	assert_int_equal(t->verdicts[VERDICT_ATTRIBUTED], 2);
	assert_int_equal(t->verdicts[VERDICT_AMBIGUOUS], 1);
	assert_int_equal(t->sure[SURE_EXACT] + t->sure[SURE_PROBABLE] + t->sure[SURE_CLAIMED] +
		t->sure[SURE_NONE],
	    2);
	assert_int_equal(t->pushes, 1);
	assert_int_equal(t->states[PUSH_USED], 1);

	/* outside of from/to: only where any time is meant */
	crowd->book.options.has_to = true;
	crowd->book.options.to_us = crowd->book.ledger.logins[4].time_us;
	assert_int_equal(view_answers(&view), 0);
	assert_int_equal(t->logins, 1);
	assert_int_equal(t->pushes, 1);
	view.any_time = true;
	assert_int_equal(view_answers(&view), 0);
	assert_int_equal(t->logins, 3);
	view_clear(&view);
	crowd_close(crowd);
	free(crowd);
}

/* Names that are an identity provider's word stand with the provider; others alone. */
static void
test_provider_beside_name(void **state)
{
	static const struct {
		uint8_t type;
		const char *provider, *expect;
	} providers[] = {
	    {PERSON_SAML, "arn:aws:iam::111122223333:saml-provider/other", "alice (other)"},
	    {PERSON_WEB_IDENTITY, "token.example.com", "alice (token.example.com)"},
	    {PERSON_SAML, NULL, "alice"},
	    {PERSON_IDENTITY_CENTER, "arn:aws:identitystore::1:identitystore/d-1", "alice"},
	};
	struct table_cells cells;
	struct report_view v = {0};
	struct crowd c;

	(void)state;
	crowd_open(&c);
	v.ledger = &c.book.ledger;
	table_cells_init(&cells);
	for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
		struct person p = {
		    .name = name_of(&c, "alice"), .type = providers[i].type, .sure = SURE_EXACT};
		struct span text;

		if (providers[i].provider != NULL)
			p.provider = name_of(&c, providers[i].provider);
		buf_reset(&cells.person);
		table_add_person(&cells, &v, &p);
		text = table_persons(&cells);
		assert_true(span_is(text, providers[i].expect));
	}
	table_cells_clear(&cells);
	crowd_close(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_golden),
	    cmocka_unit_test(test_totals),
	    cmocka_unit_test(test_totals_of_an_answer),
	    cmocka_unit_test(test_provider_beside_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
