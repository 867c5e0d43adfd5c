/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SCAN_FINDINGS_H
#define CORRELATOR_SCAN_FINDINGS_H

#include "common/buf.h"
#include "correlator/correlate/coverage.h"
#include "correlator/events/issue_keys.h"

/*
 * What a file of events has that matters, as scanner.h finds it: the few records of use, what the
 * file covers, where its issuing events lie, counts, and what is wrong with it. It depends on
 * nothing but the file, so any thread may make it; whoever takes it up does so file by file.
 *
 * Records are copied as long as they are few. Of those behind FINDINGS_COPY_MAX only the place in
 * the loaded document is kept: then the findings are pinned, and must be taken before the next
 * document is loaded.
 */
#define FINDINGS_COPY_MAX ((size_t)1 << 20)
/* What a file's findings may grow to before they are taken in part. */
#define FINDINGS_MAX ((size_t)4 << 20)

enum finding_kind {
	FINDING_EVENT,   /* a record to be read in full */
	FINDING_ISSUE,   /* an issuing event that cannot be read again */
	FINDING_ERROR,   /* a sentence for diagnostics_error */
	FINDING_WARNING, /* ... for diagnostics_warning */
};

struct finding {
	enum finding_kind kind;
	uint32_t name_at, name_len; /* of an event: its eventName in the text, as it is written */
	size_t len;
	size_t at;            /* in the copies, unless */
	const char *in_place; /* it stands in the document */
};

/* What an account and region have in the file; strings in the copies. */
struct finding_cover {
	size_t account_at, account_len, region_at, region_len;
	bool has_account, has_region;
	struct coverage_row row; /* its ids are of no use; its days are owned */
};

struct finding_issue {
	struct issue_keys keys;
	uint32_t place;
};

/* As the members of struct ledger_counts. */
struct finding_counts {
	uint64_t files, file_bytes, text_bytes, files_failed;
	uint64_t records, skipped, malformed, issuing;
	uint64_t digests, insights, controls, others;
	uint64_t logins_among_events;
};

struct findings {
	struct finding *rows; /* in the order of the file */
	size_t count, cap;
	struct finding_cover *covers;
	size_t cover_count, cover_cap;
	struct finding_issue *issues;
	size_t issue_count, issue_cap;
	struct buf copies;
	struct finding_counts counts;
	bool pinned;
};

void findings_init(struct findings *f);
/* Frees all: as after findings_init. */
void findings_clear(struct findings *f);
/* About how many bytes they hold. */
size_t findings_size(const struct findings *f);

/* Adds a record; name is its eventName, which lies in the text, or SPAN_NONE. In place: the text
 * stays where it is until the findings are taken. 0, or -1 without memory, as everything below. */
int findings_add(
    struct findings *f, enum finding_kind kind, struct span text, struct span name, bool in_place);
/* Adds a sentence; %m is errno's. */
int findings_say(struct findings *f, enum finding_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Moves every row into the findings, strings of the pool with them: the coverage is empty then. */
int findings_cover(struct findings *f, struct coverage *coverage, const struct string_pool *pool);
int findings_add_issue(struct findings *f, const struct issue_keys *keys, uint32_t place);

struct span findings_text(const struct findings *f, const struct finding *row);
struct span findings_name(const struct findings *f, const struct finding *row);
/* SPAN_NONE where a record names none. */
struct span findings_account(const struct findings *f, const struct finding_cover *cover);
struct span findings_region(const struct findings *f, const struct finding_cover *cover);

#endif
