/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_S3_H
#define CORRELATOR_AWS_S3_H

#include "correlator/aws/aws_client.h"
#include "correlator/aws/s3_list.h"

/* s3://BUCKET/KEY-OR-PREFIX; the key may be empty, is not encoded, and may hold any byte but NUL.
 */
struct s3_uri {
	char *bucket, *key;
};

/* 0; -1 without memory; -2: no such URI (bucket names: 3 to 63 of a-z 0-9 . -, beginning and ending
 * in a letter or digit). */
int s3_uri_parse(const char *text, struct s3_uri *uri);
void s3_uri_clear(struct s3_uri *uri);

/* GetObject into r->http.text, from byte `from` on, `len` bytes (0: all). etag: of the listing,
 * sent as If-Match so that all parts are of one object; NULL: none. Sets up request, which the
 * caller starts; its done and ctx are the caller's. bucket and key are borrowed; 0 or -1 without
 * memory. */
struct s3_get {
	struct aws_request request;
	struct buf path, range, match, arn;
	struct sigv4_pair headers[2];
	uint64_t from, len;
};

void s3_get_init(struct s3_get *g);
/* Not while it is under way. */
void s3_get_clear(struct s3_get *g);
int s3_get_prepare(struct s3_get *g, const char *bucket, const char *key, uint64_t from,
    uint64_t len, const char *etag, size_t body_max);
/* What was asked for, of a request that went well: also when the server sent the whole object for a
 * part. SPAN_NONE when the answer is of another part. Shorter than asked for at the object's end.
 */
struct span s3_get_part(const struct s3_get *g);

enum s3_put_result {
	S3_PUT_DONE,
	S3_PUT_EXISTS, /* 412: something is there already; it may be this body, when the answer to
			* an earlier attempt was lost */
	S3_PUT_FAILED, /* error holds a sentence; may go well later */
};

/* PutObject with If-None-Match: * (never overwrites), the body's SHA-256 signed and its MD5 sent,
 * metadata as x-amz-meta-NAME. Blocks. */
enum s3_put_result s3_put_new(struct aws_client *c, const char *bucket, const char *key,
    struct span body, const struct sigv4_pair *metadata, size_t metadata_count, struct buf *error);
/* HeadObject: 0 with size, and the value of the metadata name in *value (when asked for; empty when
 * there is none of it); 1: there is no such object; -1 with a sentence in error. Blocks. */
int s3_head(struct aws_client *c, const char *bucket, const char *key, uint64_t *size,
    const char *metadata_name, struct buf *value, struct buf *error);

#endif
