/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_READ_ROWS_H
#define CORRELATOR_STORE_STORE_READ_ROWS_H

#include "correlator/correlate/ledger.h"
#include "correlator/store/store.h"

/* Times that a store can hold lie within these, some 12,000 years about 1970: what is reckoned with
 * them does not overflow. */
#define STORE_TIME_MAX_US INT64_C(400000000000000000)

static inline bool
store_time_can_be(int64_t us)
{
	return us >= -STORE_TIME_MAX_US && us <= STORE_TIME_MAX_US;
}

/* Private to the reading side: bodies of rows into the ledger. 0, or -1 with an error. */
int store_read_coverage(struct store *s, struct ledger *l);
/* *syslog counts the logins of sshd's logs, which the ledger leaves to who reads these. */
int store_read_login(struct store *s, struct ledger *l, struct span body, uint64_t *syslog);
int store_read_notice(struct store *s, struct ledger *l, struct span body);
int store_read_push(struct store *s, struct ledger *l, struct span body, struct span identity);
int store_read_issue(struct store *s, struct ledger *l, struct span body, struct span identity);

#endif
