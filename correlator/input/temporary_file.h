/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_TEMPORARY_FILE_H
#define CORRELATOR_INPUT_TEMPORARY_FILE_H

/* Where temporary files lie: $TMPDIR, else /tmp. */
const char *temporary_file_place(void);
/* An open file (to read and write, 0600) that has no name and goes away with its descriptor. -1
 * with errno. */
int temporary_file_open(void);

#endif
