/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_S3_PAGE_H
#define CORRELATOR_AWS_S3_PAGE_H

#include <stdint.h>

#include "common/buf.h"

/* One page of ListObjectsV2 (Amazon S3 API Reference, ListBucketResult), read as a whole. */
struct s3_row {
	size_t key, key_len; /* in text; a NUL stands behind both */
	size_t etag, etag_len;
	uint64_t size;
	int64_t changed_us; /* 0: not said */
	bool is_prefix, has_size;
};

struct s3_page {
	struct buf text, raw;
	struct s3_row *rows; /* by key */
	size_t count, cap;
	bool truncated, is_encoded;
	struct buf token; /* of the next page */
	const char *why;  /* of -2 */
};

void s3_page_init(struct s3_page *p);
void s3_page_clear(struct s3_page *p);

/* 0; -1 without memory; -2: no such page, and why ("its keys are not in order"). */
int s3_page_read(struct s3_page *p, struct span xml);

static inline struct span
s3_page_key(const struct s3_page *p, const struct s3_row *row)
{
	return (struct span){p->text.ptr + row->key, row->key_len};
}

#endif
