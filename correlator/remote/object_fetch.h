/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_OBJECT_FETCH_H
#define CORRELATOR_REMOTE_OBJECT_FETCH_H

#include "correlator/aws/s3.h"
#include "correlator/input/document.h"
#include "correlator/input/input_list.h"

/*
 * One object of S3 that is fetched, by the thread that drives the client. Up to OBJECT_WHOLE_MAX
 * bytes it comes as a whole into memory; larger ones come in ranges of OBJECT_PART bytes, some at a
 * time, into a file without a name. All is of the object that was listed (If-Match).
 */
#define OBJECT_WHOLE_MAX ((uint64_t)16 << 20)
#define OBJECT_PART      ((uint64_t)8 << 20)
#define OBJECT_PARTS     4
/* Larger ones are refused: who has such a file puts it on a disk. */
#define OBJECT_MAX ((uint64_t)64 << 30)

struct object_part;

struct object_fetch {
	struct object_fetch *next; /* the owner's */
	uint32_t row;              /* the owner's */
	const struct input_file *file;
	struct aws_client *client;
	char *bucket; /* of the path */
	struct object_part *parts;
	size_t part_count;
	uint64_t asked; /* bytes that a part was asked for, or is about to be */
	size_t weight;  /* bytes that it takes of memory, at the most */

	/* what came of it */
	bool failed, without_memory;
	struct buf error; /* a sentence */
	struct document_bytes bytes;
};

/* NULL without memory. The file stays; its path is "s3://BUCKET/KEY". */
struct object_fetch *object_fetch_new(const struct input_file *file, struct aws_client *client);
/* Cancels what is under way. */
void object_fetch_free(struct object_fetch *f);
/* Takes what has come, and starts what is next. True when it is over: whole, or failed. */
bool object_fetch_go_on(struct object_fetch *f);

/* Memory that the file's fetch will take up, at the most. */
size_t object_fetch_weight(const struct input_file *file);

#endif
