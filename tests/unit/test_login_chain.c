/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/evidence/login_chain.h"
#include "pam_module/login_record.h"

#define HOST_A "i-0123456789abcdef0"
#define HOST_B "i-0fedcba9876543210"
#define LINES  40
#define START  (INT64_C(1795330000) * US_PER_SECOND)

/* A log as its recorder would write it, line by line; tests break it. */
struct log {
	struct buf lines[LINES];
	size_t count;
};

static void
log_clear(struct log *l)
{
	for (size_t i = 0; i < l->count; i++)
		buf_clear(&l->lines[i]);
	l->count = 0;
}

static void
hash_hex(struct span line, char out[static SHA256_HEX_LEN + 1])
{
	uint8_t digest[SHA256_LEN];

	assert_int_equal(sha256_digest(line, digest), 0);
	sha256_hex(digest, out);
}

/* Appends a record that continues the line before, or prev. */
static void
log_record(struct log *l, const char *host, uint64_t seq, const char *prev,
    const struct login_seal_key *key)
{
	static const char id[] = "0123456789abcdef0123456789abcdef";
	struct buf *line = &l->lines[l->count];
	struct login_record r;

	assert_true(l->count < LINES);
	login_record_init(&r, seq % 2 != 0 ? LOGIN_RECORD_OPEN : LOGIN_RECORD_CLOSE);
	r.id = span_of(id);
	r.seq = seq;
	r.time_us = START + (int64_t)seq * US_PER_SECOND;
	r.host.instance_id = span_of(host);
	r.os_user = SPAN("ec2-user");
	memset(r.prev, '0', SHA256_HEX_LEN);
	r.prev[SHA256_HEX_LEN] = '\0';
	if (prev != NULL)
		memcpy(r.prev, prev, sizeof(r.prev));
	else if (l->count != 0)
		hash_hex(buf_span(&l->lines[l->count - 1]), r.prev);
	buf_init(line, 65536);
	assert_int_equal(login_record_write(&r, line), 0);
	if (key != NULL) {
		struct login_seal_key k = *key;

		assert_int_equal(login_seal_move(&k, seq), 0);
		assert_int_equal(login_seal_put(&k, line, 0), 0);
	}
	l->count++;
}

static void
log_make(struct log *l, const char *host, uint64_t first, uint64_t last)
{
	l->count = 0;
	for (uint64_t seq = first; seq <= last; seq++)
		log_record(l, host, seq, NULL, NULL);
}

/* The first n lines, as a file. */
static struct span
log_text(const struct log *l, size_t from, size_t to, struct buf *text)
{
	buf_init(text, 1 << 20);
	for (size_t i = from; i < to; i++) {
		buf_put_span(text, buf_span(&l->lines[i]));
		buf_putc(text, '\n');
	}
	assert_false(text->failed);
	return buf_span(text);
}

static void
log_swap(struct log *l, size_t a, size_t b)
{
	struct buf line = l->lines[a];

	l->lines[a] = l->lines[b];
	l->lines[b] = line;
}

/* Takes line a out and puts it in at b of what is left. */
static void
log_move(struct log *l, size_t a, size_t b)
{
	for (; a < b; a++)
		log_swap(l, a, a + 1);
	for (; a > b; a--)
		log_swap(l, a, a - 1);
}

static void
log_remove(struct log *l, size_t at)
{
	log_move(l, at, l->count - 1);
	buf_clear(&l->lines[--l->count]);
}

static void
log_insert(struct log *l, size_t at, struct span text)
{
	assert_true(l->count < LINES);
	buf_init(&l->lines[l->count], 1 << 20);
	buf_put_span(&l->lines[l->count], text);
	l->count++;
	log_move(l, l->count - 1, at);
}

/* Changes the user's name, or the seq, in a line. */
static void
log_edit(struct log *l, size_t at, const char *from, const char *to)
{
	struct buf *line = &l->lines[at];
	char *found = memmem(line->ptr, line->len, from, strlen(from));

	assert_non_null(found);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(found, to, strlen(to));
}

static void
add(struct login_chain_set *s, const char *path, const struct log *l, size_t from, size_t to)
{
	struct buf text;
	bool is_log;

	log_text(l, from, to, &text);
	assert_int_equal(login_chain_add(s, path, buf_span(&text), &is_log), 0);
	buf_clear(&text);
}

/* "path:line kind other, ..." of all wounds of a chain, in its files' order. */
static const char *
tell(const struct login_chain_set *s, size_t chain, struct buf *out)
{
	buf_init(out, 65536);
	for (size_t i = s->chains[chain].first; i != SIZE_MAX; i = s->files[i].next) {
		const struct login_file *f = &s->files[i];

		for (size_t w = 0; w < f->wound_count; w++)
			buf_printf(out, "%s%s:%llu %s %llu", out->len != 0 ? ", " : "", f->path,
			    (unsigned long long)f->wounds[w].line,
			    login_wound_name(f->wounds[w].kind),
			    (unsigned long long)f->wounds[w].other);
	}
	return buf_cstr(out);
}

static void
assert_chain(
    const struct login_chain_set *s, size_t chain, enum login_chain_state state, const char *wounds)
{
	struct buf text;

	assert_true(chain < s->chain_count);
	assert_string_equal(tell(s, chain, &text), wounds);
	assert_int_equal(s->chains[chain].state, state);
	buf_clear(&text);
}

static void
test_intact(void **state)
{
	struct login_chain_set s;
	struct log a, b;

	(void)state;
	log_make(&a, HOST_A, 1, 30);
	log_make(&b, HOST_B, 1, 9);
	login_chain_init(&s);
	/* names say nothing */
	add(&s, "b/x", &b, 0, 5);
	add(&s, "newest", &a, 20, 30);
	add(&s, "zz", &a, 0, 11);
	add(&s, "b/y", &b, 5, 9);
	add(&s, "a.3", &a, 11, 20);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 2);
	assert_chain(&s, 0, LOGIN_CHAIN_INTACT, "");
	assert_chain(&s, 1, LOGIN_CHAIN_INTACT, "");
	assert_string_equal(s.chains[0].host, HOST_A);
	assert_int_equal(s.chains[0].records, 30);
	assert_int_equal(s.chains[0].file_count, 3);
	assert_string_equal(s.files[s.chains[0].first].path, "zz");
	assert_string_equal(s.files[s.chains[0].last].path, "newest");
	assert_int_equal(s.files[s.chains[0].last].last_seq, 30);
	assert_string_equal(s.chains[1].host, HOST_B);
	login_chain_clear(&s);
	log_clear(&a);
	log_clear(&b);
}

static void
test_beginning_not_given(void **state)
{
	struct login_chain_set s;
	struct log a;

	(void)state;
	log_make(&a, HOST_A, 1, 12);
	login_chain_init(&s);
	add(&s, "a", &a, 4, 12);
	assert_int_equal(login_chain_link(&s), 0);
	assert_chain(&s, 0, LOGIN_CHAIN_INTACT_SO_FAR, "");
	assert_int_equal(s.files[0].first_seq, 5);
	login_chain_clear(&s);
	log_clear(&a);
}

/* A file given twice, and an older copy of a file that has grown. */
static void
test_copies(void **state)
{
	struct login_chain_set s;
	struct log a;

	(void)state;
	log_make(&a, HOST_A, 1, 12);
	login_chain_init(&s);
	add(&s, "short", &a, 0, 7);
	add(&s, "a.1", &a, 0, 8);
	add(&s, "a.1.gz", &a, 0, 8);
	add(&s, "a", &a, 8, 12);
	add(&s, "a copy", &a, 8, 10);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 1);
	assert_chain(&s, 0, LOGIN_CHAIN_INTACT, "");
	assert_int_equal(s.chains[0].records, 12);
	assert_int_equal(s.chains[0].file_count, 2);
	login_chain_clear(&s);
	log_clear(&a);
}

/* One wound in a file of ten records; line numbers are one more than indices. */
static void
alter_user(struct log *l)
{
	log_edit(l, 4, "ec2-user", "ec2-abcd");
}

static void
alter_two(struct log *l)
{
	log_edit(l, 2, "ec2-user", "ec2-abcd");
	log_edit(l, 6, "ec2-user", "ec2-abcd");
}

static void
alter_seq(struct log *l)
{
	log_edit(l, 4, "\"seq\":5", "\"seq\":9");
}

static void
alter_prev(struct log *l)
{
	struct buf *line = &l->lines[4];

	line->ptr[line->len - 10] = line->ptr[line->len - 10] == 'a' ? 'b' : 'a';
}

static void
alter_first(struct log *l)
{
	log_edit(l, 0, "ec2-user", "ec2-abcd");
}

static void
remove_one(struct log *l)
{
	log_remove(l, 4);
}

static void
remove_three(struct log *l)
{
	log_remove(l, 4);
	log_remove(l, 4);
	log_remove(l, 4);
}

static void
remove_first(struct log *l)
{
	log_remove(l, 0);
}

static void
swap(struct log *l)
{
	log_swap(l, 3, 4);
}

static void
swap_first(struct log *l)
{
	log_swap(l, 0, 1);
}

static void
move_back(struct log *l)
{
	log_move(l, 2, 7);
}

static void
move_forth(struct log *l)
{
	log_move(l, 7, 2);
}

static void
duplicate(struct log *l)
{
	log_insert(l, 5, buf_span(&l->lines[4]));
}

static void
duplicate_far(struct log *l)
{
	log_insert(l, 8, buf_span(&l->lines[1]));
}

static void
torn_unchained(struct log *l)
{
	log_insert(l, 5, SPAN("{\"v\":1,\"kind\":\"op"));
}

static void
foreign(struct log *l)
{
	log_insert(l, 5, SPAN("hello"));
}

static void
foreign_json(struct log *l)
{
	log_insert(l, 5, SPAN("{\"v\":1,\"kind\":\"open\"}"));
}

static void
foreign_first(struct log *l)
{
	log_insert(l, 0, SPAN(""));
}

/* A record that whoever wrote it chained to the one before, and the rest left as it was. */
static void
forge(struct log *l)
{
	char prev[SHA256_HEX_LEN + 1];

	hash_hex(buf_span(&l->lines[4]), prev);
	log_record(l, HOST_A, 6, prev, NULL);
	log_edit(l, l->count - 1, "\"seq\":6", "\"seq\":6");
	log_move(l, l->count - 1, 5);
	log_edit(l, 5, "close", "other");
}

static void
restart(struct log *l)
{
	char zeros[SHA256_HEX_LEN + 1];

	memset(zeros, '0', SHA256_HEX_LEN);
	zeros[SHA256_HEX_LEN] = '\0';
	log_record(l, HOST_A, 1, zeros, NULL);
	log_edit(l, 10, "ec2-user", "ec2-next");
	log_record(l, HOST_A, 2, NULL, NULL);
}

/* Cut off at the end, and gone on with where a seal's state says that it was. */
static void
cut_and_go_on(struct log *l)
{
	log_record(l, HOST_A, 15, NULL, NULL);
}

static void
number_goes_back(struct log *l)
{
	log_record(l, HOST_A, 3, NULL, NULL);
}

static void
test_wounds(void **state)
{
	static const struct {
		const char *name;
		void (*break_it)(struct log *l);
		const char *wounds;
		enum login_chain_state state;
	} cases[] = {
	    {"alter_user", alter_user, "a:5 altered 0", LOGIN_CHAIN_BROKEN},
	    {"alter_two", alter_two, "a:3 altered 0, a:7 altered 0", LOGIN_CHAIN_BROKEN},
	    {"alter_seq", alter_seq, "a:5 altered 0", LOGIN_CHAIN_BROKEN},
	    {"alter_prev", alter_prev, "a:4 altered 0, a:5 altered 0", LOGIN_CHAIN_BROKEN},
	    {"alter_first", alter_first, "a:1 altered 0", LOGIN_CHAIN_BROKEN},
	    {"remove_one", remove_one, "a:5 missing 1", LOGIN_CHAIN_BROKEN},
	    {"remove_three", remove_three, "a:5 missing 3", LOGIN_CHAIN_BROKEN},
	    {"remove_first", remove_first, "", LOGIN_CHAIN_INTACT_SO_FAR},
	    {"swap", swap, "a:4 reordered 5", LOGIN_CHAIN_BROKEN},
	    {"swap_first", swap_first, "a:1 reordered 2", LOGIN_CHAIN_BROKEN},
	    {"move_back", move_back, "a:3 reordered 8", LOGIN_CHAIN_BROKEN},
	    {"move_forth", move_forth, "a:3 reordered 8", LOGIN_CHAIN_BROKEN},
	    {"duplicate", duplicate, "a:6 duplicated 5", LOGIN_CHAIN_BROKEN},
	    {"duplicate_far", duplicate_far, "a:9 duplicated 2", LOGIN_CHAIN_BROKEN},
	    {"torn_unchained", torn_unchained, "a:6 torn 0, a:6 inserted 1", LOGIN_CHAIN_BROKEN},
	    {"foreign", foreign, "a:6 foreign 0, a:6 inserted 1", LOGIN_CHAIN_BROKEN},
	    {"foreign_json", foreign_json, "a:6 foreign 0, a:6 inserted 1", LOGIN_CHAIN_BROKEN},
	    {"foreign_first", foreign_first, "a:1 torn 0, a:1 inserted 1", LOGIN_CHAIN_BROKEN},
	    {"forge", forge, "a:6 inserted 1", LOGIN_CHAIN_BROKEN},
	    {"restart", restart, "a:11 restarted 10", LOGIN_CHAIN_BROKEN},
	    {"cut_and_go_on", cut_and_go_on, "a:11 missing 4", LOGIN_CHAIN_BROKEN},
	    {"number_goes_back", number_goes_back, "a:11 sequence 10", LOGIN_CHAIN_BROKEN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct login_chain_set s;
		struct log l;

		print_message("  %s\n", cases[i].name);
		log_make(&l, HOST_A, 1, 10);
		cases[i].break_it(&l);
		login_chain_init(&s);
		add(&s, "a", &l, 0, l.count);
		assert_int_equal(login_chain_link(&s), 0);
		assert_chain(&s, 0, cases[i].state, cases[i].wounds);
		login_chain_clear(&s);
		log_clear(&l);
	}
}

/* What a crash left, closed and chained by the next append, breaks nothing. */
static void
test_torn(void **state)
{
	static const char *const tails[] = {"{", "{\"v\":1,\"kind\":\"open\",\"id\":\"01"};
	struct login_chain_set s;
	struct buf text;
	struct log l;
	bool is_log;

	(void)state;
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		log_make(&l, HOST_A, 1, 5);
		log_insert(&l, 5, span_of(tails[i]));
		log_record(&l, HOST_A, 6, NULL, NULL);
		login_chain_init(&s);
		add(&s, "a", &l, 0, l.count);
		assert_int_equal(login_chain_link(&s), 0);
		assert_chain(&s, 0, LOGIN_CHAIN_INTACT, "a:6 torn 0");
		login_chain_clear(&s);
		log_clear(&l);
	}
	/* the very first append */
	l.count = 0;
	log_insert(&l, 0, span_of(tails[0]));
	log_record(&l, HOST_A, 1, NULL, NULL);
	login_chain_init(&s);
	add(&s, "a", &l, 0, l.count);
	assert_int_equal(login_chain_link(&s), 0);
	assert_chain(&s, 0, LOGIN_CHAIN_INTACT, "a:1 torn 0");
	login_chain_clear(&s);
	log_clear(&l);
	/* nothing appended yet: the end of the file is torn, within a record or right behind it */
	log_make(&l, HOST_A, 1, 5);
	log_text(&l, 0, 5, &text);
	for (size_t cut = 1; cut < 60; cut += 29) {
		login_chain_init(&s);
		assert_int_equal(
		    login_chain_add(&s, "a", span_head(buf_span(&text), text.len - cut), &is_log),
		    0);
		assert_int_equal(login_chain_link(&s), 0);
		assert_chain(&s, 0, LOGIN_CHAIN_INTACT, "a:5 torn 0");
		assert_int_equal(s.chains[0].records, cut == 1 ? 5 : 4);
		login_chain_clear(&s);
	}
	buf_clear(&text);
	log_clear(&l);
}

/* Between files: their ends are where one file alone shows nothing. */
static void
test_between_files(void **state)
{
	static const struct {
		const char *name, *wounds;
		size_t first_end, second_begin; /* lines given of a.1 and a */
		ssize_t altered;
		bool zeros;
	} cases[] = {
	    {"altered at the end of a file", "a.1:10 altered 0", 10, 10, 9, false},
	    {"cut off at the end", "a:1 missing 3", 7, 10, -1, false},
	    {"cut off at the beginning", "a:1 missing 2", 10, 12, -1, false},
	    {"altered and cut", "a:1 missing 2", 10, 12, 9, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct login_chain_set s;
		struct log l;

		print_message("  %s\n", cases[i].name);
		log_make(&l, HOST_A, 1, 20);
		if (cases[i].altered >= 0)
			log_edit(&l, (size_t)cases[i].altered, "\"seq\":10", "\"seq\": 9");
		if (cases[i].altered >= 0)
			log_edit(&l, (size_t)cases[i].altered, "\"seq\": 9", "\"seq\":10");
		if (cases[i].altered >= 0)
			log_edit(&l, (size_t)cases[i].altered, "close", "clone");
		login_chain_init(&s);
		add(&s, "a.1", &l, 0, cases[i].first_end);
		add(&s, "a", &l, cases[i].second_begin, 20);
		assert_int_equal(login_chain_link(&s), 0);
		assert_int_equal(s.chain_count, 1);
		assert_chain(&s, 0, LOGIN_CHAIN_BROKEN, cases[i].wounds);
		login_chain_clear(&s);
		log_clear(&l);
	}
}

/* Shipped parts, the second of which begins with what a crash left: its number tells that it
 * follows. */
static void
test_torn_between_files(void **state)
{
	static const struct {
		const char *tail, *wounds;
		uint64_t seq; /* of the record behind it */
		enum login_chain_state state;
	} cases[] = {
	    {"{\"v\":1,", "P/i-0123456789abcdef0_20261122T000001Z_6_b.jsonl:1 torn 0", 6,
		LOGIN_CHAIN_INTACT},
	    {"{\"v\":1,",
		"P/i-0123456789abcdef0_20261122T000001Z_6_b.jsonl:1 torn 0, "
		"P/i-0123456789abcdef0_20261122T000001Z_6_b.jsonl:1 missing 1",
		7, LOGIN_CHAIN_BROKEN},
	    {"foreign",
		"P/i-0123456789abcdef0_20261122T000000Z_1_a.jsonl:5 altered 0, "
		"P/i-0123456789abcdef0_20261122T000001Z_6_b.jsonl:1 foreign 0",
		6, LOGIN_CHAIN_BROKEN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct login_chain_set s;
		struct log l;

		/* only the first part names the host; the other has it in its name */
		log_make(&l, HOST_A, 1, 5);
		log_insert(&l, 5, span_of(cases[i].tail));
		log_record(&l, NULL, cases[i].seq, NULL, NULL);
		login_chain_init(&s);
		add(&s, "P/i-0123456789abcdef0_20261122T000001Z_6_b.jsonl", &l, 5, 7);
		add(&s, "P/i-0123456789abcdef0_20261122T000000Z_1_a.jsonl", &l, 0, 5);
		assert_int_equal(login_chain_link(&s), 0);
		assert_int_equal(s.chain_count, 1);
		assert_chain(&s, 0, cases[i].state, cases[i].wounds);
		login_chain_clear(&s);
		log_clear(&l);
	}
}

/* The same when no record of the second file names its host: here the names make it suspect. */
static void
test_between_files_no_host(void **state)
{
	struct login_chain_set s;
	struct log l;

	(void)state;
	log_make(&l, HOST_A, 1, 10);
	log_edit(&l, 8, "ec2-user", "ec2-abcd");
	login_chain_init(&s);
	add(&s, "d/logins.jsonl.1", &l, 0, 9);
	add(&s, "d/logins.jsonl", &l, 9, 10);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 1);
	assert_chain(&s, 0, LOGIN_CHAIN_BROKEN, "d/logins.jsonl.1:9 altered 0");
	login_chain_clear(&s);
	log_clear(&l);
}

static void
test_restarted_file(void **state)
{
	struct login_chain_set s;
	struct log a, b;

	(void)state;
	log_make(&a, HOST_A, 1, 5);
	log_make(&b, HOST_A, 20, 25); /* zeros, and later */
	login_chain_init(&s);
	add(&s, "new", &b, 0, 6);
	add(&s, "old", &a, 0, 5);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 1);
	assert_chain(&s, 0, LOGIN_CHAIN_BROKEN, "new:1 restarted 5");
	login_chain_clear(&s);
	log_clear(&a);
	log_clear(&b);
}

/* Two histories of one host. */
static void
test_forked(void **state)
{
	struct login_chain_set s;
	struct log a, b;
	char prev[SHA256_HEX_LEN + 1];

	(void)state;
	log_make(&a, HOST_A, 1, 10);
	log_make(&b, HOST_A, 1, 5);
	log_record(&b, HOST_A, 7, NULL, NULL);
	login_chain_init(&s);
	add(&s, "a", &a, 0, 10);
	add(&s, "b", &b, 0, 6);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 2);
	assert_chain(&s, 0, LOGIN_CHAIN_INTACT, "");
	assert_chain(&s, 1, LOGIN_CHAIN_BROKEN, "b:1 forked 0, b:6 missing 1");
	login_chain_clear(&s);
	log_clear(&b);

	hash_hex(buf_span(&a.lines[4]), prev);
	b.count = 0;
	log_record(&b, HOST_A, 6, prev, NULL);
	log_edit(&b, 0, "close", "clone");
	login_chain_init(&s);
	add(&s, "a.1", &a, 0, 5);
	add(&s, "a", &a, 5, 10);
	add(&s, "b", &b, 0, 1);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 2);
	assert_int_equal(s.chains[0].wounds + s.chains[1].wounds, 1);
	login_chain_clear(&s);
	log_clear(&a);
	log_clear(&b);
}

/* Parts that two instances of one image shipped: the log of each is whole, and no fork of the
 * other's. A file that is no part is compared with all. */
static void
test_one_image(void **state)
{
	static const char first[] =
	    "p/i-0123456789abcdef0_20261122T062240Z_000000000001_0123456789abcdef.jsonl.gz";
	static const char goes_on[] =
	    "p/i-0123456789abcdef0_20261122T062245Z_000000000006_0123456789abcdef.jsonl.gz";
	static const char other[] =
	    "p/i-0123456789abcdef1_20261122T062240Z_000000000001_0123456789abcdef.jsonl.gz";
	static const char other_goes_on[] =
	    "p/i-0123456789abcdef1_20261122T062250Z_000000000006_0123456789abcdef.jsonl.gz";
	struct login_chain_set s;
	struct log a, b;

	(void)state;
	log_make(&a, HOST_A, 1, 10);
	log_make(&b, HOST_A, 1, 5);
	log_record(&b, HOST_A, 6, NULL, NULL);
	log_edit(&b, 5, "close", "clone");
	for (int whole = 0; whole <= 1; whole++) {
		login_chain_init(&s);
		add(&s, first, &a, 0, 5);
		add(&s, goes_on, &a, 5, 10);
		add(&s, other, &b, 0, whole ? 6 : 5);
		if (!whole)
			add(&s, other_goes_on, &b, 5, 6);
		assert_int_equal(login_chain_link(&s), 0);
		assert_int_equal(s.chain_count, 2);
		assert_chain(&s, 0, LOGIN_CHAIN_INTACT, "");
		assert_chain(&s, 1, LOGIN_CHAIN_INTACT, "");
		login_chain_clear(&s);
	}
	login_chain_init(&s);
	add(&s, first, &a, 0, 10);
	add(&s, "logins.jsonl", &b, 0, 6);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 2);
	assert_int_equal(s.chains[0].wounds + s.chains[1].wounds, 1);
	login_chain_clear(&s);
	log_clear(&a);
	log_clear(&b);
}

/* Numbers that make files each other's predecessor must not make them vanish. */
static void
test_no_cycle(void **state)
{
	struct login_chain_set s;
	struct log a, b;

	(void)state;
	a.count = b.count = 0;
	log_record(&a, HOST_A, 10,
	    "1111111111111111111111111111111111111111111111111111111111111111", NULL);
	log_record(&a, HOST_A, 1, NULL, NULL);
	log_record(&b, HOST_A, 5,
	    "2222222222222222222222222222222222222222222222222222222222222222", NULL);
	log_record(&b, HOST_A, 3, NULL, NULL);
	login_chain_init(&s);
	add(&s, "a", &a, 0, 2);
	add(&s, "b", &b, 0, 2);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 1);
	assert_int_equal(s.chains[0].records, 4);
	login_chain_clear(&s);
	log_clear(&a);
	log_clear(&b);
}

/* The same by hashes: lines in disorder make each file the other's predecessor. */
static void
test_no_cycle_of_hashes(void **state)
{
	struct login_chain_set s;
	struct log a;

	(void)state;
	log_make(&a, HOST_A, 1, 6);
	log_move(&a, 1, 4); /* 1, 3, 4, 5, 2, 6 */
	login_chain_init(&s);
	add(&s, "a", &a, 1, 3);
	add(&s, "b", &a, 3, 5);
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 1);
	assert_int_equal(s.chains[0].records, 4);
	assert_int_equal(s.chains[0].state, LOGIN_CHAIN_BROKEN);
	login_chain_clear(&s);
	log_clear(&a);
}

static void
test_heads(void **state)
{
	struct login_head heads[4];
	struct login_chain_set s;
	char text[SHA256_HEX_LEN + 16];
	struct log a;

	(void)state;
	log_make(&a, HOST_A, 1, 10);
	hash_hex(buf_span(&a.lines[6]), text);
	assert_true(login_head_parse(span_of(text), &heads[0]));
	memcpy(text + SHA256_HEX_LEN, ":7", 3);
	assert_true(login_head_parse(span_of(text), &heads[1]));
	memcpy(text + SHA256_HEX_LEN, ":8", 3);
	assert_true(login_head_parse(span_of(text), &heads[2]));
	hash_hex(SPAN("nowhere"), text);
	assert_true(login_head_parse(span_of(text), &heads[3]));
	login_chain_init(&s);
	s.heads = heads;
	s.head_count = 4;
	add(&s, "a.1", &a, 0, 5);
	add(&s, "a", &a, 5, 10);
	assert_true(heads[0].found && heads[1].found && !heads[2].found && !heads[3].found);
	assert_int_equal(heads[1].file, 1);
	assert_int_equal(heads[1].line, 2);
	assert_int_equal(heads[1].found_seq, 7);
	login_chain_clear(&s);

	assert_false(login_head_parse(SPAN(""), &heads[0]));
	assert_false(login_head_parse(SPAN("abc"), &heads[0]));
	text[5] = 'G';
	assert_false(login_head_parse(span_of(text), &heads[0]));
	text[5] = '0';
	memcpy(text + SHA256_HEX_LEN, ":x", 3);
	assert_false(login_head_parse(span_of(text), &heads[0]));
	memcpy(text + SHA256_HEX_LEN, ":0", 3);
	assert_false(login_head_parse(span_of(text), &heads[0]));
	log_clear(&a);
}

/* Records 1 to 4 unsealed, 5 to 12 sealed. */
static void
make_sealed(struct log *l, const struct login_seal_key *first)
{
	l->count = 0;
	for (uint64_t seq = 1; seq <= 12; seq++)
		log_record(l, HOST_A, seq, NULL, seq >= first->seq ? first : NULL);
}

static void
check_sealed(struct log *l, const struct login_seal_key *key, const char *wounds)
{
	char text[LOGIN_SEAL_TEXT_MAX];
	struct login_chain_set s;
	struct seal_keys keys;

	assert_int_equal(login_seal_key_write(key, text), 0);
	seal_keys_init(&keys);
	assert_int_equal(seal_keys_read(&keys, span_of(text)), 0);
	login_chain_init(&s);
	s.keys = &keys;
	/* the later file first: keys are found in any order */
	add(&s, "a", l, 7, l->count);
	add(&s, "a.1", l, 0, 7);
	assert_int_equal(login_chain_link(&s), 0);
	assert_chain(&s, 0, wounds[0] != '\0' ? LOGIN_CHAIN_BROKEN : LOGIN_CHAIN_INTACT, wounds);
	login_chain_clear(&s);
	seal_keys_clear(&keys);
	log_clear(l);
}

/* All that the host's root of tomorrow can do: with the key of record 9, everything from 9 on. */
static void
test_seals(void **state)
{
	struct login_seal_key first = {.seq = 5}, stolen, other;
	struct log l;

	(void)state;
	memset(first.key, 0x5a, sizeof(first.key));
	stolen = first;
	assert_int_equal(login_seal_move(&stolen, 9), 0);
	assert_int_equal(login_seal_move(&stolen, 8), -1);
	other = first;
	other.key[0] ^= 1;

	make_sealed(&l, &first);
	check_sealed(&l, &first, "");
	make_sealed(&l, &first);
	check_sealed(&l, &other,
	    "a.1:5 seal_wrong 0, a.1:6 seal_wrong 0, a.1:7 seal_wrong 0, a:1 seal_wrong 0, "
	    "a:2 seal_wrong 0, a:3 seal_wrong 0, a:4 seal_wrong 0, a:5 seal_wrong 0");

	/* history rewritten from record 6 on, chain recomputed, old records sealed with a newer key
	 */
	make_sealed(&l, &first);
	while (l.count > 5)
		log_remove(&l, l.count - 1);
	for (uint64_t seq = 6; seq <= 12; seq++) {
		struct login_seal_key k = stolen;

		k.seq = seq < k.seq ? seq : k.seq;
		log_record(&l, HOST_A, seq, NULL, &k);
	}
	check_sealed(&l, &first, "a.1:6 seal_wrong 0, a.1:7 seal_wrong 0, a:1 seal_wrong 0");

	/* or without any seal */
	make_sealed(&l, &first);
	while (l.count > 9)
		log_remove(&l, l.count - 1);
	log_record(&l, HOST_A, 10, NULL, NULL);
	log_record(&l, HOST_A, 11, NULL, &stolen);
	check_sealed(&l, &first, "a:3 seal_absent 0");

	/* truncated and gone on with: the seal's number cannot be taken back */
	make_sealed(&l, &first);
	while (l.count > 8)
		log_remove(&l, l.count - 1);
	log_record(&l, HOST_A, 13, NULL, &first);
	check_sealed(&l, &first, "a:2 missing 4");
}

static void
test_seal_keys(void **state)
{
	struct login_seal_key first = {.seq = 17}, copy, walked;
	static const uint64_t seqs[] = {
	    17, 18, 5000, 4999, 40, 100000, 99999, 17, 5000, 1024, 1041};
	const struct login_seal_key *key;
	char text[LOGIN_SEAL_TEXT_MAX];
	struct seal_keys keys;
	struct buf file;

	(void)state;
	memset(first.key, 7, sizeof(first.key));
	assert_int_equal(login_seal_key_write(&first, text), 0);
	assert_true(login_seal_key_read(span_of(text), &copy));
	assert_memory_equal(copy.key, first.key, sizeof(first.key));
	assert_int_equal(copy.seq, 17);
	for (size_t i = 0; i < strlen(text); i++) {
		text[i] ^= 1;
		assert_false(login_seal_key_read(span_of(text), &copy));
		text[i] ^= 1;
	}
	for (size_t i = 0; i < strlen(text); i++)
		assert_false(login_seal_key_read((struct span){text, i}, &copy));

	buf_init(&file, 4096);
	buf_printf(&file, "# the key of i-0123456789abcdef0\n\n%s \r\n", text);
	seal_keys_init(&keys);
	assert_int_equal(seal_keys_read(&keys, buf_span(&file)), 0);
	for (size_t i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
		walked = first;
		assert_int_equal(login_seal_move(&walked, seqs[i]), 0);
		assert_int_equal(seal_keys_find(&keys, seqs[i], &key), SEAL_KEY_FOUND);
		assert_memory_equal(key->key, walked.key, sizeof(walked.key));
	}
	assert_int_equal(seal_keys_find(&keys, 16, &key), SEAL_KEY_BEFORE);
	assert_int_equal(seal_keys_find(&keys, (uint64_t)1 << 62, &key), SEAL_KEY_BEYOND);
	buf_puts(&file, "logintrail-seal-v1:1:00:00\n");
	seal_keys_clear(&keys);
	seal_keys_init(&keys);
	assert_int_equal(seal_keys_read(&keys, buf_span(&file)), 4);
	seal_keys_clear(&keys);
	seal_keys_init(&keys);
	assert_int_equal(seal_keys_read(&keys, SPAN("# none\n")), -1);
	seal_keys_clear(&keys);
	buf_clear(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_intact),
	    cmocka_unit_test(test_beginning_not_given),
	    cmocka_unit_test(test_copies),
	    cmocka_unit_test(test_wounds),
	    cmocka_unit_test(test_torn),
	    cmocka_unit_test(test_between_files),
	    cmocka_unit_test(test_torn_between_files),
	    cmocka_unit_test(test_between_files_no_host),
	    cmocka_unit_test(test_restarted_file),
	    cmocka_unit_test(test_forked),
	    cmocka_unit_test(test_one_image),
	    cmocka_unit_test(test_no_cycle),
	    cmocka_unit_test(test_no_cycle_of_hashes),
	    cmocka_unit_test(test_heads),
	    cmocka_unit_test(test_seals),
	    cmocka_unit_test(test_seal_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
