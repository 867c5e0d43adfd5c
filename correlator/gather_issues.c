/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering: the issuing events that chains need, which are few of many. They are noted while
 * everything is read once; who needs which is known only then. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlator/gatherer.h"
#include "correlator/people/issue_needs.h"
#include "correlator/people/people.h"

/* Ends the scan of a file at the record that was wanted. */
#define SCAN_DONE 1
/* Room for the last record that is wanted of a file: nearly all are shorter. */
#define RECORD_USUAL ((size_t)6 << 10)

/* Files that are read again. */
struct rereading {
	struct gatherer *gatherer;
	struct issue_needs needs;
	struct issue_places places;
	uint8_t *given_up; /* by file: it is not what it was, and that was said */
	const char *at;    /* where the event is to begin; NULL: anywhere in the file */
	size_t matched;    /* events with a key that is needed, in this file */
};

int
gather_issue(struct gatherer *g, struct span text)
{
	enum event_error error;
	struct event e;

	if (!gather_scratch(g, text))
		return -1;
	error = event_parse(text, &g->scratch, &e);
	if (error == EVENT_ERROR_MEMORY)
		return -1;
	return error == EVENT_OK && !e.failed ? ledger_add_issue(g->ledger, &e) : 0;
}

/* A record of a file that is read again: kept when it is an issuing event that is needed. */
static int
on_record(void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct rereading *again = ctx;
	struct gatherer *g = again->gatherer;
	const int done = again->at != NULL ? SCAN_DONE : 0;
	struct issue_keys keys;
	enum issue_kind kind;
	enum event_error error;

	if (again->at != NULL && text.ptr != again->at)
		return done;
	if (shape != RECORD_CLOUDTRAIL || text.len > RECORD_MAX)
		return done;
	kind = event_issue_kind_of(header);
	if (kind == ISSUE_NONE)
		return done;
	buf_reset(&g->scratch);
	error = issue_keys_read(kind, header, &g->scratch, &keys);
	if (error == EVENT_ERROR_MEMORY)
		return -1;
	if (error != EVENT_OK || !issue_needs_any(&again->needs, &keys))
		return done;
	again->matched++;
	return gather_issue(g, text) == 0 ? done : -1;
}

/* Was said when the file was read first. */
static void
on_malformed(void *ctx, size_t offset, enum json_error error)
{
	(void)ctx;
	(void)offset;
	(void)error;
}

/* All that follows `from` in the document, or, with again->at, the first record of it. */
static int
scan_from(struct rereading *again, size_t from)
{
	const struct record_visitor visitor = {again, on_record, on_malformed};
	struct gatherer *g = again->gatherer;

	return record_scan(span_from(g->document.text, from), &g->unwrapped, &visitor) < 0 ? -1 : 0;
}

/* Keeps the events at these places of the document. *found: they are all there. */
static int
scan_places(struct rereading *again, const struct issue_place *places, size_t count, bool *found)
{
	struct span text = again->gatherer->document.text;

	again->matched = 0;
	for (size_t i = 0; i < count && again->matched == i; i++) {
		if (places[i].place >= text.len)
			break;
		again->at = text.ptr + places[i].place;
		if (scan_from(again, places[i].place) != 0)
			return -1;
	}
	*found = again->matched == count;
	return 0;
}

/* The events at these places, from as much of the file as they need. *found: they are all there. */
static int
read_places(struct rereading *again, const struct issue_place *places, size_t count, bool *found)
{
	struct gatherer *g = again->gatherer;
	enum document_error error;

	g->document.files_only = g->file->is_file;
	error = document_load_head(
	    &g->document, g->file->path, (size_t)places[count - 1].place + RECORD_USUAL);
	if (error == DOCUMENT_ERROR_MEMORY)
		return -1;
	if (error != DOCUMENT_OK)
		return 0;
	return scan_places(again, places, count, found);
}

/* All of the file. 0 and *loaded; -1 without memory. What cannot be read is said once. */
static int
load_again(struct rereading *again, uint32_t file, bool *loaded)
{
	struct gatherer *g = again->gatherer;
	enum document_error error;

	errno = 0;
	g->document.files_only = g->file->is_file;
	error = document_load(&g->document, g->file->path);
	if (error == DOCUMENT_ERROR_MEMORY)
		return -1;
	*loaded = error == DOCUMENT_OK || error == DOCUMENT_ERROR_TRUNCATED ||
	    error == DOCUMENT_ERROR_CORRUPT;
	if (*loaded)
		return 0;
	again->given_up[file] = 1;
	diagnostics_error(g->diagnostics, g->file->path, "cannot be read a second time: %s%s%s",
	    document_error_text(error), errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
	return 0;
}

/* The places of one file. */
static int
reread_file(struct rereading *again, const struct issue_place *places, size_t count)
{
	struct gatherer *g = again->gatherer;
	uint32_t file = places[0].file;
	bool loaded, found = false;

	if (again->given_up[file] != 0)
		return 0;
	g->file = &g->inputs->files[file];
	g->ledger->counts.files_again++;
	if (places[0].place != ISSUE_PLACE_UNKNOWN &&
	    read_places(again, places, count, &found) != 0)
		return -1;
	if (found)
		return 0;
	if (load_again(again, file, &loaded) != 0)
		return -1;
	if (!loaded)
		return 0;
	if (places[0].place != ISSUE_PLACE_UNKNOWN &&
	    scan_places(again, places, count, &found) != 0)
		return -1;
	if (found)
		return 0;
	again->at = NULL;
	again->matched = 0;
	if (scan_from(again, 0) != 0)
		return -1;
	if (places[0].place != ISSUE_PLACE_UNKNOWN && again->matched < count) {
		again->given_up[file] = 1;
		diagnostics_error(g->diagnostics, g->file->path,
		    "has changed while it was read: events that led to a person are gone");
	}
	return 0;
}

static int
reread_places(struct rereading *again)
{
	const struct issue_places *places = &again->places;

	for (size_t i = 0, next; i < places->count; i = next) {
		for (next = i + 1;
		     next < places->count && places->rows[next].file == places->rows[i].file;)
			next++;
		if (reread_file(again, &places->rows[i], next - i) != 0)
			return -1;
	}
	return 0;
}

int
gather_needed_issues(struct gatherer *g)
{
	struct rereading again = {.gatherer = g};
	int r = -1;

	issue_index_finish(&g->issues);
	issue_needs_init(&again.needs);
	again.given_up = calloc(g->inputs->count + 1, 1);
	if (again.given_up == NULL)
		goto out;
	/* and the one behind the last: that a chain goes on is told from its being at an end */
	for (int hop = 0; hop <= CHAIN_HOPS_MAX; hop++) {
		if (issue_needs_round(&again.needs, g->ledger) != 0)
			goto out;
		if (again.needs.round.count == 0)
			break;
		if (issue_needs_places(&again.needs, &g->issues, &again.places) != 0 ||
		    reread_places(&again) != 0)
			goto out;
		if (g->options->more_issues != NULL &&
		    g->options->more_issues(
			g->options->more_issues_ctx, g->ledger, &again.needs) != 0)
			goto out;
	}
	r = 0;
out:
	issue_needs_clear(&again.needs);
	free(again.places.rows);
	free(again.given_up);
	return r;
}
