/* SPDX-License-Identifier: Apache-2.0 */
/* What is read does not depend on how many threads read it; a run that fails ends for all of them.
 */
#include "tests/unit/gather_test.h"

#include <zlib.h>

#include "correlator/scan/scan_pool.h"

#define SMALL_FILES 60

static const size_t thread_counts[] = {1, 2, 3, 8};

/* A file of `count` times the record, with another event id each. */
static void
add_many(struct gathering *g, const char *name, const char *before, const char *behind, int count)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", g->path, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs("{\"Records\":[", f);
	for (int i = 0; i < count; i++)
		(void)fprintf(f, "%s%s%s%d%s", i != 0 ? "," : "", before, name, i, behind);
	(void)fputs("]}", f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(input_list_add(&g->inputs, path, INPUT_EVENTS, &g->said), 0);
}

/* A compressed file: whole, or the first `keep` bytes of it, with one byte spoilt. */
static void
add_gzip(struct gathering *g, const char *name, const char *text, size_t keep, size_t spoil)
{
	unsigned char data[4096];
	char path[256];
	size_t len;
	gzFile z;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", g->path, name);
	z = gzopen(path, "wb");
	assert_non_null(z);
	assert_true(gzputs(z, text) > 0);
	assert_int_equal(gzclose(z), Z_OK);
	f = fopen(path, "r+");
	assert_non_null(f);
	len = fread(data, 1, sizeof(data), f);
	assert_true(len < sizeof(data) && spoil < len);
	if (spoil != 0)
		data[spoil] ^= 0xff;
	rewind(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	if (keep != 0)
		assert_int_equal(truncate(path, (off_t)keep), 0);
	assert_int_equal(input_list_add(&g->inputs, path, INPUT_EVENTS, &g->said), 0);
}

/* Files of every form, good and bad. */
static void
add_odd(struct gathering *g)
{
	static const char records[] = "{\"Records\":[" PUSH("gz") "," OTHER "," OTHER "]}";

	add_gzip(g, "b-whole.gz", records, 0, 0);
	add_gzip(g, "b-cut.gz", records, 200, 0);
	add_gzip(g, "b-spoilt.gz", records, 0, 100);
	add(g, "b-empty", "", INPUT_EVENTS);
	add(g, "b-text", "no JSON at all", INPUT_EVENTS);
	add(g, "b-lines", PUSH("line") "\n{\"eventName\":\n" OTHER "\n{{{\n" HOP_TWO "\n",
	    INPUT_EVENTS);
	add(g, "b-logins-among-events", LOGIN "\n" PUSH("among") "\n", INPUT_EVENTS);
	add(g, "b-wrapped",
	    "{\"Events\":[{\"CloudTrailEvent\":\"{\\\"eventTime\\\":\\\"2026-11-22T06:25:00Z\\\","
	    "\\\"eventSource\\\":\\\"ec2-instance-connect.amazonaws.com\\\",\\\"eventName\\\":"
	    "\\\"SendSSHPublicKey\\\",\\\"eventID\\\":\\\"wrapped\\\"}\"}]}",
	    INPUT_EVENTS);
	add(g, "b-no-time",
	    "{\"eventSource\":\"ec2-instance-connect.amazonaws.com\","
	    "\"eventName\":\"SendSSHPublicKey\"}",
	    INPUT_EVENTS);
	add(g, "b-logins", LOGIN "\n" PUSH("a") "\n", INPUT_LOGINS);
	add(g, "b-chain", HOP_ONE "\n" HOP_THREE "\n" ROLE_PUSH "\n", INPUT_EVENTS);
	add(g, "111122223333_CloudTrail_eu-west-1_20261122T0900Z_abcdefghijklmnop.json",
	    "{\"Records\":[" OTHER "]}", INPUT_EVENTS);
	add(g, "b-gone", PUSH("gone"), INPUT_EVENTS);
	assert_int_equal(unlink(g->inputs.files[g->inputs.count - 1].path), 0);
}

/* More than can be copied, more than may wait, and many small ones behind. */
static void
add_all(struct gathering *g)
{
	static const char push[] = PUSH("\1"),
			  hop[] = ASSUME_ROLE("\1", USER, "ASIA7", "x", "06:02:00");
	char before[sizeof(push)], hop_before[sizeof(hop)];

	memcpy(before, push, sizeof(push));
	*strchr(before, '\1') = '\0';
	memcpy(hop_before, hop, sizeof(hop));
	*strchr(hop_before, '\1') = '\0';
	add_many(g, "a-large", before, strchr(push, '\1') + 1, 5000);
	add_many(g, "a-larger", before, strchr(push, '\1') + 1, 3000);
	add_odd(g);
	add_many(g, "c-issues", hop_before, strchr(hop, '\1') + 1, 40000);
	for (int i = 0; i < SMALL_FILES; i++) {
		char name[16], text[2048];

		(void)snprintf(name, sizeof(name), "d-%02d", i);
		(void)snprintf(text, sizeof(text), "%s%s%d%s", i % 7 == 0 ? "{broken\n" : "",
		    before, i, strchr(push, '\1') + 1);
		add(g, name, text, INPUT_EVENTS);
	}
}

/* All that a report is made from. */
static char *
describe(const struct gathering *g)
{
	const struct ledger *l = &g->ledger;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	for (size_t i = 0; i < sizeof(l->counts) / sizeof(uint64_t); i++)
		(void)fprintf(f, "count %zu %llu\n", i,
		    (unsigned long long)((const uint64_t *)&l->counts)[i]);
	for (size_t i = 0; i < l->push_count; i++)
		(void)fprintf(f, "push %s %lld\n", ledger_text(l, l->pushes[i].event_id),
		    (long long)l->pushes[i].time_us);
	for (size_t i = 0; i < l->issue_count; i++)
		(void)fprintf(f, "issue %s\n", ledger_text(l, l->issues[i].event_id));
	for (size_t i = 0; i < l->coverage.count; i++) {
		const struct coverage_row *row = &l->coverage.rows[i];

		(void)fprintf(f, "coverage %s %s %llu %llu %llu %lld %lld %zu\n",
		    ledger_text(l, row->account_id), ledger_text(l, row->region),
		    (unsigned long long)row->records, (unsigned long long)row->reads,
		    (unsigned long long)row->writes, (long long)row->first_us,
		    (long long)row->newest_us, row->day_count);
	}
	(void)fprintf(f, "%llu errors, %llu warnings\n", (unsigned long long)g->said.errors,
	    (unsigned long long)g->said.warnings);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* Reads all with so many threads. *said: every message, in order, without the directory. */
static char *
read_with(size_t threads, bool plain, char **said)
{
	struct gathering g;
	char *text, *messages = NULL, *at;
	size_t len;

	gathering_open(&g);
	(void)fclose(g.said.stream);
	g.said.stream = open_memstream(&messages, &len);
	assert_non_null(g.said.stream);
	g.options.threads = threads;
	g.options.plain = plain;
	add_all(&g);
	gather(&g);
	text = describe(&g);
	while ((at = strstr(messages, g.path)) != NULL)
		memmove(at, at + strlen(g.path), strlen(at + strlen(g.path)) + 1);
	gathering_close(&g);
	*said = messages;
	return text;
}

static void
test_any_number_of_threads(void **state)
{
	char *said, *text = read_with(1, false, &said);

	(void)state;
	assert_non_null(strstr(text, "push a-large4999 "));
	assert_non_null(strstr(text, "push wrapped "));
	assert_non_null(strstr(text, "issue one\nissue two\nissue three\n"));
	assert_non_null(strstr(said, "b-cut.gz: the gzip data end early\n"));
	assert_non_null(strstr(said, "b-gone: cannot be opened: No such file or directory\n"));
	assert_true(strstr(said, "b-cut.gz") < strstr(said, "b-spoilt.gz"));
	assert_true(strstr(said, "d-07") < strstr(said, "d-14"));
	for (size_t i = 0; i < sizeof(thread_counts) / sizeof(thread_counts[0]); i++) {
		char *other_said, *other = read_with(thread_counts[i], i % 2 != 0, &other_said);

		assert_string_equal(other, text);
		assert_string_equal(other_said, said);
		free(other);
		free(other_said);
	}
	free(text);
	free(said);
}

/* A job whose file `fails` cannot be taken. */
struct failing {
	size_t fails, next;
	bool in_parts, out_of_order;
};

static int
fail_take(void *ctx, size_t file, const struct findings *f)
{
	struct failing *x = ctx;

	x->out_of_order |= file != x->next;
	x->in_parts |= findings_size(f) > FINDINGS_MAX;
	return file == x->fails ? -1 : 0;
}

static int
fail_turn(void *ctx, size_t file)
{
	struct failing *x = ctx;

	x->out_of_order |= file != x->next;
	return file == x->fails ? -1 : 0;
}

static void
fail_done(void *ctx, size_t file)
{
	struct failing *x = ctx;

	x->out_of_order |= file != x->next;
	x->next++;
}

static void
test_failure_ends_all(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add_all(&g);
	for (size_t i = 0; i < sizeof(thread_counts) / sizeof(thread_counts[0]); i++)
		for (size_t fails = 0; fails <= g.inputs.count;
		     fails += fails < 20 ? 3 : 1 + (g.inputs.count - fails) / 3) {
			struct failing x = {.fails = fails};
			const struct scan_job job = {
			    .inputs = &g.inputs,
			    .scan = {.inflate_max = DOCUMENT_INFLATE_MAX, .people = true},
			    .threads = thread_counts[i],
			    .take = fail_take,
			    .turn = fail_turn,
			    .done = fail_done,
			    .ctx = &x,
			};

			assert_int_equal(scan_pool_run(&job), fails == g.inputs.count ? 0 : -1);
			assert_false(x.out_of_order);
			assert_int_equal(x.next, fails);
			if (fails == g.inputs.count)
				assert_true(x.in_parts);
		}
	gathering_close(&g);
}

static void
test_nothing_to_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(thread_counts) / sizeof(thread_counts[0]); i++) {
		struct gathering g;

		gathering_open(&g);
		g.options.threads = thread_counts[i];
		if (i % 2 != 0)
			add(&g, "logins", LOGIN "\n", INPUT_LOGINS);
		gather(&g);
		assert_int_equal(g.ledger.counts.files, i % 2);
		gathering_close(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_any_number_of_threads),
	    cmocka_unit_test(test_failure_ends_all),
	    cmocka_unit_test(test_nothing_to_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
