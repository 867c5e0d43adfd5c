/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_INPUT_TEST_H
#define TESTS_UNIT_INPUT_TEST_H

/* What the tests of the input side share: a visitor that counts, and the real records. */
#include "tests/unit/host_test.h"

#include "correlator/input/record_scan.h"

#define SHAPE_COUNT (RECORD_OTHER + 1)

/* What a scan found. `names` is the event names (or kinds) in order, a blank between them. */
struct findings {
	unsigned shapes[SHAPE_COUNT];
	unsigned malformed;
	size_t offset; /* of the first malformed */
	enum json_error error;
	struct buf names;
	int stop_after; /* ends the scan with 7 at this record; 0: never */
	unsigned records;
};

static inline int
findings_record(
    void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct findings *f = ctx;

	f->shapes[shape]++;
	f->records++;
	assert_non_null(text.ptr);
	if (f->names.len != 0)
		buf_putc(&f->names, ' ');
	if (header->event_name.ptr != NULL)
		buf_put_span(&f->names, header->event_name);
	else
		buf_putc(&f->names, '-');
	return f->stop_after != 0 && (int)f->records == f->stop_after ? 7 : 0;
}

static inline void
findings_malformed(void *ctx, size_t offset, enum json_error error)
{
	struct findings *f = ctx;

	if (f->malformed++ == 0) {
		f->offset = offset;
		f->error = error;
	}
}

static inline int
findings_scan(struct findings *f, struct span document)
{
	struct record_visitor visitor = {f, findings_record, findings_malformed};
	struct buf scratch;
	int r;

	buf_init(&scratch, 1 << 20);
	r = record_scan(document, &scratch, &visitor);
	buf_clear(&scratch);
	return r;
}

static inline void
findings_init(struct findings *f)
{
	*f = (struct findings){0};
	buf_init(&f->names, 1 << 24);
}

/* The file of real records; skips the test where they are not present. */
static inline char *
real_data(const char *name)
{
	const char *dir = getenv("LOGINTRAIL_REAL_DATA");
	char *path;

	if (dir == NULL || dir[0] == '\0')
		dir = "../shared/data";
	if (access(dir, R_OK) != 0)
		skip();
	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

#endif
