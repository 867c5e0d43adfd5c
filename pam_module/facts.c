/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/facts.h"

#include <arpa/inet.h>
#include <stddef.h>

#include "pam_module/login_record.h"

const char *
facts_error_text(enum facts_error error)
{
	switch (error) {
	case FACTS_OK: return "no error";
	case FACTS_ERROR_INCOMPLETE: return "the facts are incomplete";
	case FACTS_ERROR_FORM: return "a fact is not key=value";
	case FACTS_ERROR_KIND: return "the kind is neither open nor close";
	case FACTS_ERROR_ID: return "the session id is not 32 hexadecimal digits";
	case FACTS_ERROR_LOG: return "the log is not an absolute path";
	case FACTS_ERROR_CA: return "the receipts' CA file is not an absolute path";
	case FACTS_ERROR_NUMBER: return "a number is missing or out of bounds";
	}
	return "unknown error";
}

/* A decimal number from low to high. */
static bool
parse_number(struct span text, int64_t low, int64_t high, int64_t *out)
{
	int64_t n = 0;

	if (text.len == 0 || text.len > 15)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		n = n * 10 + (text.ptr[i] - '0');
	}
	if (n < low || n > high)
		return false;
	*out = n;
	return true;
}

static bool
is_session_id(struct span id)
{
	if (id.len != LOGIN_SESSION_ID_LEN)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!(id.ptr[i] >= '0' && id.ptr[i] <= '9') &&
		    !(id.ptr[i] >= 'a' && id.ptr[i] <= 'f'))
			return false;
	return true;
}

static bool
set_string(struct facts *f, struct span key, struct span value)
{
	static const struct {
		const char *name;
		size_t at;
	} strings[] = {
	    {"id", offsetof(struct facts, id)},
	    {"user", offsetof(struct facts, user)},
	    {"service", offsetof(struct facts, service)},
	    {"tty", offsetof(struct facts, tty)},
	    {"rhost", offsetof(struct facts, rhost)},
	    {"connection", offsetof(struct facts, connection)},
	    {"auth_info", offsetof(struct facts, auth_info)},
	    {"metadata", offsetof(struct facts, metadata)},
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		if (!span_is(key, strings[i].name))
			continue;
		*(struct span *)(void *)((char *)f + strings[i].at) = value;
		return true;
	}
	return false;
}

static enum facts_error
set_number(struct facts *f, struct span key, struct span value)
{
	bool ok = true;

	if (span_is(key, "deadline_us"))
		ok = parse_number(value, 1, INT64_MAX, &f->deadline_us);
	else if (span_is(key, "pid"))
		ok = parse_number(value, 1, INT32_MAX, &f->pid);
	else if (span_is(key, "uid"))
		ok = parse_number(value, 0, UINT32_MAX, &f->uid);
	return ok ? FACTS_OK : FACTS_ERROR_NUMBER;
}

static void
set_flag(struct facts *f, struct span key)
{
	if (span_is(key, "auth_info_cut"))
		f->auth_info_cut = true;
	else if (span_is(key, "receipt"))
		f->receipt = true;
	else if (span_is(key, "expose_principal"))
		f->expose_principal = true;
}

static enum facts_error
set_fact(struct facts *f, struct span key, struct span value)
{
	if (set_string(f, key, value))
		return FACTS_OK;
	if (span_is(key, "kind")) {
		f->is_open = span_is(value, "open");
		return f->is_open || span_is(value, "close") ? FACTS_OK : FACTS_ERROR_KIND;
	}
	if (span_is(key, "log")) {
		f->log = value.ptr; /* its NUL is the item's end */
		return span_starts(value, "/") ? FACTS_OK : FACTS_ERROR_LOG;
	}
	if (span_is(key, "receipt_ca")) {
		f->receipt_ca = value.ptr;
		return span_starts(value, "/") ? FACTS_OK : FACTS_ERROR_CA;
	}
	set_flag(f, key);
	return set_number(f, key, value);
}

/* What every message must have told. */
static enum facts_error
check_facts(const struct facts *f, bool has_kind)
{
	if (!has_kind)
		return FACTS_ERROR_KIND;
	if (!is_session_id(f->id))
		return FACTS_ERROR_ID;
	if (f->log == NULL)
		return FACTS_ERROR_LOG;
	return f->deadline_us > 0 ? FACTS_OK : FACTS_ERROR_NUMBER;
}

enum facts_error
facts_parse(struct span text, struct facts *f)
{
	bool has_kind = false, at_end = false;
	struct span item, key;
	enum facts_error r;

	*f = (struct facts){.pid = -1, .uid = -1};
	if (text.len == 0 || text.ptr[text.len - 1] != '\0')
		return FACTS_ERROR_INCOMPLETE;
	text.len--;
	while (span_cut(&text, '\0', &item)) {
		(void)span_cut(&item, '=', &key);
		if (item.ptr == NULL)
			return FACTS_ERROR_FORM;
		at_end = text.ptr == NULL && span_is(key, "end");
		has_kind = has_kind || span_is(key, "kind");
		r = set_fact(f, key, item);
		if (r != FACTS_OK)
			return r;
	}
	return at_end ? check_facts(f, has_kind) : FACTS_ERROR_INCOMPLETE;
}

/* An address as getnameinfo(NI_NUMERICHOST) writes it: an IPv6 one may have a zone ("%eth0"). */
static bool
is_address(struct span text)
{
	char ip[INET6_ADDRSTRLEN];
	unsigned char bytes[sizeof(struct in6_addr)];
	struct span zone = text, head;

	if (!span_cut(&zone, '%', &head) || head.len >= sizeof(ip) || zone.len > 64)
		return false;
	memcpy(ip, head.ptr, head.len);
	ip[head.len] = '\0';
	return inet_pton(AF_INET6, ip, bytes) == 1 ||
	    (zone.ptr == NULL && inet_pton(AF_INET, ip, bytes) == 1);
}

bool
facts_connection_parse(struct span text, struct facts_connection *c)
{
	struct span client_port, server_port;

	return span_cut(&text, ' ', &c->client_ip) && span_cut(&text, ' ', &client_port) &&
	    span_cut(&text, ' ', &c->server_ip) && span_cut(&text, ' ', &server_port) &&
	    text.ptr == NULL && is_address(c->client_ip) && is_address(c->server_ip) &&
	    parse_number(client_port, 0, 65535, &c->client_port) &&
	    parse_number(server_port, 0, 65535, &c->server_port);
}
