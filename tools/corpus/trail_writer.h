/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_TRAIL_WRITER_H
#define TOOLS_CORPUS_TRAIL_WRITER_H

#include "tools/corpus/cloudtrail.h"

/*
 * Writes records into files as CloudTrail delivers them to S3, below a directory:
 * AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_TIME_RANDOM.json.gz.
 * A file holds what was delivered to its account and region within five minutes.
 */
struct trail_stream {
	struct buf records;
	uint64_t slot;
	int64_t newest_us; /* the latest delivery among them: what the file's name says */
};

struct trail_writer {
	const struct world *world;
	char *directory;
	struct libdeflate_compressor *compressor;
	void *packed;
	size_t packed_cap;
	struct trail_stream streams[ROW_COUNT][2]; /* [row][in_organization] */
	uint64_t files, records, text_bytes, file_bytes;
};

/* directory/events must not exist yet. 0, or -1 with errno. */
int trail_writer_init(
    struct trail_writer *t, const struct world *world, const char *directory, int level);
void trail_writer_clear(struct trail_writer *t);
/* Events must come in the order of their delivery. 0, or -1 with errno. */
int trail_writer_add(struct trail_writer *t, const struct trail_event *e);
int trail_writer_finish(struct trail_writer *t);

#endif
