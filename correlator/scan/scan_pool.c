/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/scan/scan_pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "correlator/scan/worker_threads.h"

struct scan_pool {
	const struct scan_job *job;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	struct findings **laid; /* by file: ready to be taken */
	size_t next;            /* the file whose turn it is */
	bool *claims;           /* by file: somebody scans it, or has */
	size_t claimed;         /* files before it are claimed, or not to be scanned */
	size_t held;            /* bytes that are laid down */
	bool taking;            /* somebody takes the file `next` */
	bool has_waited;        /* somebody had to wait for the turn of a file */
	bool failed;
};

struct scan_worker {
	struct scan_pool *pool;
	struct scanner scanner;
	size_t file; /* that it scans */
};

static bool
is_scanned(const struct scan_pool *p, size_t file)
{
	return p->job->inputs->files[file].role == INPUT_EVENTS;
}

static bool
is_over(const struct scan_pool *p)
{
	return p->failed || p->next == p->job->inputs->count;
}

/* True when the next file can be taken. */
static bool
is_ready(const struct scan_pool *p)
{
	return !is_over(p) && (p->laid[p->next] != NULL || !is_scanned(p, p->next));
}

static int
take_file(struct scan_pool *p, size_t file, const struct findings *f)
{
	const struct scan_job *job = p->job;
	int r = f != NULL ? job->take(job->ctx, file, f) : job->turn(job->ctx, file);

	if (r == 0)
		job->done(job->ctx, file);
	return r;
}

/* Takes all that is ready. The lock is held, but for the taking itself. */
static void
take_ready(struct scan_pool *p)
{
	p->taking = true;
	while (is_ready(p)) {
		size_t file = p->next, size = 0;
		struct findings *f = p->laid[file];
		int r;

		(void)pthread_mutex_unlock(&p->lock);
		r = take_file(p, file, f);
		if (f != NULL) {
			size = findings_size(f);
			findings_clear(f);
			free(f);
		}
		(void)pthread_mutex_lock(&p->lock);
		p->laid[file] = NULL;
		p->held -= size;
		p->next++;
		p->failed |= r != 0;
		(void)pthread_cond_broadcast(&p->changed);
	}
	p->taking = false;
}

/* The largest of the next few files that are to be scanned: a large one begun last would keep one
 * thread busy when the others have nothing left. Of what is no file nobody knows how large it is.
 */
static size_t
find_largest(const struct scan_pool *p)
{
	const struct input_list *inputs = p->job->inputs;
	size_t largest = p->claimed;

	/* who has much to tell waits for its turn, and so should not be far ahead */
	if (p->has_waited || p->job->scan.keep_issues || !inputs->files[largest].is_file)
		return largest;
	for (size_t i = p->claimed; i < inputs->count && i - p->claimed < SCAN_POOL_AHEAD; i++)
		if (is_scanned(p, i) && !p->claims[i] &&
		    inputs->files[i].size > inputs->files[largest].size)
			largest = i;
	return largest;
}

/*
 * The lock is held. The file whose turn it is goes before all others, and can always be claimed. So
 * whoever has taken the file before it is there to scan it, while others may wait for the turn of
 * theirs: nothing can stand still.
 */
static bool
claim(struct scan_worker *w)
{
	struct scan_pool *p = w->pool;
	size_t count = p->job->inputs->count;

	while (p->claimed < count && (!is_scanned(p, p->claimed) || p->claims[p->claimed]))
		p->claimed++;
	if (p->claimed == count ||
	    (p->claimed != p->next && p->held >= SCAN_POOL_HELD * p->job->threads))
		return false;
	w->file = p->claimed == p->next ? p->next : find_largest(p);
	p->claims[w->file] = true;
	return true;
}

/* Waits until the file that this thread scans is the next. The lock is held. False when the job has
 * failed meanwhile. From then on nobody but this thread takes anything until its findings are laid
 * down. */
static bool
wait_for_turn(struct scan_worker *w)
{
	struct scan_pool *p = w->pool;

	p->has_waited = true;
	while (!p->failed && p->next != w->file)
		(void)pthread_cond_wait(&p->changed, &p->lock);
	return !p->failed;
}

static int
hand_over(void *ctx, struct findings *f)
{
	struct scan_worker *w = ctx;
	struct scan_pool *p = w->pool;
	bool mine;
	int r = -1;

	(void)pthread_mutex_lock(&p->lock);
	mine = wait_for_turn(w);
	(void)pthread_mutex_unlock(&p->lock);
	if (mine)
		r = p->job->take(p->job->ctx, w->file, f);
	findings_clear(f);
	return r;
}

/* Scans the claimed file and lays its findings down. The lock is held, but for the scan. What is
 * pinned is laid down in its turn, and taken by this thread before it lets go of the lock. */
static void
scan_claimed(struct scan_worker *w)
{
	struct scan_pool *p = w->pool;
	bool in_turn = p->next == w->file;
	struct findings *f;
	int r = -1;

	(void)pthread_mutex_unlock(&p->lock);
	f = malloc(sizeof(*f));
	if (f != NULL) {
		findings_init(f);
		r = scanner_run(&w->scanner, &p->job->inputs->files[w->file], in_turn, f);
	}
	(void)pthread_mutex_lock(&p->lock);
	if (r == 0 && (!f->pinned || wait_for_turn(w))) {
		p->laid[w->file] = f;
		p->held += findings_size(f);
		return;
	}
	p->failed = true;
	(void)pthread_cond_broadcast(&p->changed);
	if (f != NULL)
		findings_clear(f);
	free(f);
}

static void *
work(void *ctx)
{
	struct scan_worker *w = ctx;
	struct scan_pool *p = w->pool;

	(void)pthread_mutex_lock(&p->lock);
	while (!is_over(p)) {
		if (!p->taking && is_ready(p))
			take_ready(p);
		else if (claim(w))
			scan_claimed(w);
		else
			(void)pthread_cond_wait(&p->changed, &p->lock);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* More threads than files to scan have nothing to do. */
static size_t
count_workers(const struct scan_job *job)
{
	size_t files = 0;

	for (size_t i = 0; i < job->inputs->count && files < job->threads; i++)
		files += job->inputs->files[i].role == INPUT_EVENTS;
	return files > 1 ? files : 1;
}

static void
clear_pool(struct scan_pool *p)
{
	for (size_t i = 0; p->laid != NULL && i < p->job->inputs->count; i++) {
		if (p->laid[i] == NULL)
			continue;
		findings_clear(p->laid[i]);
		free(p->laid[i]);
	}
	free(p->laid);
	free(p->claims);
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->changed);
}

/*
 * Tells the source in which order files are about to be loaded: those to be scanned by several
 * threads and the others by one, both from their first on. 0, or -1 without memory.
 */
static int
plan_files(const struct scan_pool *p)
{
	const struct document_source *source = p->job->scan.source;
	size_t count = p->job->inputs->count, planned = 0, next[2] = {0, 0};
	uint32_t *files;
	int r;

	if (source == NULL || count == 0)
		return 0;
	files = calloc(count, sizeof(*files));
	if (files == NULL)
		return -1;
	for (size_t turn = 0; planned < count; turn++) {
		size_t *at = &next[turn % 2];

		while (*at < count && is_scanned(p, *at) != (turn % 2 != 0))
			(*at)++;
		if (*at < count)
			files[planned++] = (uint32_t)(*at)++;
	}
	r = source->plan(source->ctx, p->job->inputs, files, count);
	free(files);
	return r;
}

int
scan_pool_run(const struct scan_job *job)
{
	struct scan_pool pool = {
	    .job = job,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .changed = PTHREAD_COND_INITIALIZER,
	    .laid = calloc(job->inputs->count + 1, sizeof(struct findings *)),
	    .claims = calloc(job->inputs->count + 1, sizeof(bool)),
	};
	size_t count = count_workers(job), ready = 0;
	struct scan_worker *workers = calloc(count, sizeof(*workers));
	int r = -1;

	if (pool.laid == NULL || pool.claims == NULL || workers == NULL || plan_files(&pool) != 0)
		goto out;
	for (; ready < count; ready++) {
		workers[ready].pool = &pool;
		if (scanner_init(&workers[ready].scanner, &job->scan, hand_over, &workers[ready]) !=
		    0) {
			scanner_clear(&workers[ready].scanner);
			goto out;
		}
	}
	worker_threads_run(workers, count, sizeof(*workers), work);
	r = pool.failed ? -1 : 0;
out:
	while (ready-- > 0)
		scanner_clear(&workers[ready].scanner);
	free(workers);
	clear_pool(&pool);
	return r;
}
