/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/annotate/session_find.h"

#include <stdlib.h>
#include <strings.h>

#include "common/time_text.h"
#include "correlator/annotate/session_index.h"

#define SLACK_US (5 * US_PER_SECOND)

struct session_finder {
	struct session_index index;
	const struct ledger *ledger;
	uint8_t *fits;    /* by host: the last query was about it */
	int64_t *boot_us; /* by host: when it said that it had started */
	struct buf asked; /* the last query's instance and host, a NUL between them */
	bool has_asked;
};

struct session_finder *
session_finder_new(const struct ledger *l)
{
	struct session_finder *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	buf_init(&f->asked, (size_t)4 << 20);
	f->ledger = l;
	if (session_index_init(&f->index, l) != 0)
		goto failed;
	f->fits = calloc(f->index.host_count + 1, sizeof(*f->fits));
	f->boot_us = calloc(f->index.host_count + 1, sizeof(*f->boot_us));
	if (f->fits == NULL || f->boot_us == NULL)
		goto failed;
	for (size_t i = 0; i < f->index.host_count; i++)
		f->boot_us[i] = INT64_MIN;
	return f;
failed:
	session_finder_free(f);
	return NULL;
}

void
session_finder_free(struct session_finder *f)
{
	if (f == NULL)
		return;
	session_index_clear(&f->index);
	free(f->fits);
	free(f->boot_us);
	buf_clear(&f->asked);
	free(f);
}

static struct span
first_label(struct span name)
{
	struct span label = SPAN_NONE;

	(void)span_cut(&name, '.', &label);
	return label;
}

static bool
is_same_name(struct span a, struct span b)
{
	a = first_label(a);
	b = first_label(b);
	return a.len != 0 && a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static bool
name_fits(const struct session_finder *f, const struct session_name *n, struct span instance,
    struct span host)
{
	const struct string_pool *pool = &f->ledger->pool;
	struct span id = string_pool_span(pool, n->instance_id);

	if (instance.ptr != NULL && id.ptr != NULL)
		return span_eq(instance, id);
	if (host.ptr == NULL)
		return instance.ptr == NULL;
	return is_same_name(host, string_pool_span(pool, n->hostname)) || is_same_name(host, id);
}

/* True when the last query was about the same hosts; remembers this one. */
static bool
was_asked(struct session_finder *f, const struct session_query *q)
{
	struct span asked = buf_span(&f->asked);
	bool same = f->has_asked && asked.len == q->instance.len + 1 + q->host.len &&
	    span_eq(span_head(asked, q->instance.len), q->instance) &&
	    asked.ptr[q->instance.len] == '\0' &&
	    span_eq(span_from(asked, q->instance.len + 1), q->host);

	if (same)
		return true;
	buf_reset(&f->asked);
	buf_put_span(&f->asked, q->instance);
	buf_putc(&f->asked, '\0');
	buf_put_span(&f->asked, q->host);
	f->has_asked = !f->asked.failed;
	return false;
}

static void
choose_hosts(struct session_finder *f, const struct session_query *q)
{
	if (was_asked(f, q))
		return;
	memset(f->fits, 0, f->index.host_count);
	for (size_t i = 0; i < f->index.name_count; i++) {
		const struct session_name *n = &f->index.names[i];

		if (name_fits(f, n, q->instance, q->host))
			f->fits[n->host] = 1;
	}
}

/* Whether the login can be the session's: by its boot, or where one is unknown by time alone. */
static bool
entry_fits(const struct session_finder *f, const struct session_entry *e,
    const struct session_query *q, struct boot boot, bool by_boot)
{
	bool known = boot_is_known(boot) && boot_is_known(e->boot);

	if (known != by_boot || (q->has_time && e->time_us > q->time_us + SLACK_US))
		return false;
	if (by_boot)
		return boot_eq(boot, e->boot);
	return q->has_time && q->time_us < e->reset_us &&
	    (f->boot_us[e->host] > q->time_us || f->boot_us[e->host] <= e->time_us);
}

/* Two logins with one number that no start of the host separates. */
static bool
is_one_boot(const struct session_entry *a, const struct session_entry *b)
{
	if (boot_is_known(a->boot) && boot_is_known(b->boot))
		return boot_eq(a->boot, b->boot);
	return b->time_us - a->time_us <= SLACK_US;
}

/* Of entries [from, to), which are one host's with that number, by time. */
static enum session_found
find_latest(const struct session_finder *f, size_t from, size_t to, const struct session_query *q,
    struct boot boot, bool by_boot, uint32_t *login)
{
	const struct session_entry *entries = f->index.entries, *best = NULL;

	for (size_t i = to; i > from; i--) {
		const struct session_entry *e = &entries[i - 1];

		if (!entry_fits(f, e, q, boot, by_boot))
			continue;
		if (best != NULL)
			return is_one_boot(e, best) ? SESSION_AMBIGUOUS : SESSION_FOUND;
		best = e;
		*login = e->login;
	}
	return best != NULL ? SESSION_FOUND : SESSION_UNKNOWN;
}

static enum session_found
find_on_host(const struct session_finder *f, size_t from, size_t to, const struct session_query *q,
    struct boot boot, uint32_t *login)
{
	enum session_found found = find_latest(f, from, to, q, boot, true, login);

	return found != SESSION_UNKNOWN ? found : find_latest(f, from, to, q, boot, false, login);
}

enum session_found
session_find(struct session_finder *f, const struct session_query *q, uint32_t *login)
{
	const struct session_index *x = &f->index;
	struct boot boot = boot_parse(q->boot_id);
	enum session_found all = SESSION_UNKNOWN;
	size_t from = session_index_first(x, q->ses), to;

	if (q->ses < 0)
		return SESSION_UNKNOWN;
	choose_hosts(f, q);
	for (; from < x->entry_count && x->entries[from].ses == q->ses; from = to) {
		enum session_found found;

		for (to = from; to < x->entry_count && x->entries[to].ses == q->ses &&
		     x->entries[to].host == x->entries[from].host;
		     to++)
			;
		if (f->fits[x->entries[from].host] == 0)
			continue;
		found = find_on_host(f, from, to, q, boot, login);
		if (found == SESSION_AMBIGUOUS || (found == SESSION_FOUND && all == SESSION_FOUND))
			return SESSION_AMBIGUOUS;
		if (found == SESSION_FOUND)
			all = SESSION_FOUND;
	}
	return all;
}

void
session_find_boot(struct session_finder *f, const struct session_query *q)
{
	if (!q->has_time)
		return;
	choose_hosts(f, q);
	for (size_t i = 0; i < f->index.host_count; i++) {
		if (f->fits[i] != 0)
			f->boot_us[i] = q->time_us;
	}
}
