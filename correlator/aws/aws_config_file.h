/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_CONFIG_FILE_H
#define CORRELATOR_AWS_AWS_CONFIG_FILE_H

#include "common/buf.h"

#define AWS_CONFIG_FILE_MAX ((size_t)1 << 20)

/* A path as botocore takes it: $NAME and ${NAME} of the environment (left alone when there is
 * none), then ~ and ~USER in front. */
void aws_config_path(struct buf *out, const char *path);

/*
 * A file's bytes, to be wiped; nothing of one that is missing or no regular file (/dev/null is how
 * one says "none"). `text` has a maximum of AWS_CONFIG_FILE_MAX. 0, or -1 with a sentence in error.
 */
int aws_config_file_read(const char *path, struct buf *text, struct buf *error);

#endif
