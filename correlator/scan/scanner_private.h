/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SCAN_SCANNER_PRIVATE_H
#define CORRELATOR_SCAN_SCANNER_PRIVATE_H

#include "correlator/scan/scanner.h"

/*
 * Private to scanner.c and scanner_quick.c. What returns an int returns 0, or -1 without memory or
 * when what was found could not be handed over.
 */

/* Empties the scratch, with room for what a record of that text decodes to. False without memory.
 */
bool scanner_clean_scratch(struct scanner *s, struct span text);
/* Notes that the file has a record of that account, region and time; the scratch is clean. */
int scanner_note_coverage(struct scanner *s, const struct record_header *header);
/* Where in the document the text stands; ISSUE_PLACE_UNKNOWN for what came out of a string. */
uint32_t scanner_place_of(const struct scanner *s, struct span text);
/* Has what was found taken, when it has grown large. */
int scanner_relieve(struct scanner *s);

/* The records of s->split, one by one: no more of each is read than is needed. The visitor takes
 * those that are read in full. */
int scanner_quick(struct scanner *s, const struct record_visitor *visitor);

#endif
