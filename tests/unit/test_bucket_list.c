/* SPDX-License-Identifier: Apache-2.0 */
/* What is listed of a bucket, with a server that lies in this file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "common/calendar.h"
#include "common/time_text.h"
#include "correlator/remote/bucket_list.h"

#define KEYS_MAX 80000
#define LISTS    64

/* The bucket, its keys sorted, and the listings that are under way. */
struct aws_client {
	char *keys[KEYS_MAX];
	size_t count;
	size_t page;
	struct s3_list *lists[LISTS];
	char *last[LISTS]; /* what was found last; owned */
	size_t list_count, most;
	uint64_t pages, seen;
	const char *refused; /* listings of this prefix fail */
	uint32_t random;
};

void
s3_list_init(struct s3_list *l)
{
	*l = (struct s3_list){0};
	buf_init(&l->error, 1024);
}

void
s3_list_clear(struct s3_list *l)
{
	buf_clear(&l->error);
}

int
s3_list_start(struct aws_client *c, struct s3_list *l)
{
	assert_true(c->list_count < LISTS);
	l->client = c;
	c->last[c->list_count] = l->start_after != NULL ? strdup(l->start_after) : NULL;
	c->lists[c->list_count++] = l;
	if (c->list_count > c->most)
		c->most = c->list_count;
	return 0;
}

static void
drop(struct aws_client *c, size_t at)
{
	free(c->last[at]);
	c->lists[at] = c->lists[--c->list_count];
	c->last[at] = c->last[c->list_count];
}

void
s3_list_cancel(struct s3_list *l)
{
	for (size_t i = 0; i < l->client->list_count; i++) {
		if (l->client->lists[i] != l)
			continue;
		drop(l->client, i);
		return;
	}
	fail();
}

/* The first key that is behind the last. */
static size_t
first_behind(const struct aws_client *c, const char *last)
{
	size_t from = 0, to = c->count;

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (last != NULL && strcmp(c->keys[middle], last) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* One page: what is found is told, in order; true when that was all. */
static bool
tell_page(struct aws_client *c, struct s3_list *l, char **last)
{
	char folder[1200] = "";
	size_t told = 0;

	c->pages++;
	for (size_t i = first_behind(c, *last); i < c->count && l->result == 0; i++) {
		const char *key = c->keys[i], *slash;
		struct s3_object o = {.size = 7, .changed_us = 5, .etag = SPAN("e")};
		bool is_folder;

		if (strncmp(key, l->prefix, strlen(l->prefix)) != 0)
			continue;
		slash = l->delimiter != NULL ? strchr(key + strlen(l->prefix), '/') : NULL;
		is_folder = slash != NULL;
		o.key = is_folder ? (struct span){key, (size_t)(slash + 1 - key)} : span_of(key);
		if (is_folder && span_is(o.key, folder))
			continue;
		if (told++ == c->page)
			return false;
		if (is_folder)
			(void)snprintf(folder, sizeof(folder), "%.*s", (int)o.key.len, o.key.ptr);
		if (!is_folder && span_ends(o.key, "/"))
			o.size = 0; /* as the console marks a folder */
		c->seen++;
		l->result = l->found(l->ctx, &o, is_folder);
		free(*last);
		/* a folder's last key cannot be known: all of them begin with its name */
		*last = NULL;
		if (is_folder) {
			assert_true(asprintf(last, "%s\x7f", folder) > 0);
		} else {
			*last = strdup(key);
		}
	}
	return true;
}

/* Some listing or other comes a page further. */
void
aws_client_step(struct aws_client *c, int timeout_ms)
{
	struct s3_list *l;
	size_t at;

	(void)timeout_ms;
	if (c->list_count == 0)
		return;
	c->random = c->random * 1103515245 + 12345;
	at = (c->random >> 8) % c->list_count;
	l = c->lists[at];
	if (c->refused != NULL && strcmp(l->prefix, c->refused) == 0) {
		l->result = -1;
		buf_puts(&l->error, "AccessDenied");
	} else if (!tell_page(c, l, &c->last[at])) {
		return;
	}
	drop(c, at);
	l->done(l);
}

static void put(struct aws_client *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct aws_client *c, const char *format, ...)
{
	va_list args;

	assert_true(c->count < KEYS_MAX);
	va_start(args, format);
	assert_true(vasprintf(&c->keys[c->count++], format, args) > 0);
	va_end(args);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *const trails[] = {
    "AWSLogs/111122223333/CloudTrail/us-east-1/",
    "AWSLogs/111122223333/CloudTrail/eu-west-1/",
    "AWSLogs/444455556666/CloudTrail/us-east-1/",
    "my trail/AWSLogs/o-abcde12345/111122223333/CloudTrail/us-east-1/",
    "my trail/AWSLogs/o-abcde12345/777788889999/CloudTrail/ap-south-1/",
    "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/",
    "AWSLogs/111122223333/CloudTrail-Insight/us-east-1/",
    "AWSLogs/111122223333/Config/us-east-1/",
    "logins/111122223333/us-east-1/",
};
#define TRAILS (sizeof(trails) / sizeof(trails[0]))

static int64_t
first_day(void)
{
	return calendar_days(2026, 10, 1);
}

static struct aws_client *
bucket_new(int days, int files)
{
	struct aws_client *c = calloc(1, sizeof(*c));
	struct buf day;

	assert_non_null(c);
	c->page = 10;
	c->random = 7;
	buf_init(&day, 64);
	for (size_t t = 0; t < TRAILS; t++) {
		for (int d = 0; d < days; d++) {
			buf_reset(&day);
			trail_put_day(&day, SPAN(""), first_day() + d);
			for (int f = 0; f < files; f++)
				put(c, "%s%s%d %%+\xc3\xa4.json.gz", trails[t], buf_cstr(&day), f);
		}
	}
	buf_clear(&day);
	put(c, "README");
	put(c, "AWSLogs/");
	put(c, "AWSLogs/111122223333/");
	put(c, "exports/2026/one.json");
	put(c, "exports/2026/two.json");
	put(c, "AWSLogs/copies/one.json");
	qsort(c->keys, c->count, sizeof(*c->keys), compare);
	return c;
}

static void
bucket_free(struct aws_client *c)
{
	assert_int_equal(c->list_count, 0);
	while (c->count != 0)
		free(c->keys[--c->count]);
	free(c);
}

/* A listing, and what it should be. */
struct asked {
	struct aws_client *c;
	struct bucket_list b;
	struct input_list list;
	struct diagnostics d;
};

static int
ask(struct asked *a, struct aws_client *c, const char *prefix, enum input_role role,
    struct trail_days days)
{
	*a = (struct asked){.c = c};
	a->b = (struct bucket_list){.client = c,
	    .uri = "s3://bucket",
	    .bucket = "bucket",
	    .prefix = prefix,
	    .role = role,
	    .days = days,
	    .now_us = (first_day() + 60) * US_PER_DAY,
	    .origin = 3,
	    .list = &a->list,
	    .diagnostics = &a->d};
	buf_init(&a->b.error, 1024);
	c->pages = c->seen = 0;
	c->most = 0;
	return bucket_list_run(&a->b);
}

static void
asked_clear(struct asked *a)
{
	buf_clear(&a->b.error);
	input_list_clear(&a->list);
}

/* What lies below the prefix and is wanted, each key looked at by itself. */
static void
assert_right(const struct asked *a)
{
	size_t at = 0;

	for (size_t i = 0; i < a->c->count; i++) {
		const char *key = a->c->keys[i];

		if (strncmp(key, a->b.prefix, strlen(a->b.prefix)) != 0 ||
		    span_ends(span_of(key), "/") ||
		    trail_want_of(span_of(key), a->b.role, &a->b.days) != TRAIL_WANTED)
			continue;
		assert_true(at < a->list.count);
		assert_true(span_starts(span_of(a->list.files[at].path), "s3://bucket/"));
		assert_string_equal(a->list.files[at].path + strlen("s3://bucket/"), key);
		assert_string_equal(a->list.files[at].tag, "e");
		assert_int_equal(a->list.files[at].size, 7);
		assert_int_equal(a->list.files[at].origin, 3);
		at++;
	}
	assert_int_equal(at, a->list.count);
	assert_int_equal(at, a->b.counts.objects);
	assert_int_equal(at * 7, a->b.counts.bytes);
}

/* Wherever one enters, the right keys come, in order, each once. */
static void
test_any_depth(void **state)
{
	static const char *const prefixes[] = {"", "A", "AWSLogs", "AWSLogs/", "AWSLogs/1",
	    "AWSLogs/111122223333", "AWSLogs/111122223333/", "AWSLogs/111122223333/CloudTrail/",
	    "AWSLogs/111122223333/CloudTrail/us", "AWSLogs/111122223333/CloudTrail/us-east-1/",
	    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/1",
	    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/0", "my trail/",
	    "my trail/AWSLogs/o-abcde12345/", "my trail/AWSLogs/o-abcde12345/7", "logins/",
	    "logins/111122223333/us-east-1/", "exports/", "exports/2026/o", "nothing/"};
	struct trail_days ranges[] = {{0}, {true, true, first_day() + 3, first_day() + 5},
	    {true, false, first_day() + 10, 0}, {false, true, 0, first_day() + 1},
	    {true, true, first_day() + 100, first_day() + 101}};
	struct aws_client *c = bucket_new(12, 3);

	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		for (size_t k = 0; k < sizeof(ranges) / sizeof(ranges[0]); k++) {
			for (enum input_role role = INPUT_LOGINS; role <= INPUT_EVENTS; role++) {
				struct asked a;

				assert_int_equal(ask(&a, c, prefixes[i], role, ranges[k]), 0);
				assert_int_equal(a.d.errors, 0);
				assert_right(&a);
				asked_clear(&a);
			}
		}
	}
	bucket_free(c);
}

/* What hosts may write is no trail, whatever they call it, unless somebody says that it is one. */
static void
test_trail_of_hosts(void **state)
{
	static const struct {
		const char *prefix;
		size_t events;
	} cases[] = {{"", 1}, {"log", 0}, {"prod/", 0}, {"prod/logi", 0}, {"logins/AWSLogs/", 1},
	    {"trails/", 1}};
	struct aws_client *c = calloc(1, sizeof(*c));

	(void)state;
	assert_non_null(c);
	c->page = 10;
	put(c, "logins/AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/02/a.json");
	put(c, "logins/x.json");
	put(c, "prod/logins/x/AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/02/a.json");
	put(c, "prod/logins/x/y.json");
	put(c, "trails/my-logins/AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/02/a.json");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct asked a;

		assert_int_equal(
		    ask(&a, c, cases[i].prefix, INPUT_EVENTS, (struct trail_days){0}), 0);
		assert_int_equal(a.list.count, cases[i].events);
		assert_true(cases[i].events != 0 || a.b.counts.folders_left != 0);
		asked_clear(&a);
	}
	bucket_free(c);
}

/* What is left out at a typed folder is read when somebody types it. */
static void
test_typed_folder(void **state)
{
	struct aws_client *c = bucket_new(4, 2);
	struct asked a;

	(void)state;
	assert_int_equal(ask(&a, c, "AWSLogs/111122223333/CloudTrail-Digest/", INPUT_EVENTS,
			     (struct trail_days){0}),
	    0);
	assert_int_equal(a.list.count, 8);
	asked_clear(&a);
	assert_int_equal(ask(&a, c, "AWSLogs/copies/", INPUT_EVENTS, (struct trail_days){0}), 0);
	assert_int_equal(a.list.count, 1);
	asked_clear(&a);
	assert_int_equal(ask(&a, c, "AWSLogs/", INPUT_EVENTS, (struct trail_days){0}), 0);
	assert_int_equal(a.b.counts.folders_left, 3);
	assert_int_equal(a.b.counts.regions, 3);
	asked_clear(&a);
	bucket_free(c);
}

/* Of a range no more is listed than its days and the rest of a page each. */
static void
test_range_is_cheap(void **state)
{
	struct trail_days two = {true, true, first_day() + 30, first_day() + 31};
	struct aws_client *c = bucket_new(60, 20);
	struct asked a;

	(void)state;
	assert_int_equal(ask(&a, c, "", INPUT_EVENTS, two), 0);
	assert_right(&a);
	/* and what is of no day */
	assert_int_equal(a.list.count, 5 * 2 * 20 + 4);
	assert_true(c->seen < a.list.count + 5 * (c->page + 1) + 100);
	asked_clear(&a);
	bucket_free(c);
}

/* One region with much in it is listed in several places at once. */
static void
test_splits(void **state)
{
	struct trail_days open = {true, false, first_day() + 1, 0};
	struct aws_client *c = bucket_new(60, 70);
	struct asked a;

	(void)state;
	c->page = 100;
	assert_int_equal(ask(&a, c, trails[0], INPUT_EVENTS, (struct trail_days){0}), 0);
	assert_right(&a);
	assert_int_equal(a.list.count, 60 * 70);
	assert_true(c->most > 8);
	assert_true(c->most <= BUCKET_LISTS_MAX);
	asked_clear(&a);
	assert_int_equal(ask(&a, c, trails[0], INPUT_EVENTS, open), 0);
	assert_right(&a);
	assert_int_equal(a.list.count, 59 * 70);
	asked_clear(&a);
	assert_int_equal(ask(&a, c, "", INPUT_EVENTS, (struct trail_days){0}), 0);
	assert_right(&a);
	assert_true(c->most <= BUCKET_LISTS_MAX);
	asked_clear(&a);
	bucket_free(c);
}

/* Keys that are of no day stand before those that are. */
static void
test_no_days(void **state)
{
	struct aws_client *c = bucket_new(20, 300);
	struct asked a;

	(void)state;
	for (int i = 0; i < 3000; i++)
		put(c, "%s0odd/%d", trails[0], i);
	qsort(c->keys, c->count, sizeof(*c->keys), compare);
	c->page = 100;
	assert_int_equal(ask(&a, c, trails[0], INPUT_EVENTS, (struct trail_days){0}), 0);
	assert_right(&a);
	assert_int_equal(a.list.count, 3000 + 20 * 300);
	assert_true(c->most > 8);
	asked_clear(&a);
	bucket_free(c);
}

/* Folders without end are not looked at one by one. */
static void
test_many_folders(void **state)
{
	struct aws_client *c = calloc(1, sizeof(*c));
	struct asked a;

	(void)state;
	assert_non_null(c);
	c->page = 1000;
	for (int i = 0; i < 2000; i++)
		put(c, "deep/%04d/a/b/c/x.json", i);
	assert_int_equal(ask(&a, c, "", INPUT_EVENTS, (struct trail_days){0}), 0);
	assert_right(&a);
	assert_int_equal(a.list.count, 2000);
	assert_true(c->pages < 2500);
	asked_clear(&a);
	bucket_free(c);
}

static void
test_refused(void **state)
{
	struct aws_client *c = bucket_new(3, 2);
	struct asked a;

	(void)state;
	c->refused = "";
	assert_int_equal(ask(&a, c, "", INPUT_EVENTS, (struct trail_days){0}), 1);
	assert_string_equal(buf_cstr(&a.b.error), "AccessDenied");
	assert_int_equal(a.d.errors, 0);
	assert_int_equal(a.list.count, 0);
	asked_clear(&a);
	/* further down the rest is there */
	c->refused = trails[0];
	assert_int_equal(ask(&a, c, "AWSLogs/", INPUT_EVENTS, (struct trail_days){0}), 0);
	assert_int_equal(a.d.errors, 1);
	assert_int_equal(a.list.count, 2 * 3 * 2 + 1);
	asked_clear(&a);
	bucket_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_any_depth),
	    cmocka_unit_test(test_trail_of_hosts),
	    cmocka_unit_test(test_typed_folder),
	    cmocka_unit_test(test_range_is_cheap),
	    cmocka_unit_test(test_splits),
	    cmocka_unit_test(test_no_days),
	    cmocka_unit_test(test_many_folders),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
