/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_SHIP_KEEP_H
#define TOOLS_HOST_SHIP_KEEP_H

#include "tools/host/host.h"

/*
 * How many rotated files are to be kept by a rotation now: o->keep (0: all), or more where the log
 * is shipped (it has a state file) and files over that number hold what was not shipped yet, up to
 * the bytes that ship was given (--max-spool). What goes all the same is said, to syslog too: by
 * ship, the next part then says what is missing in front of it.
 */
unsigned ship_keep(const struct host_options *o);

#endif
