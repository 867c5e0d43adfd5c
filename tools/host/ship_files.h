/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_SHIP_FILES_H
#define TOOLS_HOST_SHIP_FILES_H

#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>

#include "pam_module/login_log_rotated.h"

/*
 * The files of a login log as they lie in its directory: what rotation made of it, the oldest
 * first, then the log itself. Of a file that is there plain and compressed (logrotate compresses it
 * just now) only the plain one counts. A snapshot: files may be renamed the moment after.
 */
struct ship_file {
	char name[NAME_MAX + 1];
	struct login_log_rotated_name as; /* of a rotated one */
	bool is_log;                      /* not rotated */
	bool is_final; /* nobody adds to it any more: a newer file has something in it */
	struct timespec written;
	uint64_t device, inode;
	off_t size; /* on disk */
};

struct ship_files {
	int dir;
	const char *log; /* name in dir; points into the path */
	struct ship_file *rows;
	size_t count, cap;
};

void ship_files_init(struct ship_files *l);
void ship_files_clear(struct ship_files *l);

/* Fills l, which is empty. path is absolute and borrowed. 0, or -1 with errno. */
int ship_files_list(struct ship_files *l, const char *path);

/* A descriptor of it, for reading. -1 with errno; ESTALE: the name is another file's by now. */
int ship_file_open(const struct ship_files *l, const struct ship_file *f);

#endif
