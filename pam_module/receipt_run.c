/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/time_text.h"

#define READ_SIZE 16384

static int64_t
left_ms(int64_t deadline_us)
{
	struct timespec now;
	int64_t left_us;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	left_us = deadline_us - ((int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000);
	return left_us > 0 ? (left_us + 999) / 1000 : 0;
}

static _Noreturn void
run_child(const char *path, int socket)
{
	char name[] = "logintrail-receipt";
	char *argv[] = {name, NULL}, *environment[] = {NULL};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(socket, STDIN_FILENO) >= 0 && dup2(socket, STDOUT_FILENO) >= 0)
		(void)execve(path, argv, environment);
	_exit(127);
}

static pid_t
start(const char *path, int *socket)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	pid = fork();
	if (pid == 0)
		run_child(path, ends[1]);
	(void)close(ends[1]);
	if (pid < 0)
		(void)close(ends[0]);
	else
		*socket = ends[0];
	return pid;
}

/* A program that does not read ends by itself: the request fits into the socket's buffer, or not.
 */
static void
send_request(int fd, struct span request)
{
	ssize_t n = send(fd, request.ptr, request.len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n == (ssize_t)request.len)
		(void)shutdown(fd, SHUT_WR);
}

static void
read_answer(int fd, int64_t deadline_us, struct buf *answer)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	ssize_t n = 1;

	while (n > 0) {
		int64_t wait_ms = left_ms(deadline_us);
		int r = wait_ms > 0 ? poll(&ready, 1, (int)wait_ms) : 0;

		if (r == 0 || (r < 0 && errno != EINTR) || !buf_reserve(answer, READ_SIZE))
			return;
		if (r < 0)
			continue;
		n = recv(fd, answer->ptr + answer->len, READ_SIZE, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			n = 1;
		else if (n > 0)
			answer->len += (size_t)n;
	}
}

int
receipt_run(const char *path, struct span request, int64_t deadline_us, struct buf *answer)
{
	size_t before = answer->len;
	int fd = -1;
	pid_t pid = start(path, &fd);

	if (pid < 0)
		return -1;
	send_request(fd, request);
	read_answer(fd, deadline_us, answer);
	(void)close(fd);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return answer->len != before ? 0 : -1;
}
