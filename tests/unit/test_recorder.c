/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>

#include "pam_module/facts.h"
#include "pam_module/login_record.h"

/* The program itself, run as the module runs it. Its path comes from the environment. */
#define ID "0123456789abcdef0123456789abcdef"

struct place {
	char *dir, *log;
	struct buf facts, answer, text;
	int status;
};

static void
place_make(struct place *p)
{
	p->dir = scratch_make();
	p->log = path_in(p->dir, "logins.jsonl");
	buf_init(&p->facts, 8 << 20);
	buf_init(&p->answer, 1 << 20);
	buf_init(&p->text, 1 << 20);
}

static void
place_remove(struct place *p)
{
	free(p->log);
	buf_clear(&p->facts);
	buf_clear(&p->answer);
	buf_clear(&p->text);
	scratch_remove(p->dir);
}

static void
fact(struct place *p, const char *key, const char *value)
{
	buf_puts(&p->facts, key);
	buf_putc(&p->facts, '=');
	buf_puts(&p->facts, value);
	buf_putc(&p->facts, '\0');
}

static void
fact_deadline(struct place *p, int64_t ms)
{
	struct timespec now;
	char text[32];

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	(void)snprintf(text, sizeof(text), "%lld",
	    ((long long)now.tv_sec * 1000 + now.tv_nsec / 1000000 + ms) * 1000);
	fact(p, "deadline_us", text);
}

static void
facts_begin(struct place *p, const char *kind)
{
	buf_reset(&p->facts);
	fact(p, "kind", kind);
	fact(p, "id", ID);
	fact(p, "log", p->log);
	fact_deadline(p, 5000);
}

/* Sends the facts to the recorder; its answer and exit status go to p. */
static void
run(struct place *p)
{
	const char *recorder = getenv("LOGINTRAIL_RECORDER");
	int ends[2];
	pid_t pid;

	assert_non_null(recorder);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(ends[1], 0);
		(void)dup2(ends[1], 1);
		(void)execl(recorder, "logintrail-record", (char *)NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	for (size_t sent = 0; sent < p->facts.len;) {
		ssize_t n = send(ends[0], p->facts.ptr + sent, p->facts.len - sent, MSG_NOSIGNAL);

		if (n < 0)
			break;
		sent += (size_t)n;
	}
	(void)shutdown(ends[0], SHUT_WR);
	buf_clear(&p->answer);
	read_to_end(ends[0], &p->answer);
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, &p->status, 0), pid);
}

static void
assert_recorded(struct place *p)
{
	assert_span(buf_span(&p->answer), "ok\n");
	assert_int_equal(p->status, 0);
}

#define ED25519 "AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm"

static void
test_open_and_close(void **state)
{
	char pid[32];
	struct place p;

	(void)state;
	place_make(&p);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	facts_begin(&p, "open");
	fact(&p, "pid", pid);
	fact(&p, "uid", "1000");
	fact(&p, "user", "ec2-user");
	fact(&p, "service", "sshd");
	fact(&p, "tty", "ssh");
	fact(&p, "rhost", "client.example.com");
	fact(&p, "connection", "203.0.113.7 51514 10.0.0.5 22");
	fact(&p, "auth_info", "publickey ssh-ed25519 " ED25519 "\npassword\n");
	fact(&p, "a_later_version's", "word");
	fact(&p, "end", "1");
	run(&p);
	assert_recorded(&p);
	facts_begin(&p, "close");
	fact(&p, "end", "1");
	run(&p);
	assert_recorded(&p);
	assert_jq(p.log, 0, "[.v,.kind,.id,.seq,.os_user,.uid,.service,.tty]",
	    "[1,\"open\",\"" ID "\",1,\"ec2-user\",1000,\"sshd\",\"ssh\"]");
	assert_jq(p.log, 0, "[.remote.host,.remote.port,.local.ip,.local.port]",
	    "[\"203.0.113.7\",51514,\"10.0.0.5\",22]");
	assert_jq(p.log, 0, "[.auth[].method]", "[\"publickey\",\"password\"]");
	assert_jq(p.log, 0, ".sshd_pid", pid);
	assert_jq(p.log, 0, ".notes", "null");
	assert_jq(p.log, 1, "[.kind,.id,.seq,(keys|length)]", "[\"close\",\"" ID "\",2,6]");
	place_remove(&p);
}

static void
test_addresses(void **state)
{
	static const struct {
		const char *connection, *rhost, *remote, *notes;
	} cases[] = {
	    {"203.0.113.7 51514 10.0.0.5 22", "x.example.com",
		"[\"203.0.113.7\",51514,\"10.0.0.5\",22]", "null"},
	    {"2001:db8::7 1 fe80::1%eth0 22", "", "[\"2001:db8::7\",1,\"fe80::1%eth0\",22]",
		"null"},
	    {"UNKNOWN 65535 UNKNOWN 65535", "UNKNOWN", "[null,null,null,null]", "null"},
	    {"UNKNOWN 65535 UNKNOWN 65535", "x.example.com", "[\"x.example.com\",null,null,null]",
		"null"},
	    {"", "x.example.com", "[\"x.example.com\",null,null,null]", "null"},
	    {"203.0.113.7 51514 10.0.0.5", "", "[null,null,null,null]",
		"[\"connection_unparsed\"]"},
	    {"203.0.113.7 99999 10.0.0.5 22", "", "[null,null,null,null]",
		"[\"connection_unparsed\"]"},
	    {"203.0.113.7 1 10.0.0.5 22 x", "", "[null,null,null,null]",
		"[\"connection_unparsed\"]"},
	    {"host 1 10.0.0.5 22", "203.0.113.9", "[\"203.0.113.9\",null,null,null]",
		"[\"connection_unparsed\"]"},
	};
	struct place p;

	(void)state;
	place_make(&p);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		facts_begin(&p, "open");
		fact(&p, "connection", cases[i].connection);
		fact(&p, "rhost", cases[i].rhost);
		fact(&p, "auth_info", "password\n");
		fact(&p, "end", "1");
		run(&p);
		assert_recorded(&p);
		assert_jq(p.log, (int)i, "[.remote.host,.remote.port,.local.ip,.local.port]",
		    cases[i].remote);
		assert_jq(p.log, (int)i, ".notes", cases[i].notes);
	}
	place_remove(&p);
}

/* As much as the module may send, nothing but bytes that cost six in JSON: one bounded line. */
static void
test_hostile_volume(void **state)
{
	struct place p;

	(void)state;
	place_make(&p);
	facts_begin(&p, "open");
	fact(&p, "auth_info_cut", "1");
	buf_puts(&p.facts, "auth_info=");
	while (p.facts.len < FACTS_MAX - 100)
		buf_puts(&p.facts,
		    p.facts.len % 3 == 0 ? "\x1b\x1b\x1b \x1b\x1b\n" : "publickey \x01 \x02 ");
	buf_putc(&p.facts, '\0');
	fact(&p, "end", "1");
	run(&p);
	assert_recorded(&p);
	assert_true(file_read(p.log, &p.text).len <= LOGIN_RECORD_MAX + 1);
	assert_jq(p.log, 0, ".truncated", "true");
	assert_jq(p.log, 0, ".notes|index(\"auth_info_cut\")!=null", "true");
	for (size_t i = 0; i + 1 < p.text.len; i++)
		assert_true((unsigned char)p.text.ptr[i] >= 0x20);
	while (p.facts.len < 3 * FACTS_MAX)
		buf_putc(&p.facts, 'x');
	run(&p);
	assert_span(buf_span(&p.answer), "error: the facts are too long\n");
	place_remove(&p);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *facts;
		size_t len;
		const char *answer;
	} cases[] = {
#define CASE(text, answer) {text, sizeof(text) - 1, "error: " answer "\n"}
	    CASE("", "the facts are incomplete"),
	    CASE("kind=open", "the facts are incomplete"),
	    CASE("kind=open\0", "the facts are incomplete"),
	    CASE("end=1\0kind=open\0", "the facts are incomplete"),
	    CASE("end=1\0", "the kind is neither open nor close"),
	    CASE("kind=opened\0end=1\0", "the kind is neither open nor close"),
	    CASE("kind\0end=1\0", "a fact is not key=value"),
	    CASE("\0end=1\0", "a fact is not key=value"),
	    CASE("kind=open\0id=0123\0log=/x\0deadline_us=1\0end=1\0",
		"the session id is not 32 hexadecimal digits"),
	    CASE("kind=open\0id=" ID "\0log=x\0deadline_us=1\0end=1\0",
		"the log is not an absolute path"),
	    CASE("kind=open\0id=" ID "\0deadline_us=1\0end=1\0", "the log is not an absolute path"),
	    CASE("kind=open\0id=" ID "\0log=/x\0end=1\0", "a number is missing or out of bounds"),
	    CASE("kind=open\0id=" ID "\0log=/x\0deadline_us=0\0end=1\0",
		"a number is missing or out of bounds"),
	    CASE("kind=open\0id=" ID "\0log=/x\0deadline_us=99999999999999999999\0end=1\0",
		"a number is missing or out of bounds"),
	    CASE("kind=open\0id=" ID "\0log=/x\0deadline_us=1\0uid=-1\0end=1\0",
		"a number is missing or out of bounds"),
	    CASE("kind=close\0id=" ID "\0log=/nonexistent/log\0deadline_us=1\0end=1\0",
		"the deadline has passed"),
	    CASE("kind=close\0id=" ID
		 "\0log=/nonexistent/log\0deadline_us=999999999999999\0end=1\0",
		"/nonexistent/log: its directory cannot be opened: No such file or directory"),
#undef CASE
	};
	struct place p;

	(void)state;
	place_make(&p);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&p.facts);
		buf_put(&p.facts, cases[i].facts, cases[i].len);
		run(&p);
		assert_span(buf_span(&p.answer), cases[i].answer);
		assert_true(WIFEXITED(p.status) && WEXITSTATUS(p.status) == 1);
	}
	place_remove(&p);
}

/* The deadline ends it: an answer when it can give one, a signal when facts never end. */
static void
test_deadline(void **state)
{
	struct place p;
	int fd;

	(void)state;
	place_make(&p);
	file_write(p.log, "", 0, 0600);
	fd = open(p.log, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	facts_begin(&p, "close");
	fact_deadline(&p, 1500);
	fact(&p, "end", "1");
	run(&p);
	assert_true(span_ends(buf_span(&p.answer), ": its lock was not free in time\n"));
	assert_int_equal(close(fd), 0);
	place_remove(&p);
}

static void
test_by_hand(void **state)
{
	const char *recorder = getenv("LOGINTRAIL_RECORDER");
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	assert_int_equal(RUN(&out, recorder, "--version"), 0);
	assert_true(span_starts(buf_span(&out), "logintrail-record "));
	assert_int_equal(RUN(&out, recorder, "--help"), 0);
	assert_non_null(memmem(out.ptr, out.len, "usage:", 6));
	assert_int_equal(RUN(&out, recorder, "--unknown"), 1);
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

/* libcrypto's configuration could load code of others' and takes time: it must not be read. */
static void
test_reads_no_configuration(void **state)
{
	const char *recorder = getenv("LOGINTRAIL_RECORDER");
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	if (RUN(&out, "sh", "-c", "strace -f -e trace=%file -o \"$0\" \"$1\" </dev/null",
		"/dev/null", recorder) == 127) {
		buf_clear(&out);
		skip();
	}
	assert_int_equal(RUN(&out, "sh", "-c",
			     "printf 'kind=close\\0id=" ID
			     "\\0log=/nonexistent/log\\0deadline_us=999999999999999\\0end=1\\0' |"
			     " ASAN_OPTIONS=detect_leaks=0 strace -o /dev/fd/3 -e trace=%file "
			     "\"$0\" 3>&1 >/dev/null",
			     recorder),
	    1);
	assert_non_null(memmem(out.ptr, out.len, "/nonexistent", 12));
	assert_null(memmem(out.ptr, out.len, "openssl.cnf", 11));
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_open_and_close),
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_hostile_volume),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_deadline),
	    cmocka_unit_test(test_by_hand),
	    cmocka_unit_test(test_reads_no_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
