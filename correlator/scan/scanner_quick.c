/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a log file as AWS delivers them. Of nearly all, a few members tell all that is
 * wanted of them; whatever is written in another way is read in full. */
#include "common/time_text.h"
#include "correlator/events/event.h"
#include "correlator/input/record_issued.h"
#include "correlator/input/record_quick.h"
#include "correlator/scan/scanner_private.h"

/* Records ahead of that which is looked at, of which the usual lines of the cache are fetched. */
#define AHEAD      2
#define LINE       64
#define TAIL_LINES 6

static int
note_coverage(struct scanner *s, struct span text, const struct record_header *header)
{
	int64_t time_us;

	if (!same_hour_is(&s->before, header, &time_us))
		return scanner_clean_scratch(s, text) ? scanner_note_coverage(s, header) : -1;
	coverage_add_again(&s->coverage, time_us);
	coverage_add_access(&s->coverage, header->read_only.ptr[0] == 't');
	return 0;
}

/* A record that is passed over. */
static int
count_record(struct scanner *s, struct span text, const struct record_header *header)
{
	struct finding_counts *c = &s->findings->counts;

	s->found++;
	c->records++;
	c->skipped++;
	return note_coverage(s, text, header);
}

/* An issuing event whose response is written as AWS writes it. */
static int
note_issued(struct scanner *s, struct span text, const struct record_header *header,
    const struct record_issued *issued)
{
	struct issue_keys keys;
	int64_t time_us;

	if (count_record(s, text, header) != 0)
		return -1;
	s->findings->counts.issuing++;
	if (!same_hour_is(&s->before, header, &time_us) &&
	    !time_parse(header->event_time, &time_us))
		return 0;
	issue_keys_of_response(time_us, issued->access_key_id, issued->principal_id, &keys);
	if (keys.count == 0)
		return 0;
	return findings_add_issue(s->findings, &keys, scanner_place_of(s, text));
}

/* An event of a service of use. *done: it is one of no use after all, or all that is wanted of it
 * is noted. */
static int
try_quick(struct scanner *s, const struct record_bounds *bounds, struct span text,
    const struct record_header *header, bool *done)
{
	struct span document = s->document.text;
	struct record_issued issued;
	enum issue_kind issue;
	enum event_kind kind = event_kinds_of(header, &issue);

	*done = true;
	if (kind == EVENT_ISSUE && s->options->people) {
		if (s->document.rereadable && !s->options->keep_issues &&
		    issue_keys_need_response_alone(issue) &&
		    record_issued_read(s->means, document, bounds, header, &issued))
			return note_issued(s, text, header, &issued);
	} else if ((kind == EVENT_ISSUE || kind == EVENT_OTHER) &&
	    record_quick_is_named_once(s->means, document, bounds)) {
		return count_record(s, text, header);
	}
	*done = false;
	return 0;
}

static bool
is_of_use(const struct scanner *s, struct span source)
{
	return s->options->people ? event_source_of_use(source) : event_source_of_pushes(source);
}

static int
scan_record(
    struct scanner *s, const struct record_bounds *bounds, const struct record_visitor *visitor)
{
	struct span text = {s->document.text.ptr + bounds->start, bounds->len};
	struct record_header header;
	bool done = false;
	int r = 0;

	if (text.len <= RECORD_MAX &&
	    record_quick_header(s->means, s->document.text, bounds, &s->tails, &header)) {
		done = !is_of_use(s, header.event_source);
		r = done ? count_record(s, text, &header)
			 : try_quick(s, bounds, text, &header, &done);
		if (r == 0 && done)
			return scanner_relieve(s);
	}
	if (r != 0)
		return r;
	s->record_at = (size_t)bounds->start;
	r = record_scan(text, &s->unwrapped, visitor);
	s->record_at = 0;
	return r;
}

/* Has the parts of a record that are looked at brought near. */
static void
fetch(const struct scanner *s, const struct record_bounds *bounds)
{
	const char *at = s->document.text.ptr + bounds->start;

	if (bounds->source > LINE)
		__builtin_prefetch(at + bounds->source - LINE);
	__builtin_prefetch(at + bounds->source);
	__builtin_prefetch(at + bounds->source + LINE);
	for (uint32_t back = 1; back <= TAIL_LINES * LINE && back < bounds->len; back += LINE)
		__builtin_prefetch(at + bounds->len - back);
}

int
scanner_quick(struct scanner *s, const struct record_visitor *visitor)
{
	const struct record_split *split = &s->split;
	int r = 0;

	for (size_t i = 0; r == 0 && i < split->count; i++) {
		if (i + AHEAD < split->count)
			fetch(s, &split->records[i + AHEAD]);
		r = scan_record(s, &split->records[i], visitor);
	}
	return r;
}
