/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_ENDPOINT_H
#define CORRELATOR_AWS_AWS_ENDPOINT_H

#include "correlator/aws/aws_settings.h"

enum aws_service {
	AWS_S3,
	AWS_STS,
	AWS_CLOUDTRAIL,
	AWS_CLOUDWATCH_LOGS,
};

/* The name that a service has in signatures and in host names ("s3", "logs"). */
const char *aws_service_name(enum aws_service service);

/* Where requests go. */
struct aws_endpoint {
	struct buf url;       /* scheme, host, port, base_path encoded; no "/" at the end */
	struct buf host;      /* the Host header */
	struct buf base_path; /* of url; of S3 in path style with the bucket. Not encoded */
	struct buf region;    /* that is signed for */
};

void aws_endpoint_init(struct aws_endpoint *e);
void aws_endpoint_clear(struct aws_endpoint *e);

/*
 * By --endpoint-url, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's services section
 * and endpoint_url, else the service's host in the partition of the region (as botocore's rules
 * have them), by FIPS and dual stack, which endpoints of one's own leave aside. bucket: of S3, NULL
 * for none; virtual-host style but for names that are no label of a host name, and endpoints of
 * one's own (unless s3.addressing_style says so). Without a region S3 and STS are asked in
 * us-east-1. 0, or -1 with a sentence in error: no region, a region or bucket with characters that
 * no name has, a URL that is none.
 */
int aws_endpoint_resolve(struct aws_endpoint *e, const struct aws_settings *s,
    enum aws_service service, const char *region, const char *bucket, struct buf *error);

/* The partition of a region ("aws", "aws-cn"), for ARNs. */
const char *aws_partition(const char *region);

#endif
