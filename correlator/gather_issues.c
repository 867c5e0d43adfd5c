/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering: the issuing events that chains need, which are few of many. They are noted while
 * everything is read once; who needs which is known only then. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlator/gatherer.h"
#include "correlator/people/issue_needs.h"
#include "correlator/people/people.h"
#include "correlator/scan/reread.h"

/* Ends the scan of a file at the record that was wanted. */
#define SCAN_DONE 1

/* Files that are read again. */
struct rereading {
	struct gatherer *gatherer;
	struct issue_needs needs;
	struct issue_places places;
	uint8_t *given_up; /* by file: it cannot be read again, and that was said */
	bool *said;        /* by file: that it is not what it was */
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

/* All of the text, or, with again->at, the first record of it. */
static int
scan_text(struct rereading *again, struct span text)
{
	const struct record_visitor visitor = {again, on_record, on_malformed};

	return record_scan(text, &again->gatherer->unwrapped, &visitor) < 0 ? -1 : 0;
}

/* Keeps the events that these texts begin with. *found: all of them do. */
static int
scan_texts(struct rereading *again, const struct span *texts, size_t count, bool *found)
{
	again->matched = 0;
	for (size_t i = 0; i < count && again->matched == i; i++) {
		again->at = texts[i].ptr;
		if (scan_text(again, texts[i]) != 0)
			return -1;
	}
	*found = again->matched == count;
	return 0;
}

/* The same for these places of the document. */
static int
scan_places(struct rereading *again, const struct issue_place *places, size_t count, bool *found)
{
	struct span text = again->gatherer->document.text;

	again->matched = 0;
	for (size_t i = 0; i < count && again->matched == i; i++) {
		if (places[i].place >= text.len)
			break;
		again->at = text.ptr + places[i].place;
		if (scan_text(again, span_from(text, places[i].place)) != 0)
			return -1;
	}
	*found = again->matched == count;
	return 0;
}

/* All of the file. 0 and *loaded; -1 without memory. What cannot be read is said once. */
static int
load_again(struct rereading *again, uint32_t file, bool *loaded)
{
	struct gatherer *g = again->gatherer;
	enum document_error error;
	bool has_errno;

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
	has_errno = errno != 0 && error != DOCUMENT_ERROR_FETCH;
	diagnostics_error(g->diagnostics, g->file->path, "cannot be read a second time: %s%s%s",
	    document_error_say(&g->document, error), has_errno ? ": " : "",
	    has_errno ? strerror(errno) : "");
	return 0;
}

/* A file in which something else stands where an event was, or that is to be looked through. */
static int
reread_whole(struct rereading *again, const struct issue_place *places, size_t count)
{
	struct gatherer *g = again->gatherer;
	bool loaded, found = false;

	if (load_again(again, places->file, &loaded) != 0)
		return -1;
	if (!loaded)
		return 0;
	if (places->place != ISSUE_PLACE_UNKNOWN && scan_places(again, places, count, &found) != 0)
		return -1;
	if (found)
		return 0;
	again->at = NULL;
	again->matched = 0;
	if (scan_text(again, g->document.text) != 0)
		return -1;
	if (places->place != ISSUE_PLACE_UNKNOWN && again->matched < count) {
		/* later rounds look again: others of its events may be where they were */
		if (!again->said[places->file])
			diagnostics_error(g->diagnostics, g->file->path,
			    "has changed while it was read: events that led to a person are gone");
		again->said[places->file] = true;
	}
	return 0;
}

/* The places of one file. */
static int
take_file(void *ctx, const struct issue_place *places, size_t count, const struct span *texts)
{
	struct rereading *again = ctx;
	struct gatherer *g = again->gatherer;
	bool found = false;

	if (again->given_up[places->file] != 0)
		return 0;
	g->file = &g->inputs->files[places->file];
	g->ledger->counts.files_again++;
	if (texts != NULL && scan_texts(again, texts, count, &found) != 0)
		return -1;
	return found ? 0 : reread_whole(again, places, count);
}

static int
reread_places(struct rereading *again)
{
	const struct gatherer *g = again->gatherer;
	const struct reread_job job = {
	    .inputs = g->inputs,
	    .inflate_max = g->options->inflate_max,
	    .threads = g->options->threads,
	    .places = again->places.rows,
	    .count = again->places.count,
	    .source = g->options->source,
	    .take = take_file,
	    .ctx = again,
	};

	return job.count != 0 ? reread_run(&job) : 0;
}

int
gather_needed_issues(struct gatherer *g)
{
	struct rereading again = {.gatherer = g};
	int r = -1;

	issue_index_finish(&g->issues);
	issue_needs_init(&again.needs);
	again.given_up = calloc(g->inputs->count + 1, 1);
	again.said = calloc(g->inputs->count + 1, sizeof(*again.said));
	if (again.given_up == NULL || again.said == NULL)
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
		    g->options->more_issues(g->options->more_issues_ctx, g->ledger, &again.needs) !=
			0)
			goto out;
	}
	r = 0;
out:
	issue_needs_clear(&again.needs);
	free(again.places.rows);
	free(again.given_up);
	free(again.said);
	return r;
}
