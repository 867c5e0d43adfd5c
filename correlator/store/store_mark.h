/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_MARK_H
#define CORRELATOR_STORE_STORE_MARK_H

#include <stdint.h>

#include "common/span.h"

/*
 * The numbers that rows are looked up by (columns of the same names). Different texts may have one
 * mark: what is found by a mark is a candidate, and what reads it compares. 0: there is no text.
 */
int64_t store_mark(struct span text);
/* The same without regard to case (ASCII): names of people, hosts. */
int64_t store_mark_lower(struct span text);
/* A host by its name up to the first dot, in lower case. */
int64_t store_mark_host(struct span hostname);
/* An address in any spelling; of what is none, of its text. */
int64_t store_mark_address(struct span text);
/* A session id by its first 16 hexadecimal digits, as a number of 64 bits less 2^63; where fewer
 * follow each other, as if zeros did. So ids that begin with the same n digits (8 to 16) lie
 * between the mark of these with zeros behind them and that with fs. Any number for ids that do not
 * begin with 8. */
int64_t store_mark_session(struct span id);
/* What the mark leaves out of an id of 32 digits in lower case: its last 16, so that the two
 * numbers together are the id. 0 for others: ids with a 0 may differ though their numbers do not.
 */
int64_t store_mark_session_rest(struct span id);

#endif
