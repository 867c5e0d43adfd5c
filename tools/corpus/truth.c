/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/truth.h"

#include "common/json_writer.h"
#include "tools/corpus/identity.h"

#define LINE_MAX_BYTES (256 * 1024)

static const char *const verdict_names[TRUTH_VERDICTS] = {
    [TRUTH_ATTRIBUTED] = "attributed",
    [TRUTH_AMBIGUOUS] = "ambiguous",
    [TRUTH_UNATTRIBUTED] = "unattributed",
    [TRUTH_PENDING] = "pending",
    [TRUTH_UNCOVERED] = "uncovered",
};

static const char *const state_names[TRUTH_STATES] = {
    [TRUTH_USED] = "used",
    [TRUTH_UNUSED] = "unused",
    [TRUTH_FAILED] = "failed",
    [TRUTH_UNINSTRUMENTED] = "uninstrumented",
};

int
truth_init(struct truth *t, const struct world *world, const char *path)
{
	*t = (struct truth){.world = world};
	buf_init(&t->line, LINE_MAX_BYTES);
	t->file = fopen(path, "wex");
	return t->file != NULL ? 0 : -1;
}

void
truth_clear(struct truth *t)
{
	if (t->file != NULL)
		fclose(t->file);
	buf_clear(&t->line);
}

static void
put_line(struct truth *t)
{
	buf_putc(&t->line, '\n');
	if (!t->line.failed)
		fwrite(t->line.ptr, 1, t->line.len, t->file);
	buf_reset(&t->line);
}

static int
compare_texts(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void
put_sorted(struct json_writer *w, const char *key, const char **texts, size_t n)
{
	if (n > 1)
		qsort(texts, n, sizeof(*texts), compare_texts);
	json_array_begin(w, key);
	for (size_t i = 0; i < n; i++)
		json_put_string(w, NULL, texts[i]);
	json_array_end(w);
}

/* The callers of the pushes that explain the login, each ARN once: two principals can have one. */
static void
put_principals(const struct truth *t, const struct scenario *s, const struct scenario_login *l,
    struct json_writer *w)
{
	struct buf arns[SCENARIO_PUSHES];
	const char *texts[SCENARIO_PUSHES];
	size_t n = 0;

	for (size_t i = 0; i < l->push_count; i++) {
		bool known = false;

		buf_init(&arns[i], LINE_MAX_BYTES);
		trail_event_put_arn(t->world, &s->pushes[l->pushes[i]].event, &arns[i]);
		for (size_t k = 0; k < i; k++)
			known = known || span_eq(buf_span(&arns[k]), buf_span(&arns[i]));
		if (!known)
			texts[n++] = buf_cstr(&arns[i]);
	}
	put_sorted(w, "principals", texts, n);
	for (size_t i = 0; i < l->push_count; i++)
		buf_clear(&arns[i]);
}

struct push_name {
	int64_t time_us;
	char id[UUID_TEXT_LEN];
};

static int
compare_pushes(const void *a, const void *b)
{
	const struct push_name *x = a, *y = b;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void
put_pushes(const struct scenario *s, const struct scenario_login *l, struct json_writer *w)
{
	struct push_name names[SCENARIO_PUSHES];

	for (size_t i = 0; i < l->push_count; i++) {
		const struct trail_event *e = &s->pushes[l->pushes[i]].event;

		names[i].time_us = e->time_us;
		trail_event_id(e, names[i].id);
	}
	if (l->push_count > 1)
		qsort(names, l->push_count, sizeof(names[0]), compare_pushes);
	json_array_begin(w, "pushes");
	for (size_t i = 0; i < l->push_count; i++)
		json_put_string(w, NULL, names[i].id);
	json_array_end(w);
}

static void
put_text_or_null(struct json_writer *w, const char *key, const char *text)
{
	if (text != NULL)
		json_put_string(w, key, text);
	else
		json_put_null(w, key);
}

static struct person_truth
push_person(const struct scenario_push *p)
{
	struct person_truth person;

	if (p->person != NULL)
		return *p->person;
	identity_person(p->event.caller, &person);
	return person;
}

static void
put_person(const struct scenario_push *p, struct json_writer *w)
{
	struct person_truth person = push_person(p);

	json_object_begin(w, "person");
	person_put(&person, w);
	json_object_end(w);
}

/* Those whom the pushes of an ambiguous login lead to. */
static void
put_candidates(const struct scenario *s, const struct scenario_login *l, struct json_writer *w)
{
	json_array_begin(w, "candidates");
	for (size_t i = 0; i < l->push_count; i++) {
		struct person_truth person = push_person(&s->pushes[l->pushes[i]]);

		if (*person.name != '\0')
			json_put_string(w, NULL, person.name);
		else
			json_put_null(w, NULL);
	}
	json_array_end(w);
}

/* Of several pushes, which are all one person's, the first one's chain is told. */
static const struct scenario_push *
first_push(const struct scenario *s, const struct scenario_login *l)
{
	const struct scenario_push *first = NULL;

	for (size_t i = 0; i < l->push_count; i++) {
		const struct scenario_push *p = &s->pushes[l->pushes[i]];

		if (first == NULL || p->event.time_us < first->event.time_us)
			first = p;
	}
	return first;
}

static void
put_login(
    struct truth *t, const struct scenario *s, const struct scenario_login *l, const char *story)
{
	char session[SESSION_TEXT_LEN];
	struct json_writer w;
	bool attributed = strcmp(l->verdict, verdict_names[TRUTH_ATTRIBUTED]) == 0;

	json_writer_init(&w, &t->line);
	json_object_begin(&w, NULL);
	json_put_string(&w, "kind", "login");
	json_put_string(&w, "session", login_session(l->event.session, session));
	json_put_string(&w, "verdict", l->verdict);
	put_text_or_null(&w, "reason", l->reason);
	put_text_or_null(&w, "strength", attributed ? "matched" : NULL);
	put_principals(t, s, l, &w);
	put_pushes(s, l, &w);
	if (attributed)
		put_person(first_push(s, l), &w);
	else if (l->push_count != 0)
		put_candidates(s, l, &w);
	json_put_string(&w, "story", story);
	json_object_end(&w);
	put_line(t);
}

static enum truth_state
push_state(const struct scenario_push *p)
{
	if (p->event.outcome != OUTCOME_OK)
		return TRUTH_FAILED;
	if (p->session_count != 0)
		return TRUTH_USED;
	return p->event.instance.class == INSTANCE_SILENT ? TRUTH_UNINSTRUMENTED : TRUTH_UNUSED;
}

static void
put_push(
    struct truth *t, const struct scenario *s, const struct scenario_push *p, const char *story)
{
	char id[UUID_TEXT_LEN], sessions[SCENARIO_LOGINS][SESSION_TEXT_LEN];
	const char *texts[SCENARIO_LOGINS];
	struct json_writer w;

	json_writer_init(&w, &t->line);
	json_object_begin(&w, NULL);
	json_put_string(&w, "kind", "push");
	json_put_string(&w, "event_id", trail_event_id(&p->event, id));
	json_put_string(&w, "state", state_names[push_state(p)]);
	for (size_t i = 0; i < p->session_count; i++)
		texts[i] = login_session(s->logins[p->sessions[i]].event.session, sessions[i]);
	put_sorted(&w, "sessions", texts, p->session_count);
	put_person(p, &w);
	json_put_string(&w, "story", story);
	json_object_end(&w);
	put_line(t);
}

/* True when the report lists it as a push of a key. */
static bool
count_push(struct truth *t, const struct scenario_push *p)
{
	t->duplicates += p->copies;
	switch ((enum trail_kind)p->event.kind) {
	case TRAIL_SERIAL_PUSH: t->serial_pushes++; return false;
	case TRAIL_TUNNEL: t->tunnels++; return false;
	case TRAIL_ISSUING:
	case TRAIL_SESSION:
	case TRAIL_BACKGROUND: return false;
	case TRAIL_PUSH: break;
	}
	if (p->superseded) {
		t->superseded++;
		return false;
	}
	t->pushes++;
	t->states[push_state(p)]++;
	t->keys_unparsed +=
	    p->event.key_form == KEY_FORM_BROKEN || p->event.key_form == KEY_FORM_TWO;
	return true;
}

void
truth_add(struct truth *t, const struct scenario *s, const char *story, bool lines)
{
	for (size_t i = 0; i < s->login_count; i++) {
		t->logins++;
		for (int v = 0; v < TRUTH_VERDICTS; v++)
			t->verdicts[v] += strcmp(s->logins[i].verdict, verdict_names[v]) == 0;
		if (lines)
			put_login(t, s, &s->logins[i], story);
	}
	for (size_t i = 0; i < s->push_count; i++)
		if (count_push(t, &s->pushes[i]) && lines)
			put_push(t, s, &s->pushes[i], story);
}

static void
put_counts(
    struct json_writer *w, const char *key, const char *const *names, const uint64_t *n, int count)
{
	json_object_begin(w, key);
	for (int i = 0; i < count; i++)
		json_put_int(w, names[i], (int64_t)n[i]);
	json_object_end(w);
}

int
truth_finish(struct truth *t, uint64_t records, uint64_t files, uint64_t opens, uint64_t closes)
{
	struct json_writer w;
	int r = 0;

	json_writer_init(&w, &t->line);
	json_object_begin(&w, NULL);
	json_put_string(&w, "kind", "totals");
	json_put_int(&w, "logins", (int64_t)t->logins);
	json_put_int(&w, "opens", (int64_t)opens);
	json_put_int(&w, "closes", (int64_t)closes);
	put_counts(&w, "verdicts", verdict_names, t->verdicts, TRUTH_VERDICTS);
	json_put_int(&w, "pushes", (int64_t)t->pushes);
	put_counts(&w, "states", state_names, t->states, TRUTH_STATES);
	json_put_int(&w, "serial_pushes", (int64_t)t->serial_pushes);
	json_put_int(&w, "tunnels", (int64_t)t->tunnels);
	json_put_int(&w, "duplicates", (int64_t)t->duplicates);
	json_put_int(&w, "superseded", (int64_t)t->superseded);
	json_put_int(&w, "keys_unparsed", (int64_t)t->keys_unparsed);
	json_put_int(&w, "records", (int64_t)records);
	json_put_int(&w, "files", (int64_t)files);
	json_object_end(&w);
	put_line(t);
	if (ferror(t->file) || t->line.failed)
		r = -1;
	if (fclose(t->file) != 0)
		r = -1;
	t->file = NULL;
	return r;
}
