/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/recorder_call.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pam_module/recorder_child.h"

#define US_PER_MS 1000

int64_t
recorder_clock_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return -1;
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Says what failed, and why when number is an errno. */
static int
fail(char reason[static RECORDER_REASON_MAX], const char *what, int number)
{
	(void)snprintf(reason, RECORDER_REASON_MAX, "%s%s%s", what, number != 0 ? ": " : "",
	    number != 0 ? strerror(number) : "");
	return -1;
}

/*
 * Two forks: the child that we wait for ends at once, the recorder is init's. So a recorder stuck
 * in the disk holds nobody up, and no zombie and no SIGCHLD of it reaches sshd. The first is a
 * vfork, since it does nothing but the second: sshd's memory is copied once, not twice. All signals
 * are blocked over it lest sshd's handlers run in the child.
 */
static pid_t
start_recorder(const struct recorder_child *child)
{
	sigset_t all, before;
	pid_t pid;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = vfork();                     /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
	if (pid == 0)                      /* makes kernel calls only, and does not return */
		recorder_child_run(child); /* NOLINT(clang-analyzer-unix.Vfork) */
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* Runs the recorder with the other end of the socket that is returned; -1 when that fails. */
static int
spawn(const char *path, int64_t deadline_us)
{
	struct sigaction standard = {.sa_handler = SIG_DFL}, before;
	struct recorder_child child = {.path = path, .deadline_us = deadline_us};
	int ends[2], saved;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	child.socket = ends[1];
	(void)sigaction(SIGCHLD, &standard, &before);
	pid = start_recorder(&child);
	saved = errno;
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	(void)sigaction(SIGCHLD, &before, NULL);
	(void)close(ends[1]);
	if (pid > 0)
		return ends[0];
	(void)close(ends[0]);
	errno = saved;
	return -1;
}

/* Waits for the socket: 1 when it is ready, 0 when the deadline is past, -1 on an error. */
static int
wait_ready(int fd, short events, int64_t deadline_us)
{
	struct pollfd ready = {.fd = fd, .events = events};

	for (;;) {
		int64_t now_us = recorder_clock_us(), left_us = deadline_us - now_us;
		int n;

		if (now_us < 0)
			return -1;
		if (left_us <= 0)
			return 0;
		n = poll(&ready, 1, (int)((left_us + US_PER_MS - 1) / US_PER_MS));
		if (n > 0)
			return 1;
		if (n < 0 && errno != EINTR)
			return -1;
	}
}

static int
explain_wait(int ready, char reason[static RECORDER_REASON_MAX])
{
	if (ready == 0)
		return fail(reason, "the recorder did not answer in time", 0);
	return fail(reason, "waiting for the recorder", errno);
}

/* Sends everything, or as much as the recorder takes: when it has died its answer may say why. */
static int
send_facts(int fd, const char *facts, size_t len, int64_t deadline_us,
    char reason[static RECORDER_REASON_MAX])
{
	size_t sent = 0;

	while (sent < len) {
		ssize_t n = send(fd, facts + sent, len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		int ready;

		if (n >= 0) {
			sent += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			break;
		ready = wait_ready(fd, POLLOUT, deadline_us);
		if (ready <= 0)
			return explain_wait(ready, reason);
	}
	if (shutdown(fd, SHUT_WR) != 0 && sent == len)
		return fail(reason, "the recorder's socket", errno);
	return 0;
}

/* What the recorder has said so far. */
struct answer {
	char text[RECORDER_REASON_MAX + RECORDER_PRINCIPAL_MAX + 64];
	size_t len;
};

/* The length of the line at that place; 0 when there is none, or not its end. */
static size_t
line_at(const struct answer *a, size_t at)
{
	const char *end = at < a->len ? memchr(a->text + at, '\n', a->len - at) : NULL;

	return end != NULL ? (size_t)(end - (a->text + at)) + 1 : 0;
}

/* Reads until the line at that place has its end, or the recorder has ended. 0, or -1 on an error.
 */
static int
read_line(int fd, struct answer *a, size_t at, int64_t deadline_us,
    char reason[static RECORDER_REASON_MAX])
{
	while (a->len < sizeof(a->text) && line_at(a, at) == 0) {
		ssize_t n;
		int ready = wait_ready(fd, POLLIN, deadline_us);

		if (ready <= 0)
			return explain_wait(ready, reason);
		n = recv(fd, a->text + a->len, sizeof(a->text) - a->len, MSG_DONTWAIT);
		if (n > 0)
			a->len += (size_t)n;
		else if (n == 0 || (errno != EINTR && errno != EAGAIN))
			break;
	}
	return 0;
}

/* The recorder's words go to syslog: one line of printable ASCII. */
static int
judge_answer(const char *answer, size_t len, char reason[static RECORDER_REASON_MAX])
{
	static const char ok[] = "ok\n", error[] = "error: ";
	size_t n = 0;

	if (len >= sizeof(ok) - 1 && memcmp(answer, ok, sizeof(ok) - 1) == 0)
		return 0;
	if (len == 0)
		return fail(reason, "the recorder ended without an answer", 0);
	if (len < sizeof(error) || memcmp(answer, error, sizeof(error) - 1) != 0)
		return fail(reason, "the recorder's answer is not understood", 0);
	for (size_t i = sizeof(error) - 1; i < len && answer[i] != '\n'; i++)
		if (n + 1 < RECORDER_REASON_MAX)
			reason[n++] =
			    (char)(answer[i] >= ' ' && answer[i] < 0x7f ? answer[i] : '?');
	reason[n] = '\0';
	return -1;
}

/* "principal=ARN", behind the answer. Whatever else comes, or nothing: there is none. */
static void
read_principal(
    int fd, struct answer *a, int64_t deadline_us, char principal[RECORDER_PRINCIPAL_MAX])
{
	static const char name[] = "principal=";
	const size_t prefix = sizeof(name) - 1;
	char reason[RECORDER_REASON_MAX];
	size_t at = line_at(a, 0), len, n;

	(void)read_line(fd, a, at, deadline_us, reason);
	len = line_at(a, at);
	if (len <= prefix + 1 || len - prefix > RECORDER_PRINCIPAL_MAX ||
	    memcmp(a->text + at, name, prefix) != 0)
		return;
	n = len - prefix - 1;
	for (size_t i = 0; i < n; i++)
		if (a->text[at + prefix + i] <= ' ' || a->text[at + prefix + i] >= 0x7f)
			return;
	memcpy(principal, a->text + at + prefix, n);
	principal[n] = '\0';
}

int
recorder_call(const char *path, const void *facts, size_t len, int64_t deadline_us,
    char reason[static RECORDER_REASON_MAX], char principal[RECORDER_PRINCIPAL_MAX])
{
	struct answer answer = {.len = 0};
	int fd, r;

	reason[0] = '\0';
	if (principal != NULL)
		principal[0] = '\0';
	fd = spawn(path, deadline_us);
	if (fd < 0)
		return fail(reason, "the recorder cannot be started", errno);
	r = send_facts(fd, facts, len, deadline_us, reason);
	if (r == 0)
		r = read_line(fd, &answer, 0, deadline_us, reason);
	if (r == 0)
		r = judge_answer(answer.text, answer.len, reason);
	if (r == 0 && principal != NULL)
		read_principal(fd, &answer, deadline_us, principal);
	(void)close(fd);
	return r;
}
