/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering: the records of a document, as quickly as its form allows. */
#include "correlator/gatherer.h"
#include "correlator/input/record_quick.h"

/* Whether what the quick way knows of the record is all that is wanted of it. */
static bool
is_enough(
    const struct gatherer *g, const struct record_bounds *bounds, struct record_header *header)
{
	struct span document = g->document.text;
	enum event_kind kind = event_kind_of(header);

	/* of a service of use, the name must be the only one */
	if (event_source_of_use(header->event_source) &&
	    !record_quick_is_named_once(g->means, document, bounds))
		return false;
	if (kind != EVENT_ISSUE)
		return kind == EVENT_OTHER;
	if (!g->options->people)
		return true;
	return g->document.rereadable &&
	    issue_keys_need_response_alone(event_issue_kind_of(header)) &&
	    record_quick_response(g->means, document, bounds, header);
}

/* One record of a log file as AWS delivers them: read in full only where it can be of use, or where
 * it is written in another way than AWS writes. */
static int
gather_record(
    struct gatherer *g, const struct record_bounds *bounds, const struct record_visitor *visitor)
{
	struct span text = {g->document.text.ptr + bounds->start, bounds->len};
	struct record_header header;

	if (record_quick_header(g->means, g->document.text, bounds, &header) &&
	    is_enough(g, bounds, &header))
		return visitor->record(visitor->ctx, RECORD_CLOUDTRAIL, text, &header);
	return record_scan(text, &g->unwrapped, visitor);
}

int
gather_records(struct gatherer *g, const struct record_visitor *visitor)
{
	enum record_split_result result = RECORD_SPLIT_OTHER_FORM;
	int r = 0;

	if (g->file->role == INPUT_EVENTS && !g->options->plain)
		result = record_split_run(&g->split, g->means, g->document.text);
	if (result == RECORD_SPLIT_MEMORY)
		return -1;
	if (result == RECORD_SPLIT_OTHER_FORM)
		return record_scan(g->document.text, &g->unwrapped, visitor);
	for (size_t i = 0; r == 0 && i < g->split.count; i++)
		r = gather_record(g, &g->split.records[i], visitor);
	return r;
}
