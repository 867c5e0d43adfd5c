/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_INPUT_LIST_H
#define CORRELATOR_INPUT_INPUT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "correlator/diagnostics.h"

/* Who vouches for a file: a host for its logins, AWS for its events. Records of the other kind are
 * counted and not believed: a host must not be able to write CloudTrail. */
enum input_role {
	INPUT_LOGINS,
	INPUT_EVENTS,
};

struct input_file {
	char *path; /* "-" is standard input */
	/* Of a file that is elsewhere: what tells one content from another there (an ETag); NULL:
	 * it is on this machine, or nothing does. Stands behind the path, in the same allocation.
	 */
	const char *tag;
	uint64_t size;      /* bytes as listed */
	int64_t changed_us; /* of a file that is elsewhere; DOCUMENT_CHANGED_UNKNOWN */
	uint8_t role;       /* enum input_role */
	uint8_t origin;     /* 0: this machine; else a number that its document_source knows */
	bool is_file;       /* was one when it was listed: no pipe, device, or standard input */
	bool filtered; /* holds only the events that were asked for: that others are not in it says
			* nothing of what it covers */
};

struct input_list {
	struct input_file *files;
	size_t count, cap;
	uint64_t special; /* neither file nor directory: passed over, counted */
};

void input_list_init(struct input_list *l);
void input_list_clear(struct input_list *l);

/*
 * Adds what a path names: a file, "-", or every file below a directory (recursive, sorted by name,
 * so the order does not depend on the file system). Links to files are followed, links to
 * directories below it are not. Missing and unreadable paths, and directories with no file in them,
 * are errors in d; the rest is added all the same. 0, or -1 without memory.
 */
int input_list_add(
    struct input_list *l, const char *path, enum input_role role, struct diagnostics *d);

/* Adds a file that was found elsewhere; its path (made of these parts) and tag (SPAN_NONE: none)
 * are set here. 0, or -1 without memory. */
int input_list_put(struct input_list *l, const struct input_file *file, struct span start,
    struct span rest, struct span tag);
/* Sorts the files from that one on by path. */
void input_list_sort(struct input_list *l, size_t from);

#endif
