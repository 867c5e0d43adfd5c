/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure [--stdin FILE] COMMAND ARGUMENT...: runs the command with its output thrown away and
 * prints one line on standard output:
 *
 *	WALL-SECONDS USER-SECONDS SYSTEM-SECONDS PEAK-RSS-KIB
 *
 * wait4(2)'s figures: of the command and the children that it waited for. Exits with 1 when the
 * command fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
clock_seconds(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
run_child(const char *input, char **argv)
{
	int in = open(input, O_RDONLY);
	int out = open("/dev/null", O_WRONLY);

	if (in < 0 || out < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0) {
		fprintf(stderr, "measure: %s: %s\n", input, strerror(errno));
		_exit(126);
	}
	execvp(argv[0], argv);
	fprintf(stderr, "measure: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int
main(int argc, char **argv)
{
	const char *input = "/dev/null";
	struct rusage usage;
	double began, wall;
	int status, at = 1;
	pid_t pid;

	if (argc > 3 && strcmp(argv[1], "--stdin") == 0) {
		input = argv[2];
		at = 3;
	}
	if (at >= argc) {
		fputs("usage: measure [--stdin FILE] COMMAND ARGUMENT...\n", stderr);
		return 2;
	}
	began = clock_seconds();
	pid = fork();
	if (pid == 0)
		run_child(input, argv + at);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
		fprintf(stderr, "measure: %s\n", strerror(errno));
		return 1;
	}
	wall = clock_seconds() - began;
	printf("%.3f %.3f %.3f %ld\n", wall, seconds(usage.ru_utime), seconds(usage.ru_stime),
	    usage.ru_maxrss);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}
