/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/scan/progress.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/json_writer.h"
#include "common/safe_text.h"
#include "common/time_text.h"

#define EVERY_US   (US_PER_SECOND / 5)
#define LINE_MAX   ((size_t)16384)
#define WHAT_MAX   48 /* bytes of an input's name in the bar */
#define CELLS      12 /* of the bar */
#define ERASE_LINE "\r\033[K"
/* What is too long for a narrow terminal must not begin another line: that would stay. */
#define WRAP_OFF "\033[?7l"
#define WRAP_ON  "\033[?7h"

static int64_t
clock_us(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

static bool
is_terminal(FILE *stream)
{
	int fd = fileno(stream);

	return fd >= 0 && isatty(fd) == 1;
}

/* A terminal that knows how to erase a line. */
static bool
can_erase(void)
{
	const char *term = getenv("TERM");

	return term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

void
progress_init(struct progress *p, FILE *stream, enum progress_choice choice, bool asked)
{
	*p = (struct progress){.stream = stream};
	if (stream == NULL || choice == PROGRESS_NONE)
		return;
	p->summary = asked || is_terminal(stream);
	if (choice == PROGRESS_JSON)
		p->form = PROGRESS_FORM_JSON;
	else if (is_terminal(stream) && can_erase())
		p->form = PROGRESS_FORM_BAR;
}

void
progress_begin(struct progress *p, const struct input_list *inputs)
{
	p->started_us = p->shown_us = clock_us();
	p->file_total = inputs->count;
	for (size_t i = 0; i < inputs->count; i++)
		p->byte_total += inputs->files[i].size;
}

static double
seconds_since(const struct progress *p)
{
	return (double)(clock_us() - p->started_us) / (double)US_PER_SECOND;
}

static void
put_size(struct buf *out, double bytes)
{
	static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
	size_t unit = 0;

	for (; bytes >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		bytes /= 1000;
	buf_printf(out, unit == 0 || bytes >= 100 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

/* "1:05 left", by what the bytes so far took. */
static void
put_time_left(struct buf *out, const struct progress *p, double seconds)
{
	double left;

	if (p->bytes == 0 || p->byte_total < p->bytes || seconds < 1)
		return;
	left = seconds * (double)(p->byte_total - p->bytes) / (double)p->bytes;
	if (left < 360000)
		buf_printf(out, ", %d:%02d left", (int)left / 60, (int)left % 60);
}

/* What was fetched so far; zeros where nothing is. */
static struct progress_remote
fetched(const struct progress *p)
{
	struct progress_remote r = {0};

	if (p->fetched != NULL)
		p->fetched(p->fetched_ctx, &r);
	return r;
}

static void
put_throttled(struct buf *out, uint64_t throttled)
{
	if (throttled == 0)
		return;
	buf_puts(out, ", throttled ");
	buf_put_count(out, throttled, "time");
}

static void
put_bar(struct buf *out, const struct progress *p)
{
	double seconds = seconds_since(p);
	uint64_t of = p->byte_total != 0 ? p->byte_total : 1;
	uint64_t done = p->bytes < of ? p->bytes : of;
	int cells = (int)((double)done * CELLS / (double)of);

	buf_puts(out, ERASE_LINE WRAP_OFF "[");
	for (int i = 0; i < CELLS; i++)
		buf_putc(out, i < cells ? '#' : '.');
	buf_printf(out, "] %llu/%llu files, ", (unsigned long long)p->files,
	    (unsigned long long)p->file_total);
	put_size(out, (double)p->bytes);
	buf_putc(out, '/');
	put_size(out, (double)p->byte_total);
	if (seconds > 0) {
		buf_puts(out, ", ");
		put_size(out, (double)p->bytes / seconds);
		buf_puts(out, "/s");
	}
	put_time_left(out, p, seconds);
	put_throttled(out, fetched(p).throttled);
	buf_puts(out, WRAP_ON);
}

static void
put_json(struct buf *out, const struct progress *p, const struct progress_counts *counts, bool end)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_begin(&w, NULL);
	json_put_string(&w, "kind", end ? "read" : "progress");
	json_put_int(&w, "files", (int64_t)p->files);
	json_put_int(&w, "files_total", (int64_t)p->file_total);
	json_put_int(&w, "bytes", (int64_t)p->bytes);
	json_put_int(&w, "bytes_total", (int64_t)p->byte_total);
	json_put_int(&w, "records", (int64_t)counts->records);
	json_put_int(&w, "skipped", (int64_t)counts->skipped);
	json_put_int(&w, "files_failed", (int64_t)counts->failed);
	if (p->fetched != NULL) {
		struct progress_remote r = fetched(p);

		json_put_int(&w, "requests", (int64_t)r.requests);
		json_put_int(&w, "bytes_fetched", (int64_t)r.bytes);
		json_put_int(&w, "throttled", (int64_t)r.throttled);
	}
	json_put_int(&w, "milliseconds", (int64_t)(seconds_since(p) * 1000));
	json_object_end(&w);
	buf_putc(out, '\n');
}

static void
put_summary(struct buf *out, const struct progress *p, const struct progress_counts *counts)
{
	buf_puts(out, "logintrail: read ");
	buf_put_count(out, p->files, "file");
	buf_puts(out, ", ");
	put_size(out, (double)p->bytes);
	buf_puts(out, ", ");
	buf_put_count(out, counts->records, "record");
	buf_printf(out, " in %.1f s; skipped ", seconds_since(p));
	buf_put_count(out, counts->skipped, "record");
	buf_puts(out, " of no use");
	if (counts->failed != 0) {
		buf_puts(out, "; ");
		buf_put_count(out, counts->failed, "file");
		buf_puts(out, " could not be read, or not as a whole");
	}
	buf_putc(out, '\n');
}

static void
put_listing_json(struct buf *out, const struct progress_remote *r)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_begin(&w, NULL);
	json_put_string(&w, "kind", r->over ? "listed" : "listing");
	json_put_string(&w, "input", r->what);
	json_put_int(&w, "objects", (int64_t)r->objects);
	json_put_int(&w, "bytes", (int64_t)r->bytes);
	json_put_int(&w, "requests", (int64_t)r->requests);
	json_put_int(&w, "throttled", (int64_t)r->throttled);
	json_put_int(&w, "folders_left_out", (int64_t)r->folders_left);
	json_put_int(&w, "objects_left_out", (int64_t)r->objects_left);
	json_object_end(&w);
	buf_putc(out, '\n');
}

static void
put_listing_counts(struct buf *out, const struct progress_remote *r)
{
	buf_put_count(out, r->objects, "object");
	if (r->bytes != 0) {
		buf_puts(out, ", ");
		put_size(out, (double)r->bytes);
	}
	buf_puts(out, ", ");
	buf_put_count(out, r->requests, "request");
	put_throttled(out, r->throttled);
}

static void
put_listing_bar(struct buf *out, const struct progress_remote *r)
{
	buf_puts(out, ERASE_LINE WRAP_OFF "[");
	safe_text_put(out, span_head(span_of(r->what), WHAT_MAX));
	buf_puts(out, "] ");
	put_listing_counts(out, r);
	buf_puts(out, WRAP_ON);
}

static void
put_listing_summary(struct buf *out, const struct progress_remote *r)
{
	buf_puts(out, "logintrail: ");
	safe_text_put(out, span_of(r->what));
	buf_puts(out, ": ");
	put_listing_counts(out, r);
	if (r->folders_left + r->objects_left != 0) {
		buf_puts(out, "; left out as something else: ");
		buf_put_count(out, r->folders_left, "folder");
		buf_puts(out, ", ");
		buf_put_count(out, r->objects_left, "object");
	}
	buf_putc(out, '\n');
}

/* Where progress cannot be written nobody is there to be told. */
static void
write_line(const struct progress *p, const struct buf *line)
{
	if (line->failed || line->len == 0)
		return;
	(void)fwrite(line->ptr, 1, line->len, p->stream);
	(void)fflush(p->stream);
}

void
progress_listing(struct progress *p, const struct progress_remote *r)
{
	bool tell = r->over && p->summary;
	int64_t now_us = clock_us();
	struct buf line;

	if (!tell && (p->form == PROGRESS_FORM_NONE || now_us - p->shown_us < EVERY_US))
		return;
	p->shown_us = now_us;
	if (tell)
		progress_hide(p);
	buf_init(&line, LINE_MAX);
	if (p->form == PROGRESS_FORM_JSON)
		put_listing_json(&line, r);
	else if (tell)
		put_listing_summary(&line, r);
	else
		put_listing_bar(&line, r);
	write_line(p, &line);
	buf_clear(&line);
	p->drawn = !tell && p->form == PROGRESS_FORM_BAR;
}

void
progress_file(
    struct progress *p, const struct input_file *file, const struct progress_counts *counts)
{
	int64_t now_us;
	struct buf line;

	p->files++;
	p->bytes += file->size;
	if (p->form == PROGRESS_FORM_NONE)
		return;
	now_us = clock_us();
	if (now_us - p->shown_us < EVERY_US)
		return;
	p->shown_us = now_us;
	buf_init(&line, LINE_MAX);
	if (p->form == PROGRESS_FORM_JSON)
		put_json(&line, p, counts, false);
	else
		put_bar(&line, p);
	write_line(p, &line);
	buf_clear(&line);
	p->drawn = p->form == PROGRESS_FORM_BAR;
}

void
progress_hide(void *ctx)
{
	struct progress *p = ctx;

	if (!p->drawn)
		return;
	p->drawn = false;
	(void)fputs(ERASE_LINE, p->stream);
	(void)fflush(p->stream);
}

void
progress_end(struct progress *p, const struct progress_counts *counts)
{
	struct buf line;

	progress_hide(p);
	if (!p->summary)
		return;
	buf_init(&line, LINE_MAX);
	if (p->form == PROGRESS_FORM_JSON)
		put_json(&line, p, counts, true);
	else
		put_summary(&line, p, counts);
	write_line(p, &line);
	buf_clear(&line);
}
