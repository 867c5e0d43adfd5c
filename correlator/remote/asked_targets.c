/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/asked_targets.h"

#include <stdlib.h>

#define ERROR_MAX ((size_t)16 << 10)

static void
ask_account(const struct asked_events *a, const char *subject, struct asked_target *t)
{
	struct buf error;

	buf_init(&error, ERROR_MAX);
	if (caller_account_get(t->place->client, t->place->region, t->account_id, &error) != 0) {
		t->account_id[0] = '\0';
		diagnostics_error(a->diagnostics, subject, "the account of profile %s: %s",
		    t->place->profile, buf_cstr(&error) != NULL ? error.ptr : "out of memory");
	}
	buf_clear(&error);
}

/* The names of regions by FIPS endpoints (aws_endpoint.h takes them too). */
static void
name_region(struct asked_target *t)
{
	struct span name = span_of(t->place->region);

	if (!span_pass(&name, "fips-") && span_ends(name, "-fips"))
		name.len -= sizeof("-fips") - 1;
	(void)snprintf(t->region, sizeof(t->region), "%.*s",
	    (int)span_head(name, ASKED_REGION_MAX).len, name.ptr);
}

static int
compare(const void *a, const void *b)
{
	const struct asked_target *x = a, *y = b;
	int order = strcmp(x->account_id, y->account_id);

	if (order == 0)
		order = strcmp(x->region, y->region);
	if (order == 0) /* the first profile stays the first */
		order = (x->place > y->place) - (x->place < y->place);
	return order;
}

/* Leaves out what has no account, and what is there already. */
static size_t
keep_useful(struct asked_target *targets, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (targets[i].account_id[0] == '\0')
			continue;
		if (kept != 0 && strcmp(targets[kept - 1].account_id, targets[i].account_id) == 0 &&
		    strcmp(targets[kept - 1].region, targets[i].region) == 0)
			continue;
		targets[kept++] = targets[i];
	}
	return kept;
}

int
asked_targets_find(
    const struct asked_events *a, const char *subject, struct asked_target **targets, size_t *count)
{
	struct asked_target *t = calloc(a->place_count != 0 ? a->place_count : 1, sizeof(*t));

	if (t == NULL)
		return -1;
	for (size_t i = 0; i < a->place_count; i++) {
		size_t first = 0;

		t[i].place = &a->places[i];
		name_region(&t[i]);
		while (t[first].place->client != t[i].place->client)
			first++;
		if (first < i)
			memcpy(t[i].account_id, t[first].account_id, sizeof(t[i].account_id));
		else
			ask_account(a, subject, &t[i]);
	}
	qsort(t, a->place_count, sizeof(*t), compare);
	*targets = t;
	*count = keep_useful(t, a->place_count);
	return 0;
}
