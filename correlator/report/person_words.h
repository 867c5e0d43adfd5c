/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_PERSON_WORDS_H
#define CORRELATOR_REPORT_PERSON_WORDS_H

#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* How the reports for people speak of persons and of the chains that lead to them
 * (docs/SEMANTICS.md, "The person"). Functions that put text put it safe, without a full stop. */

/* What stands behind a name in tables: "" exact, " ~" probable, " ?" claimed. */
const char *person_words_mark(enum sureness sure);
/* What the marks mean. */
#define PERSON_WORDS_LEGEND                                                                        \
	"~ probable: it fits in place and time, nothing ties it for certain; "                     \
	"? claimed: a name that somebody chose for a session"

/* "AWS saw MFA", "AWS did not see MFA"; NULL when it is not known. */
const char *person_words_mfa(enum mfa_seen mfa);

/* "alice, exact: IAM user arn:...; AWS saw MFA", or why nobody can be named. */
void person_words_put(struct buf *out, const struct report_view *v, const struct person *p);
/* What is known beside the name: ids, mail, source identity, tags; nothing when that is nothing. */
void person_words_put_details(struct buf *out, const struct report_view *v, const struct person *p);
/* "2026-11-22T06:20:00Z AssumeRole of Admin by user/alice from 203.0.113.7 (event ...), found by
 * the access key, exact" */
void person_words_put_hop(
    struct buf *out, const struct report_view *v, const struct style *style, const struct hop *hop);
/* The console's event that says more of the session that the hop issued. */
void person_words_put_also(struct buf *out, const struct report_view *v, const struct style *style,
    const struct issue *issue);
/* Why the chain goes no further; nothing when it ends at its origin or at logins. */
void person_words_put_end(struct buf *out, const struct report_view *v, const struct style *style,
    const struct person *p);

#endif
