/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inflate [--threads N] <LIST: reads the files whose paths stand in the list, one a line, inflates
 * each with libdeflate into a buffer that is used again, and does nothing else: what a scan cannot
 * be faster than. One gzip member a file. Prints the files and the bytes they inflate to:
 *
 *	FILES BYTES
 *
 * Each thread (1 to 64, default 1) has buffers of its own and takes the next file of the list.
 *Exits with 1 when a file cannot be read or inflated.
 */
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS_MAX 64
#define TEXT_MAX    ((size_t)64 << 20)
#define PATHS_STEP  4096

struct list {
	char **paths;
	size_t count;
	atomic_size_t next;
	atomic_ullong bytes;
	atomic_bool failed;
};

/* What one thread uses again for each file. */
struct worker {
	struct libdeflate_decompressor *decompressor;
	char *packed, *text;
	size_t packed_cap;
};

static int
worker_init(struct worker *w)
{
	*w = (struct worker){.decompressor = libdeflate_alloc_decompressor()};
	w->text = malloc(TEXT_MAX);
	return w->decompressor != NULL && w->text != NULL ? 0 : -1;
}

static void
worker_clear(struct worker *w)
{
	libdeflate_free_decompressor(w->decompressor);
	free(w->packed);
	free(w->text);
}

static int
worker_reserve(struct worker *w, size_t len)
{
	if (len <= w->packed_cap)
		return 0;
	free(w->packed);
	w->packed_cap = 0;
	w->packed = malloc(len);
	if (w->packed == NULL)
		return -1;
	w->packed_cap = len;
	return 0;
}

/* The file's bytes into w->packed. Their number, or -1. */
static ssize_t
read_file(struct worker *w, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0, size;
	ssize_t n = -1;
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0)
		goto out;
	size = (size_t)st.st_size;
	if (worker_reserve(w, size) != 0)
		goto out;
	for (; len < size; len += (size_t)n) {
		n = read(fd, w->packed + len, size - len);
		if (n <= 0)
			goto out;
	}
	n = (ssize_t)len;
out:
	close(fd);
	return n;
}

static void *
worker_run(void *arg)
{
	struct list *list = arg;
	unsigned long long bytes = 0;
	struct worker w;
	bool ok = worker_init(&w) == 0;
	size_t at, got;

	while (ok && (at = atomic_fetch_add(&list->next, 1)) < list->count) {
		ssize_t len = read_file(&w, list->paths[at]);

		ok = len >= 0 &&
		    libdeflate_gzip_decompress(w.decompressor, w.packed, (size_t)len, w.text,
			TEXT_MAX, &got) == LIBDEFLATE_SUCCESS;
		if (ok)
			bytes += got;
		else
			fprintf(stderr, "inflate: %s: cannot be inflated\n", list->paths[at]);
	}
	if (!ok)
		atomic_store(&list->failed, true);
	atomic_fetch_add(&list->bytes, bytes);
	worker_clear(&w);
	return NULL;
}

static int
list_read(struct list *list)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int r = -1;

	while ((len = getline(&line, &cap, stdin)) > 0) {
		if (list->count % PATHS_STEP == 0) {
			char **paths = reallocarray(
			    list->paths, list->count + PATHS_STEP, sizeof(*list->paths));

			if (paths == NULL)
				goto out;
			list->paths = paths;
		}
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		list->paths[list->count] = strdup(line);
		if (list->paths[list->count++] == NULL)
			goto out;
	}
	r = ferror(stdin) ? -1 : 0;
out:
	free(line);
	return r;
}

static void
list_clear(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
}

/* The threads beyond the main one, which works too. */
static int
list_inflate(struct list *list, int threads)
{
	pthread_t ids[THREADS_MAX];
	int started, r = 0;

	for (started = 1; started < threads && r == 0; started++)
		if (pthread_create(&ids[started], NULL, worker_run, list) != 0) {
			r = -1;
			break;
		}
	worker_run(list);
	for (int i = 1; i < started; i++)
		pthread_join(ids[i], NULL);
	return r == 0 && !atomic_load(&list->failed) ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct list list = {0};
	int threads = 1, r = 1;

	if (argc == 3 && strcmp(argv[1], "--threads") == 0)
		threads = (int)strtol(argv[2], NULL, 10);
	if ((argc != 1 && argc != 3) || threads < 1 || threads > THREADS_MAX) {
		fputs("usage: inflate [--threads N] <LIST\n", stderr);
		return 2;
	}
	if (list_read(&list) != 0) {
		fprintf(stderr, "inflate: %s\n", strerror(errno));
		goto out;
	}
	if (list_inflate(&list, threads) != 0)
		goto out;
	printf("%zu %llu\n", list.count, atomic_load(&list.bytes));
	r = 0;
out:
	list_clear(&list);
	return r;
}
