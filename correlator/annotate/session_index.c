/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/annotate/session_index.h"

#include <stdlib.h>

#include "common/time_text.h"
#include "correlator/annotate/audit_line.h"

/* Numbers are given before logins are recorded: two at once may be recorded in the other order. */
#define ORDER_SLACK_US (5 * US_PER_SECOND)

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct boot
boot_parse(struct span text)
{
	struct boot b = {0, 0};
	size_t digits = 0;

	for (size_t i = 0; i < text.len; i++) {
		int digit = hex_digit(text.ptr[i]);

		if (text.ptr[i] == '-')
			continue;
		if (digit < 0 || ++digits > 32)
			return (struct boot){0, 0};
		b.high = b.high << 4 | b.low >> 60;
		b.low = b.low << 4 | (unsigned)digit;
	}
	return digits == 32 ? b : (struct boot){0, 0};
}

#define COMPARE(x, y) (((x) > (y)) - ((x) < (y)))

static int
compare_names(const void *a, const void *b)
{
	const struct session_name *x = a, *y = b;

	if (x->instance_id != y->instance_id)
		return COMPARE(x->instance_id, y->instance_id);
	return COMPARE(x->hostname, y->hostname);
}

static int
compare_on_host(const void *a, const void *b)
{
	const struct session_entry *x = a, *y = b;

	if (x->host != y->host)
		return COMPARE(x->host, y->host);
	if (x->time_us != y->time_us)
		return COMPARE(x->time_us, y->time_us);
	return COMPARE(x->login, y->login);
}

static int
compare_entries(const void *a, const void *b)
{
	const struct session_entry *x = a, *y = b;

	return x->ses != y->ses ? COMPARE(x->ses, y->ses) : compare_on_host(a, b);
}

/* Sorts the names, drops the doubles, numbers the hosts. */
static void
settle_names(struct session_index *x)
{
	size_t kept = 0;

	qsort(x->names, x->name_count, sizeof(*x->names), compare_names);
	for (size_t i = 0; i < x->name_count; i++) {
		if (kept != 0 && compare_names(&x->names[kept - 1], &x->names[i]) == 0)
			continue;
		if (kept == 0 || x->names[i].instance_id == 0 ||
		    x->names[i].instance_id != x->names[kept - 1].instance_id)
			x->host_count++;
		x->names[kept] = x->names[i];
		x->names[kept++].host = (uint32_t)x->host_count - 1;
	}
	x->name_count = kept;
}

static uint32_t
host_of(const struct session_index *x, const struct login *login)
{
	struct session_name key = {login->instance_id, login->hostname, 0};
	const struct session_name *n =
	    bsearch(&key, x->names, x->name_count, sizeof(key), compare_names);

	return n->host;
}

/* For finding lower numbers: those without one are never lower. */
static int64_t
order_of(const struct session_entry *e)
{
	return e->ses == AUDIT_SESSION_NONE ? INT64_MAX : e->ses;
}

/*
 * What shows that one host [from, to) has started anew after each of its logins, from the last one
 * back: a login of another boot; where the login's own is unknown, the next one with a lower number
 * too. `lower` has room for an index of each.
 */
static void
find_resets(struct session_entry *e, size_t from, size_t to, size_t *lower)
{
	struct boot boot = {0, 0};
	int64_t known_us = INT64_MAX, change_us = INT64_MAX;

	for (size_t i = to; i > from; i--) {
		struct session_entry *it = &e[i - 1];
		size_t next = i;

		while (next < to && order_of(&e[next]) >= order_of(it))
			next = lower[next];
		lower[i - 1] = next;
		if (boot_is_known(it->boot)) {
			if (boot_is_known(boot) && !boot_eq(boot, it->boot))
				change_us = known_us;
			boot = it->boot;
			known_us = it->time_us;
		}
		it->reset_us = change_us;
		while (next < to && e[next].time_us - it->time_us <= ORDER_SLACK_US)
			next = lower[next];
		if (!boot_is_known(it->boot) && next < to && e[next].time_us < change_us)
			it->reset_us = e[next].time_us;
	}
}

static int
find_all_resets(struct session_index *x)
{
	size_t *lower = calloc(x->entry_count + 1, sizeof(*lower));

	if (lower == NULL)
		return -1;
	qsort(x->entries, x->entry_count, sizeof(*x->entries), compare_on_host);
	for (size_t from = 0, to; from < x->entry_count; from = to) {
		for (to = from; to < x->entry_count && x->entries[to].host == x->entries[from].host;
		     to++)
			;
		find_resets(x->entries, from, to, lower);
	}
	free(lower);
	return 0;
}

int
session_index_init(struct session_index *x, const struct ledger *l)
{
	*x = (struct session_index){0};
	x->entries = calloc(l->login_count + 1, sizeof(*x->entries));
	x->names = calloc(l->login_count + 1, sizeof(*x->names));
	if (x->entries == NULL || x->names == NULL)
		return -1;
	for (size_t i = 0; i < l->login_count; i++)
		x->names[x->name_count++] =
		    (struct session_name){l->logins[i].instance_id, l->logins[i].hostname, 0};
	settle_names(x);
	for (size_t i = 0; i < l->login_count; i++) {
		const struct login *login = &l->logins[i];
		bool has_ses =
		    login->audit_session >= 0 && login->audit_session <= AUDIT_SESSION_MAX;

		x->entries[x->entry_count++] = (struct session_entry){
		    .ses = has_ses ? login->audit_session : AUDIT_SESSION_NONE,
		    .time_us = login->time_us,
		    .boot = boot_parse(string_pool_span(&l->pool, login->boot_id)),
		    .host = host_of(x, login),
		    .login = (uint32_t)i,
		};
	}
	if (find_all_resets(x) != 0)
		return -1;
	qsort(x->entries, x->entry_count, sizeof(*x->entries), compare_entries);
	return 0;
}

void
session_index_clear(struct session_index *x)
{
	free(x->entries);
	free(x->names);
	*x = (struct session_index){0};
}

size_t
session_index_first(const struct session_index *x, int64_t ses)
{
	size_t low = 0, high = x->entry_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->entries[middle].ses < ses)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
