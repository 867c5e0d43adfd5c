/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/scan/reread.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/json_reader.h"
#include "correlator/input/document.h"
#include "correlator/scan/worker_threads.h"

/* Files that are read before they are taken: so many records lie about at once. */
#define BATCH 256
/* Room for the last record that is wanted of a file: nearly all are shorter. */
#define RECORD_USUAL ((size_t)6 << 10)
/* What is copied of one file. Where that is more, it is read when it is taken. */
#define COPIES_MAX ((size_t)256 << 10)

struct reread_file {
	size_t from, count; /* of the places */
	struct buf copies;
	bool read;
};

struct reread_pool {
	const struct reread_job *job;
	struct span *texts; /* by place: while they are copied, from a NULL pointer on */
	struct reread_file files[BATCH];
	size_t file_count;
	pthread_mutex_t lock; /* of what is below */
	size_t claimed;
	bool failed;
};

struct reread_worker {
	struct reread_pool *pool;
	struct document document;
};

/* The object that begins at that place of the text; absent when there is none, or not all of it. */
static struct span
object_at(struct span text, uint32_t place)
{
	struct json_reader r;
	struct span object;

	json_reader_init(&r, span_from(text, place));
	if (place >= text.len || text.ptr[place] != '{')
		return SPAN_NONE;
	object = json_skip(&r);
	return r.error == JSON_OK ? object : SPAN_NONE;
}

/* Copies the records at the file's places. 0, or -1 without memory. */
static int
read_places(struct reread_worker *w, struct reread_file *f)
{
	const struct reread_job *job = w->pool->job;
	const struct issue_place *places = job->places + f->from;
	const struct input_file *file = &job->inputs->files[places->file];
	enum document_error error;

	if (places->place == ISSUE_PLACE_UNKNOWN)
		return 0;
	w->document.files_only = file->is_file;
	error = document_load_head(
	    &w->document, file->path, (size_t)places[f->count - 1].place + RECORD_USUAL);
	if (error != DOCUMENT_OK)
		return error == DOCUMENT_ERROR_MEMORY ? -1 : 0;
	for (size_t i = 0; i < f->count; i++) {
		struct span object = object_at(w->document.text, places[i].place);

		if (object.ptr == NULL || object.len > COPIES_MAX - f->copies.len)
			return 0;
		w->pool->texts[f->from + i].len = object.len;
		buf_put_span(&f->copies, object);
		if (f->copies.failed)
			return -1;
	}
	f->read = true;
	return 0;
}

static void *
work(void *ctx)
{
	struct reread_worker *w = ctx;
	struct reread_pool *p = w->pool;

	(void)pthread_mutex_lock(&p->lock);
	while (p->claimed < p->file_count && !p->failed) {
		struct reread_file *f = &p->files[p->claimed++];
		int r;

		(void)pthread_mutex_unlock(&p->lock);
		r = read_places(w, f);
		(void)pthread_mutex_lock(&p->lock);
		p->failed |= r != 0;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Groups the places from that one on by file. Returns the place behind them. */
static size_t
begin_batch(struct reread_pool *p, size_t from)
{
	const struct reread_job *job = p->job;

	for (p->file_count = 0; p->file_count < BATCH && from < job->count; p->file_count++) {
		struct reread_file *f = &p->files[p->file_count];

		f->from = from;
		while (from < job->count && job->places[from].file == job->places[f->from].file)
			from++;
		f->count = from - f->from;
		f->read = false;
		buf_reset(&f->copies);
	}
	p->claimed = 0;
	return from;
}

static int
take_batch(struct reread_pool *p)
{
	const struct reread_job *job = p->job;
	int r = 0;

	for (size_t i = 0; i < p->file_count && r == 0; i++) {
		const struct reread_file *f = &p->files[i];
		struct span *texts = p->texts + f->from;
		const char *at = buf_span(&f->copies).ptr;

		for (size_t k = 0; f->read && k < f->count; at += texts[k++].len)
			texts[k].ptr = at;
		r = job->take(job->ctx, job->places + f->from, f->count, f->read ? texts : NULL);
	}
	return r;
}

static int
run_batches(struct reread_pool *p, struct reread_worker *workers, size_t count)
{
	int r = 0;

	for (size_t from = 0; from < p->job->count && r == 0;) {
		from = begin_batch(p, from);
		worker_threads_run(
		    workers, count < p->file_count ? count : p->file_count, sizeof(*workers), work);
		r = p->failed ? -1 : take_batch(p);
	}
	return r;
}

/* Tells the source which files are read again. 0, or -1 without memory. */
static int
plan_files(const struct reread_job *job)
{
	uint32_t *files;
	size_t count = 0;
	int r;

	if (job->source == NULL)
		return 0;
	files = calloc(job->count + 1, sizeof(*files));
	if (files == NULL)
		return -1;
	for (size_t i = 0; i < job->count; i++)
		if (count == 0 || files[count - 1] != job->places[i].file)
			files[count++] = job->places[i].file;
	r = job->source->plan(job->source->ctx, job->inputs, files, count);
	free(files);
	return r;
}

int
reread_run(const struct reread_job *job)
{
	size_t count = job->threads != 0 ? job->threads : 1, ready = 0;
	struct reread_worker *workers = calloc(count, sizeof(*workers));
	struct reread_pool *pool = calloc(1, sizeof(*pool));
	int r = -1;

	if (workers == NULL || pool == NULL)
		goto out;
	*pool = (struct reread_pool){.job = job, .lock = PTHREAD_MUTEX_INITIALIZER};
	for (size_t i = 0; i < BATCH; i++)
		buf_init(&pool->files[i].copies, COPIES_MAX);
	pool->texts = calloc(job->count + 1, sizeof(*pool->texts));
	if (pool->texts == NULL || plan_files(job) != 0)
		goto out;
	for (; ready < count; ready++) {
		workers[ready].pool = pool;
		if (document_init(&workers[ready].document, job->inflate_max) != 0)
			goto out;
		workers[ready].document.source = job->source;
	}
	r = run_batches(pool, workers, count);
out:
	while (ready-- > 0)
		document_clear(&workers[ready].document);
	for (size_t i = 0; pool != NULL && i < BATCH; i++)
		buf_clear(&pool->files[i].copies);
	if (pool != NULL)
		free(pool->texts);
	free(pool);
	free(workers);
	return r;
}
