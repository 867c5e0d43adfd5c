/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/sshd_message.h"

#include "correlator/syslog/sshd_accepted.h"

#define EIC_ID_MAX        128
#define EIC_PRINCIPAL_MAX 2048

/* Cuts *s at the last occurrence of the mark: what stands behind it. */
static bool
cut_last(struct span *s, const char *mark, struct span *behind)
{
	size_t n = strlen(mark);

	for (size_t at = s->len; at-- > 0;) {
		if (s->len - at >= n && memcmp(s->ptr + at, mark, n) == 0) {
			*behind = span_from(*s, at + n);
			s->len = at;
			return true;
		}
	}
	return false;
}

/* "... A port N" to the end of the line: what stands before A is a user, or nothing. */
static void
parse_end_right(struct span s, struct sshd_message *m)
{
	struct span port, address;

	if (!cut_last(&s, " port ", &port) || !sshd_port_parse(port, &m->port))
		return;
	if (!cut_last(&s, " ", &address)) {
		address = s;
		s = SPAN_NONE;
	}
	if (!sshd_address_is(address))
		return;
	m->kind = SSHD_DISCONNECTED;
	m->address = address;
	if (span_pass(&s, "user "))
		m->user = s;
}

/* "A port N:11: ..." : what the client says comes last. */
static void
parse_received(struct span s, struct sshd_message *m)
{
	struct span address, port;

	if (!span_cut(&s, ' ', &address) || !sshd_address_is(address) || !span_pass(&s, "port ") ||
	    !span_cut(&s, ':', &port) || !sshd_port_parse(port, &m->port))
		return;
	m->kind = SSHD_DISCONNECTED;
	m->address = address;
}

/* "pam_unix(sshd:session): session closed for user U" */
static bool
parse_session_closed(struct span s, struct sshd_message *m)
{
	struct span service;

	if (!span_pass(&s, "pam_unix(sshd") || !span_cut(&s, ')', &service) ||
	    !span_ends(service, ":session") || !span_pass(&s, ": session closed for user "))
		return false;
	m->kind = SSHD_SESSION_CLOSED;
	m->user = s;
	return true;
}

/* The lines that end a connection. Those of one that never logged in end nothing. */
static void
parse_end(struct span s, struct sshd_message *m)
{
	static const char *const starts[] = {"Disconnected from ", "Connection closed by ",
	    "Connection reset by ", "Timeout, client not responding from ",
	    "Closing connection to "};

	if (span_ends(s, " [preauth]"))
		return;
	if (span_pass(&s, "Received disconnect from ")) {
		parse_received(s, m);
		return;
	}
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (span_pass(&s, starts[i])) {
			parse_end_right(s, m);
			return;
		}
	}
}

/* rsyslog's "message repeated 2 times: [ Accepted ...]". */
static bool
pass_repeated(struct span *s)
{
	struct span rest = *s, count;

	if (!span_pass(&rest, "message repeated ") || !span_cut(&rest, ' ', &count) ||
	    !span_pass(&rest, "times: [") || !span_ends(rest, "]"))
		return false;
	rest.len--;
	while (rest.len != 0 && rest.ptr[0] == ' ')
		rest = span_from(rest, 1);
	*s = rest;
	return true;
}

static void
parse_sshd(struct span s, struct sshd_message *m)
{
	m->repeated = pass_repeated(&s);
	if (span_pass(&s, "Accepted ")) {
		if (sshd_accepted_parse(s, m))
			m->kind = SSHD_ACCEPTED;
	} else if (span_pass(&s, "Partial ")) {
		if (sshd_accepted_parse(s, m))
			m->kind = SSHD_PARTIAL;
	} else if (!parse_session_closed(s, m)) {
		parse_end(s, m);
	}
}

/* Behind a mark: what is made of letters, digits and dashes. */
static struct span
eic_request_id(struct span s)
{
	const char *at = memmem(s.ptr, s.len, "request-id: ", 12);
	size_t n = 0;

	if (at == NULL)
		return SPAN_NONE;
	s = span_from(s, (size_t)(at - s.ptr) + 12);
	while (n < s.len && (sshd_is_word_char(s.ptr[n]) || s.ptr[n] == '-'))
		n++;
	return n != 0 && n <= EIC_ID_MAX ? span_head(s, n) : SPAN_NONE;
}

static struct span
eic_principal(struct span s)
{
	const char *at = memmem(s.ptr, s.len, "IAM principal: ", 15);

	if (at == NULL)
		return SPAN_NONE;
	s = span_from(s, (size_t)(at - s.ptr) + 15);
	while (s.len != 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '.'))
		s.len--;
	return s.len != 0 && s.len <= EIC_PRINCIPAL_MAX ? s : SPAN_NONE;
}

static void
parse_eic(struct span s, struct sshd_message *m)
{
	enum sshd_message_kind kind;
	const char *at;

	m->repeated = pass_repeated(&s);
	if (span_pass(&s, "Querying EC2 Instance Connect keys for matching fingerprint"))
		kind = EIC_QUERYING;
	else if (span_pass(&s, "Providing ssh key from EC2 Instance Connect with fingerprint"))
		kind = EIC_PROVIDING;
	else
		return;
	at = s.len != 0 ? memmem(s.ptr, s.len, "SHA256:", 7) : NULL;
	if (at == NULL || at - s.ptr > 4) /* ": ", or ".: " in some versions */
		return;
	s = span_from(s, (size_t)(at - s.ptr));
	m->fingerprint = sshd_fingerprint_take(&s);
	if (m->fingerprint.ptr == NULL)
		return;
	m->kind = kind;
	if (kind == EIC_PROVIDING && s.len != 0) {
		m->request_id = eic_request_id(s);
		m->principal = eic_principal(s);
	}
}

void
sshd_message_parse(struct span tag, struct span message, struct sshd_message *m)
{
	*m = (struct sshd_message){.kind = SSHD_OTHER, .port = -1};
	if (message.len == 0)
		return;
	if (span_is(tag, "sshd") || span_is(tag, "sshd-session") || span_is(tag, "sshd-auth"))
		parse_sshd(message, m);
	else if (span_is(tag, "ec2-instance-connect"))
		parse_eic(message, m);
	if (m->kind == SSHD_OTHER)
		*m = (struct sshd_message){.kind = SSHD_OTHER, .port = -1};
}

/* What stands behind a backslash: the byte that it means, and its length. */
static size_t
decode_one(struct span s, char *byte)
{
	static const char names[] = "nrbavtf0s\\", values[] = "\n\r\b\a\v\t\f\0 \\";
	const char *name;

	if (s.len >= 3 && s.ptr[0] >= '0' && s.ptr[0] <= '3' && s.ptr[1] >= '0' &&
	    s.ptr[1] <= '7' && s.ptr[2] >= '0' && s.ptr[2] <= '7') {
		*byte = (char)((s.ptr[0] - '0') << 6 | (s.ptr[1] - '0') << 3 | (s.ptr[2] - '0'));
		return 3;
	}
	name = s.len != 0 ? memchr(names, s.ptr[0], sizeof(names) - 1) : NULL;
	if (name == NULL)
		return 0;
	*byte = values[name - names];
	return 1;
}

struct span
sshd_message_decode(struct span field, struct buf *scratch)
{
	size_t from = scratch->len;

	if (field.len == 0 || memchr(field.ptr, '\\', field.len) == NULL)
		return field;
	while (field.len != 0) {
		char byte = field.ptr[0];

		field = span_from(field, 1);
		if (byte == '\\')
			field = span_from(field, decode_one(field, &byte));
		buf_putc(scratch, byte);
	}
	return scratch->failed ? SPAN_NONE : span_from(buf_span(scratch), from);
}
