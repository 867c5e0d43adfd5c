/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/syslog_sessions.h"

#include <stdlib.h>

#include "common/array.h"

#define HEADS ((size_t)1 << 16)

int
syslog_sessions_init(struct syslog_sessions *s, uint64_t seed)
{
	*s = (struct syslog_sessions){.seed = seed, .count = 1};
	s->process_heads = calloc(HEADS, sizeof(*s->process_heads));
	s->connection_heads = calloc(HEADS, sizeof(*s->connection_heads));
	return s->process_heads != NULL && s->connection_heads != NULL ? 0 : -1;
}

static void
clear_session(struct syslog_session *session)
{
	free(session->text);
	session->text = NULL;
	buf_clear(&session->partials);
}

void
syslog_sessions_clear(struct syslog_sessions *s)
{
	while (s->oldest != 0)
		syslog_sessions_drop(s, &s->rows[s->oldest]);
	free(s->rows);
	free(s->process_heads);
	free(s->connection_heads);
	*s = (struct syslog_sessions){0};
}

/* FNV-1a with a start that nobody outside knows, and the number mixed in last. */
static uint64_t
hash_key(uint64_t seed, struct span place, struct span address, int64_t number)
{
	uint64_t h = seed ^ UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < place.len; i++)
		h = (h ^ (unsigned char)place.ptr[i]) * UINT64_C(0x100000001b3);
	h = (h ^ 0xff) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < address.len; i++)
		h = (h ^ (unsigned char)address.ptr[i]) * UINT64_C(0x100000001b3);
	h = (h ^ (uint64_t)number) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

struct syslog_session *
syslog_sessions_by_process(struct syslog_sessions *s, const struct syslog_process *p)
{
	uint64_t hash = hash_key(s->seed, p->place, SPAN_NONE, p->pid);

	if (p->pid < 0)
		return NULL;
	for (uint32_t i = s->process_heads[hash % HEADS]; i != 0; i = s->rows[i].process_next) {
		struct syslog_session *session = &s->rows[i];

		if (session->process_hash == hash && session->process.pid == p->pid &&
		    session->process.in_journal == p->in_journal &&
		    span_eq(session->process.place, p->place))
			return session;
	}
	return NULL;
}

struct syslog_session *
syslog_sessions_by_connection(struct syslog_sessions *s, const struct syslog_process *p)
{
	uint64_t hash = hash_key(s->seed, p->place, p->address, p->port);

	if (p->address.ptr == NULL || p->port < 0)
		return NULL;
	for (uint32_t i = s->connection_heads[hash % HEADS]; i != 0;
	     i = s->rows[i].connection_next) {
		struct syslog_session *session = &s->rows[i];

		if (session->connection_hash == hash && session->process.port == p->port &&
		    session->process.in_journal == p->in_journal &&
		    span_eq(session->process.place, p->place) &&
		    span_eq(session->process.address, p->address))
			return session;
	}
	return NULL;
}

struct syslog_session *
syslog_sessions_oldest(struct syslog_sessions *s)
{
	return s->oldest != 0 ? &s->rows[s->oldest] : NULL;
}

struct syslog_session *
syslog_sessions_full(struct syslog_sessions *s)
{
	return s->unused == 0 && s->count > SYSLOG_SESSIONS_MAX ? &s->rows[s->oldest] : NULL;
}

/* A row that is free; 0 when there is none. */
static uint32_t
take_row(struct syslog_sessions *s)
{
	uint32_t row = s->unused;

	if (row != 0) {
		s->unused = s->rows[row].newer;
		return row;
	}
	if (s->count > SYSLOG_SESSIONS_MAX ||
	    !array_grow((void **)&s->rows, s->count, &s->cap, sizeof(*s->rows)))
		return 0;
	return (uint32_t)s->count++;
}

static struct span
copy_text(char **at, struct span s)
{
	struct span copy = {s.ptr != NULL ? *at : NULL, s.len};

	if (s.ptr != NULL)
		memcpy(*at, s.ptr, s.len);
	*at += s.len;
	return copy;
}

static void
link_session(struct syslog_sessions *s, uint32_t row)
{
	struct syslog_session *session = &s->rows[row];
	uint32_t *head = &s->process_heads[session->process_hash % HEADS];

	session->process_next = *head;
	*head = row;
	head = &s->connection_heads[session->connection_hash % HEADS];
	session->connection_next = *head;
	*head = row;
	session->older = s->newest;
	if (s->newest != 0)
		s->rows[s->newest].newer = row;
	else
		s->oldest = row;
	s->newest = row;
}

struct syslog_session *
syslog_sessions_add(struct syslog_sessions *s, const struct syslog_process *p)
{
	char *text = malloc(p->place.len + p->user.len + p->address.len + 1), *at = text;
	uint32_t row = text != NULL ? take_row(s) : 0;
	struct syslog_session *session;

	if (row == 0) {
		free(text);
		return NULL;
	}
	session = &s->rows[row];
	*session = (struct syslog_session){
	    .text = text,
	    .process = *p,
	    .ended_us = INT64_MIN,
	    .audit_session = -1,
	    .process_hash = hash_key(s->seed, p->place, SPAN_NONE, p->pid),
	    .connection_hash = hash_key(s->seed, p->place, p->address, p->port),
	};
	session->process.place = copy_text(&at, p->place);
	session->process.user = copy_text(&at, p->user);
	session->process.address = copy_text(&at, p->address);
	buf_init(&session->partials, SYSLOG_PARTIALS_MAX * (SYSLOG_PARTIAL_LEN + 1));
	link_session(s, row);
	return session;
}

void
syslog_sessions_drop(struct syslog_sessions *s, struct syslog_session *session)
{
	uint32_t row = (uint32_t)(session - s->rows), *at;

	for (at = &s->process_heads[session->process_hash % HEADS]; *at != row;)
		at = &s->rows[*at].process_next;
	*at = session->process_next;
	for (at = &s->connection_heads[session->connection_hash % HEADS]; *at != row;)
		at = &s->rows[*at].connection_next;
	*at = session->connection_next;
	if (session->older != 0)
		s->rows[session->older].newer = session->newer;
	else
		s->oldest = session->newer;
	if (session->newer != 0)
		s->rows[session->newer].older = session->older;
	else
		s->newest = session->older;
	clear_session(session);
	session->newer = s->unused;
	s->unused = row;
}

int
syslog_session_keep_partial(struct syslog_session *session, struct span message)
{
	struct span rest = buf_span(&session->partials), kept;

	if (message.len > SYSLOG_PARTIAL_LEN || memchr(message.ptr, '\n', message.len) != NULL ||
	    session->partial_count == SYSLOG_PARTIALS_MAX)
		return 0;
	while (rest.len != 0 && span_cut(&rest, '\n', &kept)) {
		if (span_eq(kept, message))
			return 0;
	}
	buf_put_span(&session->partials, message);
	buf_putc(&session->partials, '\n');
	session->partial_count++;
	return session->partials.failed ? -1 : 0;
}

bool
syslog_session_is(const struct syslog_session *session, const struct syslog_process *p)
{
	return session->process.port == p->port && span_eq(session->process.user, p->user) &&
	    span_eq(session->process.address, p->address);
}
