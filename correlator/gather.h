/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_GATHER_H
#define CORRELATOR_GATHER_H

#include "correlator/correlate/ledger.h"
#include "correlator/diagnostics.h"
#include "correlator/input/input_list.h"

/*
 * Reads every file of the list into the ledger: load, find the records, type them, keep what is of
 * use, count everything. What a file has wrong is said in d and costs that file or record only. The
 * ledger is finished at the end. 0, or -1 without memory.
 */
int gather_inputs(
    struct ledger *l, const struct input_list *inputs, size_t inflate_max, struct diagnostics *d);

#endif
