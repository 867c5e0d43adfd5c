/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <unistd.h>

#include "common/safe_text.h"
#include "correlator/annotate/annotation.h"
#include "correlator/annotate/line_reader.h"
#include "correlator/annotate/session_find.h"
#include "correlator/commands/commands.h"
#include "correlator/commands/run.h"

/* A line three times for its decoded strings, and room for what is added. */
#define WORK_MAX (LINE_READER_MAX * 4)

struct annotator {
	struct run *run;
	struct output *out;
	enum report_format format;
	bool to_terminal;
	struct session_finder *finder;
	struct time_zone *zone;
	struct line_reader in;
	struct buf scratch, line; /* decoded strings; what goes out */
	struct buf carry;         /* of a line too long: the end of its last piece */
	const char *before;       /* what stands before the next object */
	uint64_t lines, annotated, ambiguous, without, unknown, too_long, renamed;
};

/* The ARN of those who pushed; absent when they are several. */
static struct span
principal_of(const struct ledger *l, const struct login *login)
{
	string_id principal = 0;

	for (uint32_t i = 0; login->verdict == VERDICT_ATTRIBUTED && i < login->match_count; i++) {
		const struct push *push = &l->pushes[l->login_pushes[login->match_first + i]];
		string_id id = l->callers[push->caller].principal;

		if (i != 0 && id != principal)
			return SPAN_NONE;
		principal = id;
	}
	return string_pool_span(&l->pool, principal);
}

static struct annotation
annotation_of(const struct run *run, const struct login *login)
{
	const struct ledger *l = &run->ledger;
	const struct person *person = people_of_login(run->view.people, login);
	struct annotation a = {
	    .session = string_pool_span(&l->pool, login->session),
	    .verdict = verdict_name(login->verdict),
	    .principal = principal_of(l, login),
	};

	if (person != NULL && person->name != 0) {
		a.person = string_pool_span(&l->pool, person->name);
		a.sure = sureness_name(person->sure);
	}
	return a;
}

/* Whose line it is: what it says itself, else the map's word for its host, else --instance. */
static struct session_query
query_of(const struct annotator *x, const struct audit_line *line)
{
	struct session_query q = {.instance = line->instance,
	    .host = line->host,
	    .boot_id = line->boot_id,
	    .ses = line->ses,
	    .time_us = line->time_us,
	    .has_time = line->has_time};

	if (q.instance.ptr == NULL && q.host.ptr != NULL) {
		const struct instance_place_row *row =
		    instance_map_find(&x->run->instance_map, SPAN_NONE, q.host);

		if (row != NULL)
			q.instance = row->instance_id;
	}
	if (q.instance.ptr == NULL && q.host.ptr == NULL)
		q.instance = span_of(x->run->inv->options.instance);
	return q;
}

/* Counts the line; true when `a` says something of it. */
static bool
judge_line(struct annotator *x, const struct audit_line *line, struct annotation *a)
{
	struct session_query q = query_of(x, line);
	enum session_found found;
	uint32_t login;

	x->lines++;
	if (line->is_boot)
		session_find_boot(x->finder, &q);
	if (line->ses == AUDIT_SESSION_NONE) {
		x->without++;
		return false;
	}
	found = session_find(x->finder, &q, &login);
	if (found == SESSION_FOUND && view_has_login(&x->run->view, login)) {
		*a = annotation_of(x->run, &x->run->ledger.logins[login]);
		x->annotated++;
		return true;
	}
	if (found == SESSION_AMBIGUOUS) {
		*a = (struct annotation){.verdict = verdict_name(VERDICT_AMBIGUOUS)};
		x->ambiguous++;
		return true;
	}
	x->unknown++;
	return false;
}

static void
put_object(struct annotator *x, struct span text, const struct audit_line *line,
    const struct annotation *a, bool is_cut)
{
	struct json_writer w;

	buf_puts(&x->line, x->before);
	json_writer_init(&w, &x->line);
	json_object_begin(&w, NULL);
	json_put_string(&w, "kind", "line");
	if (line->has_time)
		json_put_time(&w, "time", line->time_us, 3);
	json_put_span(&w, "host", line->host);
	json_put_span(&w, "instance_id", line->instance);
	if (line->ses != AUDIT_SESSION_NONE)
		json_put_int(&w, "audit_session", line->ses);
	if (a != NULL)
		annotation_put_members(&w, a);
	json_put_span(&w, "line", text);
	if (is_cut)
		json_put_bool(&w, "truncated", true);
	json_object_end(&w);
	if (x->format == FORMAT_JSON)
		x->before = ",\n";
}

/* Hands x->line on. A terminal must never see a control character. */
static void
send_line(struct annotator *x, bool has_lf)
{
	if (x->line.failed)
		x->out->buf.failed = true;
	if (x->to_terminal && x->format == FORMAT_TEXT)
		safe_text_put(&x->out->buf, buf_span(&x->line));
	else
		buf_put_span(&x->out->buf, buf_span(&x->line));
	if (has_lf)
		buf_putc(&x->out->buf, '\n');
	output_flush(x->out);
}

static void
put_text_line(struct annotator *x, struct span text, const struct audit_line *line,
    const struct annotation *a)
{
	bool renamed = line->has_ours;

	if (line->kind == AUDIT_LINE_JSON) {
		annotation_put_object(&x->line, text, line, &x->scratch, a);
	} else {
		(void)annotation_put_text(&x->line, text, text.len, &renamed);
		if (a != NULL)
			annotation_put_words(&x->line, a);
	}
	x->renamed += renamed;
}

static void
take_line(struct annotator *x, struct span text, bool has_lf)
{
	struct audit_line line;
	struct annotation a;
	bool has;

	buf_reset(&x->scratch);
	buf_reset(&x->line);
	audit_line_parse(text, x->zone, &x->scratch, &line);
	has = judge_line(x, &line, &a);
	if (x->format == FORMAT_TEXT)
		put_text_line(x, text, &line, has ? &a : NULL);
	else
		put_object(x, text, &line, has ? &a : NULL, false);
	send_line(x, x->format == FORMAT_JSONL || (has_lf && x->format == FORMAT_TEXT));
}

/* A piece of a line that is too long to be understood. */
static void
take_piece(struct annotator *x, struct span text, enum line_part part, bool has_lf)
{
	size_t limit, used;
	bool renamed = false;

	buf_reset(&x->line);
	if (part == LINE_BEGIN) {
		x->lines++;
		x->too_long++;
	}
	if (x->format != FORMAT_TEXT) {
		static const struct audit_line nothing = {.ses = AUDIT_SESSION_NONE};

		if (part == LINE_BEGIN) {
			put_object(x, text, &nothing, NULL, true);
			send_line(x, x->format == FORMAT_JSONL);
		}
		return;
	}
	buf_put_span(&x->carry, text);
	limit = x->carry.len;
	if (part != LINE_REST)
		limit -= limit < ANNOTATION_KEEP ? limit : ANNOTATION_KEEP;
	used = annotation_put_text(&x->line, buf_span(&x->carry), limit, &renamed);
	if (used < x->carry.len)
		memmove(x->carry.ptr, x->carry.ptr + used, x->carry.len - used);
	buf_truncate(&x->carry, x->carry.len - used);
	x->renamed += renamed;
	send_line(x, has_lf);
}

/* So that whoever reads has what there is while the writer pauses. */
static void
hand_on(struct output *o)
{
	errno = 0;
	if (o->error == 0 && !o->buf.failed &&
	    (fwrite(o->buf.ptr, 1, o->buf.len, o->file) != o->buf.len || fflush(o->file) != 0))
		o->error = errno != 0 ? errno : EIO;
	if (!o->buf.failed)
		buf_truncate(&o->buf, 0);
}

static void
copy_lines(struct annotator *x)
{
	struct span text;
	bool has_lf;

	while (!output_failed(x->out)) {
		enum line_part part;

		if (line_reader_waits(&x->in))
			hand_on(x->out);
		part = line_reader_next(&x->in, &text, &has_lf);
		if (part == LINE_END)
			return;
		if (part == LINE_WHOLE)
			take_line(x, text, has_lf);
		else
			take_piece(x, text, part, has_lf);
	}
}

static void
put_counts(struct json_writer *w, const struct annotator *x)
{
	json_object_begin(w, NULL);
	json_put_int(w, "lines", (int64_t)x->lines);
	json_put_int(w, "annotated", (int64_t)x->annotated);
	json_put_int(w, "ambiguous", (int64_t)x->ambiguous);
	json_put_int(w, "without_session", (int64_t)x->without);
	json_put_int(w, "unknown", (int64_t)x->unknown);
	json_put_int(w, "too_long", (int64_t)x->too_long);
	json_object_end(w);
}

static void
render(struct run *run, enum report_format format, struct output *o, const struct style *style,
    void *ctx)
{
	struct annotator *x = ctx;
	struct json_writer w;

	(void)run;
	(void)style;
	x->out = o;
	x->format = format;
	x->to_terminal = isatty(fileno(o->file)) == 1;
	x->before = format == FORMAT_JSON ? "{\"lines\":[\n" : "";
	copy_lines(x);
	if (format != FORMAT_JSON)
		return;
	buf_puts(&o->buf, x->lines != 0 ? "\n],\n\"summary\":" : "{\"lines\":[],\n\"summary\":");
	json_writer_init(&w, &o->buf);
	put_counts(&w, x);
	buf_puts(&o->buf, "}\n");
}

static void
put_count(struct buf *out, uint64_t n, const char *what)
{
	if (n == 0)
		return;
	buf_puts(out, ", ");
	buf_put_u64(out, n);
	buf_puts(out, what);
}

static void
say_counts(struct annotator *x)
{
	struct buf *more = &x->line;
	const char *text;

	buf_reset(more);
	put_count(more, x->too_long, " too long");
	put_count(more, x->renamed, " with words of ours, renamed");
	text = buf_cstr(more);
	cli_say(x->run->inv->err,
	    "%llu line%s: %llu annotated, %llu ambiguous, %llu without session, %llu unknown%s",
	    (unsigned long long)x->lines, x->lines == 1 ? "" : "s",
	    (unsigned long long)x->annotated, (unsigned long long)x->ambiguous,
	    (unsigned long long)x->without, (unsigned long long)x->unknown,
	    text != NULL ? text : "");
}

static void
annotate(struct run *run)
{
	const char *zone = run->inv->options.time_zone;
	struct annotator x = {.run = run,
	    .finder = session_finder_new(&run->ledger),
	    .zone = zone != NULL ? time_zone_open(zone) : NULL};

	line_reader_init(&x.in, STDIN_FILENO);
	buf_init(&x.scratch, WORK_MAX);
	buf_init(&x.line, WORK_MAX * 2);
	buf_init(&x.carry, WORK_MAX);
	if (x.finder == NULL || (zone != NULL && x.zone == NULL)) {
		run_note_memory(run);
		goto out;
	}
	run_print(run, render, &x);
	if (x.in.error != 0) {
		errno = x.in.error;
		cli_say(run->inv->err, "standard input: cannot read: %m");
		run_note(run, EXIT_CODE_INPUT);
	}
	if (run->code != EXIT_CODE_PIPE)
		say_counts(&x);
out:
	session_finder_free(x.finder);
	time_zone_close(x.zone);
	line_reader_clear(&x.in);
	buf_clear(&x.scratch);
	buf_clear(&x.line);
	buf_clear(&x.carry);
}

int
annotate_command(struct invocation *inv)
{
	const struct options *o = &inv->options;
	struct run run;

	for (size_t i = 0; i < o->input_count; i++) {
		if (strcmp(o->inputs[i].uri, "-") == 0)
			return cli_usage_error(
			    inv, "'-': standard input has the lines to annotate");
	}
	if (o->output_count > 1)
		return cli_usage_error(inv, "the lines can be read once: one --format only");
	if (run_begin(&run, inv, RUN_NEEDS_LOGINS | RUN_NEEDS_EVENTS, NULL) == 0)
		annotate(&run);
	return run_end(&run);
}
