/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/scan/scanner_private.h"

#include <errno.h>

#include "common/time_text.h"
#include "correlator/events/event.h"
#include "correlator/input/trail_name.h"
#include "correlator/people/issue_index.h"

/* Strings of files before are forgotten when they are that many. */
#define STRINGS_MAX ((size_t)1 << 20)

int
scanner_init(struct scanner *s, const struct scan_options *o, scan_hand_over *hand_over, void *ctx)
{
	*s = (struct scanner){.options = o, .hand_over = hand_over, .ctx = ctx};
	buf_init(&s->unwrapped, SCRATCH_MAX);
	buf_init(&s->scratch, SCRATCH_MAX);
	record_split_init(&s->split);
	string_pool_init(&s->strings);
	coverage_init(&s->coverage);
	s->means = byte_means_best();
	if (document_init(&s->document, o->inflate_max) != 0)
		return -1;
	s->document.source = o->source;
	return 0;
}

void
scanner_clear(struct scanner *s)
{
	if (s->document.decompressor != NULL)
		document_clear(&s->document);
	coverage_clear(&s->coverage);
	string_pool_clear(&s->strings);
	record_split_clear(&s->split);
	buf_clear(&s->unwrapped);
	buf_clear(&s->scratch);
}

bool
scanner_clean_scratch(struct scanner *s, struct span text)
{
	buf_reset(&s->scratch);
	return buf_reserve(&s->scratch, text.len * 3 + 4096);
}

/* The decoded text of a raw header string, in scratch. */
static struct span
decode(struct scanner *s, struct span raw)
{
	return json_unescape(raw, &s->scratch);
}

static struct span
account_of(struct scanner *s, const struct record_header *header)
{
	struct user_identity u;
	struct json_reader r;

	if (header->recipient_account_id.ptr != NULL)
		return decode(s, header->recipient_account_id);
	if (header->user_identity.ptr == NULL)
		return SPAN_NONE;
	json_reader_init(&r, header->user_identity);
	user_identity_read(&r, &s->scratch, &u);
	return u.account_id;
}

/* The number of a text that is most often the same as the last time. -1 without memory. */
static int
keep_again(struct scanner *s, struct span text, string_id *last)
{
	if (*last != 0 && span_eq(text, string_pool_span(&s->strings, *last)))
		return 0;
	*last = string_pool_add(&s->strings, text, NULL);
	return *last != UINT32_MAX ? 0 : -1;
}

int
scanner_note_coverage(struct scanner *s, const struct record_header *header)
{
	struct span read_only = header->read_only;
	int64_t time_us;

	same_hour_forget(&s->before);
	if (!time_parse(decode(s, header->event_time), &time_us))
		return 0;
	if (keep_again(s, account_of(s, header), &s->last_account) != 0 ||
	    keep_again(s, decode(s, header->aws_region), &s->last_region) != 0 ||
	    coverage_add(&s->coverage, s->last_account, s->last_region, time_us, false) != 0)
		return -1;
	if (span_is(read_only, "true") || span_is(read_only, "True"))
		coverage_add_access(&s->coverage, true);
	else if (span_is(read_only, "false") || span_is(read_only, "False"))
		coverage_add_access(&s->coverage, false);
	same_hour_note(&s->before, header, time_us);
	return 0;
}

/* What the file's name says of its delivery. */
static int
note_delivery(struct scanner *s)
{
	struct trail_name name;
	string_id account_id, region;

	if (!trail_name_parse(s->file->path, &name))
		return 0;
	account_id = string_pool_add(&s->strings, name.account_id, NULL);
	region = string_pool_add(&s->strings, name.region, NULL);
	if (account_id == UINT32_MAX || region == UINT32_MAX)
		return -1;
	return coverage_add(&s->coverage, account_id, region, name.delivered_us, true);
}

uint32_t
scanner_place_of(const struct scanner *s, struct span text)
{
	uintptr_t from = (uintptr_t)s->document.text.ptr, at = (uintptr_t)text.ptr;

	if (at < from || at - from >= s->document.text.len || at - from >= ISSUE_PLACE_UNKNOWN)
		return ISSUE_PLACE_UNKNOWN;
	return (uint32_t)(at - from);
}

static int
keep_record(struct scanner *s, enum finding_kind kind, struct span text, struct span name)
{
	struct findings *f = s->findings;
	bool stays = scanner_place_of(s, text) != ISSUE_PLACE_UNKNOWN &&
	    (s->in_turn || f->copies.len + text.len > FINDINGS_COPY_MAX);

	return findings_add(f, kind, text, name, stays);
}

/* An issuing event: notes where it lies, or keeps it when it cannot be read again. */
static int
on_issue(
    struct scanner *s, enum issue_kind kind, struct span text, const struct record_header *header)
{
	struct issue_keys keys;
	enum event_error error;

	s->findings->counts.issuing++;
	buf_reset(&s->scratch);
	error = issue_keys_read(kind, header, &s->scratch, &keys);
	if (error == EVENT_ERROR_MEMORY)
		return -1;
	if (error != EVENT_OK || keys.count == 0)
		return 0;
	if (!s->document.rereadable || s->options->keep_issues)
		return keep_record(s, FINDING_ISSUE, text, SPAN_NONE);
	return findings_add_issue(s->findings, &keys, scanner_place_of(s, text));
}

static int
on_event(struct scanner *s, struct span text, const struct record_header *header)
{
	struct finding_counts *c = &s->findings->counts;
	enum issue_kind issue;
	enum event_kind kind;

	c->records++;
	if (text.len > RECORD_MAX) {
		c->malformed++;
		return findings_say(s->findings, FINDING_ERROR,
		    "a record of %zu bytes is too long to be one of CloudTrail's", text.len);
	}
	if (!scanner_clean_scratch(s, text) || scanner_note_coverage(s, header) != 0)
		return -1;
	kind = event_kinds_of(header, &issue);
	if (kind != EVENT_OTHER && kind != EVENT_ISSUE)
		return keep_record(s, FINDING_EVENT, text, header->event_name);
	c->skipped++;
	return kind == EVENT_ISSUE && s->options->people ? on_issue(s, issue, text, header) : 0;
}

static void
forget_strings(struct scanner *s)
{
	if (s->strings.bytes > STRINGS_MAX)
		string_pool_clear(&s->strings);
	s->last_account = s->last_region = 0;
	same_hour_forget(&s->before);
}

/* What was found has grown large: it is taken before there is more. */
static int
hand_over(struct scanner *s)
{
	int r = findings_cover(s->findings, &s->coverage, &s->strings);

	if (r == 0)
		r = s->hand_over(s->ctx, s->findings);
	s->in_turn = true;
	forget_strings(s);
	return r;
}

int
scanner_relieve(struct scanner *s)
{
	size_t size = findings_size(s->findings) + s->coverage.cap * sizeof(*s->coverage.rows);

	return size > FINDINGS_MAX ? hand_over(s) : 0;
}

static int
count_record(struct scanner *s, enum record_shape shape, struct span text,
    const struct record_header *header)
{
	struct finding_counts *c = &s->findings->counts;

	s->found++;
	switch (shape) {
	case RECORD_CLOUDTRAIL: return on_event(s, text, header);
	case RECORD_LOGIN:
	case RECORD_JOURNAL: /* a host's word among AWS's: not believed, but counted */
		c->logins_among_events++;
		s->misplaced++;
		s->found--;
		return 0;
	case RECORD_DIGEST: c->digests++; return 0;
	case RECORD_INSIGHT: c->insights++; return 0;
	case RECORD_CONTROL: c->controls++; return 0;
	case RECORD_OTHER:
		c->others++;
		s->found--;
		return 0;
	}
	return 0;
}

static int
on_record(void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct scanner *s = ctx;

	return count_record(s, shape, text, header) == 0 ? scanner_relieve(s) : -1;
}

static void
on_malformed(void *ctx, size_t offset, enum json_error error)
{
	struct scanner *s = ctx;

	s->findings->counts.records++;
	s->findings->counts.malformed++;
	/* that there is no memory for the sentence is told by what is added next */
	if (s->broken++ == 0 && !(s->cut_short && error == JSON_ERROR_TRUNCATED) &&
	    findings_say(s->findings, FINDING_ERROR, "%s at byte %zu", json_error_text(error),
		s->record_at + offset) != 0)
		s->findings->copies.failed = true;
}

/* Every record of the document, as quickly as its form allows. */
static int
scan_records(struct scanner *s)
{
	const struct record_visitor visitor = {s, on_record, on_malformed};
	enum record_split_result result = RECORD_SPLIT_OTHER_FORM;

	if (!s->options->plain)
		result = record_split_run(&s->split, s->means, s->document.text);
	if (result == RECORD_SPLIT_MEMORY)
		return -1;
	if (result == RECORD_SPLIT_OTHER_FORM)
		return record_scan(s->document.text, &s->unwrapped, &visitor);
	return scanner_quick(s, &visitor);
}

/* Tells what is odd about a file as a whole. */
static int
judge_file(struct scanner *s)
{
	struct findings *f = s->findings;
	int r = 0;

	if (s->broken > 1)
		r = findings_say(
		    f, FINDING_ERROR, "%llu places cannot be read", (unsigned long long)s->broken);
	if (r == 0 && s->misplaced != 0)
		r = findings_say(f, FINDING_WARNING,
		    "%llu login record%s among the events: not believed",
		    (unsigned long long)s->misplaced, s->misplaced == 1 ? "" : "s");
	else if (r == 0 && s->found == 0 && s->broken == 0 && s->document.text.len != 0)
		r = findings_say(f, FINDING_WARNING, "no CloudTrail records in it");
	return r;
}

/* What could not be loaded, or not as a whole. */
static int
tell_failed_load(struct scanner *s, enum document_error error)
{
	s->findings->counts.files_failed++;
	if (error == DOCUMENT_ERROR_OPEN || error == DOCUMENT_ERROR_READ)
		return findings_say(
		    s->findings, FINDING_ERROR, "%s: %m", document_error_text(error));
	return findings_say(
	    s->findings, FINDING_ERROR, "%s", document_error_say(&s->document, error));
}

static void
begin_file(struct scanner *s, const struct input_file *file, bool in_turn, struct findings *f)
{
	s->file = file;
	s->findings = f;
	s->in_turn = in_turn;
	s->found = s->misplaced = s->broken = 0;
	forget_strings(s);
}

int
scanner_run(struct scanner *s, const struct input_file *file, bool in_turn, struct findings *f)
{
	enum document_error error;
	int r;

	begin_file(s, file, in_turn, f);
	errno = 0;
	s->document.files_only = file->is_file;
	error = document_load(&s->document, file->path);
	if (error == DOCUMENT_ERROR_MEMORY)
		return -1;
	s->cut_short = error == DOCUMENT_ERROR_TRUNCATED;
	r = error != DOCUMENT_OK ? tell_failed_load(s, error) : note_delivery(s);
	f->counts.files++;
	f->counts.file_bytes += s->document.file_bytes;
	f->counts.text_bytes += s->document.text.len;
	if (r != 0 || scan_records(s) != 0 || judge_file(s) != 0 || f->copies.failed)
		return -1;
	return findings_cover(f, &s->coverage, &s->strings);
}
