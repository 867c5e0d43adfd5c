/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_FILES_H
#define TOOLS_CORPUS_FILES_H

#include <stddef.h>

/* Writing below the corpus's directory. All return 0, or -1 with errno. */

/* The directory must not exist yet; its parents may. */
int files_make_directory(const char *path);
/* Makes the directories above the file that do not exist. */
int files_make_parents(const char *path);
/* Appends to the file, making it if need be. */
int files_append(const char *path, const void *data, size_t len);

#endif
