/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/time_text.h"

#define END_POLL_US (5 * 1000)

static int64_t
monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

/* Signals as a new program expects them: nothing blocked, nothing ignored. */
static int
set_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int r;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	r = posix_spawnattr_setsigmask(attributes, &none);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(attributes, &all);
	if (r == 0)
		r = posix_spawnattr_setflags(
		    attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return r;
}

static int
set_descriptors(posix_spawn_file_actions_t *actions, int output)
{
	int r = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);

	if (r == 0)
		r = posix_spawn_file_actions_addopen(
		    actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(
		    actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	return r;
}

/* 0 or errno. */
static int
start(char *const argv[], int output, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int r;

	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return r;
	r = posix_spawnattr_init(&attributes);
	if (r == 0) {
		r = set_signals(&attributes);
		if (r == 0)
			r = set_descriptors(&actions, output);
		if (r == 0)
			r = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return r;
}

/* 1: there is something to read; 0: the time is over; -1: errno. */
static int
wait_readable(int fd, int64_t deadline_us)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int64_t left_us;
	int n;

	do {
		left_us = deadline_us - monotonic_us();
		if (left_us <= 0)
			return 0;
		n = poll(&p, 1, (int)(left_us / 1000 + 1));
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n;
}

static struct credentials_run
read_output(int fd, int64_t deadline_us, struct buf *out)
{
	struct credentials_run run = {CREDENTIALS_RUN_OK, 0};
	char more;
	ssize_t n;
	int r;

	for (;;) {
		r = wait_readable(fd, deadline_us);
		if (r == 0)
			return (struct credentials_run){CREDENTIALS_RUN_TIMEOUT, 0};
		n = r < 0                  ? -1
		    : out->len == out->max ? read(fd, &more, 1)
					   : read(fd, out->ptr + out->len, out->max - out->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return (struct credentials_run){CREDENTIALS_RUN_BROKEN, errno};
		if (n == 0)
			return run;
		if (out->len == out->max)
			return (struct credentials_run){CREDENTIALS_RUN_TOO_LONG, 0};
		out->len += (size_t)n;
	}
}

/* A program that has closed its output may still take its time to end. */
static struct credentials_run
wait_end(pid_t pid, int64_t deadline_us)
{
	struct timespec pause = {.tv_nsec = END_POLL_US * 1000};
	int status;
	pid_t r;

	for (;;) {
		r = waitpid(pid, &status, WNOHANG);
		if (r == pid)
			break;
		if (r < 0 && errno != EINTR)
			return (struct credentials_run){CREDENTIALS_RUN_BROKEN, errno};
		if (monotonic_us() >= deadline_us)
			return (struct credentials_run){CREDENTIALS_RUN_TIMEOUT, 0};
		(void)nanosleep(&pause, NULL);
	}
	if (WIFSIGNALED(status))
		return (struct credentials_run){CREDENTIALS_RUN_SIGNAL, WTERMSIG(status)};
	if (WEXITSTATUS(status) != 0)
		return (struct credentials_run){CREDENTIALS_RUN_STATUS, WEXITSTATUS(status)};
	return (struct credentials_run){CREDENTIALS_RUN_OK, 0};
}

static void
end_now(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

struct credentials_run
credentials_run(char *const argv[], int64_t limit_us, struct buf *out)
{
	int64_t deadline_us = monotonic_us() + limit_us;
	struct credentials_run run;
	int pipe_fd[2], r;
	pid_t pid;

	if (!buf_reserve(out, out->max))
		return (struct credentials_run){CREDENTIALS_RUN_BROKEN, ENOMEM};
	if (pipe2(pipe_fd, O_CLOEXEC) != 0)
		return (struct credentials_run){CREDENTIALS_RUN_BROKEN, errno};
	r = start(argv, pipe_fd[1], &pid);
	(void)close(pipe_fd[1]);
	if (r != 0) {
		(void)close(pipe_fd[0]);
		return (struct credentials_run){CREDENTIALS_RUN_NOT_STARTED, r};
	}
	run = read_output(pipe_fd[0], deadline_us, out);
	if (run.end == CREDENTIALS_RUN_OK)
		run = wait_end(pid, deadline_us);
	if (run.end != CREDENTIALS_RUN_OK && run.end != CREDENTIALS_RUN_STATUS &&
	    run.end != CREDENTIALS_RUN_SIGNAL)
		end_now(pid);
	(void)close(pipe_fd[0]);
	return run;
}

void
credentials_run_put(struct buf *out, const struct credentials_run *run)
{
	char text[128];

	switch (run->end) {
	case CREDENTIALS_RUN_OK: buf_puts(out, "ended well"); break;
	case CREDENTIALS_RUN_NOT_STARTED:
		buf_printf(
		    out, "could not be started: %s", strerror_r(run->number, text, sizeof(text)));
		break;
	case CREDENTIALS_RUN_STATUS: buf_printf(out, "ended with status %d", run->number); break;
	case CREDENTIALS_RUN_SIGNAL: buf_printf(out, "was ended by signal %d", run->number); break;
	case CREDENTIALS_RUN_TIMEOUT: buf_puts(out, "took too long and was ended"); break;
	case CREDENTIALS_RUN_TOO_LONG: buf_puts(out, "wrote too much and was ended"); break;
	case CREDENTIALS_RUN_BROKEN:
		buf_printf(out, "could not be waited for: %s",
		    strerror_r(run->number, text, sizeof(text)));
		break;
	}
}
