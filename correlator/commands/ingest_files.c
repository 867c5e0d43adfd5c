/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/ingest_files.h"

#include <string.h>

/* Notes that it was the store that failed. */
static int
from_store(struct ingest *in, int r)
{
	if (r != 0)
		in->store_failed = true;
	return r;
}

static int
on_event(void *ctx, const struct event *e)
{
	struct ingest *in = ctx;

	in->events++;
	return ingest_queue_event(in->queue, e);
}

static int
on_issue(void *ctx, const struct event *e)
{
	struct ingest *in = ctx;
	struct issue_keys keys;

	/* what nothing can lead to is of no use */
	if (!issue_keys_of_event(e, &keys))
		return 0;
	in->issues++;
	return ingest_queue_issue(in->queue, e, &keys);
}

static int
on_login(void *ctx, const struct login_record *r, enum login_source source, bool by_journal)
{
	struct ingest *in = ctx;
	const struct store_login login = {*r, (uint8_t)source, by_journal};

	in->logins++;
	return ingest_queue_login(in->queue, &login);
}

static int
on_notice(void *ctx, const struct key_notice_text *n)
{
	struct ingest *in = ctx;

	in->notices++;
	return ingest_queue_notice(in->queue, n);
}

/* Keeps what is said of a source with it. */
static void
on_said(void *ctx, bool is_error, const char *subject, const char *message)
{
	struct ingest *in = ctx;
	struct buf text;

	if (!in->in_source)
		return;
	buf_init(&text, (size_t)64 * 1024);
	if (in->has_subjects)
		buf_printf(&text, "%s: ", subject);
	buf_puts(&text, message);
	if (ingest_queue_message(in->queue, is_error, buf_span(&text)) != 0)
		in->in_source = false;
	buf_clear(&text);
}

void
ingest_listen(struct ingest *in)
{
	in->run.diagnostics.said = on_said;
	in->run.diagnostics.said_ctx = in;
}

/* What was counted since then. */
static struct ledger_counts
count_since(const struct ledger_counts *now, const struct ledger_counts *before)
{
	const uint64_t *b = (const uint64_t *)before;
	struct ledger_counts since = *now;
	uint64_t *s = (uint64_t *)&since;

	_Static_assert(sizeof(since) % sizeof(uint64_t) == 0, "counts are numbers of one size");
	for (size_t i = 0; i < sizeof(since) / sizeof(uint64_t); i++)
		s[i] -= b[i];
	return since;
}

static int
on_begin(void *ctx, const struct input_file *file)
{
	struct ingest *in = ctx;
	const struct ingest_place *p = &in->places[file - in->list.files];
	const struct store_source source = {
	    .role = file->role,
	    .path = span_of(file->path),
	    .place = span_of(p->place),
	    .size = p->size,
	    .changed_ns = p->changed_ns,
	};

	in->before = in->ledger.counts;
	if (ingest_queue_begin(in->queue, &source) != 0)
		return -1;
	in->in_source = true;
	return 0;
}

static int
on_text(void *ctx, int64_t changed_us, struct span text)
{
	struct ingest *in = ctx;

	if (in->set_options.len == 0)
		ingest_options_put(&in->set_options, &in->inv->options, &in->run.instance_map);
	if (in->set_options.failed)
		return -1;
	return ingest_queue_text(in->queue, buf_span(&in->set_options), changed_us, text);
}

static int
on_end(void *ctx, bool whole)
{
	struct ingest *in = ctx;
	struct ledger_counts counts = count_since(&in->ledger.counts, &in->before);
	int r;

	if (!in->in_source)
		return -1;
	in->in_source = false;
	in->failed += !whole;
	r = ingest_queue_end(in->queue, &counts, &in->ledger.coverage, &in->ledger.pool, whole);
	/* the next source's begins empty */
	coverage_clear(&in->ledger.coverage);
	coverage_init(&in->ledger.coverage);
	return r;
}

/* A set that is being put together. */
struct set_reading {
	struct ingest *ingest;
	struct gather_texts *texts;
};

static int
on_set_text(void *ctx, enum input_role role, struct span path, int64_t changed_us, struct span text)
{
	struct set_reading *reading = ctx;
	struct buf name;
	int r = -1;

	(void)role;
	buf_init(&name, (size_t)64 * 1024);
	buf_put_span(&name, path);
	buf_putc(&name, '\0');
	if (!name.failed)
		r = gather_texts_add(
		    reading->texts, &(struct gather_text){name.ptr, changed_us, text});
	buf_clear(&name);
	return r;
}

/* Gives the store what the set's texts say. */
static int
read_set(struct ingest *in, int64_t set, const struct syslog_options *o)
{
	struct set_reading reading = {
	    .ingest = in,
	    .texts = gather_texts_new(&in->ledger, o, &in->run.diagnostics),
	};
	struct ledger_counts counts;
	int r = -1;

	if (reading.texts == NULL)
		return -1;
	in->before = in->ledger.counts;
	if (from_store(in, store_set_begin(in->store, set)) != 0)
		goto out;
	in->in_source = in->has_subjects = true;
	r = from_store(in, store_set_texts(in->store, set, on_set_text, &reading));
	if (r == 0)
		r = gather_texts_finish(reading.texts);
	if (!in->in_source)
		r = -1;
	in->in_source = in->has_subjects = false;
	if (r != 0)
		goto out;
	counts = count_since(&in->ledger.counts, &in->before);
	r = from_store(in, store_set_end(in->store, &counts));
out:
	gather_texts_free(reading.texts);
	return r;
}

static int
put_set_together(struct ingest *in, int64_t set, struct span options)
{
	struct syslog_options o = {.now_us = in->inv->now_us};
	struct instance_map map;
	struct buf zone, text;
	int r = -1;

	instance_map_init(&map);
	buf_init(&zone, 4096);
	buf_init(&text, (size_t)1 << 30);
	buf_put_span(&text, options);
	if (!text.failed && ingest_options_get(buf_span(&text), &o, &map, &zone) == 0)
		r = read_set(in, set, &o);
	buf_clear(&text);
	buf_clear(&zone);
	instance_map_clear(&map);
	return r;
}

/* Reads the files; with several threads another one writes their rows meanwhile. */
static int
gather_files(struct ingest *in, const struct gather_options *o)
{
	int r;

	if (o->threads > 1)
		ingest_queue_start(in->queue);
	r = gather_inputs(&in->ledger, &in->list, o, &in->run.diagnostics);
	return ingest_queue_stop(in->queue) == 0 ? r : -1;
}

int
ingest_files(struct ingest *in, const struct gather_options *gather)
{
	const struct gather_watch watch = {on_begin, on_text, on_end, in};
	struct gather_options o = *gather;
	struct span options;
	bool found;
	int64_t set;

	in->tap = (struct ledger_tap){on_event, on_issue, on_login, on_notice, in};
	in->ledger.tap = &in->tap;
	o.watch = &watch;
	o.people = true;
	if (gather_files(in, &o) != 0)
		return -1;
	for (;;) {
		if (from_store(in, store_set_changed(in->store, &set, &options, &found)) != 0)
			return -1;
		if (!found)
			return 0;
		if (put_set_together(in, set, options) != 0)
			return -1;
	}
}
