/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/gather.h"

#include <errno.h>
#include <string.h>

#include "common/time_text.h"
#include "correlator/input/document.h"
#include "correlator/input/record_scan.h"
#include "correlator/input/trail_name.h"

/* A record is at most 1 MB (CloudTrail User Guide). What is longer by far is no record; what is
 * decoded of one, with its key, fits into the scratch. */
#define RECORD_MAX  ((size_t)16 << 20)
#define SCRATCH_MAX (4 * RECORD_MAX)

struct gatherer {
	struct ledger *ledger;
	struct diagnostics *diagnostics;
	const struct input_file *file;
	struct document document;
	struct buf unwrapped; /* records that stood in strings */
	struct buf scratch;   /* decoded strings of one record */
	uint64_t found;       /* records in this file that its role may have */
	uint64_t misplaced;   /* ... and that it may not */
	uint64_t broken;
	bool cut_short; /* said already: the file ends early */
};

/* The decoded text of a raw header string, in scratch. */
static struct span
decode(struct gatherer *g, struct span raw)
{
	return json_unescape(raw, &g->scratch);
}

static struct span
account_of(struct gatherer *g, const struct record_header *header)
{
	struct user_identity u;
	struct json_reader r;

	if (header->recipient_account_id.ptr != NULL)
		return decode(g, header->recipient_account_id);
	if (header->user_identity.ptr == NULL)
		return SPAN_NONE;
	json_reader_init(&r, header->user_identity);
	user_identity_read(&r, &g->scratch, &u);
	return u.account_id;
}

/* Notes that the input has a record of that account, region and time. */
static int
note_coverage(struct gatherer *g, const struct record_header *header)
{
	struct ledger *l = g->ledger;
	string_id account_id, region;
	int64_t time_us;

	if (!time_parse(decode(g, header->event_time), &time_us))
		return 0;
	account_id = string_pool_add(&l->pool, account_of(g, header), NULL);
	region = string_pool_add(&l->pool, decode(g, header->aws_region), NULL);
	if (account_id == UINT32_MAX || region == UINT32_MAX)
		return -1;
	return coverage_add(&l->coverage, account_id, region, time_us, false);
}

static int
gather_event(struct gatherer *g, struct span text, const struct record_header *header)
{
	struct ledger_counts *c = &g->ledger->counts;
	enum event_error error;
	struct event e;

	if (text.len > RECORD_MAX) {
		c->malformed++;
		diagnostics_error(g->diagnostics, g->file->path,
		    "a record of %zu bytes is too long to be one of CloudTrail's", text.len);
		return 0;
	}
	buf_reset(&g->scratch);
	if (!buf_reserve(&g->scratch, text.len * 3 + 4096) || note_coverage(g, header) != 0)
		return -1;
	if (event_kind_of(header) == EVENT_OTHER) {
		c->skipped++;
		return 0;
	}
	buf_reset(&g->scratch);
	error = event_parse(text, &g->scratch, &e);
	if (error == EVENT_ERROR_MEMORY)
		return -1;
	if (error != EVENT_OK) {
		c->malformed++;
		diagnostics_error(g->diagnostics, g->file->path, "a %.*s record cannot be used: %s",
		    (int)span_head(header->event_name, 64).len, header->event_name.ptr,
		    event_error_text(error));
		return 0;
	}
	return ledger_add_event(g->ledger, &e);
}

static int
gather_login(struct gatherer *g, struct span text)
{
	struct ledger_counts *c = &g->ledger->counts;
	struct login_record record;

	buf_reset(&g->scratch);
	if (login_record_read(text, &g->scratch, &record) != 0) {
		c->login_lines++;
		c->login_malformed++;
		g->broken++;
		diagnostics_error(g->diagnostics, g->file->path,
		    "a login record cannot be used: not of a version and form that "
		    "this program knows");
		return 0;
	}
	return ledger_add_login_record(g->ledger, &record);
}

/* A record in a file whose role does not vouch for it: not believed, but counted. */
static int
misplaced(struct gatherer *g, enum record_shape shape)
{
	struct ledger_counts *c = &g->ledger->counts;

	g->misplaced++;
	if (shape == RECORD_LOGIN) {
		c->logins_among_events++;
	} else {
		c->records++;
		c->skipped++;
		c->events_among_logins++;
	}
	return 0;
}

static int
on_record(void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct gatherer *g = ctx;
	struct ledger_counts *c = &g->ledger->counts;

	if ((shape == RECORD_LOGIN) != (g->file->role == INPUT_LOGINS) &&
	    (shape == RECORD_LOGIN || shape == RECORD_CLOUDTRAIL))
		return misplaced(g, shape);
	g->found++;
	switch (shape) {
	case RECORD_CLOUDTRAIL: c->records++; return gather_event(g, text, header);
	case RECORD_LOGIN: return gather_login(g, text);
	case RECORD_DIGEST: c->digests++; return 0;
	case RECORD_INSIGHT: c->insights++; return 0;
	case RECORD_CONTROL: c->controls++; return 0;
	case RECORD_OTHER:
		c->others++;
		g->found--;
		return 0;
	}
	return 0;
}

static void
on_malformed(void *ctx, size_t offset, enum json_error error)
{
	struct gatherer *g = ctx;
	struct ledger_counts *c = &g->ledger->counts;

	if (g->file->role == INPUT_LOGINS) {
		c->login_lines++;
		c->login_malformed++;
	} else {
		c->records++;
		c->malformed++;
	}
	if (g->broken++ == 0 && !(g->cut_short && error == JSON_ERROR_TRUNCATED))
		diagnostics_error(g->diagnostics, g->file->path, "%s at byte %zu",
		    json_error_text(error), offset);
}

/* Tells what is odd about a file as a whole. */
static void
judge_file(struct gatherer *g)
{
	struct diagnostics *d = g->diagnostics;
	const char *path = g->file->path;

	if (g->broken > 1)
		diagnostics_error(
		    d, path, "%llu places cannot be read", (unsigned long long)g->broken);
	if (g->misplaced != 0)
		diagnostics_warning(d, path, "%llu %s not believed",
		    (unsigned long long)g->misplaced,
		    g->file->role == INPUT_LOGINS ? "CloudTrail records among the logins:"
						  : "login records among the events:");
	else if (g->found == 0 && g->broken == 0 && g->document.text.len != 0)
		diagnostics_warning(d, path, "no %s in it",
		    g->file->role == INPUT_LOGINS ? "login records" : "CloudTrail records");
}

static int
note_delivery(struct gatherer *g)
{
	struct ledger *l = g->ledger;
	struct trail_name name;
	string_id account_id, region;

	if (g->file->role != INPUT_EVENTS || !trail_name_parse(g->file->path, &name))
		return 0;
	account_id = string_pool_add(&l->pool, name.account_id, NULL);
	region = string_pool_add(&l->pool, name.region, NULL);
	if (account_id == UINT32_MAX || region == UINT32_MAX)
		return -1;
	return coverage_add(&l->coverage, account_id, region, name.delivered_us, true);
}

static int
gather_file(struct gatherer *g, const struct input_file *file)
{
	const struct record_visitor visitor = {g, on_record, on_malformed};
	struct ledger_counts *c = &g->ledger->counts;
	enum document_error error;

	g->file = file;
	g->found = g->misplaced = g->broken = 0;
	errno = 0;
	error = document_load(&g->document, file->path);
	g->cut_short = error == DOCUMENT_ERROR_TRUNCATED;
	c->files++;
	c->file_bytes += g->document.file_bytes;
	c->text_bytes += g->document.text.len;
	if (error == DOCUMENT_ERROR_MEMORY)
		return -1;
	if (error != DOCUMENT_OK) {
		c->files_failed++;
		if (error == DOCUMENT_ERROR_OPEN || error == DOCUMENT_ERROR_READ)
			diagnostics_error(g->diagnostics, file->path, "%s: %s",
			    document_error_text(error), strerror(errno));
		else
			diagnostics_error(
			    g->diagnostics, file->path, "%s", document_error_text(error));
	} else if (note_delivery(g) != 0) {
		return -1;
	}
	if (record_scan(g->document.text, &g->unwrapped, &visitor) != 0)
		return -1;
	judge_file(g);
	return 0;
}

int
gather_inputs(
    struct ledger *l, const struct input_list *inputs, size_t inflate_max, struct diagnostics *d)
{
	struct gatherer g = {.ledger = l, .diagnostics = d};
	int r = -1;

	buf_init(&g.unwrapped, SCRATCH_MAX);
	buf_init(&g.scratch, SCRATCH_MAX);
	if (document_init(&g.document, inflate_max) != 0)
		return -1;
	for (size_t i = 0; i < inputs->count; i++)
		if (gather_file(&g, &inputs->files[i]) != 0)
			goto out;
	l->counts.files_special += inputs->special;
	r = ledger_finish(l);
out:
	document_clear(&g.document);
	buf_clear(&g.unwrapped);
	buf_clear(&g.scratch);
	return r;
}
