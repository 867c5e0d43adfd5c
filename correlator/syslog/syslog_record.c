/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/syslog_record.h"

#include "common/sha256.h"
#include "common/time_text.h"

/* sshkey_type and sshkey_ssh_name of OpenSSH's sshkey.c. */
static struct span
wire_name(struct span type)
{
	static const struct {
		const char *logged;
		struct span name;
	} names[] = {
	    {"ED25519", SPAN("ssh-ed25519")},
	    {"ED25519-CERT", SPAN("ssh-ed25519-cert-v01@openssh.com")},
	    {"RSA", SPAN("ssh-rsa")},
	    {"RSA-CERT", SPAN("ssh-rsa-cert-v01@openssh.com")},
	    {"ED25519-SK", SPAN("sk-ssh-ed25519@openssh.com")},
	    {"ED25519-SK-CERT", SPAN("sk-ssh-ed25519-cert-v01@openssh.com")},
	    {"ECDSA-SK", SPAN("sk-ecdsa-sha2-nistp256@openssh.com")},
	    {"ECDSA-SK-CERT", SPAN("sk-ecdsa-sha2-nistp256-cert-v01@openssh.com")},
	    {"DSA", SPAN("ssh-dss")},
	    {"DSA-CERT", SPAN("ssh-dss-cert-v01@openssh.com")},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(type, names[i].logged))
			return names[i].name;
	}
	return type;
}

static uint64_t
serial_number(struct span digits)
{
	uint64_t n = 0;

	for (size_t i = 0; i < digits.len; i++) {
		unsigned digit = (unsigned char)digits.ptr[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, digit, &n))
			return 0;
	}
	return n;
}

void
syslog_record_add_step(struct login_record *r, const struct sshd_message *m, struct buf *scratch)
{
	struct login_auth *auth;

	if (r->auth_count == LOGIN_RECORD_AUTH_MAX) {
		r->truncated = true;
		return;
	}
	auth = &r->auth[r->auth_count++];
	*auth = (struct login_auth){
	    .method = m->method,
	    .key_type = wire_name(m->key_type),
	    .fingerprint = m->fingerprint,
	    .info = sshd_message_decode(m->info, scratch),
	    .has_cert = span_ends(m->key_type, "-CERT"),
	};
	if (auth->has_cert) {
		auth->cert.key_id = sshd_message_decode(m->cert_id, scratch);
		auth->cert.ca_fingerprint = m->ca_fingerprint;
		auth->cert.serial = serial_number(m->cert_serial);
	}
}

int
syslog_record_id(
    const struct syslog_process *p, int64_t time_us, char id[static LOGIN_SESSION_ID_LEN + 1])
{
	uint8_t digest[SHA256_LEN];
	char hex[SHA256_HEX_LEN + 1], numbers[80];
	struct span parts[] = {SPAN("logintrail syslog login\n"), p->place, SPAN("\n"), p->user,
	    SPAN("\n"), p->address, {numbers, 0}};
	int n;

	n = snprintf(numbers, sizeof(numbers), "\n%lld\n%lld\n%lld\n", (long long)p->port,
	    (long long)p->pid, (long long)(time_us / US_PER_SECOND));
	parts[6].len = (size_t)n;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].ptr == NULL)
			parts[i] = SPAN("");
	}
	if (sha256_digest_list(parts, sizeof(parts) / sizeof(parts[0]), digest) != 0)
		return -1;
	sha256_hex(digest, hex);
	memcpy(id, hex, LOGIN_SESSION_ID_LEN);
	id[LOGIN_SESSION_ID_LEN] = '\0';
	return 0;
}
