/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/select.h"

#include <strings.h>

#include "common/time_text.h"
#include "correlator/option_values.h"

#define SESSIONS_LISTED 10

/* What the options say, ready to be compared. */
struct wanted {
	const struct options *o;
	const struct ledger *l;
	struct span instance;
	struct span user, fingerprint; /* fingerprint: whole, "SHA256:..." */
	int64_t at_end_us;
};

bool
select_is_asked(const struct options *o)
{
	return o->arg_count != 0 || o->user != NULL || o->at != NULL || o->ip_text != NULL ||
	    o->fingerprint != NULL || o->pid != OPTION_NUMBER_UNSET ||
	    o->audit_session != OPTION_NUMBER_UNSET || o->session != NULL || o->from != NULL ||
	    o->to != NULL;
}

bool
select_has_session(const struct ledger *l, const struct login *login, const char *session)
{
	struct span id = string_pool_span(&l->pool, login->session);
	size_t len = strlen(session);

	return id.len >= len && strncasecmp(id.ptr, session, len) == 0;
}

/* A host name, in any case; one without a domain is any of that name: logs of sshd have no more. */
static bool
is_host(struct span name, struct span wanted)
{
	if (name.len > wanted.len && name.ptr[wanted.len] == '.' &&
	    memchr(wanted.ptr, '.', wanted.len) == NULL)
		name.len = wanted.len;
	return wanted.len != 0 && name.len == wanted.len &&
	    strncasecmp(name.ptr, wanted.ptr, name.len) == 0;
}

static bool
fits_host(const struct wanted *w, const struct login *login)
{
	const struct string_pool *pool = &w->l->pool;

	return w->instance.ptr == NULL ||
	    (login->instance_id != 0 &&
		span_eq(string_pool_span(pool, login->instance_id), w->instance)) ||
	    (login->hostname != 0 && is_host(string_pool_span(pool, login->hostname), w->instance));
}

static bool
fits_ip(const struct wanted *w, const struct login *login)
{
	const char *text = ledger_text(w->l, login->remote_host);
	struct in6_addr ip;

	return w->o->ip_text == NULL ||
	    (text != NULL && option_value_ip(text, &ip) && memcmp(&ip, &w->o->ip, sizeof(ip)) == 0);
}

static bool
fits_key(const struct wanted *w, const struct login *login)
{
	if (w->fingerprint.ptr == NULL)
		return true;
	for (uint32_t i = 0; i < login->auth_count; i++) {
		string_id id = w->l->auth[login->auth_first + i].fingerprint;

		if (id != 0 && span_eq(string_pool_span(&w->l->pool, id), w->fingerprint))
			return true;
	}
	return false;
}

static bool
fits_time(const struct wanted *w, const struct login *login)
{
	return w->o->at == NULL ||
	    (login->time_us <= w->at_end_us &&
		(login->closed_us == LOGIN_TIME_UNKNOWN || login->closed_us >= w->o->at_us));
}

static bool
fits(const struct wanted *w, const struct login *login)
{
	const struct options *o = w->o;

	if (!match_in_range(&o->match, login->time_us) || !fits_time(w, login))
		return false;
	if (o->pid != OPTION_NUMBER_UNSET && login->sshd_pid != o->pid)
		return false;
	if (o->audit_session != OPTION_NUMBER_UNSET && login->audit_session != o->audit_session)
		return false;
	if (o->session != NULL && !select_has_session(w->l, login, o->session))
		return false;
	if (w->user.ptr != NULL && !span_eq(string_pool_span(&w->l->pool, login->os_user), w->user))
		return false;
	return fits_host(w, login) && fits_key(w, login) && fits_ip(w, login);
}

/* The last moment that --at means: a time typed in whole seconds means its whole second, since
 * logins are recorded finer. */
static int64_t
at_end(const struct options *o)
{
	return o->at_us % US_PER_SECOND == 0 ? o->at_us + US_PER_SECOND - 1 : o->at_us;
}

/* As logs have it. */
static struct span
put_fingerprint(const char *typed, char text[static SELECT_FINGERPRINT_MAX])
{
	struct span digits = option_value_fingerprint(span_of(typed));

	if (typed == NULL)
		return SPAN_NONE;
	(void)snprintf(text, SELECT_FINGERPRINT_MAX, "SHA256:%.*s", (int)digits.len, digits.ptr);
	return span_of(text);
}

void
select_question(struct store_question *q, const struct options *o,
    char fingerprint[static SELECT_FINGERPRINT_MAX])
{
	*q = (struct store_question){
	    .session = span_of(o->session),
	    .pid = OPTION_NUMBER_UNSET,
	    .audit_session = OPTION_NUMBER_UNSET,
	};
	if (o->session != NULL) /* all that it begins are to be told, whatever else they are */
		return;
	q->instance = o->arg_count != 0 ? span_of(o->args[0]) : SPAN_NONE;
	q->user = span_of(o->user);
	q->fingerprint = put_fingerprint(o->fingerprint, fingerprint);
	q->address = span_of(o->ip_text);
	q->has_at = o->at != NULL;
	q->at_us = o->at_us;
	q->at_end_us = at_end(o);
	q->pid = o->pid;
	q->audit_session = o->audit_session;
}

size_t
select_logins(const struct run *run, uint8_t *picked)
{
	const struct options *o = &run->inv->options;
	char fingerprint[SELECT_FINGERPRINT_MAX];
	const struct wanted w = {
	    .o = o,
	    .l = &run->ledger,
	    .instance = o->arg_count != 0 ? span_of(o->args[0]) : SPAN_NONE,
	    .user = span_of(o->user),
	    .fingerprint = put_fingerprint(o->fingerprint, fingerprint),
	    .at_end_us = at_end(o),
	};
	size_t count = 0;

	for (size_t i = 0; i < run->ledger.login_count; i++) {
		picked[i] = fits(&w, &run->ledger.logins[i]);
		count += picked[i];
	}
	return count;
}

int
select_check_session(const struct run *run, const char *session, bool *found)
{
	const struct ledger *l = &run->ledger;
	string_id ids[SESSIONS_LISTED];
	size_t count = 0;
	struct buf list;
	int r = 0;

	for (size_t i = 0; i < l->login_count && count < SESSIONS_LISTED; i++) {
		size_t k = 0;

		if (!select_has_session(l, &l->logins[i], session))
			continue;
		while (k < count && ids[k] != l->logins[i].session)
			k++;
		if (k == count)
			ids[count++] = l->logins[i].session;
	}
	*found = count != 0;
	if (count < 2)
		return 0;
	buf_init(&list, (size_t)64 * 1024);
	for (size_t i = 0; i < count; i++) {
		buf_putc(&list, ' ');
		buf_put_span(&list, string_pool_span(&l->pool, ids[i]));
	}
	if (count == SESSIONS_LISTED)
		buf_puts(&list, " ...");
	r = cli_usage_error(
	    run->inv, "'%s' begins more than one session id:%s", session, buf_cstr(&list));
	buf_clear(&list);
	return r;
}
