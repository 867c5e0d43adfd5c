/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_EXPLANATION_H
#define CORRELATOR_REPORT_EXPLANATION_H

#include "common/json_writer.h"
#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* What `explain` shows of one login. */
#define EXPLANATION_TESTS_MAX MATCH_TESTS_MAX

struct explanation {
	const struct login *login;
	struct match_test tests[EXPLANATION_TESTS_MAX];
	size_t test_count, more;
	bool has_window;              /* a key of the login could have been pushed */
	int64_t from_us, to_us;       /* in which a push would have explained the login */
	enum coverage_state coverage; /* of that window */
};

void explanation_make(
    struct explanation *e, const struct report_view *v, const struct login *login);

/* For people. */
void explanation_text(struct output *o, struct report_view *v, const struct style *style,
    const struct explanation *e);
/* The object of docs/FORMAT.md, "Explanation". */
void explanation_json(
    struct output *o, struct json_writer *w, struct report_view *v, const struct explanation *e);

#endif
