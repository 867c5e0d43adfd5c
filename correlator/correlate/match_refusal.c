/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/match_refusal.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/correlate/ledger_index.h"
#include "correlator/correlate/time_sort.h"

#define ANSWER_WITHIN_US (10 * US_PER_SECOND)
#define RUN_GAP_US       (US_PER_HOUR)

/* A notice, to be put beside those of the same host and key. */
struct try_entry {
	string_id host, fingerprint;
	uint32_t notice; /* ascending is by time */
	bool by_name;    /* host: a short host name, else an instance */
	bool answered;   /* of "Querying" */
};

/* The times of the last "Providing" that was met, of those that the script wrote and of all. */
struct answers {
	int64_t proven_us, any_us;
};

static int
compare_tries(const void *a, const void *b)
{
	const struct try_entry *x = a, *y = b;

	if (x->by_name != y->by_name)
		return x->by_name - y->by_name;
	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	if (x->fingerprint != y->fingerprint)
		return x->fingerprint < y->fingerprint ? -1 : 1;
	return x->notice < y->notice ? -1 : x->notice > y->notice;
}

static bool
same_key(const struct try_entry *x, const struct try_entry *y)
{
	return x->by_name == y->by_name && x->host == y->host && x->fingerprint == y->fingerprint;
}

static void
note_answer(struct answers *a, const struct key_notice *n)
{
	a->any_us = n->time_us;
	if (!n->unproven)
		a->proven_us = n->time_us;
}

/* Marks the questions of one host and key that were answered. */
static void
find_answers(const struct ledger *l, struct try_entry *tries, size_t n)
{
	struct answers next = {INT64_MAX, INT64_MAX}, last = {INT64_MIN, INT64_MIN};

	for (size_t i = n; i-- > 0;) {
		const struct key_notice *notice = &l->notices[tries[i].notice];
		int64_t answer_us = notice->unproven ? next.any_us : next.proven_us;

		if (notice->provided)
			note_answer(&next, notice);
		else
			tries[i].answered = answer_us != INT64_MAX &&
			    answer_us - notice->time_us <= ANSWER_WITHIN_US;
	}
	/* an answer whose stamp has whole seconds can stand before a question whose stamp has not
	 */
	for (size_t i = 0; i < n; i++) {
		const struct key_notice *notice = &l->notices[tries[i].notice];
		int64_t answer_us = notice->unproven ? last.any_us : last.proven_us;

		if (notice->provided && notice->time_us % US_PER_SECOND == 0)
			note_answer(&last, notice);
		else if (!notice->provided && answer_us != INT64_MIN &&
		    answer_us / US_PER_SECOND == notice->time_us / US_PER_SECOND)
			tries[i].answered = true;
	}
}

/* The refusal that is being put together. */
struct run {
	struct key_refusal row;
	int64_t last_us;
	uint32_t in_journal, in_text; /* the journal and a file tell of the same questions */
};

static int
end_run(struct ledger *l, struct run *run)
{
	uint32_t times = run->in_journal > run->in_text ? run->in_journal : run->in_text;

	if (times == 0)
		return 0;
	if (!array_grow(
		(void **)&l->refusals, l->refusal_count, &l->refusal_cap, sizeof(*l->refusals)))
		return -1;
	run->row.times = times;
	l->refusals[l->refusal_count++] = run->row;
	run->in_journal = run->in_text = 0;
	return 0;
}

static void
add_to_run(struct run *run, const struct key_notice *n)
{
	if (run->in_journal + run->in_text == 0)
		run->row = (struct key_refusal){
		    .time_us = n->time_us,
		    .instance_id = n->instance_id,
		    .hostname = n->hostname,
		    .fingerprint = n->fingerprint,
		    .last_push = UINT32_MAX,
		    .unproven = true,
		};
	if (run->row.hostname == 0)
		run->row.hostname = n->hostname;
	run->row.unproven = run->row.unproven && n->unproven;
	run->last_us = n->time_us;
	if (n->boot_id != 0)
		run->in_journal++;
	else
		run->in_text++;
}

/* The refusals of one host and key. */
static int
find_runs(struct ledger *l, const struct try_entry *tries, size_t n)
{
	struct run run = {0};

	for (size_t i = 0; i < n; i++) {
		const struct key_notice *notice = &l->notices[tries[i].notice];
		bool answer = notice->provided || tries[i].answered;

		/* what anybody could have written ends no run of the script's own lines */
		if (answer && notice->unproven && !run.row.unproven)
			continue;
		if ((answer || notice->time_us - run.last_us > RUN_GAP_US) && end_run(l, &run) != 0)
			return -1;
		if (!answer)
			add_to_run(&run, notice);
	}
	return end_run(l, &run);
}

static int
find_refusals(struct ledger *l)
{
	struct try_entry *tries = malloc((l->notice_count + 1) * sizeof(*tries));
	size_t count = 0, end;
	int r = -1;

	if (tries == NULL)
		return -1;
	for (size_t i = 0; i < l->notice_count; i++) {
		const struct key_notice *n = &l->notices[i];
		bool by_name = n->instance_id == 0;

		if (n->fingerprint != 0)
			tries[count++] = (struct try_entry){
			    by_name ? ledger_short_host(l, n->hostname) : n->instance_id,
			    n->fingerprint, (uint32_t)i, by_name, false};
	}
	if (count > 1)
		qsort(tries, count, sizeof(*tries), compare_tries);
	for (size_t begin = 0; begin < count; begin = end) {
		for (end = begin + 1; end < count && same_key(&tries[begin], &tries[end]); end++)
			;
		find_answers(l, tries + begin, end - begin);
		if (find_runs(l, tries + begin, end - begin) != 0)
			goto out;
	}
	r = 0;
out:
	free(tries);
	return r;
}

/* A successful push of a refused key, once for its instance and once (instance 0) for any. */
struct refused_push {
	int64_t time_us;
	string_id fingerprint, instance_id;
	uint32_t push;
};

static int
compare_pushes(const void *a, const void *b)
{
	const struct refused_push *x = a, *y = b;

	if (x->fingerprint != y->fingerprint)
		return x->fingerprint < y->fingerprint ? -1 : 1;
	if (x->instance_id != y->instance_id)
		return x->instance_id < y->instance_id ? -1 : 1;
	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	return x->push < y->push ? -1 : x->push > y->push;
}

/* The last push of the key, for the instance (0: any), up to the time; UINT32_MAX for none. */
static uint32_t
last_push(const struct refused_push *pushes, size_t count, const struct key_refusal *r,
    string_id instance_id)
{
	const struct refused_push at = {r->time_us, r->fingerprint, instance_id, UINT32_MAX};
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_pushes(&pushes[middle], &at) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low != 0 && pushes[low - 1].fingerprint == at.fingerprint &&
		pushes[low - 1].instance_id == instance_id
	    ? pushes[low - 1].push
	    : UINT32_MAX;
}

/* The successful pushes of the keys that were refused. NULL without memory. */
static struct refused_push *
collect_pushes(const struct ledger *l, size_t *count)
{
	bool *refused = calloc((size_t)l->pool.count + 1, sizeof(*refused));
	struct refused_push *pushes = malloc((2 * l->push_count + 1) * sizeof(*pushes));

	*count = 0;
	if (refused == NULL || pushes == NULL) {
		free(refused);
		free(pushes);
		return NULL;
	}
	for (size_t i = 0; i < l->refusal_count; i++)
		refused[l->refusals[i].fingerprint] = true;
	for (size_t i = 0; i < l->push_count; i++) {
		const struct push *p = &l->pushes[i];

		if (p->kind != EVENT_KEY_PUSH || p->failed || p->fingerprint == 0 ||
		    !refused[p->fingerprint])
			continue;
		pushes[(*count)++] =
		    (struct refused_push){p->time_us, p->fingerprint, 0, (uint32_t)i};
		if (p->instance_id != 0)
			pushes[(*count)++] = (struct refused_push){
			    p->time_us, p->fingerprint, p->instance_id, (uint32_t)i};
	}
	free(refused);
	if (*count > 1)
		qsort(pushes, *count, sizeof(*pushes), compare_pushes);
	return pushes;
}

static int
find_last_pushes(struct ledger *l)
{
	size_t count;
	struct refused_push *pushes = collect_pushes(l, &count);

	if (pushes == NULL)
		return -1;
	for (size_t i = 0; i < l->refusal_count; i++) {
		struct key_refusal *r = &l->refusals[i];

		if (r->instance_id != 0)
			r->last_push = last_push(pushes, count, r, r->instance_id);
		if (r->last_push == UINT32_MAX)
			r->last_push = last_push(pushes, count, r, 0);
	}
	free(pushes);
	return 0;
}

/* Of refusals at one time. */
static int
compare_refusals(const void *a, const void *b, void *ledger)
{
	const struct key_refusal *x = a, *y = b;
	int r = ledger_compare_texts(ledger, x->instance_id, y->instance_id);

	if (r == 0)
		r = ledger_compare_texts(ledger, x->hostname, y->hostname);
	return r != 0 ? r : ledger_compare_texts(ledger, x->fingerprint, y->fingerprint);
}

int
match_refusals(struct ledger *l, const struct match_options *o)
{
	if (l->notice_count == 0)
		return 0;
	_Static_assert(offsetof(struct key_refusal, time_us) == 0, "time_sort looks there");
	if (find_refusals(l) != 0 || find_last_pushes(l) != 0 ||
	    time_sort(l->refusals, l->refusal_count, sizeof(*l->refusals), compare_refusals, l) !=
		0)
		return -1;
	for (size_t i = 0; i < l->refusal_count; i++)
		l->counts.keys_refused += match_in_range(o, l->refusals[i].time_us);
	return 0;
}
