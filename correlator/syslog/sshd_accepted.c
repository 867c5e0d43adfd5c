/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/sshd_accepted.h"

#include <arpa/inet.h>

#define LINE_MAX_BYTES   4096 /* sshd cuts its own at 1024 */
#define USER_MAX         400  /* sshd prints 100 bytes, of which each may become "\033" */
#define METHOD_MAX       64
#define FINGERPRINT_LEN  50 /* "SHA256:" and 43 characters */
#define ADDRESS_TEXT_MAX 64

/* How well what follows a " from " is what sshd prints there. */
enum fit {
	FIT_NO,
	FIT_LOOSE, /* address and port are, what follows is not known for the method */
	FIT_WHOLE,
};

bool
sshd_address_is(struct span s)
{
	char text[ADDRESS_TEXT_MAX];
	struct in6_addr address;
	struct span digits;

	if (span_is(s, "UNKNOWN"))
		return true;
	if (!span_cut(&s, '%', &digits) || digits.len == 0 || digits.len >= sizeof(text) ||
	    memchr(digits.ptr, '\0', digits.len) != NULL)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!sshd_is_word_char(s.ptr[i]) && strchr("._-", s.ptr[i]) == NULL)
			return false;
	}
	memcpy(text, digits.ptr, digits.len);
	text[digits.len] = '\0';
	return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

bool
sshd_port_parse(struct span s, int64_t *port)
{
	return span_number(s, 5, port) && *port <= 65535;
}

struct span
sshd_fingerprint_take(struct span *s)
{
	struct span fingerprint = span_head(*s, FINGERPRINT_LEN);

	if (s->len < FINGERPRINT_LEN || !span_starts(*s, "SHA256:"))
		return SPAN_NONE;
	for (size_t i = 7; i < FINGERPRINT_LEN; i++) {
		if (!sshd_is_word_char(s->ptr[i]) && s->ptr[i] != '+' && s->ptr[i] != '/')
			return SPAN_NONE;
	}
	if (s->len > FINGERPRINT_LEN) { /* longer: it is none of SHA-256 */
		char next = s->ptr[FINGERPRINT_LEN];

		if (sshd_is_word_char(next) || next == '+' || next == '/')
			return SPAN_NONE;
	}
	*s = span_from(*s, FINGERPRINT_LEN);
	return fingerprint;
}

static bool
take_word(struct span *s, struct span *word)
{
	return span_cut(s, ' ', word) && word->len != 0;
}

/* "ED25519", "ECDSA-SK-CERT" */
static bool
is_key_type(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!sshd_is_word_char(s.ptr[i]) && s.ptr[i] != '-')
			return false;
	}
	return s.len != 0 && s.len <= 64 && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z';
}

/* "SHA256:...", or one that cannot be compared: "MD5:00:11:...", "00:11:..." of old versions. */
static bool
is_other_fingerprint(struct span s)
{
	(void)span_pass(&s, "MD5:");
	for (size_t i = 0; i < s.len; i++) {
		if (!sshd_is_word_char(s.ptr[i]) && strchr(":+/=", s.ptr[i]) == NULL)
			return false;
	}
	return s.len >= 47;
}

/* Where " CA TYPE FINGERPRINT" begins that ends s; s.len when there is none. */
static size_t
last_authority(struct span s)
{
	for (size_t at = s.len; at-- > 0;) {
		if (s.ptr[at] == ')' && s.len - at > 5 && memcmp(s.ptr + at, ") CA ", 5) == 0)
			return at;
	}
	return s.len;
}

/* "ID alice (serial 7) CA ED25519 SHA256:...", read from its end: the id is the CA's free text. A
 * line that sshd cut off has no such end. */
static void
parse_cert(struct span s, struct sshd_message *m)
{
	size_t at = last_authority(s), open;
	struct span ca = span_from(s, at), serial;

	m->cert_id = s;
	if (!span_pass(&ca, ") CA ") || !take_word(&ca, &m->ca_type) || ca.len == 0)
		return;
	for (open = at; open-- > 0 && s.ptr[open] != '(';)
		;
	serial = open < at ? (struct span){s.ptr + open, at - open} : SPAN_NONE;
	if (open == 0 || open >= at || !span_pass(&serial, "(serial ") || s.ptr[open - 1] != ' ')
		return;
	m->ca_fingerprint = sshd_fingerprint_take(&ca);
	m->cert_serial = serial;
	m->cert_id = span_head(s, open - 1);
}

/* "ED25519 SHA256:...", and for a certificate what it says. *rest is what follows a plain key. */
static bool
parse_key(struct span s, struct sshd_message *m, struct span *rest)
{
	struct span word;

	if (!take_word(&s, &m->key_type) || !is_key_type(m->key_type) || s.ptr == NULL)
		return false;
	if (span_ends(m->key_type, "-CERT")) {
		*rest = SPAN_NONE;
		m->fingerprint = sshd_fingerprint_take(&s);
		if (m->fingerprint.ptr != NULL && !span_pass(&s, " "))
			return false;
		if (!span_pass(&s, "ID "))
			return false;
		parse_cert(s, m);
		return true;
	}
	m->fingerprint = sshd_fingerprint_take(&s);
	if (m->fingerprint.ptr == NULL) {
		size_t n = 0;

		while (n < s.len && s.ptr[n] != ' ' && s.ptr[n] != ',')
			n++;
		word = span_head(s, n);
		if (!is_other_fingerprint(word))
			return false;
		m->info = word;
		s = span_from(s, n);
	}
	*rest = s;
	return true;
}

/* `, client user "U", client host "H"` behind the key of a host-based login. */
static enum fit
parse_host_based(struct span s, struct sshd_message *m)
{
	const char *client = memmem(s.ptr, s.len, ", client user \"", 15);
	struct span rest, info = SPAN_NONE;

	if (client != NULL) {
		info = span_from(s, (size_t)(client - s.ptr) + 2);
		s.len = (size_t)(client - s.ptr);
	}
	if (!parse_key(s, m, &rest) || rest.len != 0)
		return FIT_LOOSE;
	m->info = info;
	return FIT_WHOLE;
}

/* The key of a public key login. Behind it only what a later sshd may add is let pass: anything
 * else means that the key is part of a name. */
static enum fit
parse_public_key(struct span s, struct sshd_message *m)
{
	struct span rest;

	if (!parse_key(s, m, &rest) || (rest.len != 0 && !span_starts(rest, ", "))) {
		m->key_type = SPAN_NONE;
		m->fingerprint = SPAN_NONE;
		m->info = SPAN_NONE;
		return FIT_LOOSE;
	}
	return rest.len == 0 ? FIT_WHOLE : FIT_LOOSE;
}

/* What follows "ssh2: ", by the method. */
static enum fit
parse_extra(struct span s, struct sshd_message *m)
{
	struct span method = m->method, name = SPAN_NONE;

	(void)span_cut(&method, '/', &name);
	if (span_is(name, "publickey"))
		return parse_public_key(s, m);
	if (span_is(name, "hostbased"))
		return parse_host_based(s, m);
	m->info = s;
	if (span_is(name, "password") || span_is(name, "keyboard-interactive"))
		return FIT_LOOSE; /* these have none */
	return FIT_WHOLE;
}

/* "A port N ssh2[: ...]" */
static enum fit
parse_from(struct span s, struct sshd_message *m)
{
	struct span address, word, port;

	if (!take_word(&s, &address) || !sshd_address_is(address) || !take_word(&s, &word) ||
	    !span_is(word, "port") || !take_word(&s, &port) || !sshd_port_parse(port, &m->port) ||
	    !span_pass(&s, "ssh2"))
		return FIT_NO;
	m->address = span_is(address, "UNKNOWN") ? SPAN_NONE : address;
	if (s.len == 0)
		return FIT_WHOLE;
	return span_pass(&s, ": ") ? parse_extra(s, m) : FIT_NO;
}

/* What parse_from must set anew for each place it tries. */
static struct sshd_message
fresh(const struct sshd_message *m)
{
	return (struct sshd_message){.repeated = m->repeated, .method = m->method, .port = -1};
}

bool
sshd_accepted_parse(struct span s, struct sshd_message *m)
{
	struct sshd_message found, loose = {.kind = SSHD_OTHER};
	size_t at = 0;
	bool is_loose = false;

	s = span_head(s, LINE_MAX_BYTES);
	if (!take_word(&s, &m->method) || m->method.len > METHOD_MAX || !span_pass(&s, "for "))
		return false;
	for (const char *from; (from = memmem(s.ptr + at, s.len - at, " from ", 6)) != NULL;
	     at = (size_t)(from - s.ptr) + 1) {
		size_t user_len = (size_t)(from - s.ptr);
		enum fit fit;

		if (user_len > USER_MAX)
			break;
		found = fresh(m);
		found.user = span_head(s, user_len);
		fit = parse_from(span_from(s, user_len + 6), &found);
		if (fit == FIT_WHOLE) {
			*m = found;
			return true;
		}
		if (fit == FIT_LOOSE) {
			is_loose = true;
			loose = found;
		}
	}
	if (is_loose)
		*m = loose;
	return is_loose;
}
