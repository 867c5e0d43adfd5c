/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_principal.h"

#include <openssl/crypto.h>
#include <stdio.h>

#include "common/time_text.h"
#include "pam_module/receipt_verify.h"
#include "pam_module/ssh_key.h"

#define EXPORT       __attribute__((visibility("default")))
#define SIGNER_EARLY (5 * US_PER_SECOND)

/* Whether the entry says who was behind this login. */
static enum receipt_check
check_entry(const struct receipt_answer *a, const struct login_record *open,
    struct receipt_trust *trust, const struct receipt_entry *e)
{
	uint8_t fingerprint[SHA256_LEN];
	enum receipt_check r;

	r = receipt_verify(trust, e, &a->signer, open->host.region, open->time_us, NULL);
	if (r != RECEIPT_VALID)
		return r;
	r = RECEIPT_OTHER_KEY;
	for (size_t i = 0; i < open->auth_count && r == RECEIPT_OTHER_KEY; i++)
		if (receipt_is_pushable(&open->auth[i]) &&
		    ssh_fingerprint_parse(open->auth[i].fingerprint, fingerprint))
			r = receipt_fit(
			    e, open->host.instance_id, fingerprint, open->time_us, SIGNER_EARLY, 0);
	return r;
}

static bool
is_printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f)
			return false;
	return s.len != 0;
}

/* The one caller of all entries that had not expired; any doubt about one of them, and nobody. */
static void
find_principal(const struct receipt_answer *a, const struct login_record *open,
    struct receipt_trust *trust, char principal[static RECEIPT_PRINCIPAL_MAX])
{
	struct span caller = SPAN_NONE;

	for (size_t i = 0; i < a->entry_count; i++) {
		struct receipt_entry e;
		enum receipt_check r;

		if (receipt_entry_parse(a->entries[i], &e) != RECEIPT_ENTRY_OK)
			return;
		r = check_entry(a, open, trust, &e);
		if (r == RECEIPT_EXPIRED)
			continue;
		if (r != RECEIPT_VALID || (caller.ptr != NULL && !span_eq(caller, e.caller)))
			return;
		caller = e.caller;
		if (caller.ptr == NULL)
			return;
	}
	if (is_printable(caller) && caller.len < RECEIPT_PRINCIPAL_MAX)
		(void)snprintf(
		    principal, RECEIPT_PRINCIPAL_MAX, "%.*s", (int)caller.len, caller.ptr);
}

EXPORT void
receipt_principal(const struct receipt_answer *answer, const struct login_record *open,
    const char *ca_file, char principal[static RECEIPT_PRINCIPAL_MAX])
{
	struct receipt_trust *trust;

	/* What libcrypto would read from /etc we do not need, and it costs time. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	trust = receipt_trust_open(ca_file);
	if (trust != NULL)
		find_principal(answer, open, trust, principal);
	receipt_trust_close(trust);
}
