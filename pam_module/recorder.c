/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logintrail-record: the module's other half. Reads the facts of a login on standard input, writes
 * one record to the login log, answers "ok" or "error: ..." on standard output. Everything that a
 * user can influence is parsed here, in a process whose crash or hang the login does not notice.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "common/version.h"
#include "common/time_text.h"
#include "pam_module/auth_info.h"
#include "pam_module/facts.h"
#include "pam_module/host_facts.h"
#include "pam_module/login_log.h"
#include "pam_module/receipt_record.h"

#define STORAGE_MAX     (AUTH_INFO_STORAGE_MAX + 64 * 1024)
#define ANSWER_MAX      512
#define READ_SIZE       ((size_t)64 * 1024)
#define DEADLINE_MAX_US (60 * US_PER_SECOND) /* until the facts say less */

static int64_t
monotonic_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return INT64_MAX / 2; /* later than any deadline */
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

/* SIGALRM ends this process, wherever it hangs. */
static void
die_after(int64_t us)
{
	struct itimerval timer = {
	    .it_value = {.tv_sec = us / US_PER_SECOND, .tv_usec = us % US_PER_SECOND},
	};

	(void)signal(SIGALRM, SIG_DFL);
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

static void
set_up_process(void)
{
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if (chdir("/") != 0)
		errno = 0; /* where we stand does not matter: all paths are absolute */
}

/* The answer, in one write so that the module sees it whole. */
static int
answer_error(const char *what, const char *why)
{
	char text[ANSWER_MAX];
	int n;

	n = snprintf(text, sizeof(text), "error: %s%s%s\n", what, why != NULL ? ": " : "",
	    why != NULL ? why : "");
	if (n >= (int)sizeof(text)) {
		n = sizeof(text) - 1;
		text[n - 1] = '\n';
	}
	return write(STDOUT_FILENO, text, (size_t)n) == n ? -1 : -2;
}

static int
read_all(struct buf *in)
{
	ssize_t n = 1;

	while (n > 0) {
		if (!buf_reserve(in, READ_SIZE))
			return answer_error("the facts are too long", NULL);
		n = read(STDIN_FILENO, in->ptr + in->len, READ_SIZE);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			in->len += (size_t)n;
	}
	return n == 0 ? 0 : answer_error("the facts cannot be read", strerror(errno));
}

/* Behind a pipe sshd says "UNKNOWN" where the peer's address would stand. */
static bool
is_known(struct span s)
{
	return s.len != 0 && !span_starts(s, "UNKNOWN");
}

static void
fill_connection(const struct facts *facts, struct login_record *r)
{
	struct facts_connection c;

	if (facts_connection_parse(facts->connection, &c)) {
		r->remote_host = c.client_ip;
		r->remote_port = c.client_port;
		r->local_ip = c.server_ip;
		r->local_port = c.server_port;
		return;
	}
	if (is_known(facts->connection))
		(void)login_record_note(r, "connection_unparsed");
	if (is_known(facts->rhost))
		r->remote_host = facts->rhost;
}

static int
fill_open(const struct facts *facts, struct buf *storage, struct login_record *r)
{
	r->os_user = facts->user;
	r->uid = facts->uid;
	r->service = facts->service;
	r->tty = facts->tty;
	r->sshd_pid = facts->pid;
	fill_connection(facts, r);
	if (facts->auth_info_cut) {
		(void)login_record_note(r, "auth_info_cut");
		r->truncated = true;
	}
	/* Room for both up front: what the first stored must not move. */
	if (!buf_reserve(storage, STORAGE_MAX / 2) ||
	    auth_info_parse(facts->auth_info, storage, r) != 0 ||
	    host_facts_collect(&host_paths_default, (pid_t)facts->pid, storage, r) != 0)
		return answer_error("no memory", NULL);
	return 0;
}

static int
append(const struct facts *facts, struct login_record *r, int64_t deadline_us)
{
	enum login_log_error error = login_log_append(facts->log, r, deadline_us);
	char what[ANSWER_MAX];

	if (error == LOGIN_LOG_OK)
		return 0;
	(void)snprintf(what, sizeof(what), "%.256s: %s", facts->log, login_log_error_text(error));
	return answer_error(
	    what, login_log_error_has_errno(error) && errno != 0 ? strerror(errno) : NULL);
}

/*
 * What AWS says of the login's key. The login is on record, and the module knows it: nothing that
 * happens from here on can harm it, and without expose_principal nobody waits.
 */
static void
add_receipt(const struct facts *facts, const struct login_record *r, int64_t deadline_us)
{
	char principal[RECEIPT_PRINCIPAL_MAX], line[RECEIPT_PRINCIPAL_MAX + 16];
	int n;

	receipt_record(facts, r, deadline_us, principal);
	if (principal[0] == '\0')
		return;
	n = snprintf(line, sizeof(line), "principal=%s\n", principal);
	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		return; /* the module has given up waiting */
}

static int
record(struct span text, struct buf *storage)
{
	enum facts_error error;
	struct login_record r;
	struct facts facts;
	int64_t left_us, deadline_us;

	error = facts_parse(text, &facts);
	if (error != FACTS_OK)
		return answer_error(facts_error_text(error), NULL);
	/* Be sure to answer before the module gives up: a record that it was told nothing of would
	 * make it say what is not true. */
	left_us = facts.deadline_us - monotonic_us();
	if (left_us <= 0)
		return answer_error("the deadline has passed", NULL);
	if (left_us > DEADLINE_MAX_US)
		left_us = DEADLINE_MAX_US;
	die_after(left_us - left_us / 20);
	login_record_init(&r, facts.is_open ? LOGIN_RECORD_OPEN : LOGIN_RECORD_CLOSE);
	r.id = facts.id;
	if (facts.is_open && fill_open(&facts, storage, &r) != 0)
		return -1;
	deadline_us = monotonic_us() + left_us - left_us / 10;
	if (append(&facts, &r, deadline_us) != 0 || write(STDOUT_FILENO, "ok\n", 3) != 3)
		return -1;
	if (facts.is_open && facts.receipt)
		add_receipt(&facts, &r, deadline_us);
	return 0;
}

static int
record_login(void)
{
	struct buf in, storage;
	int r;

	die_after(DEADLINE_MAX_US);
	set_up_process();
	buf_init(&in, FACTS_MAX + 128 * 1024);
	buf_init(&storage, STORAGE_MAX);
	r = read_all(&in);
	if (r == 0)
		r = record(buf_span(&in), &storage);
	buf_clear(&storage);
	buf_clear(&in);
	return r;
}

int
main(int argc, char **argv)
{
	static const char usage[] =
	    "logintrail-record writes a login's record for pam_logintrail.so, which runs it with\n"
	    "the facts of the login on standard input. It is not meant to be run by hand.\n"
	    "\n"
	    "usage: logintrail-record [--help | --version]\n";

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("logintrail-record %s (%s)\n", LOGINTRAIL_VERSION,
			   logintrail_commit) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return printf("%s", usage) < 0;
	if (argc > 1 || isatty(STDIN_FILENO)) {
		(void)fprintf(stderr, "%s", usage);
		return 1;
	}
	return record_login() == 0 ? 0 : 1;
}
