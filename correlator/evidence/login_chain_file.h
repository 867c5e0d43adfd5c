/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVIDENCE_LOGIN_CHAIN_FILE_H
#define CORRELATOR_EVIDENCE_LOGIN_CHAIN_FILE_H

#include "correlator/evidence/login_chain.h"

/* Private to login_chain.c: the check of one file within itself. */

/* One record of a file. */
struct login_chain_row {
	uint64_t line, seq;
	uint64_t hash, prev; /* first 8 bytes: to look lines up by */
	bool linked;         /* prev is, in full, the hash of the line before */
	bool zeros;          /* prev says that a chain begins here */
	bool explained;      /* a wound named before accounts for this one not being linked */
};

/* Names what is wrong between the rows, in f->wounds. 0, or -1 without memory. */
int login_chain_judge(struct login_file *f, struct login_chain_row *rows, size_t count);

/* Counts the wound, and keeps it if it is among the first. */
void login_file_wound(struct login_file *f, const struct login_wound *w);

/* Fills f, all zero but for its path, from the file's text. 0 or -1. */
int login_file_scan(struct login_file *f, struct span text, struct login_chain_set *s);

#endif
