/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every call of the module and the recorder that can fail is made to fail, one after the other, in
 * each way that it has; and the recorder is killed in front of each. After each fault: the module
 * has told the truth, the log is whole, and the process is as it was.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/chain_check.h"
#include "tests/fault/fault.h"
#include "tests/fault/wrap_pam.h"
#include "pam_module/login_log_seal.h"

#define DEADLINE_MS 3000
#define LATE_MS     200 /* what a busy machine may add */
#define LOG_MAX     65536
#define ERRNO       4711

#define ED25519 "AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm"

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv);
int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv);

struct text {
	char ptr[LOG_MAX];
	size_t len;
};

/* What the log is when the faulty call begins. */
enum log_form { LOG_NONE, LOG_WHOLE, LOG_TORN, LOG_SEALED };

static const char *const form_names[] = {"no log", "a log", "a torn log", "a sealed log"};

/* One operation under one fault. */
struct trial {
	bool is_open;
	enum log_form form;
	const struct fault_plan *plan; /* NULL: none */
	pam_handle_t pam;
	int r;
	long took_ms;
	struct text before, after;
};

struct counts {
	size_t trials, recorded, refused, not_reached, torn;
};

/* Of the process, which must not change. */
struct surroundings {
	uint64_t blocked;
	void (*handler[NSIG])(int);
	struct rlimit files, size, core;
	mode_t umask;
	int descriptors, blocks;
	pid_t session;
	char directory[256];
};

static char directory[64], log_path[96], log_option[112], seal_path[112];
static struct text whole_log, seal;
static struct login_seal_key first_key;
static cJSON *reference;
static struct counts counts;

static void
read_file(const char *path, struct text *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	text->len = 0;
	if (fd < 0)
		return;
	n = read(fd, text->ptr, sizeof(text->ptr));
	assert_true(n >= 0 && n < LOG_MAX);
	text->len = (size_t)n;
	assert_int_equal(close(fd), 0);
}

static void
read_log(struct text *log)
{
	read_file(log_path, log);
}

/* A new file; none when len is 0. */
static void
write_file(const char *path, const char *data, size_t len)
{
	int fd;

	if (unlink(path) != 0)
		assert_int_equal(errno, ENOENT);
	if (len == 0)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(close(fd), 0);
}

static void
write_log(enum log_form form)
{
	size_t len = whole_log.len - (form == LOG_TORN ? 100 : 0);

	write_file(log_path, whole_log.ptr, form == LOG_NONE ? 0 : len);
	write_file(seal_path, seal.ptr, form == LOG_SEALED ? seal.len : 0);
}

static void
look_around(struct surroundings *s)
{
	struct sigaction action;
	sigset_t mask;

	memset(s, 0, sizeof(*s));
	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int number = 1; number < NSIG; number++) {
		if (sigismember(&mask, number) == 1)
			s->blocked |= 1ULL << (number - 1);
		if (sigaction(number, NULL, &action) == 0)
			s->handler[number] = action.sa_handler;
	}
	(void)getrlimit(RLIMIT_NOFILE, &s->files);
	(void)getrlimit(RLIMIT_FSIZE, &s->size);
	(void)getrlimit(RLIMIT_CORE, &s->core);
	s->umask = umask(0);
	(void)umask(s->umask);
	s->descriptors = fault_open_descriptors();
	s->blocks = fault_blocks;
	s->session = getsid(0);
	assert_non_null(getcwd(s->directory, sizeof(s->directory)));
}

static long
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
call_module(pam_handle_t *pamh, bool is_open)
{
	const char *arguments[] = {log_option, "recorder=/recorder", "deadline_ms=3000"};

	return (is_open ? pam_sm_open_session : pam_sm_close_session)(pamh, 0, 3, arguments);
}

/* Orphans come to us. The module's own child it must have reaped itself: then no other is left than
 * the recorder. Whoever takes longer than its timer allows is stuck. */
static int
reap(void)
{
	int n = 0;

	while (waitpid(-1, NULL, 0) > 0)
		n++;
	assert_int_equal(errno, ECHILD);
	return n;
}

static void
set_handle(pam_handle_t *pamh)
{
	*pamh = (pam_handle_t){
	    .auth_info = "publickey ssh-ed25519 " ED25519 "\nkeyboard-interactive/pam\n",
	    .connection = "203.0.113.7 51514 10.0.0.5 22",
	};
}

/* The other members are of their moment. */
static void
check_says_nothing_else(const cJSON *record)
{
	static const char *const names[] = {
	    "host", "os_user", "uid", "service", "tty", "remote", "local", "login_uid"};
	const cJSON *auth = cJSON_GetObjectItemCaseSensitive(record, "auth");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const cJSON *value = cJSON_GetObjectItemCaseSensitive(record, names[i]);

		if (value != NULL)
			assert_string_equal(
			    chain_first_other(
				value, cJSON_GetObjectItemCaseSensitive(reference, names[i])),
			    "");
	}
	if (cJSON_Compare(auth, cJSON_GetObjectItemCaseSensitive(reference, "auth"), true))
		return;
	assert_non_null(cJSON_GetObjectItemCaseSensitive(record, "notes"));
	if (auth != NULL)
		assert_string_equal(
		    chain_first_other(auth, cJSON_GetObjectItemCaseSensitive(reference, "auth")),
		    "");
}

/* The seals of a sealed log's records. A key that is said not to be there cannot be told from a log
 * that is not sealed: then only verify misses the seal. */
static void
check_seals(const struct trial *t, const struct text *log)
{
	struct chain_key key = {.seq = (double)first_key.seq};

	if (t->form != LOG_SEALED || (t->plan != NULL && t->plan->how == ENOENT))
		return;
	memcpy(key.key, first_key.key, sizeof(key.key));
	assert_string_equal(chain_check_seals(log->ptr, log->len, &key), "");
}

/* What was there is there still; behind it stands nothing, our record, or (torn) a part of it. */
static void
check_log(const struct trial *t)
{
	struct chain before, after;
	size_t added;
	cJSON *last;

	chain_check(t->before.ptr, t->before.len, &before);
	chain_check(t->after.ptr, t->after.len, &after);
	assert_true(t->after.len >= t->before.len);
	assert_memory_equal(t->after.ptr, t->before.ptr, t->before.len);
	assert_string_equal(after.wrong, "");
	check_seals(t, &t->after);
	added = after.records - before.records;
	assert_true(added <= 1);
	if (t->after.len != t->before.len && added == 0) {
		assert_true(fault_state->truncate_failed);
		counts.torn++;
	}
	if (t->r != PAM_SUCCESS)
		return;
	assert_int_equal(added, 1);
	last = chain_last(t->after.ptr, t->after.len);
	assert_non_null(last);
	assert_string_equal(
	    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(last, "id")), t->pam.data);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(last, "kind")),
	    t->is_open ? "open" : "close");
	if (t->is_open)
		check_says_nothing_else(last);
	cJSON_Delete(last);
}

/* Success is said of what is on the disk; of all else, one clear line in syslog. */
static void
check_answer(const struct trial *t)
{
	if (t->r == PAM_SUCCESS) {
		assert_true(fault_state->written && fault_state->synced);
		assert_true(t->form != LOG_NONE || fault_state->directory_synced);
		assert_int_equal(t->pam.errors, 0);
		return;
	}
	if (t->r == PAM_IGNORE) { /* no data of the open: nothing to record */
		assert_false(t->is_open);
		assert_string_equal(fault_state->struck, "pam_get_data");
		return;
	}
	assert_int_equal(t->r, PAM_SESSION_ERR);
	assert_non_null(fault_state->struck);
	assert_int_equal(t->pam.errors, 1);
	assert_non_null(strstr(t->pam.error, "not recorded: "));
	for (const char *c = t->pam.error; *c != '\0'; c++)
		assert_true(*c >= ' ' && *c < 0x7f);
}

static void
check_recorder(void)
{
	const struct fault_recorder_end *end = &fault_state->recorder;

	if (!end->returned) /* never came to it, or was killed */
		return;
	assert_true(end->status == 0 || end->status == 1);
	assert_int_equal(end->descriptors, 0);
	assert_int_equal(end->blocks, 0);
}

static void
append_once_more(const struct trial *t)
{
	struct chain before, after;
	pam_handle_t pam;
	struct text log;

	set_handle(&pam);
	fault_plan(NULL);
	fault_arm();
	assert_int_equal(call_module(&pam, true), PAM_SUCCESS);
	fault_disarm();
	fault_pam_end(&pam);
	(void)reap();
	read_log(&log);
	chain_check(t->after.ptr, t->after.len, &before);
	chain_check(log.ptr, log.len, &after);
	assert_string_equal(after.wrong, "");
	check_seals(t, &log);
	/* A disk that failed in the middle of a key has taken it: that is said. */
	if (t->form == LOG_SEALED && !t->plan->and_after)
		assert_null(
		    memmem(log.ptr + t->after.len, log.len - t->after.len, "seal_unusable", 13));
	assert_false(after.open_end);
	assert_int_equal(after.records, before.records + 1);
	/* A first record that was cut off may be taken away, when a note says so. */
	if (before.records != 0 || after.torn != 0)
		assert_int_equal(after.torn, before.torn);
	else
		assert_non_null(memmem(log.ptr, log.len, "\"cut_record_removed\"", 20));
}

static void
run_armed(struct trial *t)
{
	struct surroundings before, after;
	int children, number;

	look_around(&before);
	fault_plan(t->plan);
	t->took_ms = now_ms();
	fault_arm();
	errno = ERRNO;
	t->r = call_module(&t->pam, t->is_open);
	number = errno;
	fault_disarm();
	t->took_ms = now_ms() - t->took_ms;
	assert_int_equal(number, ERRNO);
	assert_true(t->took_ms <= DEADLINE_MS + LATE_MS);
	children = reap();
	assert_true(children <= 1);
	if (t->is_open)
		fault_blocks -= t->pam.data != NULL;
	look_around(&after);
	if (t->is_open)
		fault_blocks += t->pam.data != NULL;
	assert_memory_equal(&before, &after, sizeof(before));
}

static void
run_trial(struct trial *t)
{
	set_handle(&t->pam);
	write_log(t->form);
	if (!t->is_open) {
		fault_plan(NULL);
		fault_arm();
		assert_int_equal(call_module(&t->pam, true), PAM_SUCCESS);
		fault_disarm();
		(void)reap();
	}
	read_log(&t->before);
	run_armed(t);
	read_log(&t->after);
	check_answer(t);
	check_recorder();
	check_log(t);
	if (fault_state->planned && fault_state->struck == NULL) {
		assert_int_equal(t->r, PAM_SUCCESS);
		counts.not_reached++;
	}
	counts.trials++;
	counts.recorded += t->r == PAM_SUCCESS;
	counts.refused += t->r == PAM_SESSION_ERR;
	if ((t->form == LOG_SEALED && t->plan != NULL) ||
	    (t->after.len != 0 && t->after.ptr[t->after.len - 1] != '\n'))
		append_once_more(t);
	fault_pam_end(&t->pam);
}

static const char *
how_text(int how)
{
	switch (how) {
	case FAULT_SHORT: return "short";
	case FAULT_ZERO: return "zero";
	case FAULT_KILL: return "SIGKILL";
	default: return strerror(how);
	}
}

/* Named when a check fails within: what cmocka leaves by longjmp keeps nothing else. */
static struct trial *current;
static struct fault_plan current_plan;
static const char *current_name;

static void
run_plan(
    bool is_open, enum log_form form, const struct fault_plan *plan, const struct fault_call *call)
{
	static struct trial trial;

	memset(&trial.pam, 0, sizeof(trial.pam));
	trial.is_open = is_open;
	trial.form = form;
	current_plan = *plan;
	current_name = call->name;
	trial.plan = &current_plan;
	current = &trial;
	run_trial(&trial);
	current = NULL;
	if (getenv("FAULT_VERBOSE") != NULL)
		print_message("%zu %s %zu %s %s%s: %d in %ld ms, hit %s: %s\n", (size_t)plan->role,
		    form_names[form], plan->number, call->name, how_text(plan->how),
		    plan->and_after ? " and after" : "", trial.r, trial.took_ms,
		    fault_state->struck != NULL ? fault_state->struck : "none", trial.pam.error);
}

/* Each way in which the call can fail. */
static void
fail_call(
    bool is_open, enum log_form form, enum fault_role role, size_t number, struct fault_call call)
{
#ifdef __SANITIZE_ADDRESS__ /* a fork takes ten times as long */
	static const int io[] = {EINTR};
#else
	static const int io[] = {EIO, ENOSPC, EINTR, EMFILE, EAGAIN, EACCES, ENOENT};
#endif
	static const int transfer[] = {FAULT_SHORT, FAULT_ZERO};
	struct fault_plan plan = {.role = role, .number = number, .how = EIO};

	for (size_t i = 0; i < (call.class == FAULT_PLAIN ? 1 : sizeof(io) / sizeof(io[0])); i++) {
		plan.how = io[i];
		run_plan(is_open, form, &plan, &call);
	}
	for (size_t i = 0; i < (call.class == FAULT_TRANSFER ? 2 : 0); i++) {
		plan.how = transfer[i];
		run_plan(is_open, form, &plan, &call);
	}
	if (role == FAULT_RECORDER) {
		plan.how = FAULT_KILL;
		run_plan(is_open, form, &plan, &call);
	}
	if (call.class != FAULT_PLAIN) {
		plan.how = call.class == FAULT_TRANSFER ? FAULT_SHORT : EIO;
		plan.and_after = true;
		run_plan(is_open, form, &plan, &call);
	}
}

/* The operation as it is without a fault, then with each. */
static void
fail_all(bool is_open, enum log_form form)
{
	static struct fault_call calls[FAULT_ROLES][FAULT_CALLS_MAX];
	static struct trial trial;
	size_t count[FAULT_ROLES];

	trial = (struct trial){.is_open = is_open, .form = form};
	counts = (struct counts){.trials = 0};
	run_trial(&trial);
	assert_int_equal(trial.r, PAM_SUCCESS);
	memcpy(calls, fault_state->call, sizeof(calls));
	memcpy(count, fault_state->count, sizeof(count));
	for (int role = 0; role < FAULT_ROLES; role++) {
		assert_in_range(count[role], role == FAULT_RECEIPT ? 0 : 1, FAULT_CALLS_MAX);
		for (size_t n = 0; n < count[role]; n++)
			fail_call(is_open, form, (enum fault_role)role, n, calls[role][n]);
	}
	print_message("%s, %s: %zu + %zu + %zu calls, %zu faults (%zu not reached): %zu recorded, "
		      "%zu refused, %zu torn lines closed\n",
	    form_names[form], is_open ? "open" : "close", count[0], count[1], count[2],
	    counts.trials, counts.not_reached, counts.recorded, counts.refused, counts.torn);
	/* Were the faults not felt, nothing would have been tested. */
	assert_true(counts.refused > 20 && counts.recorded > 20);
	assert_true(counts.not_reached < counts.trials / 20);
}

static void
test_open_in_a_log(void **state)
{
	(void)state;
	fail_all(true, LOG_WHOLE);
	assert_true(counts.torn > 0);
}

static void
test_open_creates_the_log(void **state)
{
	(void)state;
	fail_all(true, LOG_NONE);
}

static void
test_open_behind_a_torn_line(void **state)
{
	(void)state;
	fail_all(true, LOG_TORN);
}

static void
test_open_in_a_sealed_log(void **state)
{
	(void)state;
	fail_all(true, LOG_SEALED);
}

static void
test_close(void **state)
{
	(void)state;
	fail_all(false, LOG_WHOLE);
}

/* A log of three records, by the module itself; the last is what others are compared with. */
static void
make_whole_log(void)
{
	pam_handle_t pam;
	struct chain chain;

	for (int i = 0; i < 3; i++) {
		set_handle(&pam);
		fault_plan(NULL);
		fault_arm();
		assert_int_equal(call_module(&pam, true), PAM_SUCCESS);
		if (i == 1)
			assert_int_equal(call_module(&pam, false), PAM_SUCCESS);
		fault_disarm();
		fault_pam_end(&pam);
		(void)reap();
	}
	read_log(&whole_log);
	chain_check(whole_log.ptr, whole_log.len, &chain);
	assert_string_equal(chain.wrong, "");
	assert_int_equal(chain.records, 4);
	reference = chain_last(whole_log.ptr, whole_log.len);
	assert_non_null(cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(reference, "host"), "account_id"));
}

/* What `logintrail-host seal init` does. */
static void
make_seal(void)
{
	struct login_log_file log = LOGIN_LOG_FILE_NONE;

	assert_int_equal(login_log_file_open(&log, log_path, INT64_MAX / 2), LOGIN_LOG_OK);
	assert_int_equal(login_log_seal_create(&log, 5, &first_key), 0);
	login_log_file_close(&log);
	read_file(seal_path, &seal);
	assert_true(seal.len != 0);
}

static void
write_identity(void)
{
	static const char text[] = "{\"instance_id\":\"i-0123456789abcdef0\","
				   "\"account_id\":\"111122223333\",\"region\":\"eu-central-1\"}\n";
	char path[128];
	int fd;

	for (const char *const *name = (const char *const[]){"/run", "/run/logintrail", NULL};
	     *name != NULL; name++) {
		(void)snprintf(path, sizeof(path), "%s%s", directory, *name);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/run/logintrail/identity.json", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	assert_int_equal(close(fd), 0);
}

static int
set_up(void **state)
{
	(void)state;
	fault_init();
	/* in memory where that is possible: a disk's sync is not what is tested */
	(void)snprintf(directory, sizeof(directory), "%s/logintrail-fault-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(directory));
	(void)snprintf(fault_state->redirect, sizeof(fault_state->redirect), "%s", directory);
	(void)snprintf(log_path, sizeof(log_path), "%s/logins.jsonl", directory);
	(void)snprintf(seal_path, sizeof(seal_path), "%s.seal", log_path);
	(void)snprintf(log_option, sizeof(log_option), "log=%s", log_path);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1L), 0);
	write_identity();
	make_whole_log();
	make_seal();
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = {"/logins.jsonl", "/logins.jsonl.seal",
	    "/run/logintrail/identity.json", "/run/logintrail", "/run", ""};
	char path[128];

	(void)state;
	cJSON_Delete(reference);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", directory, names[i]);
		(void)remove(path);
	}
	return 0;
}

/* Says which fault it was when a check has failed. */
static int
name_fault(void **state)
{
	(void)state;
	fault_disarm();
	if (current != NULL)
		print_error("with %s, call %zu of process %d, %s: %s%s: returned %d, \"%s\"\n",
		    form_names[current->form], current_plan.number, (int)current_plan.role,
		    current_name, how_text(current_plan.how),
		    current_plan.and_after ? ", and all after it" : "", current->r,
		    current->pam.error);
	current = NULL;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_open_in_a_log, name_fault),
	    cmocka_unit_test_teardown(test_open_creates_the_log, name_fault),
	    cmocka_unit_test_teardown(test_open_behind_a_torn_line, name_fault),
	    cmocka_unit_test_teardown(test_open_in_a_sealed_log, name_fault),
	    cmocka_unit_test_teardown(test_close, name_fault),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
