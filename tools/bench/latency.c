/* SPDX-License-Identifier: Apache-2.0 */
/*
 * latency N COMMAND ARGUMENT...: runs the command N times, one after the other, its output thrown
 * away, and prints what the whole process took, from its start until it was waited for:
 *
 *	MEDIAN-MS P99-MS MAX-MS
 *
 * The 99th percentile of N is the value that N / 100 of them, rounded down, are beyond. Exits with
 *1 when the command fails once.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS_MAX 1000000

static double
clock_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* 0 when the command ran and ended with 0. */
static int
run_command(char **argv, const posix_spawn_file_actions_t *actions)
{
	int status, r;
	pid_t pid;

	r = posix_spawnp(&pid, argv[0], actions, NULL, argv, environ);
	if (r != 0) {
		fprintf(stderr, "latency: %s: %s\n", argv[0], strerror(r));
		return -1;
	}
	if (waitpid(pid, &status, 0) < 0) {
		fprintf(stderr, "latency: %s\n", strerror(errno));
		return -1;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	fprintf(stderr, "latency: %s failed\n", argv[0]);
	return -1;
}

static int
compare_times(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
run_all(double *ms, size_t runs, char **argv)
{
	posix_spawn_file_actions_t actions;
	int r = -1;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	if (posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) !=
		0 ||
	    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) !=
		0)
		goto out;
	for (size_t i = 0; i < runs; i++) {
		double began = clock_ms();

		if (run_command(argv, &actions) != 0)
			goto out;
		ms[i] = clock_ms() - began;
	}
	r = 0;
out:
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

int
main(int argc, char **argv)
{
	unsigned long runs = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	double *ms;
	int r = 1;

	if (runs < 1 || runs > RUNS_MAX) {
		fputs("usage: latency N COMMAND ARGUMENT...\n", stderr);
		return 2;
	}
	ms = calloc(runs, sizeof(*ms));
	if (ms == NULL || run_all(ms, runs, argv + 2) != 0)
		goto out;
	qsort(ms, runs, sizeof(*ms), compare_times);
	printf("%.2f %.2f %.2f\n", ms[(runs - 1) / 2], ms[runs - 1 - runs / 100], ms[runs - 1]);
	r = 0;
out:
	free(ms);
	return r;
}
