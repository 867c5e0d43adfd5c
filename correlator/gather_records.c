/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering: the records of a document, as quickly as its form allows. */
#include "correlator/gatherer.h"
#include "correlator/input/record_quick.h"

/* Whether the record must be read in full: the header tells of something of use or might, were its
 * name not the only one. */
static bool
is_of_use(const struct gatherer *g, const struct record_bounds *bounds,
    const struct record_header *header)
{
	enum event_kind kind = event_kind_of(header);

	if (kind == EVENT_ISSUE && !g->options->people)
		kind = EVENT_OTHER;
	return kind != EVENT_OTHER ||
	    (event_source_of_use(header->event_source) &&
		!record_quick_is_named_once(g->means, g->document.text, bounds));
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
	    !is_of_use(g, bounds, &header))
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
