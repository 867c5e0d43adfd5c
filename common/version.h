/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_VERSION_H
#define COMMON_VERSION_H

/* The commit that this was built from, "unknown" outside of a checkout; LOGINTRAIL_VERSION is a
 * macro of the Makefile's. */
extern const char logintrail_commit[];

#endif
