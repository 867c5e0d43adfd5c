/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering: CloudTrail's records, and what they cover. */
#include "common/time_text.h"
#include "correlator/gatherer.h"
#include "correlator/input/trail_name.h"

bool
gather_scratch(struct gatherer *g, struct span text)
{
	buf_reset(&g->scratch);
	return buf_reserve(&g->scratch, text.len * 3 + 4096);
}

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

/* The number of a text that is most often the same as the last time. -1 without memory. */
static int
keep_again(struct gatherer *g, struct span text, string_id *last)
{
	struct string_pool *pool = &g->ledger->pool;

	if (*last != 0 && span_eq(text, string_pool_span(pool, *last)))
		return 0;
	*last = string_pool_add(pool, text, NULL);
	return *last != UINT32_MAX ? 0 : -1;
}

/* Notes that the input has a record of that account, region and time. */
static int
note_coverage(struct gatherer *g, const struct record_header *header)
{
	struct ledger *l = g->ledger;
	struct span read_only = header->read_only;
	int64_t time_us;

	if (!time_parse(decode(g, header->event_time), &time_us))
		return 0;
	if (keep_again(g, account_of(g, header), &g->last_account) != 0 ||
	    keep_again(g, decode(g, header->aws_region), &g->last_region) != 0 ||
	    coverage_add(&l->coverage, g->last_account, g->last_region, time_us, false) != 0)
		return -1;
	if (span_is(read_only, "true") || span_is(read_only, "True"))
		coverage_add_access(&l->coverage, true);
	else if (span_is(read_only, "false") || span_is(read_only, "False"))
		coverage_add_access(&l->coverage, false);
	return 0;
}

/* A record that says of a key push, or the like, who made it. */
static int
gather_use(struct gatherer *g, struct span text, const struct record_header *header)
{
	enum event_error error;
	struct event e;

	if (!gather_scratch(g, text))
		return -1;
	error = event_parse(text, &g->scratch, &e);
	if (error == EVENT_ERROR_MEMORY)
		return -1;
	if (error == EVENT_OK)
		return ledger_add_event(g->ledger, &e);
	g->ledger->counts.malformed++;
	diagnostics_error(g->diagnostics, g->file->path, "a %.*s record cannot be used: %s",
	    (int)span_head(header->event_name, 64).len, header->event_name.ptr,
	    event_error_text(error));
	return 0;
}

int
gather_event(struct gatherer *g, struct span text, const struct record_header *header)
{
	struct ledger_counts *c = &g->ledger->counts;
	enum event_kind kind;

	c->records++;
	if (text.len > RECORD_MAX) {
		c->malformed++;
		diagnostics_error(g->diagnostics, g->file->path,
		    "a record of %zu bytes is too long to be one of CloudTrail's", text.len);
		return 0;
	}
	if (!gather_scratch(g, text) || note_coverage(g, header) != 0)
		return -1;
	kind = event_kind_of(header);
	if (kind != EVENT_OTHER && kind != EVENT_ISSUE)
		return gather_use(g, text, header);
	c->skipped++;
	return kind == EVENT_ISSUE && g->options->people ? gather_issue(g, text, header) : 0;
}

int
gather_delivery(struct gatherer *g)
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
