/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_ERROR_H
#define CORRELATOR_AWS_AWS_ERROR_H

#include "correlator/aws/aws_http.h"

/*
 * What AWS says when it refuses: XML of S3 (<Error>) and STS (<ErrorResponse><Error>), JSON with
 * __type and message, the header x-amzn-ErrorType; the ids that AWS's support asks for.
 */
struct aws_error {
	char code[128];  /* letters, digits and "._-" only; "": the answer names none */
	char region[64]; /* of S3's bucket, when the answer names it: a-z, 0-9 and "-" only; "" */
	struct buf message;    /* the first line of the server's words, cut; any bytes */
	struct buf request_id; /* "ID" or "ID, host ID": letters, digits and "+/=._-" only */
};

void aws_error_init(struct aws_error *e);
void aws_error_clear(struct aws_error *e);

/* Of an answer that was no success. What cannot be read leaves the code empty. */
void aws_error_read(struct aws_error *e, const struct aws_http_call *http);

/* True when the caller lacks a permission. */
bool aws_error_is_denied(long status, const char *code);

struct aws_error_place {
	const char *service, *operation;
	const char *action, *resource; /* what must be allowed; NULL: not known */
	const char *provider;          /* of the credentials; NULL */
	long status;
	int attempts;
};

/*
 * One sentence, safe to show:
 *	s3 ListObjectsV2 answered 403 AccessDenied (request 4442587FB7D0A2F9): grant s3:ListBucket
 *on arn:aws:s3:::trail; it says "Access Denied"
 */
void aws_error_say(struct buf *out, const struct aws_error *e, const struct aws_error_place *p);

#endif
