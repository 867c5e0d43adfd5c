/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include <dirent.h>
#include <dlfcn.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "pam_module/facts.h"

/*
 * The module as sshd uses it, through libpam, with a PAM service of our own (pam_start_confdir).
 * LOGINTRAIL_MODULE and LOGINTRAIL_RECORDER name what was built.
 */
#define ED25519     "AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm"
#define AUTH_INFO   "publickey ssh-ed25519 " ED25519 "\n"
#define CONNECTION  "203.0.113.7 51514 10.0.0.5 22"
#define DEADLINE_MS 5000

struct place {
	char *dir, *log, *recorder;
	struct pam_conv conversation;
	pam_handle_t *pamh;
	struct buf text;
};

static int
converse(int count, const struct pam_message **messages, struct pam_response **answers, void *data)
{
	(void)count;
	(void)messages;
	(void)answers;
	(void)data;
	fail_msg("the module talked to the user");
	return PAM_CONV_ERR;
}

static void
place_make(struct place *p)
{
	*p = (struct place){.conversation = {.conv = converse}};
	assert_non_null(getenv("LOGINTRAIL_MODULE"));
	assert_non_null(getenv("LOGINTRAIL_RECORDER"));
	p->dir = scratch_make();
	p->log = path_in(p->dir, "logins.jsonl");
	p->recorder = strdup(getenv("LOGINTRAIL_RECORDER"));
	buf_init(&p->text, 4 << 20);
}

static void
place_remove(struct place *p)
{
	if (p->pamh != NULL)
		assert_int_equal(pam_end(p->pamh, PAM_SUCCESS), PAM_SUCCESS);
	free(p->log);
	free(p->recorder);
	buf_clear(&p->text);
	scratch_remove(p->dir);
}

/* Stands in for the recorder. */
static void
use_script(struct place *p, const char *script)
{
	free(p->recorder);
	p->recorder = path_in(p->dir, "recorder");
	file_write(p->recorder, script, strlen(script), 0700);
}

/* Writes the service file and starts PAM with it, as sshd would. */
static void
begin(struct place *p, const char *options)
{
	char *service = path_in(p->dir, "sshd"), *line = NULL;

	assert_true(asprintf(&line, "session required %s log=%s recorder=%s %s\n",
			getenv("LOGINTRAIL_MODULE"), p->log, p->recorder, options) > 0);
	file_write(service, line, strlen(line), 0600);
	if (p->pamh != NULL)
		assert_int_equal(pam_end(p->pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(
	    pam_start_confdir("sshd", "root", &p->conversation, p->dir, &p->pamh), PAM_SUCCESS);
	assert_int_equal(pam_set_item(p->pamh, PAM_TTY, "ssh"), PAM_SUCCESS);
	assert_int_equal(pam_set_item(p->pamh, PAM_RHOST, "203.0.113.7"), PAM_SUCCESS);
	assert_int_equal(pam_putenv(p->pamh, "SSH_AUTH_INFO_0=" AUTH_INFO), PAM_SUCCESS);
	assert_int_equal(pam_putenv(p->pamh, "SSH_CONNECTION=" CONNECTION), PAM_SUCCESS);
	free(line);
	free(service);
}

static int
count_lines(struct place *p)
{
	struct span text = file_read(p->log, &p->text);
	int n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	return n;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
test_open_and_close(void **state)
{
	struct place p;
	char pid[32];

	(void)state;
	place_make(&p);
	begin(&p, "deadline_ms=5000 debug");
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	assert_int_equal(pam_open_session(p.pamh, 0), PAM_SUCCESS);
	/* What another module, or the user through pam_env, does later changes nothing. */
	assert_int_equal(pam_putenv(p.pamh, "SSH_AUTH_INFO_0=publickey forged"), PAM_SUCCESS);
	assert_int_equal(
	    pam_putenv(p.pamh, "SSH_CONNECTION=198.51.100.9 1 198.51.100.1 2"), PAM_SUCCESS);
	assert_int_equal(pam_close_session(p.pamh, PAM_SILENT), PAM_SUCCESS);
	assert_int_equal(count_lines(&p), 2);
	assert_jq(p.log, 0, "[.kind,.seq,.os_user,.uid,.service,.tty]",
	    "[\"open\",1,\"root\",0,\"sshd\",\"ssh\"]");
	assert_jq(p.log, 0, ".remote", "{\"host\":\"203.0.113.7\",\"port\":51514}");
	assert_jq(p.log, 0, ".local", "{\"ip\":\"10.0.0.5\",\"port\":22}");
	assert_jq(p.log, 0, "[.auth[]|.method,.key_type]", "[\"publickey\",\"ssh-ed25519\"]");
	assert_jq(p.log, 0, ".sshd_pid", pid);
	assert_jq(p.log, 0, ".sshd_start|type", "number");
	assert_jq(p.log, 0, ".notes", "null");
	assert_jq(p.log, 1, "[.kind,.seq]", "[\"close\",2]");
	/* Another session of the same process has an id of its own. */
	assert_int_equal(pam_open_session(p.pamh, 0), PAM_SUCCESS);
	assert_jq(p.log, 2, "[.id|length]", "[32]");
	assert_int_equal(RUN(&p.text, "jq", "-s", "[.[].id]|unique|length", p.log), 0);
	assert_span(buf_span(&p.text), "2\n");
	place_remove(&p);
}

static void
test_close_without_open(void **state)
{
	struct place p;

	(void)state;
	place_make(&p);
	begin(&p, "");
	/* PAM_IGNORE of the only module: the stack has no opinion, and nothing is written. */
	(void)pam_close_session(p.pamh, 0);
	assert_int_equal(access(p.log, F_OK), -1);
	place_remove(&p);
}

static void
test_options(void **state)
{
	static const char *const wrong[] = {
	    "unknown",
	    "deadline_ms=9",
	    "deadline_ms=60001",
	    "deadline_ms=",
	    "deadline_ms=5000x",
	    "log=relative",
	    "log=",
	    "expose_principal",
	    "metadata=https://203.0.113.1",
	    "receipt_ca=relative",
	};
	struct place p;

	(void)state;
	place_make(&p);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		begin(&p, wrong[i]);
		assert_int_equal(pam_open_session(p.pamh, 0), PAM_SUCCESS);
		assert_int_equal(count_lines(&p), (int)i + 1);
	}
	place_remove(&p);
}

static void
test_missing_variables(void **state)
{
	struct place p;

	(void)state;
	place_make(&p);
	begin(&p, "");
	assert_int_equal(pam_putenv(p.pamh, "SSH_AUTH_INFO_0"), PAM_SUCCESS);
	assert_int_equal(pam_putenv(p.pamh, "SSH_CONNECTION"), PAM_SUCCESS);
	assert_int_equal(pam_set_item(p.pamh, PAM_USER, "no-such-user"), PAM_SUCCESS);
	assert_int_equal(pam_open_session(p.pamh, 0), PAM_SUCCESS);
	assert_jq(p.log, 0, "[.notes,.uid,.os_user,.remote.host,.local]",
	    "[[\"auth_info_missing\"],null,\"no-such-user\",\"203.0.113.7\",null]");
	place_remove(&p);
}

struct failure {
	const char *script; /* NULL: no such file */
	mode_t mode;
	bool until_deadline;
};

static const struct failure failures[] = {
    {NULL, 0, false},
    {"", 0600, false}, /* not executable */
    {"#!/nonexistent/interpreter\n", 0700, false},
    {"\177ELF", 0700, false},             /* no format that the kernel knows */
    {"#!/bin/sh\nexit 0\n", 0700, false}, /* no answer */
    {"#!/bin/sh\nkill -SEGV $$\n", 0700, false},
    {"#!/bin/sh\ncat >/dev/null; kill -KILL $$\n", 0700, false},
    {"#!/bin/sh\nprintf 'ok'\n", 0700, false}, /* not the whole of it */
    {"#!/bin/sh\necho okay\n", 0700, false},
    {"#!/bin/sh\ncat >/dev/null; echo 'error: of\033[31m course'\n", 0700, false},
    {"#!/bin/sh\nexec yes\n", 0700, false}, /* an answer without end */
    {"#!/bin/sh\nexec sleep 1000\n", 0700, true},
    {"#!/bin/sh\nprintf e; exec sleep 1000\n", 0700, true},
};

/* Whatever becomes of the recorder, the module says so, and in time. */
static void
test_failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		const struct failure *f = &failures[i];
		struct place p;
		int64_t start, took;

		place_make(&p);
		use_script(&p, f->script != NULL ? f->script : "");
		assert_int_equal(
		    f->script != NULL ? chmod(p.recorder, f->mode) : unlink(p.recorder), 0);
		begin(&p, f->until_deadline ? "deadline_ms=300" : "deadline_ms=5000");
		start = now_ms();
		assert_int_equal(pam_open_session(p.pamh, 0), PAM_SESSION_ERR);
		took = now_ms() - start;
		if (f->until_deadline)
			assert_in_range(took, 290, 400);
		else
			assert_in_range(took, 0, 2000);
		assert_int_equal(pam_close_session(p.pamh, 0), PAM_SESSION_ERR);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child of ours is left */
		assert_int_equal(errno, ECHILD);
		place_remove(&p);
	}
}

/* A recorder that hangs, deaf to all polite signals, is gone after the deadline. */
static void
test_nothing_left_running(void **state)
{
	struct place p;
	char *pid_file, command[PATH_MAX + 128], stat[64];
	struct span pid;

	(void)state;
	place_make(&p);
	pid_file = path_in(p.dir, "pid");
	(void)snprintf(command, sizeof(command),
	    "#!/bin/sh\ntrap '' HUP INT TERM\necho $$ >%s\nexec sleep 1000\n", pid_file);
	use_script(&p, command);
	begin(&p, "deadline_ms=300");
	assert_int_equal(pam_open_session(p.pamh, 0), PAM_SESSION_ERR);
	(void)usleep(100000);
	pid = word_of(file_read(pid_file, &p.text), 0);
	assert_non_null(pid.ptr);
	(void)snprintf(stat, sizeof(stat), "/proc/%.*s/stat", (int)pid.len, pid.ptr);
	if (file_read(stat, &p.text).len != 0) /* dead, and init has not looked yet */
		assert_span(word_of(buf_span(&p.text), 2), "Z");
	free(pid_file);
	place_remove(&p);
}

/* A login log that nobody lets go of costs the login its deadline and no more. */
static void
test_log_locked(void **state)
{
	struct place p;
	int64_t start;
	int fd;

	(void)state;
	place_make(&p);
	file_write(p.log, "", 0, 0600);
	fd = open(p.log, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	begin(&p, "deadline_ms=300");
	start = now_ms();
	assert_int_equal(pam_open_session(p.pamh, 0), PAM_SESSION_ERR);
	assert_in_range(now_ms() - start, 200, 400);
	assert_int_equal(close(fd), 0);
	/* libpam answers for the close as it did for the open; the record is what counts. */
	(void)pam_close_session(p.pamh, 0);
	assert_int_equal(count_lines(&p), 1);
	place_remove(&p);
}

/* What the process is like; two of them must be equal byte for byte. */
struct process_state {
	mode_t mask;
	uint64_t blocked;
	struct {
		void (*handler)(int);
		uint64_t mask;
		int flags;
	} actions[NSIG];
	struct rlimit limits[RLIM_NLIMITS];
	struct itimerval timer;
	char descriptors[4096], directory[PATH_MAX];
	int environment_size;
};

static void
list_descriptors(char *out, size_t size)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	size_t len = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char link[300], target[256] = "";

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%s", entry->d_name);
		(void)!readlink(link, target, sizeof(target) - 1);
		len += (size_t)snprintf(out + len, size - len, "%s=%s;%d\n", entry->d_name, target,
		    fcntl((int)strtol(entry->d_name, NULL, 10), F_GETFD));
		assert_true(len < size);
	}
	(void)closedir(dir);
}

static void
read_state(struct process_state *s)
{
	struct sigaction action;
	sigset_t blocked;

	memset(s, 0, sizeof(*s));
	s->mask = umask(0);
	(void)umask(s->mask);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &blocked), 0);
	memcpy(&s->blocked, &blocked, sizeof(s->blocked)); /* the kernel fills 64 bits of a set */
	for (int i = 1; i < NSIG; i++) {
		if (sigaction(i, NULL, &action) != 0)
			continue;
		s->actions[i].handler = action.sa_handler;
		s->actions[i].flags = action.sa_flags;
		memcpy(&s->actions[i].mask, &action.sa_mask, sizeof(s->actions[i].mask));
	}
	for (int i = 0; i < (int)RLIM_NLIMITS; i++)
		assert_int_equal(getrlimit((__rlimit_resource_t)i, &s->limits[i]), 0);
	assert_int_equal(getitimer(ITIMER_REAL, &s->timer), 0);
	list_descriptors(s->descriptors, sizeof(s->descriptors));
	assert_non_null(getcwd(s->directory, sizeof(s->directory)));
	while (environ[s->environment_size] != NULL)
		s->environment_size++;
}

static void
ignore_signal(int number)
{
	(void)number;
	_exit(9); /* none of ours may arrive here */
}

/* The process as sshd's monitor might be, and then some: all of it is as before. */
static void
test_leaves_no_trace(void **state)
{
	struct sigaction handler = {.sa_handler = ignore_signal, .sa_flags = SA_RESTART};
	struct process_state *before = calloc(2, sizeof(*before)), *after = before + 1;
	struct rlimit files, small;
	struct place p;
	sigset_t some;

	(void)state;
	assert_non_null(before);
	place_make(&p);
	begin(&p, "deadline_ms=5000");
	(void)umask(0027);
	assert_int_equal(sigaction(SIGCHLD, &handler, NULL), 0);
	assert_int_equal(sigaction(SIGTERM, &handler, NULL), 0);
	assert_ptr_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	(void)sigemptyset(&some);
	(void)sigaddset(&some, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &some, NULL), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &files), 0);
	small = files;
	small.rlim_cur = 1; /* pam_limits: the recorder must not be bound by it */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	/* libpam and the libraries open nothing later than the first call. */
	assert_int_equal(pam_open_session(p.pamh, 0), PAM_SUCCESS);
	read_state(before);
	assert_int_equal(pam_open_session(p.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_close_session(p.pamh, 0), PAM_SUCCESS);
	read_state(after);
	assert_memory_equal(before, after, sizeof(*before));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &files), 0);
	assert_int_equal(count_lines(&p), 3);
	assert_ptr_not_equal(signal(SIGCHLD, SIG_DFL), SIG_ERR);
	assert_ptr_not_equal(signal(SIGTERM, SIG_DFL), SIG_ERR);
	assert_ptr_not_equal(signal(SIGXFSZ, SIG_DFL), SIG_ERR);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &some, NULL), 0);
	(void)umask(0022);
	free(before);
	place_remove(&p);
}

/* libpam has an errno of its own to leave, so the entry points are called without it. */
static void
test_keeps_errno(void **state)
{
	typedef int entry_point(pam_handle_t *, int, int, const char **);
	static const char *const names[] = {"pam_sm_open_session", "pam_sm_close_session"};
	void *module = dlopen(getenv("LOGINTRAIL_MODULE"), RTLD_NOW);
	const char *options[] = {"no such option"};
	struct place p;

	(void)state;
	assert_non_null(module);
	place_make(&p);
	begin(&p, "");
	for (size_t i = 0; i < 2; i++) {
		entry_point *entry = (entry_point *)(uintptr_t)dlsym(module, names[i]);

		assert_non_null(entry);
		errno = 4711;
		/* libpam lets only modules that it runs itself keep data. */
		assert_int_equal(
		    entry(p.pamh, 0, 1, options), i == 0 ? PAM_SESSION_ERR : PAM_IGNORE);
		assert_int_equal(errno, 4711);
	}
	place_remove(&p);
	assert_int_equal(dlclose(module), 0);
}

/*
 * Run by the module in the recorder's place: writes down what it was born with, beside the log.
 * Shells and their kin will not do: they set signals and limits of their own.
 */
static int
probe_main(void)
{
	struct process_state *s = calloc(1, sizeof(*s));
	int ignored = 0, out;
	struct facts facts;
	struct buf in;

	buf_init(&in, 4 << 20);
	read_to_end(0, &in);
	if (facts_parse(buf_span(&in), &facts) != FACTS_OK)
		return 1;
	read_state(s);
	for (int i = 1; i < NSIG; i++)
		ignored += s->actions[i].handler == SIG_IGN;
	out = open(facts.log, O_WRONLY | O_CREAT, 0600);
	(void)dprintf(out, "blocked %llx ignored %d environment %d\n",
	    (unsigned long long)s->blocked, ignored, s->environment_size);
	(void)dprintf(out, "fsize %d files %d core %d leader %d timer %d\n",
	    s->limits[RLIMIT_FSIZE].rlim_cur == RLIM_INFINITY,
	    (int)s->limits[RLIMIT_NOFILE].rlim_cur, (int)s->limits[RLIMIT_CORE].rlim_max,
	    getsid(0) == getpid() && getpgid(0) == getpid(),
	    s->timer.it_value.tv_sec > 0 && s->timer.it_value.tv_sec < 5);
	(void)dprintf(out, "%s", s->descriptors);
	(void)!write(1, "ok\n", 3);
	buf_clear(&in);
	free(s);
	return 0;
}

/* What the recorder is born with: none of what sshd or pam_limits has set. */
static void
test_recorder_is_clean(void **state)
{
	struct rlimit files, small;
	struct place p;
	sigset_t some, before;
	int stray;

	(void)state;
	if (getenv("LD_PRELOAD") != NULL && strstr(getenv("LD_PRELOAD"), "vgpreload") != NULL)
		skip(); /* valgrind has limits, descriptors and an environment of its own */
	place_make(&p);
	free(p.recorder);
	p.recorder = realpath("/proc/self/exe", NULL);
	assert_non_null(p.recorder);
	begin(&p, "deadline_ms=5000");
	assert_ptr_not_equal(signal(SIGPIPE, SIG_IGN), SIG_ERR);
	(void)sigfillset(&some);
	assert_int_equal(sigprocmask(SIG_BLOCK, &some, &before), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &files), 0);
	small = files;
	small.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	stray = fcntl(0, F_DUPFD, 200); /* without close-on-exec */
	assert_int_equal(pam_open_session(p.pamh, 0), PAM_SUCCESS);
	assert_int_equal(close(stray), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &files), 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	assert_ptr_not_equal(signal(SIGPIPE, SIG_DFL), SIG_ERR);
	assert_true(span_starts(file_read(p.log, &p.text),
	    "blocked 0 ignored 0 environment 0\n"
	    "fsize 1 files 64 core 0 leader 1 timer 1\n"
	    "0=socket:"));
	assert_non_null(memmem(p.text.ptr, p.text.len, "\n1=socket:", 10));
	assert_non_null(memmem(p.text.ptr, p.text.len, "\n2=/dev/null;0\n3=/proc/", 23));
	assert_null(memmem(p.text.ptr, p.text.len, "\n4=", 3));
	place_remove(&p);
}

/* A FIDO key's owner picks how long it is; sshd hands over all of it, and more than one may come.
 */
static void
test_large_keys(void **state)
{
	static const size_t sizes[] = {160 * 1024, 900 * 1024, 1200 * 1024, 3000 * 1024};
	struct place p;
	struct buf value;

	(void)state;
	place_make(&p);
	buf_init(&value, 8 << 20);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		bool cut = sizes[i] > 1024 * 1024;

		begin(&p, "deadline_ms=5000");
		buf_reset(&value);
		buf_puts(
		    &value, "SSH_AUTH_INFO_0=" AUTH_INFO "publickey sk-ssh-ed25519@openssh.com ");
		while (value.len < sizes[i])
			buf_puts(&value, "AAAA");
		buf_puts(&value, "\n");
		assert_int_equal(pam_putenv(p.pamh, buf_cstr(&value)), PAM_SUCCESS);
		assert_int_equal(pam_open_session(p.pamh, 0), PAM_SUCCESS);
		assert_int_equal(pam_close_session(p.pamh, 0), PAM_SUCCESS);
		assert_jq(p.log, (int)i * 2, ".auth[0].fingerprint|length", "50");
		assert_jq(p.log, (int)i * 2, ".auth|length", cut ? "1" : "2");
		assert_jq(p.log, (int)i * 2, ".notes",
		    cut ? "[\"auth_info_cut\"]" : "[\"key_unparsed\"]");
		assert_true(file_read(p.log, &p.text).len < 20000);
	}
	buf_clear(&value);
	place_remove(&p);
}

/* sshd without descriptors 0, 1 and 2. */
static void
test_low_descriptors_closed(void **state)
{
	struct place p;
	pid_t pid;
	int status;

	(void)state;
	place_make(&p);
	begin(&p, "deadline_ms=5000");
	for (int closed = 1; closed < 8; closed++) {
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			for (int fd = 0; fd < 3; fd++)
				if ((closed >> fd & 1) != 0)
					(void)close(fd);
			_exit(pam_open_session(p.pamh, 0));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_lines(&p), 7);
	place_remove(&p);
}

/* Nothing of the module may meet a symbol of sshd's. */
static void
test_exports(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	assert_int_equal(
	    RUN(&out, "nm", "-D", "--defined-only", "--format=posix", getenv("LOGINTRAIL_MODULE")),
	    0);
	assert_true(span_is(word_of(buf_span(&out), 0), "pam_sm_close_session"));
	assert_true(span_is(word_of(buf_span(&out), 4), "pam_sm_open_session"));
	assert_span(word_of(buf_span(&out), 8), NULL);
	buf_clear(&out);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_open_and_close),
	    cmocka_unit_test(test_close_without_open),
	    cmocka_unit_test(test_options),
	    cmocka_unit_test(test_missing_variables),
	    cmocka_unit_test(test_failures),
	    cmocka_unit_test(test_nothing_left_running),
	    cmocka_unit_test(test_log_locked),
	    cmocka_unit_test(test_leaves_no_trace),
	    cmocka_unit_test(test_keeps_errno),
	    cmocka_unit_test(test_recorder_is_clean),
	    cmocka_unit_test(test_large_keys),
	    cmocka_unit_test(test_low_descriptors_closed),
	    cmocka_unit_test(test_exports),
	};

	if (argc == 1 && strcmp(argv[0], "logintrail-record") == 0)
		return probe_main();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
