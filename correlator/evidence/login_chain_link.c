/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/evidence/login_chain_link.h"

#include <stdlib.h>

#include "correlator/evidence/login_chain_file.h"

#define NOWHERE SIZE_MAX

/* A file under a hash, to sort and to look up by. */
struct entry {
	const uint8_t *hash;
	uint64_t lines;
	size_t file;
};

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(x->hash, y->hash, SHA256_LEN);

	if (order != 0)
		return order;
	if (x->lines != y->lines)
		return x->lines > y->lines ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

/* The files whose first line is a record, by the hash of it or by what it continues. */
static struct entry *
sort_files(const struct login_chain_set *s, bool by_prev, size_t *count)
{
	struct entry *entries = calloc(s->file_count + 1, sizeof(*entries));

	*count = 0;
	for (size_t i = 0; entries != NULL && i < s->file_count; i++) {
		const struct login_file *f = &s->files[i];

		if (f->has_first && f->copy_of == i)
			entries[(*count)++] =
			    (struct entry){by_prev ? f->first_prev : f->first_hash, f->lines, i};
	}
	if (entries != NULL)
		qsort(entries, *count, sizeof(*entries), compare_entries);
	return entries;
}

/* Two instances made of one image have the same log up to there, and part: that is no fork. What
 * each of them shipped is a log of its own. */
static bool
are_apart(const struct login_file *a, const struct login_file *b)
{
	return a->shipper != NULL && b->shipper != NULL && strcmp(a->shipper, b->shipper) != 0;
}

/* True when every record of the file is, in its place, one of the other's, and nothing else is
 * there. */
static bool
is_part(const struct login_file *f, const struct login_file *of)
{
	return f->hash_count <= of->hash_count &&
	    f->wound_totals[LOGIN_WOUND_FOREIGN] <= of->wound_totals[LOGIN_WOUND_FOREIGN] &&
	    f->wound_totals[LOGIN_WOUND_INSERTED] <= of->wound_totals[LOGIN_WOUND_INSERTED] &&
	    memcmp(f->hashes, of->hashes, f->hash_count * sizeof(*f->hashes)) == 0;
}

static void
wound_first(struct login_file *f, enum login_wound_kind kind, uint64_t other)
{
	const struct login_wound w = {
	    .kind = kind, .line = 1, .seq = f->has_first ? f->first_seq : 0, .other = other};

	login_file_wound(f, &w);
}

/* The longest file of those that begin with one record has all that the others have, or they part.
 */
static void
judge_same_start(struct login_chain_set *s, const struct entry *group, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct login_file *f = &s->files[group[i].file];
		size_t longest = 0;

		while (longest < i &&
		    (are_apart(f, &s->files[group[longest].file]) ||
			s->files[group[longest].file].copy_of != group[longest].file))
			longest++;
		if (longest == i)
			continue;
		if (is_part(f, &s->files[group[longest].file]))
			f->copy_of = group[longest].file;
		else
			wound_first(f, LOGIN_WOUND_FORKED, 0);
	}
}

int
login_link_copies(struct login_chain_set *s)
{
	size_t count, end;
	struct entry *entries = sort_files(s, false, &count);

	if (entries == NULL)
		return -1;
	for (size_t i = 0; i < count; i = end) {
		for (end = i + 1; end < count; end++)
			if (memcmp(entries[i].hash, entries[end].hash, SHA256_LEN) != 0)
				break;
		judge_same_start(s, &entries[i], end - i);
	}
	free(entries);
	return 0;
}

static void
join(struct login_chain_set *s, size_t file, size_t next)
{
	s->files[file].next = next;
	s->files[next].is_next = true;
}

/* The first entry of that hash; count when there is none. */
static size_t
find_entry(const struct entry *entries, size_t count, const uint8_t *hash)
{
	const struct entry wanted = {hash, UINT64_MAX, 0};
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_entries(&entries[mid], &wanted) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < count && memcmp(entries[low].hash, hash, SHA256_LEN) == 0 ? low : count;
}

/* The numbers go on where the hashes do, or records went before the second file was begun. */
static void
judge_numbers(const struct login_file *f, struct login_file *next)
{
	if (next->first_seq > f->last_seq + 1)
		wound_first(next, LOGIN_WOUND_MISSING, next->first_seq - f->last_seq - 1);
	else if (next->first_seq <= f->last_seq)
		wound_first(next, LOGIN_WOUND_SEQUENCE, f->last_seq);
}

/* True when `file` comes somewhere behind `first`. */
static bool
is_behind(const struct login_chain_set *s, size_t first, size_t file)
{
	while (first != NOWHERE && first != file)
		first = s->files[first].next;
	return first == file;
}

/* Joins the file with the one that continues it; others that do so, too, have parted from it. */
static void
join_exact(struct login_chain_set *s, size_t i, const struct entry *entries, size_t count)
{
	struct login_file *f = &s->files[i], *next = NULL;

	for (size_t at = find_entry(entries, count, f->last_hash); at < count; at++) {
		struct login_file *other = &s->files[entries[at].file];

		if (memcmp(entries[at].hash, f->last_hash, SHA256_LEN) != 0)
			break;
		if (are_apart(f, other))
			continue;
		if (next == NULL && (other->is_next || is_behind(s, entries[at].file, i)))
			break; /* a longer copy of this file has it; or lines in disorder make a
				  circle */
		if (next == NULL) {
			next = other;
			join(s, i, entries[at].file);
			judge_numbers(f, next);
		} else if (memcmp(other->first_hash, next->first_hash, SHA256_LEN) != 0) {
			wound_first(other, LOGIN_WOUND_FORKED, 0);
		}
	}
}

int
login_link_exact(struct login_chain_set *s)
{
	size_t count;
	struct entry *entries = sort_files(s, true, &count);

	if (entries == NULL)
		return -1;
	for (size_t i = 0; i < s->file_count; i++)
		if (s->files[i].copy_of == i)
			join_exact(s, i, entries, count);
	free(entries);
	return 0;
}

/* A run of files joined by their hashes. */
struct run {
	const char *label;
	size_t first, last;
	int64_t begin_us, end_us;
	uint64_t first_seq, last_seq;
	bool begins;
};

static int
compare_runs(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	int order = strcmp(x->label, y->label);

	if (order != 0)
		return order;
	if (x->begin_us != y->begin_us)
		return x->begin_us < y->begin_us ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

static struct run
run_from(const struct login_chain_set *s, size_t first)
{
	const struct login_file *f = &s->files[first];
	struct run run = {.first = first,
	    .begin_us = f->first_time_us,
	    .first_seq = f->first_seq,
	    .begins = f->begins};

	for (size_t i = first; i != NOWHERE; i = f->next) {
		f = &s->files[i];
		if (run.label == NULL || f->host != NULL)
			run.label = f->label;
		run.last = i;
	}
	run.end_us = f->last_time_us;
	run.last_seq = f->last_seq;
	return run;
}

/* What the run goes on from, of the same log; NOWHERE when nothing says that it was. */
static size_t
find_before(const struct login_chain_set *s, const struct run *runs, size_t count, size_t at)
{
	const struct run *run = &runs[at];
	size_t best = NOWHERE;

	for (size_t i = 0; i < count; i++) {
		const struct run *r = &runs[i];

		if (i == at || are_apart(&s->files[r->last], &s->files[run->first]) ||
		    (run->begins ? r->end_us > run->begin_us || i > at
				 : r->last_seq >= run->first_seq))
			continue;
		if (best == NOWHERE ||
		    (run->begins ? r->end_us > runs[best].end_us
				 : r->last_seq > runs[best].last_seq))
			best = i;
	}
	return best;
}

/* A file that begins with a line that a crash tore: what that line continues nobody can say, but
 * the record behind it has the next number. Within one file that is no wound either. */
static bool
begins_torn(const struct login_file *f, const struct login_file *next)
{
	return !next->has_first && next->records != 0 && next->first_seq == f->last_seq + 1 &&
	    next->wound_totals[LOGIN_WOUND_TORN] != 0 &&
	    next->wound_totals[LOGIN_WOUND_FOREIGN] == 0;
}

/* Names what lies between two files of one log. */
static void
wound_between(struct login_file *f, struct login_file *next)
{
	if (begins_torn(f, next))
		return;
	if (next->begins)
		wound_first(next, LOGIN_WOUND_RESTARTED, f->last_seq);
	else if (next->first_seq > f->last_seq + 1)
		wound_first(next, LOGIN_WOUND_MISSING, next->first_seq - f->last_seq - 1);
	else
		login_file_wound(f,
		    &(struct login_wound){
			.kind = LOGIN_WOUND_ALTERED, .line = f->lines, .seq = f->last_seq});
}

static void
join_runs_of_log(struct login_chain_set *s, const struct run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t before = find_before(s, runs, count, i);
		struct login_file *f;

		if (before == NOWHERE || is_behind(s, runs[i].first, runs[before].last))
			continue;
		f = &s->files[runs[before].last];
		if (f->next != NOWHERE) {
			wound_first(&s->files[runs[i].first], LOGIN_WOUND_FORKED, 0);
			continue;
		}
		wound_between(f, &s->files[runs[i].first]);
		join(s, runs[before].last, runs[i].first);
	}
}

int
login_link_torn_apart(struct login_chain_set *s)
{
	struct run *runs = calloc(s->file_count + 1, sizeof(*runs));
	size_t count = 0, end;

	if (runs == NULL)
		return -1;
	for (size_t i = 0; i < s->file_count; i++)
		if (s->files[i].copy_of == i && !s->files[i].is_next)
			runs[count++] = run_from(s, i);
	qsort(runs, count, sizeof(*runs), compare_runs);
	for (size_t i = 0; i < count; i = end) {
		for (end = i + 1; end < count; end++)
			if (strcmp(runs[i].label, runs[end].label) != 0)
				break;
		join_runs_of_log(s, &runs[i], end - i);
	}
	free(runs);
	return 0;
}
