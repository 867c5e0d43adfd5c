/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_BUCKET_LIST_H
#define CORRELATOR_REMOTE_BUCKET_LIST_H

#include "correlator/aws/s3.h"
#include "correlator/diagnostics.h"
#include "correlator/input/input_list.h"
#include "correlator/remote/trail_layout.h"

/*
 * What lies in a bucket below a prefix: its folders are looked at one by one as far as they may be
 * those of a trail or of shipped logins (trail_layout.h), of these only the days asked for are
 * listed, and all else is listed as it is. Several listings are under way at once; one that turns
 * out long is split by its days.
 */
#define BUCKET_LISTS_MAX 32
/* More than that is not read: give a longer prefix, or times. */
#define BUCKET_OBJECTS_MAX 10000000

struct bucket_counts {
	uint64_t objects, bytes; /* listed and taken */
	uint64_t regions;        /* folders of days that were met */
	uint64_t folders_left; /* folders that are nothing of that role, and were not looked into */
	uint64_t other_kind;   /* objects of the same sort */
	uint64_t other_day;    /* objects of other days that were seen on the way */
};

struct bucket_list {
	/* set by the caller */
	struct aws_client *client;
	const char *uri; /* for messages */
	const char *bucket, *prefix;
	enum input_role role;
	struct trail_days days;
	int64_t now_us;
	uint8_t origin; /* of the files that are added */
	struct input_list *list;
	struct diagnostics *diagnostics;
	void (*progress)(void *ctx, const struct bucket_counts *counts); /* NULL: none */
	void *progress_ctx;

	struct bucket_counts counts;
	struct buf error;         /* why the first listing failed */
	struct bucket_walk *walk; /* private */
};

/*
 * Lists. What is added is sorted by path. 0; -1 without memory; 1: the first listing failed,
 * nothing was added and nothing is said, error has the sentence. A listing that fails later is an
 * error in the diagnostics, and the rest is added.
 */
int bucket_list_run(struct bucket_list *b);

#endif
