/* SPDX-License-Identifier: Apache-2.0 */
/*
 * latency FILE COMMAND ARGUMENT...: runs the command once for each line of the file, whose words
 * (separated by tabs) are put behind the arguments, one after the other, its output thrown away,
 *and prints what the whole process took, from its start until it was waited for:
 *
 *	MEDIAN-MS P99-MS MAX-MS RUNS
 *
 * The 99th percentile of N is the value that N / 100 of them, rounded down, are beyond. Exits with
 * 1 when the command fails once.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS_MAX  1000000
#define WORDS_MAX 16

struct latencies {
	double *ms;
	size_t count;
};

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

/* The command of a line: its words behind the arguments. argv has room for them. */
static void
put_words(char **argv, int argc, char *line)
{
	char *rest = line, *word;

	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < WORDS_MAX && (word = strsep(&rest, "\t")) != NULL; i++)
		argv[argc++] = word;
	argv[argc] = NULL;
}

static int
run_all(struct latencies *l, FILE *lines, char **argv, int argc)
{
	posix_spawn_file_actions_t actions;
	char *line = NULL;
	size_t cap = 0;
	int r = -1;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	if (posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) !=
		0 ||
	    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) !=
		0)
		goto out;
	while (l->count < RUNS_MAX && getline(&line, &cap, lines) > 0) {
		double began;

		put_words(argv, argc, line);
		began = clock_ms();
		if (run_command(argv, &actions) != 0)
			goto out;
		l->ms[l->count++] = clock_ms() - began;
	}
	r = l->count != 0 ? 0 : -1;
out:
	free(line);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

int
main(int argc, char **argv)
{
	struct latencies l = {.ms = calloc(RUNS_MAX, sizeof(double))};
	char **command = calloc((size_t)argc + WORDS_MAX + 1, sizeof(char *));
	FILE *lines = argc > 2 ? fopen(argv[1], "re") : NULL;
	int r = 1;

	if (lines == NULL || l.ms == NULL || command == NULL) {
		fputs("usage: latency FILE COMMAND ARGUMENT...\n", stderr);
		goto out;
	}
	memcpy(command, argv + 2, (size_t)(argc - 2) * sizeof(char *));
	if (run_all(&l, lines, command, argc - 2) != 0)
		goto out;
	qsort(l.ms, l.count, sizeof(double), compare_times);
	printf("%.2f %.2f %.2f %zu\n", l.ms[(l.count - 1) / 2], l.ms[l.count - 1 - l.count / 100],
	    l.ms[l.count - 1], l.count);
	r = 0;
out:
	if (lines != NULL)
		(void)fclose(lines);
	free(l.ms);
	free(command);
	return r;
}
