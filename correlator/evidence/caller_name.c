/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/evidence/caller_name.h"

/* An ARN of a role or of one of its sessions, as far as the two forms can be compared. */
struct role_name {
	struct span partition, account, role;
	struct span session; /* absent when the ARN names none */
};

/* What stands behind the last '/'. */
static struct span
last_part(struct span path)
{
	struct span part;

	while (span_cut(&path, '/', &part))
		;
	return part;
}

static bool
parse_role(struct span arn, struct role_name *r)
{
	struct span prefix, service, region, kind;

	*r = (struct role_name){.session = SPAN_NONE};
	if (!span_cut(&arn, ':', &prefix) || !span_is(prefix, "arn") ||
	    !span_cut(&arn, ':', &r->partition) || !span_cut(&arn, ':', &service) ||
	    !span_cut(&arn, ':', &region) || !span_cut(&arn, ':', &r->account) ||
	    !span_cut(&arn, '/', &kind) || arn.len == 0)
		return false;
	if (span_is(service, "iam") && span_is(kind, "role")) {
		r->role = last_part(arn);
		return r->role.len != 0;
	}
	if (!span_is(service, "sts") || !span_is(kind, "assumed-role"))
		return false;
	(void)span_cut(&arn, '/', &r->role);
	r->session = arn;
	return r->role.len != 0;
}

bool
caller_name_fits(struct span caller, struct span arn)
{
	struct role_name a, b;

	if (caller.len == 0 || arn.len == 0 || span_eq(caller, arn))
		return true;
	return parse_role(caller, &a) && parse_role(arn, &b) && span_eq(a.partition, b.partition) &&
	    span_eq(a.account, b.account) && span_eq(a.role, b.role) &&
	    (a.session.ptr == NULL || b.session.ptr == NULL || span_eq(a.session, b.session));
}
