/* SPDX-License-Identifier: Apache-2.0 */
/* The words of people.h's enums. */
#include "correlator/people/people.h"

const char *
sureness_name(enum sureness sure)
{
	static const char *const names[] = {
	    [SURE_NONE] = NULL,
	    [SURE_CLAIMED] = "claimed",
	    [SURE_PROBABLE] = "probable",
	    [SURE_EXACT] = "exact",
	};

	return names[sure];
}

const char *
hop_rule_name(enum hop_rule rule)
{
	static const char *const names[HOP_RULES] = {
	    [HOP_ACCESS_KEY] = "access_key",
	    [HOP_SIGN_IN_SESSION] = "sign_in_session",
	    [HOP_SESSION] = "session",
	    [HOP_PERMISSION_SET] = "permission_set",
	    [HOP_INSTANCE] = "instance",
	};

	return names[rule];
}

const char *
person_type_name(enum person_type type)
{
	static const char *const names[PERSON_TYPES] = {
	    [PERSON_UNKNOWN] = "unknown",
	    [PERSON_IAM_USER] = "iam_user",
	    [PERSON_ROOT] = "root",
	    [PERSON_IDENTITY_CENTER] = "identity_center",
	    [PERSON_SAML] = "saml",
	    [PERSON_WEB_IDENTITY] = "web_identity",
	    [PERSON_SERVICE] = "service",
	};

	return names[type];
}

const char *
chain_end_name(enum chain_end end)
{
	static const char *const names[CHAIN_ENDS] = {
	    [CHAIN_END_ORIGIN] = "origin",
	    [CHAIN_END_MISSING] = "missing",
	    [CHAIN_END_AMBIGUOUS] = "ambiguous",
	    [CHAIN_END_LOGINS] = "logins",
	    [CHAIN_END_DEPTH] = "depth",
	    [CHAIN_END_CYCLE] = "cycle",
	};

	return names[end];
}

const char *
mfa_seen_name(enum mfa_seen mfa)
{
	static const char *const names[] = {
	    [MFA_UNKNOWN] = NULL,
	    [MFA_SEEN] = "seen",
	    [MFA_NOT_SEEN] = "not_seen",
	};

	return names[mfa];
}
