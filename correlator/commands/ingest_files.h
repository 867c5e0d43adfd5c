/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_INGEST_FILES_H
#define CORRELATOR_COMMANDS_INGEST_FILES_H

#include "correlator/commands/ingest_queue.h"
#include "correlator/commands/run.h"
#include "correlator/commands/run_remote.h"
#include "correlator/gather.h"
#include "correlator/store/store_write.h"

/*
 * Private to ingest*.c: from files into a store. What gathering adds to the ledger goes on to the
 * store (ledger_tap), a source a file; of what it counts and covers each source gets its share.
 */
struct ingest_place {
	char *place; /* the file's path, absolute and without links; of one in AWS its URI */
	uint64_t size;
	int64_t changed_ns; /* of one in AWS a number of its tag, where it has one */
};

struct ingest {
	struct invocation *inv;
	struct store *store;
	struct ingest_queue *queue; /* of the store, for all that belongs to a source */
	struct run run;             /* diagnostics, instance map, exit code */
	struct ledger ledger;
	struct ledger_tap tap;
	struct progress progress;
	struct run_remote remote;
	struct input_list list; /* what is to be read */
	struct ingest_place *places;
	size_t place_count, place_cap;
	struct ledger_counts before; /* as the source began */
	struct buf set_options;
	bool in_source;
	bool has_subjects; /* what is said of the source is of several files: their names count */
	bool store_failed; /* but for the queue: store_error says why */
	uint64_t known, changed, failed;
	uint64_t events, issues, logins, notices; /* put into the store */
};

/* From now on what is said of a source is kept with it. */
void ingest_listen(struct ingest *in);

/* Reads the listed files into the store, then puts changed sets of sshd's logs together. 0 or -1:
 * store_failed, or without memory. */
int ingest_files(struct ingest *in, const struct gather_options *gather);

/* The options that a log of sshd is read by, as the text that a set is known by, and back; the
 * strings of o and the map point into the text, which begins with lines of NAME=VALUE and ends with
 * the instance map's own text. get: -1 when it is none, or without memory. */
void ingest_options_put(struct buf *out, const struct options *o, const struct instance_map *map);
int ingest_options_get(
    struct span text, struct syslog_options *o, struct instance_map *map, struct buf *time_zone);

#endif
