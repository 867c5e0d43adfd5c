/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/array.h"
#include "common/text_hash.h"
#include "common/time_text.h"
#include "correlator/commands/commands.h"
#include "correlator/commands/ingest_files.h"
#include "correlator/commands/run_files.h"
#include "correlator/input/document.h"
#include "correlator/report/words.h"

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_US 1000

/* What lies elsewhere is known again by what its owner calls this content of it, else by when it
 * was put there. */
static bool
find_remote_place(const struct input_file *file, struct ingest_place *p)
{
	*p = (struct ingest_place){.place = strdup(file->path), .size = file->size};
	if (file->tag != NULL)
		p->changed_ns = (int64_t)(text_hash_add(0, span_of(file->tag)) & INT64_MAX);
	else if (file->changed_us != DOCUMENT_CHANGED_UNKNOWN)
		p->changed_ns = file->changed_us * NS_PER_US;
	return p->place != NULL;
}

/* Where the file is and what it is like before it is read. False when it cannot be said, which has
 * been. */
static bool
find_place(struct ingest *in, const struct input_file *file, struct ingest_place *p)
{
	struct stat st;

	if (file->origin != 0)
		return find_remote_place(file, p);
	*p = (struct ingest_place){.place = realpath(file->path, NULL)};
	if (p->place == NULL || stat(p->place, &st) != 0) {
		diagnostics_error(
		    &in->run.diagnostics, file->path, "cannot be opened: %s", strerror(errno));
		free(p->place);
		return false;
	}
	p->size = (uint64_t)st.st_size;
	p->changed_ns = (int64_t)st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	return true;
}

static int
is_known(
    struct ingest *in, const struct input_file *file, const struct ingest_place *p, bool *known)
{
	const struct store_source source = {
	    .role = file->role,
	    .path = span_of(file->path),
	    .place = span_of(p->place),
	    .size = p->size,
	    .changed_ns = p->changed_ns,
	};
	enum store_known answer;

	if (store_write_knows(in->store, &source, &answer) != 0) {
		in->store_failed = true;
		return -1;
	}
	in->known += answer == STORE_SAME;
	in->changed += answer == STORE_CHANGED;
	*known = answer == STORE_SAME && !in->inv->options.rescan;
	return 0;
}

/* Leaves in the list what is to be read. 0 or -1. */
static int
drop_known(struct ingest *in)
{
	struct input_list *list = &in->list;
	size_t kept = 0, i;
	int r = -1;

	for (i = 0; i < list->count; i++) {
		struct ingest_place p;
		bool known = true;

		if (!find_place(in, &list->files[i], &p)) {
			free(list->files[i].path);
			continue;
		}
		if (!array_grow((void **)&in->places, in->place_count, &in->place_cap,
			sizeof(*in->places)) ||
		    is_known(in, &list->files[i], &p, &known) != 0) {
			free(p.place);
			goto out;
		}
		if (known) {
			free(p.place);
			free(list->files[i].path);
			continue;
		}
		in->places[in->place_count++] = p;
		list->files[kept++] = list->files[i];
	}
	r = 0;
out:
	while (i < list->count)
		list->files[kept++] = list->files[i++];
	list->count = kept;
	return r;
}

/* What is covered of one account and region, as a source of its own. */
static int
keep_row(struct ingest *in, const struct option_input *input, const struct coverage_row *row,
    struct buf *place)
{
	const struct ledger_counts counts = {0};
	struct string_pool *pool = &in->ledger.pool;
	struct store_source source = {.role = input->role, .path = SPAN("")};
	char day[TIME_TEXT_LEN];
	struct coverage one;
	int r = -1;

	coverage_init(&one);
	buf_reset(place);
	buf_printf(place, "asked:%.10s:%s:", time_format(day, in->inv->now_us, 0), input->uri);
	buf_put_span(place, string_pool_span(pool, row->account_id));
	buf_putc(place, '/');
	buf_put_span(place, string_pool_span(pool, row->region));
	source.place = buf_span(place);
	if (!place->failed && coverage_add_row(&one, row->account_id, row->region, row) == 0 &&
	    ingest_queue_begin(in->queue, &source) == 0)
		r = ingest_queue_end(in->queue, &counts, &one, pool, true);
	coverage_clear(&one);
	return r;
}

/*
 * What was asked for and given, beyond what is in files: kept for each day on which it was asked,
 * since what is asked for later reaches no further back, and for each account and region, since one
 * of them may fail later the same day.
 */
static int
keep_coverage(struct ingest *in, const struct option_input *input, struct buf *place)
{
	struct ledger *l = &in->ledger;
	int r = run_remote_add_coverage(&in->remote, &l->coverage, &l->pool);

	coverage_order(&l->coverage);
	for (size_t i = 0; i < l->coverage.count && r == 0; i++)
		r = keep_row(in, input, &l->coverage.rows[i], place);
	coverage_clear(&l->coverage);
	coverage_init(&l->coverage);
	return r;
}

/*
 * Adds what an input names to the list. What is said of that, and what was passed over, is kept as
 * a source of the input's own, and replaced when it is ingested again: no file could tell of it.
 */
static int
list_input(struct ingest *in, const struct option_input *input, struct buf *place)
{
	struct ledger_counts counts = {.files_special = in->list.special};
	struct store_source source = {.role = input->role, .path = SPAN("")};
	int r;

	buf_reset(place);
	buf_printf(place, "input:%s", input->uri); /* places of files begin with a slash */
	source.place = buf_span(place);
	if (place->failed)
		return -1;
	if (store_write_input(in->store, input->role, input->uri) != 0) {
		in->store_failed = true;
		return -1;
	}
	if (ingest_queue_begin(in->queue, &source) != 0)
		return -1;
	in->in_source = in->has_subjects = true;
	r = run_remote_add(&in->remote, &in->list, input, &in->run.diagnostics);
	if (!in->in_source)
		r = -1;
	in->in_source = in->has_subjects = false;
	counts.files_special = in->list.special - counts.files_special;
	if (r != 0 ||
	    ingest_queue_end(in->queue, &counts, &in->ledger.coverage, &in->ledger.pool, true) != 0)
		return -1;
	return keep_coverage(in, input, place);
}

static int
list_inputs(struct ingest *in)
{
	const struct options *o = &in->inv->options;
	struct buf place;
	int r = 0;

	buf_init(&place, (size_t)64 * 1024);
	ingest_listen(in);
	for (size_t i = 0; i < o->input_count && r == 0; i++)
		r = list_input(in, &o->inputs[i], &place);
	buf_clear(&place);
	return r == 0 ? drop_known(in) : -1;
}

static int
read_inputs(struct ingest *in)
{
	const struct options *o = &in->inv->options;
	const struct gather_options gather = {
	    .inflate_max = (size_t)o->inflate_max,
	    .threads = run_count_threads(o),
	    .progress = &in->progress,
	    .source = run_remote_source(&in->remote),
	    .syslog = {.eic_uid = OPTION_NUMBER_UNSET, .now_us = in->inv->now_us},
	};

	return ingest_files(in, &gather);
}

/* Lists and reads, with what is said of how far that is. */
static int
take_inputs(struct ingest *in)
{
	const struct options *o = &in->inv->options;
	int r = -1;

	progress_init(&in->progress, in->inv->err, o->progress, o->progress_asked);
	in->run.diagnostics.before = progress_hide;
	in->run.diagnostics.ctx = &in->progress;
	if (run_remote_open(&in->remote, in->inv, true, &in->progress, &in->run.diagnostics) == 0 &&
	    list_inputs(in) == 0)
		r = read_inputs(in);
	in->run.diagnostics.before = NULL;
	run_remote_close(&in->remote);
	return r;
}

static int
prune(struct ingest *in, uint64_t *dropped)
{
	const struct options *o = &in->inv->options;

	if (o->prune_before == NULL)
		return 0;
	if (store_prune(in->store, o->prune_before_us, dropped) == 0)
		return 0;
	in->store_failed = true;
	return -1;
}

/* What was done, on standard output. */
static void
tell(struct ingest *in, uint64_t dropped)
{
	struct buf out;

	buf_init(&out, 4096);
	words_count(&out, in->place_count, "file", "files");
	buf_puts(&out, " read (");
	words_count(&out, in->changed, "changed", "changed");
	buf_puts(&out, ", ");
	words_count(&out, in->failed, "not as a whole", "not as a whole");
	buf_puts(&out, "), ");
	words_count(&out, in->inv->options.rescan ? 0 : in->known, "known", "known");
	buf_puts(&out, " already: ");
	words_count(&out, in->logins, "login record", "login records");
	buf_puts(&out, ", ");
	words_count(&out, in->events, "push", "pushes");
	buf_puts(&out, ", ");
	words_count(&out, in->issues, "issuing event", "issuing events");
	if (in->inv->options.prune_before != NULL) {
		buf_puts(&out, "; ");
		words_count(&out, dropped, "record", "records");
		buf_puts(&out, " dropped");
	}
	buf_putc(&out, '\n');
	if (fwrite(out.ptr, 1, out.len, in->inv->out) != out.len || fflush(in->inv->out) != 0) {
		cli_say(in->inv->err, "standard output: cannot write: %m");
		run_note(&in->run, EXIT_CODE_OUTPUT);
	}
	buf_clear(&out);
}

static int
fill_store(struct ingest *in, uint64_t *dropped)
{
	if (store_write_begin(in->store) != 0) {
		in->store_failed = true;
		return -1;
	}
	if (take_inputs(in) != 0 || prune(in, dropped) != 0)
		return -1;
	if (store_write_end(in->store) == 0)
		return 0;
	in->store_failed = true;
	return -1;
}

static void
say_failure(struct ingest *in)
{
	bool by_store =
	    in->store_failed || (in->queue != NULL && ingest_queue_store_failed(in->queue));

	cli_say(in->inv->err, "%s: %s", by_store ? in->inv->options.db : "this program",
	    by_store ? store_error(in->store) : "out of memory");
	run_note(&in->run, EXIT_CODE_OUTPUT);
}

static void
ingest_into_store(struct ingest *in)
{
	uint64_t dropped = 0;

	in->queue = ingest_queue_new(in->store);
	if (in->queue != NULL && run_files_read(&in->run) == 0 && fill_store(in, &dropped) == 0) {
		if (in->run.diagnostics.errors != 0)
			run_note(&in->run, EXIT_CODE_INPUT);
		tell(in, dropped);
	} else {
		say_failure(in);
	}
	ingest_queue_free(in->queue);
}

static void
run_ingest(struct ingest *in)
{
	const char *path = in->inv->options.db;
	struct buf error;

	buf_init(&error, 4096);
	in->store = store_open(path, STORE_WRITE, &error);
	if (in->store != NULL) {
		ingest_into_store(in);
	} else {
		cli_say(in->inv->err, "%s: %s", path, buf_cstr(&error));
		run_note(&in->run, EXIT_CODE_OUTPUT);
	}
	store_close(in->store);
	buf_clear(&error);
}

static const char *
find_stdin(const struct options *o)
{
	for (size_t i = 0; i < o->input_count; i++)
		if (strcmp(o->inputs[i].uri, "-") == 0)
			return o->inputs[i].uri;
	return NULL;
}

int
ingest_command(struct invocation *inv)
{
	const struct options *o = &inv->options;
	struct ingest in = {.inv = inv, .run = {.inv = inv, .diagnostics = {.stream = inv->err}}};

	if (o->db == NULL)
		return cli_usage_error(inv, "--db is missing: which store?");
	if (find_stdin(o) != NULL)
		return cli_usage_error(inv,
		    "ingest reads files: standard input has no name that "
		    "it could be known again by");
	if (o->input_count == 0 && o->prune_before == NULL)
		return cli_usage_error(
		    inv, "nothing to do: give --logins, --events or --prune-before");
	input_list_init(&in.list);
	instance_map_init(&in.run.instance_map);
	identity_store_init(&in.run.identity_store);
	buf_init(&in.set_options, (size_t)1 << 30);
	if (ledger_init(&in.ledger) == 0) {
		run_ingest(&in);
	} else {
		cli_say(inv->err, "out of memory");
		run_note(&in.run, EXIT_CODE_OUTPUT);
	}
	ledger_clear(&in.ledger);
	for (size_t i = 0; i < in.place_count; i++)
		free(in.places[i].place);
	free(in.places);
	buf_clear(&in.set_options);
	instance_map_clear(&in.run.instance_map);
	identity_store_clear(&in.run.identity_store);
	input_list_clear(&in.list);
	return in.run.code;
}
