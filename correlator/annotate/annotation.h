/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_ANNOTATE_ANNOTATION_H
#define CORRELATOR_ANNOTATE_ANNOTATION_H

#include "common/json_writer.h"
#include "correlator/annotate/audit_line.h"

/*
 * What annotate adds to a line, and how lines are kept from adding it themselves.
 *
 * Text:  LINE logintrail_session=ID logintrail_verdict=WORD logintrail_person="NAME"
 *        logintrail_sure=WORD logintrail_principal="ARN"
 * JSON:  a last member "logintrail": {"session","verdict","person","sure","principal"}
 *
 * All else keeps its bytes, but for one thing: what is named as ours already, in any case, has
 * "_input" inserted behind "logintrail" ("logintrail_input_person=", "logintrail_input": {...}), so
 * that such names in the output are always ours, for readers that take the first of two, too.
 */
struct annotation {
	struct span session; /* absent: several would fit */
	const char *verdict;
	const char *sure; /* NULL: nobody can be named */
	struct span person, principal;
};

/* Appends the text's words, each with a blank before it. */
void annotation_put_words(struct buf *out, const struct annotation *a);
/* The same as members of the JSON object that is open. */
void annotation_put_members(struct json_writer *w, const struct annotation *a);

/* So much of the end of a piece of a line may belong to a name that goes on in the next piece. */
#define ANNOTATION_KEEP 64

/*
 * Text that is no JSON object, with what is named as ours renamed (*renamed is then set, else
 * left). Names that begin at or behind `limit` are not judged, but stay for the next piece: returns
 * how many bytes were done with, at least limit.
 */
size_t annotation_put_text(struct buf *out, struct span text, size_t limit, bool *renamed);

/* A line that is a JSON object, renamed, with its member when a is not NULL. */
void annotation_put_object(struct buf *out, struct span line, const struct audit_line *parsed,
    struct buf *scratch, const struct annotation *a);

#endif
