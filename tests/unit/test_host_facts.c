/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "pam_module/host_facts.h"

#define ID "i-0123456789abcdef0"
#define IDENTITY                                                                                   \
	"{\"instance_id\":\"" ID "\",\"account_id\":\"111122223333\",\"region\":\"eu-central-1\"}"
#define CLOUD                                                                                      \
	"{\"ds\":{\"x\":[1]},\"v1\":{\"cloud_name\":\"aws\",\"instance_id\":\"%s\",\"region\":"    \
	"\"us-east-1\"}}"

/* A tree in which the host's files stand. */
struct tree {
	char *dir;
	struct host_paths paths;
	struct buf storage;
	struct login_record r;
};

static void
put(struct tree *t, const char *name, const char *text, mode_t mode)
{
	char *path = path_in(t->dir, name);

	file_write(path, text, strlen(text), mode);
	free(path);
}

static void
tree_make(struct tree *t)
{
	char *proc;

	t->dir = scratch_make();
	t->paths = (struct host_paths){
	    .identity = path_in(t->dir, "identity"),
	    .dmi_asset_tag = path_in(t->dir, "tag"),
	    .cloud_init = path_in(t->dir, "cloud"),
	    .boot_id = path_in(t->dir, "boot"),
	    .proc = path_in(t->dir, "proc"),
	};
	assert_int_equal(mkdir(t->paths.proc, 0700), 0);
	proc = path_in(t->dir, "proc/self");
	assert_int_equal(mkdir(proc, 0700), 0);
	free(proc);
	proc = path_in(t->dir, "proc/77");
	assert_int_equal(mkdir(proc, 0700), 0);
	free(proc);
	buf_init(&t->storage, 1 << 20);
}

static void
tree_remove(struct tree *t)
{
	free((char *)(uintptr_t)t->paths.identity);
	free((char *)(uintptr_t)t->paths.dmi_asset_tag);
	free((char *)(uintptr_t)t->paths.cloud_init);
	free((char *)(uintptr_t)t->paths.boot_id);
	free((char *)(uintptr_t)t->paths.proc);
	buf_clear(&t->storage);
	scratch_remove(t->dir);
}

static void
collect(struct tree *t)
{
	buf_reset(&t->storage);
	login_record_init(&t->r, LOGIN_RECORD_OPEN);
	assert_int_equal(host_facts_collect(&t->paths, 77, &t->storage, &t->r), 0);
}

static void
test_nothing_known(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t);
	collect(&t);
	assert_span(t.r.host.instance_id, NULL);
	assert_span(t.r.host.account_id, NULL);
	assert_span(t.r.host.boot_id, NULL);
	assert_int_equal(t.r.audit_session, -1);
	assert_int_equal(t.r.login_uid, -1);
	assert_int_equal(t.r.sshd_start, -1);
	assert_non_null(t.r.host.hostname.ptr);
	assert_true(t.r.has_clock);
	assert_true(t.r.clock_max_error_us >= 0);
	tree_remove(&t);
}

struct instance_case {
	const char *identity;
	mode_t mode;
	const char *tag, *cloud_id;
	const char *instance_id, *account_id, *region;
};

static const struct instance_case instance_cases[] = {
    {IDENTITY, 0644, NULL, NULL, ID, "111122223333", "eu-central-1"},
    {IDENTITY, 0600, "i-99999999", "i-99999999", ID, "111122223333", "eu-central-1"},
    {IDENTITY, 0666, NULL, NULL, NULL, NULL, NULL},
    {IDENTITY, 0620, ID "\n", NULL, ID, NULL, NULL},
    {"{\"instance_id\":\"" ID "\"}", 0644, NULL, ID, ID, NULL, "us-east-1"},
    {"{\"instance_id\":\"" ID "\"}", 0644, NULL, "i-99999999", ID, NULL, NULL},
    {"{\"instance_id\":\"" ID "\"", 0644, NULL, NULL, NULL, NULL, NULL},
    {"{\"instance_id\":7,\"account_id\":\"111122223333\"}", 0644, NULL, NULL, NULL, NULL, NULL},
    {"{\"instance_id\":\"" ID "\",\"account_id\":\"1\",\"region\":\"a\\nb\"}", 0644, NULL, NULL, ID,
	NULL, NULL},
    {"[]", 0644, "Amazon EC2\n", "i-01234567", "i-01234567", NULL, "us-east-1"},
    {NULL, 0, ID "\n", NULL, ID, NULL, NULL},
    {NULL, 0, ID, ID, ID, NULL, "us-east-1"},
    {NULL, 0, "i-0123456789abcdef0extra", "nocloud", NULL, NULL, NULL},
    {NULL, 0, "i-0123\x1b[31m", NULL, NULL, NULL, NULL},
    {NULL, 0, "", NULL, NULL, NULL, NULL},
};

static void
test_instance(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(instance_cases) / sizeof(instance_cases[0]); i++) {
		const struct instance_case *c = &instance_cases[i];
		struct tree t;

		tree_make(&t);
		if (c->identity != NULL)
			put(&t, "identity", c->identity, c->mode);
		if (c->tag != NULL)
			put(&t, "tag", c->tag, 0444);
		if (c->cloud_id != NULL) {
			(void)snprintf(text, sizeof(text), CLOUD, c->cloud_id);
			put(&t, "cloud", text, 0644);
		}
		collect(&t);
		assert_span(t.r.host.instance_id, c->instance_id);
		assert_span(t.r.host.account_id, c->account_id);
		assert_span(t.r.host.region, c->region);
		tree_remove(&t);
	}
}

/* Links, FIFOs, directories and files that are too large are left alone, and nothing blocks. */
static void
test_not_a_file(void **state)
{
	char *path, *big = malloc(70000);
	struct tree t;

	(void)state;
	assert_non_null(big);
	tree_make(&t);
	assert_int_equal(mkfifo(t.paths.dmi_asset_tag, 0600), 0);
	assert_int_equal(mkdir(t.paths.cloud_init, 0700), 0);
	path = path_in(t.dir, "real");
	put(&t, "real", IDENTITY, 0600);
	assert_int_equal(symlink(path, t.paths.identity), 0);
	collect(&t);
	assert_span(t.r.host.instance_id, NULL);
	assert_int_equal(unlink(t.paths.identity), 0);
	memset(big, ' ', 70000);
	memcpy(big, IDENTITY, strlen(IDENTITY));
	file_write(t.paths.identity, big, 70000, 0600);
	collect(&t);
	assert_span(t.r.host.instance_id, NULL);
	file_write(t.paths.identity, big, 65536, 0600);
	collect(&t);
	assert_span(t.r.host.instance_id, ID);
	free(path);
	free(big);
	tree_remove(&t);
}

static void
test_proc(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t);
	put(&t, "boot", "11111111-2222-3333-4444-555555555555\n", 0444);
	put(&t, "proc/self/loginuid", "4294967295", 0444);
	put(&t, "proc/self/sessionid", "42", 0444);
	/* The name of the command holds what would upset a reader that counts from the left. */
	put(&t, "proc/77/stat",
	    "77 (a) b (c d) S 1 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2\n", 0444);
	collect(&t);
	assert_span(t.r.host.boot_id, "11111111-2222-3333-4444-555555555555");
	assert_int_equal(t.r.login_uid, -1);
	assert_int_equal(t.r.audit_session, 42);
	assert_int_equal(t.r.sshd_start, 987654);
	put(&t, "boot", "not a boot id, rather a text of just 36\n", 0444);
	put(&t, "proc/self/loginuid", "1000\n", 0444);
	put(&t, "proc/self/sessionid", "x", 0444);
	put(&t, "proc/77/stat", "77 (a) S 1 2\n", 0444);
	collect(&t);
	assert_span(t.r.host.boot_id, NULL);
	assert_int_equal(t.r.login_uid, 1000);
	assert_int_equal(t.r.audit_session, -1);
	assert_int_equal(t.r.sshd_start, -1);
	tree_remove(&t);
}

/* The machine's own /proc, as the recorder reads it. */
static void
test_real_proc(void **state)
{
	struct buf storage, stat;
	struct login_record r;
	char start[32];

	(void)state;
	buf_init(&storage, 1 << 20);
	buf_init(&stat, 1 << 20);
	login_record_init(&r, LOGIN_RECORD_OPEN);
	assert_int_equal(host_facts_collect(&host_paths_default, getpid(), &storage, &r), 0);
	/* This test's own name has no blanks: the field can be counted. */
	(void)snprintf(start, sizeof(start), "%lld", (long long)r.sshd_start);
	assert_span(word_of(file_read("/proc/self/stat", &stat), 21), start);
	assert_int_equal(r.host.boot_id.len, 36);
	for (size_t i = 0; i < r.host.ip_count; i++) {
		assert_false(span_starts(r.host.ips[i], "127."));
		assert_false(span_starts(r.host.ips[i], "169.254."));
		assert_false(span_starts(r.host.ips[i], "fe80:"));
		assert_false(span_is(r.host.ips[i], "::1"));
	}
	buf_clear(&storage);
	buf_clear(&stat);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_known),
	    cmocka_unit_test(test_instance),
	    cmocka_unit_test(test_not_a_file),
	    cmocka_unit_test(test_proc),
	    cmocka_unit_test(test_real_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
