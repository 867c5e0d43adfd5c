/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_INSTANCE_MAP_H
#define CORRELATOR_SYSLOG_INSTANCE_MAP_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/span.h"

/*
 * Which instance a log is of (docs/FORMAT.md, "Instance map"): lines of "NAME INSTANCE [ACCOUNT
 * [REGION]]", blanks between, # begins a comment. NAME is a host name as in the log's lines, or a
 * path (it holds a slash): of a file, or of a folder and all below it; the longest that fits
 * counts.
 */
struct instance_place_row {
	struct span name, instance_id, account_id, region;
};

struct instance_map {
	struct instance_place_row *rows;
	size_t count, cap;
	struct buf text;
};

void instance_map_init(struct instance_map *m);
void instance_map_clear(struct instance_map *m);
/* Reads a map's text. 0; -1 and the line's number in *line when a line is wrong; -2 without memory.
 */
int instance_map_add(struct instance_map *m, struct span text, size_t *line);
/* NULL when the map has neither the path nor the host. A path counts before a host name. */
const struct instance_place_row *instance_map_find(
    const struct instance_map *m, struct span path, struct span host);
/* The nearest part of the path that is called as an instance ("i-" and 8 to 17 digits); absent:
 * none. */
struct span instance_of_path(struct span path);

#endif
