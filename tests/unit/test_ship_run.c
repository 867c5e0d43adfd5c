/* SPDX-License-Identifier: Apache-2.0 */
/* Shipping a log into a store that fails, while the log goes on, is rotated and compressed. */
#include "tests/unit/ship_fixture.h"

#include "tools/host/ship_keep.h"

#define LOG "logins.jsonl"

static void
write_text(struct world *w, const char *name, const char *text, int flags)
{
	char *path = path_in(w->place.dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | flags, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
	free(path);
}

static void
compress_file(struct world *w, const char *name)
{
	char *path = path_in(w->place.dir, name);

	assert_int_equal(RUN(NULL, "gzip", "-k", path), 0);
	free(path);
}

static void
remove_file(struct world *w, const char *name)
{
	char *path = path_in(w->place.dir, name);

	assert_int_equal(unlink(path), 0);
	free(path);
}

static unsigned
keep_of(const struct world *w, int64_t keep)
{
	const struct host_options o = {.log = w->place.log, .state = w->state, .keep = keep};

	return ship_keep(&o);
}

static void
test_goes_on(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(world_ship(&w), HOST_DONE); /* no log yet */
	world_append(&w, 3);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 1);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.puts, 1);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 2);
	assert_int_equal(w.objects[0].missing[0], '\0');
	assert_arrived(&w, LOG);
	/* a line that is being written is not complete */
	write_text(&w, LOG, "{\"v\":1,\"kind\":\"cl", O_APPEND);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 2);
	/* and one that a crash left waits for the record behind it */
	write_text(&w, LOG, "\n", O_APPEND);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 2);
	world_append(&w, 1);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 3);
	assert_arrived(&w, LOG);
	world_remove(&w);
}

static void
test_cut_up(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	world_append(&w, 20);
	world_rotate(&w, 0);
	world_append(&w, 20);
	assert_int_equal(world_ship_parts(&w, 500), HOST_DONE);
	assert_true(w.count >= 10);
	assert_arrived(&w, LOG ".1", LOG);
	/* without the state it finds out what is there, and sends nothing twice */
	assert_int_equal(unlink(w.state), 0);
	w.puts = 0;
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.puts, 0);
	assert_true(w.heads >= 10);
	world_append(&w, 1);
	write_text(&w, "ship.json", "damaged", O_TRUNC);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.puts, 1);
	assert_arrived(&w, LOG ".1", LOG);
	world_remove(&w);
}

/* Without the right to list the bucket S3 answers 403 for what is not there. */
static void
test_no_list(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	w.mood = STORE_NO_LIST;
	world_append(&w, 10);
	assert_int_equal(world_ship_parts(&w, 500), HOST_DONE);
	assert_arrived(&w, LOG);
	assert_int_equal(unlink(w.state), 0);
	world_append(&w, 1);
	w.puts = 0;
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.puts, 1);
	assert_arrived(&w, LOG);
	world_remove(&w);
}

static void
test_failures(void **state)
{
	struct world w;
	size_t count;

	(void)state;
	world_make(&w);
	world_append(&w, 3);
	w.mood = STORE_DEAF;
	assert_int_equal(world_ship(&w), HOST_FAILED);
	assert_int_equal(w.count, 0);
	/* the part arrived, the answer did not; meanwhile the log goes on, and is rotated */
	w.mood = STORE_LOST_WORD;
	assert_int_equal(world_ship(&w), HOST_FAILED);
	assert_int_equal(w.count, 1);
	world_append(&w, 2);
	world_rotate(&w, 0);
	w.mood = STORE_BLIND;
	assert_int_equal(world_ship(&w), HOST_FAILED);
	assert_int_equal(w.count, 1);
	w.mood = STORE_WELL;
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 3);
	assert_arrived(&w, LOG ".1", LOG);
	/* the state cannot be written: nothing is lost, nothing comes twice */
	world_append(&w, 2);
	count = w.count;
	write_text(&w, "ship.json", "", O_TRUNC);
	{
		char *good = w.state;

		w.state = path_in(w.place.dir, "nowhere/ship.json");
		assert_int_equal(world_ship(&w), HOST_FAILED);
		free(w.state);
		w.state = good;
	}
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, count + 1);
	assert_arrived(&w, LOG ".1", LOG);
	world_remove(&w);
}

static void
test_rotated(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	world_append(&w, 2);
	world_rotate(&w, 0);
	world_append(&w, 2);
	world_rotate(&w, 0);
	/* the file that was shipped in part is compressed now, and lies under another name */
	compress_file(&w, LOG ".2");
	assert_int_equal(world_ship(&w), HOST_DONE); /* both forms are there */
	assert_arrived(&w, LOG ".2", LOG ".1", LOG);
	world_append(&w, 2);
	world_rotate(&w, 0);
	compress_file(&w, LOG ".2");
	{
		char *plain = path_in(w.place.dir, LOG ".2"), *kept = path_in(w.place.dir, "kept");

		assert_int_equal(rename(plain, kept), 0);
		free(plain);
		free(kept);
	}
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_arrived(&w, LOG ".3", "kept", LOG ".1", LOG);
	/* all of it lies in a compressed file, from its middle on */
	assert_int_equal(unlink(w.state), 0);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_arrived(&w, LOG ".3", "kept", LOG ".1", LOG);
	world_remove(&w);
}

static void
test_torn_for_good(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	write_text(&w, LOG, "{\"v\":1,\"kind\":\"cl", O_APPEND);
	{
		char *to = path_in(w.place.dir, LOG ".1");

		assert_int_equal(rename(w.place.log, to), 0);
		free(to);
	}
	/* somebody may be writing still: there is no newer file */
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 1);
	world_append(&w, 1);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 3);
	assert_span(buf_span(&w.objects[1].text), "{\"v\":1,\"kind\":\"cl\n");
	assert_non_null(strstr(w.objects[1].key, "Z_000000000002_"));
	assert_memory_equal(
	    w.objects[1].key, w.objects[0].key, strlen("p/logins/111122223333/eu-central-1/2"));
	assert_int_equal(w.objects[2].missing[0], '\0');
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 3);
	world_remove(&w);
}

/* The file that was shipped last, to its end, is gone: nothing is missing. */
static void
test_shipped_file_gone(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	world_rotate(&w, 0);
	remove_file(&w, LOG ".1");
	w.heads = 0;
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.heads, 0);
	assert_int_equal(w.count, 2);
	assert_int_equal(w.objects[1].missing[0], '\0');
	/* the same, and more was rotated since */
	world_rotate(&w, 0);
	compress_file(&w, LOG ".1");
	remove_file(&w, LOG ".1");
	world_append(&w, 1);
	world_rotate(&w, 0);
	remove_file(&w, LOG ".2.gz");
	assert_int_equal(keep_of(&w, 1), 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.heads, 0);
	assert_int_equal(w.objects[w.count - 1].missing[0], '\0');
	world_remove(&w);
}

static void
test_lost_files(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	world_rotate(&w, 0); /* 3 */
	world_append(&w, 3); /* to 6 */
	world_rotate(&w, 0); /* 7 */
	remove_file(&w, LOG ".1");
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 2);
	assert_string_equal(w.objects[1].missing, "3-6");
	/* a file that is damaged: what stands in front of the damage is shipped, and the rest
	 * missed */
	world_append(&w, 300);
	world_rotate(&w, 0);
	compress_file(&w, LOG ".1");
	remove_file(&w, LOG ".1");
	{
		char *path = path_in(w.place.dir, LOG ".1.gz");
		struct stat st;

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(truncate(path, st.st_size / 2), 0);
		free(path);
	}
	assert_int_equal(world_ship(&w), HOST_FAILED);
	assert_true(w.count >= 3);
	assert_true(strchr(w.objects[w.count - 1].missing, '-') != NULL);
	assert_int_equal(world_ship(&w), HOST_DONE); /* behind it by now */
	world_remove(&w);
}

static void
test_conflict(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	world_append(&w, 3);
	w.mood = STORE_LOST_WORD;
	assert_int_equal(world_ship(&w), HOST_FAILED);
	w.mood = STORE_WELL;
	/* what is there under the name is something else: it stays */
	(void)snprintf(w.objects[0].last, sizeof(w.objects[0].last), "%064d:9", 7);
	buf_reset(&w.objects[0].text);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 2);
	assert_true(span_ends(span_of(w.objects[1].key), "_2.jsonl.gz"));
	assert_arrived(&w, LOG);
	assert_int_equal(unlink(w.state), 0);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 2);
	world_remove(&w);
}

/* An old state: of what is there already one part is sent in vain, and not every one. */
static void
test_old_state(void **state)
{
	struct world w;
	struct span before;
	struct buf old;

	(void)state;
	world_make(&w);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	buf_init(&old, 1 << 20);
	before = file_read(w.state, &old);
	for (int i = 0; i < 4; i++) {
		world_append(&w, 2);
		assert_int_equal(world_ship(&w), HOST_DONE);
	}
	assert_int_equal(w.puts, 5);
	file_write(w.state, before.ptr, before.len, 0600);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.puts, 6);
	assert_int_equal(w.count, 5);
	assert_arrived(&w, LOG);
	buf_clear(&old);
	world_remove(&w);
}

/* More of what is no record than a part may have does not stop what stands behind it. */
static void
test_much_rubbish(void **state)
{
	static const char line[] =
	    "rubbish, rubbish, rubbish, rubbish, rubbish, rubbish, rubbish\n";
	struct stat st;
	struct world w;
	FILE *f;

	(void)state;
	world_make(&w);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	f = fopen(w.place.log, "a");
	assert_non_null(f);
	for (size_t n = 0; n < 2 * SHIP_PART_MAX + SHIP_PART_MAX / 2; n += sizeof(line) - 1)
		assert_true(fputs(line, f) >= 0);
	assert_int_equal(fclose(f), 0);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 3);
	/* their order by name is another one: behind so much rubbish numbers begin at 1 again */
	assert_int_equal(stat(w.place.log, &st), 0);
	assert_int_equal(w.objects[1].text.len + w.objects[2].text.len,
	    (size_t)st.st_size - w.objects[0].text.len);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 3);
	world_remove(&w);
}

/* A log that is none is not taken for one that nobody has written to yet. */
static void
test_no_log(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(symlink("/dev/null", w.place.log), 0);
	assert_int_equal(world_ship(&w), HOST_FAILED);
	assert_int_equal(unlink(w.place.log), 0);
	assert_int_equal(mkfifo(w.place.log, 0600), 0);
	assert_int_equal(world_ship(&w), HOST_FAILED);
	assert_int_equal(w.puts, 0);
	world_remove(&w);
}

/* Its end was cut off, with lines that were shipped, and it went on: the new lines come too. */
static void
test_rewritten(void **state)
{
	struct world w;
	struct stat st;

	(void)state;
	world_make(&w);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(stat(w.place.log, &st), 0);
	world_append(&w, 2);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(truncate(w.place.log, st.st_size), 0);
	world_append(&w, 1);
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(w.count, 3);
	assert_int_equal(w.objects[2].missing[0], '\0');
	world_remove(&w);
}

static void
set_spool(struct world *w, uint64_t max)
{
	struct ship_state s;

	ship_state_init(&s);
	assert_int_equal(ship_state_load(&s, w->state), SHIP_STATE_LOADED);
	s.spool_max = max;
	assert_int_equal(ship_state_save(&s, w->state), 0);
	ship_state_clear(&s);
}

static void
test_keep(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	world_append(&w, 2);
	for (int i = 0; i < 5; i++)
		world_rotate(&w, 0);
	assert_int_equal(keep_of(&w, 2), 2); /* nothing is shipped here */
	assert_int_equal(world_ship(&w), HOST_DONE);
	assert_int_equal(keep_of(&w, 2), 2);
	assert_int_equal(keep_of(&w, 0), 0);
	for (int i = 0; i < 4; i++) {
		world_append(&w, 1);
		world_rotate(&w, 0);
	}
	/* NAME.1 to NAME.4 wait, and will be NAME.2 to NAME.5 */
	assert_int_equal(keep_of(&w, 2), 5);
	assert_int_equal(keep_of(&w, 9), 9);
	set_spool(&w, 500); /* room for one of them */
	assert_int_equal(keep_of(&w, 1), 2);
	set_spool(&w, 1);
	assert_int_equal(keep_of(&w, 1), 1);
	write_text(&w, "ship.json", "damaged", O_TRUNC);
	assert_int_equal(keep_of(&w, 1), 0);
	assert_int_equal(unlink(w.state), 0);
	assert_int_equal(keep_of(&w, 1), 1);
	world_remove(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_goes_on),
	    cmocka_unit_test(test_cut_up),
	    cmocka_unit_test(test_no_list),
	    cmocka_unit_test(test_failures),
	    cmocka_unit_test(test_rotated),
	    cmocka_unit_test(test_torn_for_good),
	    cmocka_unit_test(test_shipped_file_gone),
	    cmocka_unit_test(test_lost_files),
	    cmocka_unit_test(test_conflict),
	    cmocka_unit_test(test_old_state),
	    cmocka_unit_test(test_much_rubbish),
	    cmocka_unit_test(test_no_log),
	    cmocka_unit_test(test_rewritten),
	    cmocka_unit_test(test_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
