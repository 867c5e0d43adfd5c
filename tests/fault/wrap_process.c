/* SPDX-License-Identifier: Apache-2.0 */
/* Processes: the recorder runs in the fork that was to become it, so that its calls fail too. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/fault.h"

pid_t __real_fork(void);
pid_t __real_waitpid(pid_t pid, int *status, int options);
long __real_syscall(long number, ...);
int __real_execve(const char *path, char *const argv[], char *const environment[]);
int __real_prctl(int option, ...);
pid_t __wrap_fork(void);
pid_t __wrap_vfork(void);
int __wrap_prctl(int option, long a, long b, long c, long d);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
long __wrap_syscall(long number, long a, long b, long c);
int __wrap_execve(const char *path, char *const argv[], char *const environment[]);

static pid_t
fork_or_fail(const char *name)
{
	pid_t pid;
	int how;

	if (fault_strikes(name, FAULT_IO, &how))
		return -1;
	pid = __real_fork();
	if (pid == 0 && fault_is_armed())
		fault_next_role();
	return pid;
}

pid_t
__wrap_fork(void)
{
	return fork_or_fail("fork");
}

pid_t
__wrap_vfork(void)
{
	return fork_or_fail("vfork");
}

/* Fails as it does in earnest: interrupted, or because somebody else took the child. */
pid_t
__wrap_waitpid(pid_t pid, int *status, int options)
{
	int how;

	if (!fault_strikes("waitpid", FAULT_IO, &how))
		return __real_waitpid(pid, status, options);
	if (how == EINTR)
		return -1;
	(void)__real_waitpid(pid, NULL, 0);
	errno = ECHILD;
	return -1;
}

int
__wrap_prctl(int option, long a, long b, long c, long d)
{
	int how;

	return fault_strikes("prctl", FAULT_IO, &how) ? -1 : __real_prctl(option, a, b, c, d);
}

long
__wrap_syscall(long number, long a, long b, long c)
{
	int how;

	if (number == SYS_clone)
		return fork_or_fail("clone");
	return fault_strikes("syscall", FAULT_IO, &how) ? -1 : __real_syscall(number, a, b, c);
}

int
__wrap_execve(const char *path, char *const argv[], char *const environment[])
{
	struct fault_recorder_end *end = &fault_state->recorder;
	int how, descriptors, blocks;
	char name[] = "logintrail-record", *arguments[] = {name, NULL};

	if (fault_strikes("execve", FAULT_IO, &how))
		return -1;
	if (strcmp(path, "/recorder") != 0)
		return __real_execve(path, argv, environment);
	if (strcmp(argv[0], name) != 0 || argv[1] != NULL || environment[0] != NULL)
		abort();
	end->ran = true;
	descriptors = fault_open_descriptors();
	blocks = fault_blocks;
	end->status = recorder_main(1, arguments);
	fault_disarm();
	end->descriptors = fault_open_descriptors() - descriptors;
	end->blocks = fault_blocks - blocks;
	end->returned = true;
	_exit(end->status);
}
