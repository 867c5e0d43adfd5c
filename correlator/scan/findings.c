/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/scan/findings.h"

#include <stdlib.h>

#include "common/array.h"

/* Records that stand in strings are always copied; one is at most 16 MB. */
#define COPIES_MAX   ((size_t)64 << 20)
#define SENTENCE_MAX 1024

void
findings_init(struct findings *f)
{
	*f = (struct findings){0};
	buf_init(&f->copies, COPIES_MAX);
}

void
findings_clear(struct findings *f)
{
	for (size_t i = 0; i < f->cover_count; i++)
		free(f->covers[i].row.days);
	free(f->covers);
	free(f->rows);
	free(f->issues);
	buf_clear(&f->copies);
	findings_init(f);
}

size_t
findings_size(const struct findings *f)
{
	size_t size = sizeof(*f) + f->copies.cap + f->cap * sizeof(*f->rows) +
	    f->cover_cap * sizeof(*f->covers) + f->issue_cap * sizeof(*f->issues);

	for (size_t i = 0; i < f->cover_count; i++)
		size += f->covers[i].row.day_cap * sizeof(*f->covers[i].row.days);
	return size;
}

/* A copy of the text; *at: where. */
static int
copy(struct findings *f, struct span text, size_t *at)
{
	*at = f->copies.len;
	buf_put_span(&f->copies, text);
	return f->copies.failed ? -1 : 0;
}

int
findings_add(
    struct findings *f, enum finding_kind kind, struct span text, struct span name, bool in_place)
{
	struct finding row = {.kind = kind, .len = text.len};

	if (name.ptr != NULL) {
		row.name_at = (uint32_t)(name.ptr - text.ptr);
		row.name_len = (uint32_t)name.len;
	}
	if (!array_grow((void **)&f->rows, f->count, &f->cap, sizeof(*f->rows)))
		return -1;
	if (in_place) {
		row.in_place = text.ptr;
		f->pinned = true;
	} else if (copy(f, text, &row.at) != 0) {
		return -1;
	}
	f->rows[f->count++] = row;
	return 0;
}

int
findings_say(struct findings *f, enum finding_kind kind, const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	if (n < 0)
		return -1;
	return findings_add(f, kind, span_of(sentence), SPAN_NONE, false);
}

int
findings_cover(struct findings *f, struct coverage *coverage, const struct string_pool *pool)
{
	int r = 0;

	coverage_order(coverage);
	for (size_t i = 0; i < coverage->count && r == 0; i++) {
		struct coverage_row *row = &coverage->rows[i];
		struct span account = string_pool_span(pool, row->account_id);
		struct span region = string_pool_span(pool, row->region);
		struct finding_cover cover = {
		    .account_len = account.len,
		    .region_len = region.len,
		    .has_account = account.ptr != NULL,
		    .has_region = region.ptr != NULL,
		};

		if (!array_grow(
			(void **)&f->covers, f->cover_count, &f->cover_cap, sizeof(*f->covers)) ||
		    copy(f, account, &cover.account_at) != 0 ||
		    copy(f, region, &cover.region_at) != 0) {
			r = -1;
			break;
		}
		cover.row = *row;
		row->days = NULL;
		f->covers[f->cover_count++] = cover;
	}
	coverage_clear(coverage);
	return r;
}

int
findings_add_issue(struct findings *f, const struct issue_keys *keys, uint32_t place)
{
	if (!array_grow((void **)&f->issues, f->issue_count, &f->issue_cap, sizeof(*f->issues)))
		return -1;
	f->issues[f->issue_count++] = (struct finding_issue){*keys, place};
	return 0;
}

static struct span
copied(const struct findings *f, size_t at, size_t len)
{
	return span_head(span_from(buf_span(&f->copies), at), len);
}

struct span
findings_text(const struct findings *f, const struct finding *row)
{
	if (row->in_place != NULL)
		return (struct span){row->in_place, row->len};
	return copied(f, row->at, row->len);
}

struct span
findings_name(const struct findings *f, const struct finding *row)
{
	return span_head(span_from(findings_text(f, row), row->name_at), row->name_len);
}

struct span
findings_account(const struct findings *f, const struct finding_cover *cover)
{
	return cover->has_account ? copied(f, cover->account_at, cover->account_len) : SPAN_NONE;
}

struct span
findings_region(const struct findings *f, const struct finding_cover *cover)
{
	return cover->has_region ? copied(f, cover->region_at, cover->region_len) : SPAN_NONE;
}
