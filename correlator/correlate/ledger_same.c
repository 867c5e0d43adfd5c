/* SPDX-License-Identifier: Apache-2.0 */
/* Two records of one login: whether they can be, which stays, what it learns from the other. */
#include "common/time_text.h"
#include "correlator/correlate/ledger_index.h"

bool
ledger_login_is_journal(const struct login *login)
{
	return login->boot_id != 0 || login->audit_session >= 0;
}

/* Of two logins of syslog: the journal's stays, then the one that knows more. */
static int
rank_of(const struct login *login)
{
	return 4 * ledger_login_is_journal(login) + 2 * (login->instance_id != 0) +
	    (login->time_us % US_PER_SECOND != 0);
}

bool
ledger_login_outranks(const struct login *a, const struct login *b)
{
	return rank_of(a) > rank_of(b);
}

/* What the last step was: method and key. 0 and 0 where it is not known. */
static void
last_step(const struct ledger *l, const struct login *login, string_id *method, string_id *key)
{
	const struct auth_step *step =
	    login->auth_count != 0 ? &l->auth[login->auth_first + login->auth_count - 1] : NULL;

	*method = step != NULL ? step->method : 0;
	*key = step != NULL ? step->fingerprint : 0;
}

/* Whether the module's record has the key that sshd's line names; without any it cannot say. */
static bool
module_has_key(const struct ledger *l, const struct login *module, string_id method, string_id key)
{
	for (uint32_t i = 0; i < module->auth_count; i++) {
		const struct auth_step *step = &l->auth[module->auth_first + i];

		if (step->fingerprint == key || (step->fingerprint == 0 && step->method == method))
			return true;
	}
	return module->auth_count == 0;
}

bool
ledger_login_same_key(const struct ledger *l, const struct login *a, const struct login *b)
{
	string_id method_a, key_a, method_b, key_b;

	last_step(l, a, &method_a, &key_a);
	last_step(l, b, &method_b, &key_b);
	if (a->source == LOGIN_SOURCE_PAM)
		return key_b == 0 || module_has_key(l, a, method_b, key_b);
	if (b->source == LOGIN_SOURCE_PAM)
		return key_a == 0 || module_has_key(l, b, method_a, key_a);
	return method_a == method_b && key_a == key_b;
}

void
ledger_login_learn(struct login *keeper, const struct login *other)
{
	/* lines of a file may be anybody's: they add nothing to what the module or the journal
	 * knows */
	bool as_sure = ledger_login_is_journal(other) ||
	    (keeper->source == LOGIN_SOURCE_SYSLOG && !ledger_login_is_journal(keeper));

	if (keeper->instance_id == 0) {
		keeper->instance_id = other->instance_id;
		keeper->account_id = other->account_id;
		keeper->region = other->region;
	}
	if (keeper->hostname == 0)
		keeper->hostname = other->hostname;
	if (keeper->boot_id == 0)
		keeper->boot_id = other->boot_id;
	if (keeper->audit_session < 0)
		keeper->audit_session = other->audit_session;
	if (keeper->login_uid < 0)
		keeper->login_uid = other->login_uid;
	if (keeper->uid < 0)
		keeper->uid = other->uid;
	if (keeper->closed_us == LOGIN_TIME_UNKNOWN && as_sure)
		keeper->closed_us = other->closed_us;
	/* the module's steps are sshd's own word; a file may have lost the first of them */
	if (keeper->auth_count == 0 ||
	    (keeper->source == LOGIN_SOURCE_SYSLOG && as_sure &&
		keeper->auth_count < other->auth_count)) {
		keeper->auth_first = other->auth_first;
		keeper->auth_count = other->auth_count;
	}
}
