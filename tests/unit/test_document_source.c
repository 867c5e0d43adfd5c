/* SPDX-License-Identifier: Apache-2.0 */
/* Files that come from somewhere else. */
#include "tests/unit/input_test.h"

#include <libdeflate.h>
#include <pthread.h>

#include "correlator/gather.h"
#include "correlator/input/document.h"
#include "correlator/input/temporary_file.h"

#define START "far:"

/* Answers by what stands behind the start of the path. */
struct elsewhere {
	struct document_source source;
	struct buf packed; /* "packed" */
	pthread_mutex_t lock;
	size_t plans, planned, reads;
	uint32_t order[64]; /* of the last plan */
};

static bool
has(void *ctx, const char *path)
{
	(void)ctx;
	return span_starts(span_of(path), START);
}

static int
plan(void *ctx, const struct input_list *list, const uint32_t *numbers, size_t count)
{
	struct elsewhere *e = ctx;

	(void)list;
	e->plans++;
	e->planned = count;
	for (size_t i = 0; i < count && i < 64; i++)
		e->order[i] = numbers != NULL ? numbers[i] : (uint32_t)i;
	return 0;
}

static int
give_file(struct document_bytes *bytes, struct span text)
{
	bytes->fd = temporary_file_open();
	bytes->len = text.len;
	return bytes->fd >= 0 && write(bytes->fd, text.ptr, text.len) == (ssize_t)text.len ? 0 : -2;
}

static int
read_far(void *ctx, const char *path, struct document_bytes *bytes, struct buf *error)
{
	struct elsewhere *e = ctx;
	struct span what = span_from(span_of(path), sizeof(START) - 1);
	struct span text = span_is(what, "packed") ? buf_span(&e->packed) : what;

	(void)pthread_mutex_lock(&e->lock);
	e->reads++;
	(void)pthread_mutex_unlock(&e->lock);
	bytes->changed_us = 5;
	if (span_is(what, "memory"))
		return -2;
	if (span_is(what, "denied")) {
		buf_puts(error, "denied by somebody");
		return -1;
	}
	if (span_is(what, "empty"))
		return 0;
	if (span_starts(what, "file"))
		return give_file(bytes, text);
	bytes->data = malloc(text.len + 1);
	memcpy(bytes->data, text.ptr, text.len);
	bytes->len = text.len;
	return 0;
}

static void
elsewhere_init(struct elsewhere *e)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	struct span text = SPAN("what was packed, packed, packed");

	*e = (struct elsewhere){.source = {has, plan, read_far, e}};
	(void)pthread_mutex_init(&e->lock, NULL);
	buf_init(&e->packed, 4096);
	assert_true(buf_reserve(&e->packed, 1000));
	e->packed.len = libdeflate_gzip_compress(c, text.ptr, text.len, e->packed.ptr, 1000);
	libdeflate_free_compressor(c);
}

static void
elsewhere_clear(struct elsewhere *e)
{
	(void)pthread_mutex_destroy(&e->lock);
	buf_clear(&e->packed);
}

static void
test_load(void **state)
{
	static const struct {
		const char *path;
		enum document_error error;
		const char *text, *said;
	} cases[] = {
	    {START "plain text", DOCUMENT_OK, "plain text", NULL},
	    {START "packed", DOCUMENT_OK, "what was packed, packed, packed", NULL},
	    {START "denied", DOCUMENT_ERROR_FETCH, "", "denied by somebody"},
	    {START "file that is mapped", DOCUMENT_OK, "file that is mapped", NULL},
	    {START "empty", DOCUMENT_OK, "", NULL},
	    {START "memory", DOCUMENT_ERROR_MEMORY, "", NULL},
	    {"/nowhere/far:x", DOCUMENT_ERROR_OPEN, "", "cannot be opened"},
	    {START "again", DOCUMENT_OK, "again", NULL},
	};
	struct elsewhere e;
	struct document d;

	(void)state;
	elsewhere_init(&e);
	assert_int_equal(document_init(&d, 1 << 20), 0);
	d.source = &e.source;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum document_error error = document_load(&d, cases[i].path);

		assert_int_equal(error, cases[i].error);
		assert_span(d.text, cases[i].text);
		if (cases[i].said != NULL)
			assert_string_equal(document_error_say(&d, error), cases[i].said);
		if (error != DOCUMENT_OK)
			continue;
		assert_true(d.rereadable);
		assert_int_equal(d.changed_us, 5);
	}
	assert_int_equal(document_load_head(&d, START "packed", 8), DOCUMENT_OK);
	assert_int_equal(d.text.len, 8);
	/* without a source a path is a path */
	d.source = NULL;
	assert_int_equal(document_load(&d, START "plain text"), DOCUMENT_ERROR_OPEN);
	document_clear(&d);
	elsewhere_clear(&e);
}

static void
add(struct input_list *l, enum input_role role, const char *what)
{
	const struct input_file file = {.role = (uint8_t)role, .origin = 1, .is_file = true};

	assert_int_equal(input_list_put(l, &file, SPAN(START), span_of(what), SPAN_NONE), 0);
}

/* Logins are taken by one thread while others scan events: both are announced from their first on.
 */
static void
test_plan(void **state)
{
	static const uint32_t order[] = {0, 3, 1, 4, 2, 5};
	struct elsewhere e;
	struct input_list list;

	(void)state;
	elsewhere_init(&e);
	for (size_t threads = 1; threads <= 4; threads += 3) {
		const struct gather_options o = {
		    .inflate_max = 1 << 20, .threads = threads, .source = &e.source};
		struct diagnostics d = {0};
		struct ledger l;

		input_list_init(&list);
		for (int i = 0; i < 3; i++)
			add(&list, INPUT_LOGINS, "empty");
		add(&list, INPUT_EVENTS, "empty");
		add(&list, INPUT_EVENTS, "denied");
		add(&list, INPUT_EVENTS, "{\"Records\":[]}");
		e.plans = e.reads = 0;
		assert_int_equal(ledger_init(&l), 0);
		assert_int_equal(gather_inputs(&l, &list, &o, &d), 0);
		assert_int_equal(e.plans, 1);
		assert_int_equal(e.planned, 6);
		assert_memory_equal(e.order, order, sizeof(order));
		assert_int_equal(e.reads, 6);
		assert_int_equal(l.counts.files, 6);
		assert_int_equal(l.counts.files_failed, 1);
		assert_int_equal(d.errors, 1);
		ledger_clear(&l);
		input_list_clear(&list);
	}
	elsewhere_clear(&e);
}

/* Only what was asked for is in it: that there is nothing else says nothing. */
static void
test_filtered(void **state)
{
	static const char record[] =
	    "{\"Records\":[{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"Root\"},"
	    "\"eventTime\":\"2026-11-22T06:22:40Z\",\"eventSource\":\"ec2.amazonaws.com\","
	    "\"eventName\":\"RunInstances\",\"awsRegion\":\"us-east-1\","
	    "\"recipientAccountId\":\"111122223333\"}]}";
	struct elsewhere e;

	(void)state;
	elsewhere_init(&e);
	for (int filtered = 0; filtered < 2; filtered++) {
		const struct gather_options o = {.inflate_max = 1 << 20, .source = &e.source};
		struct diagnostics d = {0};
		struct input_list list;
		struct ledger l;

		input_list_init(&list);
		add(&list, INPUT_EVENTS, record);
		list.files[0].filtered = filtered != 0;
		assert_int_equal(ledger_init(&l), 0);
		assert_int_equal(gather_inputs(&l, &list, &o, &d), 0);
		assert_int_equal(l.counts.records, 1);
		assert_int_equal(l.coverage.count, filtered == 0);
		ledger_clear(&l);
		input_list_clear(&list);
	}
	elsewhere_clear(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_load),
	    cmocka_unit_test(test_plan),
	    cmocka_unit_test(test_filtered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
