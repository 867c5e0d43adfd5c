/* SPDX-License-Identifier: Apache-2.0 */
/* Shipping's pure parts: where a log is cut, what the parts are called; and the state file. */
#include "tests/unit/ship_fixture.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ZEROS  "0000000000000000000000000000000000000000000000000000000000000000"

static void
put_line(struct buf *out, int seq, const char *time, const char *prev)
{
	buf_reset(out);
	buf_printf(out,
	    "{\"v\":1,\"kind\":\"close\",\"id\":\"" SESSION_ID
	    "\",\"seq\":%d,\"time\":\"%s\",\"prev\":\"%s\"}",
	    seq, time, prev);
}

static void
assert_take(struct ship_part *p, int seq, const char *time, const char *prev, enum ship_take take)
{
	struct buf line;

	buf_init(&line, 4096);
	put_line(&line, seq, time, prev);
	assert_int_equal(ship_part_add(p, buf_span(&line)), take);
	buf_clear(&line);
}

static void
test_cut(void **state)
{
	const struct ship_mark before = {.sha256 = ""};
	struct ship_part p;

	(void)state;
	ship_part_init(&p);
	p.max = 400; /* two lines and a half */
	ship_part_begin(&p, &before);
	assert_take(&p, 1, "2026-11-22T10:00:00.5Z", ZEROS, SHIP_TAKEN);
	assert_take(&p, 2, "2026-11-22T10:00:01Z", HASH_A, SHIP_TAKEN);
	/* what is no record goes on the heap whatever its size, a record does not */
	assert_int_equal(ship_part_add(&p, SPAN("{\"v\":1,\"ki")), SHIP_TAKEN);
	assert_take(&p, 3, "2026-11-22T10:00:02Z", HASH_A, SHIP_FULL);
	assert_int_equal(p.lines, 3);
	assert_int_equal(p.records, 2);
	assert_int_equal(p.first_seq, 1);
	assert_int_equal(p.head.seq, 2);
	assert_int_equal(p.last.seq, 2);
	assert_string_not_equal(p.head.sha256, p.last.sha256);
	assert_string_equal(p.prev, ZEROS);
	/* a record larger than a part is one */
	p.max = 10;
	ship_part_begin(&p, &before);
	assert_take(&p, 1, "2026-11-22T10:00:00Z", ZEROS, SHIP_TAKEN);
	assert_take(&p, 2, "2026-11-22T10:00:00Z", HASH_A, SHIP_FULL);
	ship_part_clear(&p);
}

static void
test_day(void **state)
{
	const struct ship_mark before = {.sha256 = ""};
	struct ship_part p;

	(void)state;
	ship_part_init(&p);
	ship_part_begin(&p, &before);
	assert_take(&p, 7, "2026-11-22T23:59:59.999999Z", HASH_A, SHIP_TAKEN);
	assert_take(&p, 8, "2026-11-23T00:00:00Z", HASH_B, SHIP_FULL);
	ship_part_begin(&p, &p.last);
	/* lines that are no records have no day */
	assert_int_equal(ship_part_add(&p, SPAN("")), SHIP_TAKEN);
	assert_take(&p, 8, "2026-11-23T00:00:00Z", HASH_B, SHIP_TAKEN);
	assert_take(&p, 9, "2026-11-22T23:59:59Z", HASH_B, SHIP_FULL);
	assert_int_equal(p.first_seq, 8);
	ship_part_clear(&p);
}

static void
test_gap(void **state)
{
	static const struct {
		const char *before;
		int before_seq, seq;
		const char *prev;
		bool torn_off;
		int from, to;
	} rows[] = {
	    {HASH_A, 4, 5, HASH_A, false, 0, 0},
	    {HASH_A, 4, 9, HASH_A, false, 0, 0}, /* a sealed log goes on behind its key's number */
	    {HASH_A, 4, 9, HASH_B, true, 5, 8},
	    {HASH_A, 4, 5, HASH_B, true, 0, 0},
	    {HASH_A, 4, 1, ZEROS, false, 0, 0}, /* a new chain */
	    {"", 0, 9, HASH_B, false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ship_mark before = {.seq = (uint64_t)rows[i].before_seq};
		struct ship_part p;

		(void)snprintf(before.sha256, sizeof(before.sha256), "%s", rows[i].before);
		ship_part_init(&p);
		ship_part_begin(&p, &before);
		assert_take(&p, rows[i].seq, "2026-11-22T10:00:00Z", rows[i].prev, SHIP_TAKEN);
		assert_int_equal(p.torn_off, rows[i].torn_off);
		assert_int_equal(p.missing_from, rows[i].from);
		assert_int_equal(p.missing_to, rows[i].to);
		ship_part_clear(&p);
	}
}

static void
test_name(void **state)
{
	const struct ship_mark before = {.sha256 = HASH_A, .seq = 16};
	struct ship_place place = {SPAN("logs/a b"), SPAN("111122223333"), SPAN("eu-central-1"),
	    SPAN("i-0123456789abcdef0")};
	struct sigv4_pair pairs[SHIP_METADATA_MAX];
	char expected[256];
	struct ship_part p;
	struct buf out, texts;

	(void)state;
	buf_init(&out, 4096);
	buf_init(&texts, 4096);
	ship_part_init(&p);
	ship_part_begin(&p, &before);
	assert_take(&p, 19, "2026-11-02T03:04:05.999999Z", HASH_B, SHIP_TAKEN);
	ship_name_put(&out, &place, &p, 1);
	(void)snprintf(expected, sizeof(expected),
	    "logs/a b/logins/111122223333/eu-central-1/2026/11/02/"
	    "i-0123456789abcdef0_20261102T030405Z_000000000019_%.16s.jsonl.gz",
	    p.first);
	assert_span(buf_span(&out), expected);
	buf_reset(&out);
	place.prefix = SPAN("");
	ship_name_put(&out, &place, &p, 2);
	assert_true(span_starts(buf_span(&out), "logins/111122223333/"));
	assert_true(span_ends(buf_span(&out), "_2.jsonl.gz"));
	assert_int_equal(ship_name_metadata(&p, &texts, pairs), 6);
	assert_span(pairs[0].name, "head");
	(void)snprintf(expected, sizeof(expected), "%s:19", p.first);
	assert_span(pairs[0].value, expected);
	assert_span(pairs[2].name, "prev");
	assert_span(pairs[2].value, HASH_B);
	assert_span(pairs[5].name, "missing");
	assert_span(pairs[5].value, "17-18");
	ship_part_clear(&p);
	buf_clear(&out);
	buf_clear(&texts);
}

static void
test_mark(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t seq;
	} rows[] = {
	    {HASH_A ":17", true, 17},
	    {HASH_A ":0", true, 0},
	    {HASH_A, false, 0},
	    {HASH_A ":", false, 0},
	    {HASH_A ":x", false, 0},
	    {HASH_A ":99999999999999999999", false, 0},
	    {"A" HASH_A ":1", false, 0},
	    {"", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ship_mark mark = {.seq = 0};

		assert_int_equal(ship_mark_read(span_of(rows[i].text), &mark), rows[i].good);
		assert_int_equal(mark.seq, rows[i].seq);
	}
}

static void
test_gzip(void **state)
{
	struct buf a, b, text;

	(void)state;
	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	buf_init(&text, 21 << 20);
	assert_int_equal(ship_gzip(SPAN("one line\n"), &a), 0);
	assert_int_equal(ship_gzip(SPAN("one line\n"), &b), 0);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	assert_int_equal(a.ptr[4] | a.ptr[5] | a.ptr[6] | a.ptr[7], 0); /* no time in it */
	inflate_all(buf_span(&a), &text);
	assert_span(buf_span(&text), "one line\n");
	buf_clear(&a);
	buf_clear(&b);
	buf_clear(&text);
}

static void
test_state(void **state)
{
	static const char *const damaged[] = {"", "{", "[]", "{\"logintrail_ship\":1}",
	    "{\"logintrail_ship\":2,\"log\":\"/l\",\"to\":\"s3://b\"}",
	    "{\"logintrail_ship\":1,\"log\":\"/l\",\"to\":\"s3://b\",\"begin\":5,\"end\":4}"};
	struct ship_state s, t;
	struct world w;

	(void)state;
	world_make(&w);
	ship_state_init(&s);
	ship_state_init(&t);
	assert_int_equal(ship_state_load(&t, w.state), SHIP_STATE_NONE);
	buf_puts(&s.log, "/var/log/\"x\"\n");
	buf_puts(&s.to, "s3://b/p");
	buf_puts(&s.instance, "i-0123456789abcdef0");
	s.last = (struct ship_mark){.sha256 = HASH_A, .seq = 17};
	s.device = UINT64_MAX - 1;
	s.inode = 5;
	s.begin = 100;
	s.end = 1000;
	assert_int_equal(ship_state_save(&s, w.state), 0);
	assert_int_equal(ship_state_load(&t, w.state), SHIP_STATE_LOADED);
	assert_span(buf_span(&t.log), "/var/log/\"x\"\n");
	assert_span(buf_span(&t.to), "s3://b/p");
	assert_span(buf_span(&t.instance), "i-0123456789abcdef0");
	assert_string_equal(t.last.sha256, HASH_A);
	assert_int_equal(t.last.seq, 17);
	assert_true(t.device == UINT64_MAX - 1 && t.inode == 5 && t.begin == 100 && t.end == 1000);
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		file_write(w.state, damaged[i], strlen(damaged[i]), 0600);
		assert_int_equal(ship_state_load(&t, w.state), SHIP_STATE_DAMAGED);
		assert_int_equal(t.log.len, 0);
	}
	assert_int_equal(ship_state_save(&s, w.state), 0);
	assert_int_equal(chmod(w.state, 0666), 0);
	assert_int_equal(
	    ship_state_load(&t, w.state), SHIP_STATE_DAMAGED); /* others may write it */
	assert_int_equal(ship_state_save(&s, "/nowhere/at/all"), -1);
	ship_state_clear(&s);
	ship_state_clear(&t);
	world_remove(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_day),
	    cmocka_unit_test(test_gap),
	    cmocka_unit_test(test_name),
	    cmocka_unit_test(test_mark),
	    cmocka_unit_test(test_gzip),
	    cmocka_unit_test(test_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
