/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/recorder_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define RECORDER_FILES_MAX 64
#define FALLBACK_FD_MAX    65536

static void
write_text(int fd, const char *text)
{
	ssize_t n = write(fd, text, strlen(text));

	(void)n; /* nobody is left to tell */
}

/* strerror is not safe here. */
static const char *
errno_text(int number)
{
	switch (number) {
	case ENOENT: return "No such file or directory";
	case EACCES: return "Permission denied";
	case EPERM: return "Operation not permitted";
	case ENOEXEC: return "Exec format error";
	case ENOMEM: return "Cannot allocate memory";
	case EAGAIN: return "Resource temporarily unavailable";
	case ENOTDIR: return "Not a directory";
	case ELOOP: return "Too many levels of symbolic links";
	case EMFILE: return "Too many open files";
	case EIO: return "Input/output error";
	case ETXTBSY: return "Text file busy";
	default: return "Unexpected error";
	}
}

static _Noreturn void
give_up(int fd, const char *what, const char *path, int number)
{
	write_text(fd, "error: ");
	write_text(fd, what);
	write_text(fd, path);
	write_text(fd, ": ");
	write_text(fd, errno_text(number));
	write_text(fd, "\n");
	_exit(1);
}

/* Signals, then the mask: blocked ones that are pending must find no handler of sshd's. */
static void
reset_signals(void)
{
	struct sigaction standard = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, &standard, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* As much as we may have: root all that is wanted, others up to the hard limit. */
static void
set_limit(int resource, rlim_t wanted)
{
	struct rlimit limit = {.rlim_cur = wanted, .rlim_max = wanted};

	if (setrlimit(resource, &limit) == 0 || getrlimit(resource, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	(void)setrlimit(resource, &limit);
}

/* pam_limits gives sshd the limits of the user who logs in; they are not meant for the record. */
static void
reset_limits(void)
{
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_FSIZE, RLIM_INFINITY);
	set_limit(RLIMIT_AS, RLIM_INFINITY);
	set_limit(RLIMIT_DATA, RLIM_INFINITY);
	set_limit(RLIMIT_CPU, RLIM_INFINITY);
	set_limit(RLIMIT_STACK, (rlim_t)8 * 1024 * 1024);
	set_limit(RLIMIT_NOFILE, RECORDER_FILES_MAX);
}

/* The descriptors from 3 on are sshd's: the connection to the client among them. */
static void
close_others(void)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
		return;
#endif
	for (int fd = 3; fd < FALLBACK_FD_MAX; fd++)
		(void)close(fd);
}

/*
 * The socket as 0 and 1, /dev/null as 2, nothing else. sshd may have some of the three closed, so
 * the socket may already be one of them (and then keeps its close-on-exec flag), and it may have no
 * descriptor left: all others are closed before one is opened.
 */
static void
set_descriptors(int socket)
{
	int null;

	if (dup2(socket, STDIN_FILENO) < 0 || dup2(STDIN_FILENO, STDOUT_FILENO) < 0 ||
	    fcntl(STDIN_FILENO, F_SETFD, 0) != 0)
		_exit(1);
	close_others();
	null = open("/dev/null", O_RDWR | O_NOCTTY);
	if (dup2(null >= 0 ? null : STDOUT_FILENO, STDERR_FILENO) < 0)
		_exit(1);
	if (null > STDERR_FILENO)
		(void)close(null);
}

/* The timer outlives exec, so it ends whatever hangs between here and the recorder's main. */
static void
set_timer(int64_t deadline_us)
{
	struct itimerval timer = {.it_value = {.tv_usec = 1000}};
	struct timespec now;
	int64_t left_us;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		_exit(1);
	left_us = deadline_us - ((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	if (left_us > 0) {
		timer.it_value.tv_sec = left_us / 1000000;
		timer.it_value.tv_usec = left_us % 1000000 + 1;
	}
	if (timer.it_value.tv_usec > 999999)
		timer.it_value.tv_usec = 999999;
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

static _Noreturn void
exec_recorder(const struct recorder_child *child)
{
	char name[] = "logintrail-record";
	char *argv[] = {name, NULL}, *environment[] = {NULL};

	(void)setsid();
	reset_signals();
	set_descriptors(child->socket);
	reset_limits();
	set_timer(child->deadline_us);
	(void)execve(child->path, argv, environment);
	give_up(STDOUT_FILENO, "cannot run ", child->path, errno);
}

_Noreturn void
recorder_child_run(const struct recorder_child *child)
{
	/* As fork, but without what the C library does around it: here that would be done to sshd.
	 */
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		exec_recorder(child);
	if (pid < 0)
		give_up(child->socket, "fork", "", errno);
	_exit(0);
}
