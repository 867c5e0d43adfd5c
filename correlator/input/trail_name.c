/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/trail_name.h"

#include <stdio.h>

#include "common/time_text.h"

static bool
is_account(struct span s)
{
	return s.len == 12 && span_is_digits(s);
}

/* "20260102T1505Z": the basic form without seconds. */
static bool
parse_minute(struct span s, int64_t *us)
{
	char full[17];

	if (s.len < 14 || s.ptr[8] != 'T' || s.ptr[13] != 'Z')
		return false;
	(void)snprintf(full, sizeof(full), "%.13s00Z", s.ptr);
	return time_parse(span_of(full), us);
}

bool
trail_name_parse(const char *path, struct trail_name *name)
{
	const char *slash = strrchr(path, '/');
	struct span rest = span_of(slash != NULL ? slash + 1 : path), word, time;

	if (!span_cut(&rest, '_', &name->account_id) || !is_account(name->account_id))
		return false;
	if (!span_cut(&rest, '_', &word) || !span_is(word, "CloudTrail"))
		return false;
	if (!span_cut(&rest, '_', &name->region) || name->region.len == 0)
		return false;
	/* one name in AWS's guide has no '_' behind the time: the random part then follows at once
	 */
	return span_cut(&rest, '_', &time) && parse_minute(time, &name->delivered_us);
}
