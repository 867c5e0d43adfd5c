/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_HOST_FILES_H
#define PAM_MODULE_HOST_FILES_H

#include <sys/types.h>

#include "common/buf.h"

/* Small files of the system, read without ever waiting: no link is followed at the end of the path,
 * nothing but a regular file is read. */

/* At most size bytes of the first line, without its LF and blanks around it, in text; SPAN_NONE
 * when there is no such file. */
struct span host_file_line(const char *path, char *text, size_t size);

/* Appends the file's content to out. False when it cannot be read, is larger than max, or, with
 * private, may be written by anyone but us. */
bool host_file_read(const char *path, size_t max, bool private, struct buf *out);

/* True when s is not empty and has characters of the alphabet only. */
bool host_is_made_of(struct span s, const char *alphabet);

/* A copy in storage; SPAN_NONE when there is no room. */
struct span host_store(struct buf *storage, struct span s);

#endif
