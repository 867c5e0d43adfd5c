/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_S3_LIST_H
#define CORRELATOR_AWS_S3_LIST_H

#include "correlator/aws/aws_client.h"

struct s3_object {
	struct span key; /* decoded; no NUL in it, and one behind it */
	uint64_t size;
	int64_t changed_us; /* LastModified; 0: not said */
	struct span etag;   /* without quotes; empty: not said */
};

/* What a listing found, in the order of S3 (bytes of the key). prefix: a common prefix when a
 * delimiter was asked for, then size is 0. What is not 0 ends the listing. */
typedef int s3_found(void *ctx, const struct s3_object *object, bool is_prefix);

#define S3_LIST_QUERY_MAX 6

struct s3_list {
	const char *bucket, *prefix;
	const char *start_after; /* NULL: from the first */
	const char *delimiter;   /* NULL: none */
	s3_found *found;
	void *ctx;
	void (*done)(struct s3_list *l); /* once, whatever comes of it */
	void *done_ctx;

	int result; /* 0; -1: error holds a sentence; else what found returned */
	struct buf error;
	uint64_t objects;
	struct aws_request request; /* private from here */
	struct sigv4_pair query[S3_LIST_QUERY_MAX];
	struct buf token, last, arn;
	unsigned empty_pages;
	struct aws_client *client;
};

/*
 * ListObjectsV2 (Amazon S3 API Reference), page by page with encoding-type=url; several lists may
 * be under way at once. A page is read as a whole before any of it is found. A listing that leaves
 * its prefix or its order, or begins again, is an error. Borrows the strings.
 */
void s3_list_init(struct s3_list *l);
void s3_list_clear(struct s3_list *l);
/* 0, or -1 without memory (done is not called). Found and done are called from aws_client_step. */
int s3_list_start(struct aws_client *c, struct s3_list *l);
/* Without done. */
void s3_list_cancel(struct s3_list *l);

#endif
