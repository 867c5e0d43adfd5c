/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_XML_H
#define CORRELATOR_AWS_AWS_XML_H

#include "common/span.h"

/*
 * The XML that S3 and STS answer with, read by libexpat. `element` is called at the end of each
 * element with its path from the root without name spaces ("ListBucketResult/Contents/Key"), and
 * the text that it holds (empty when it holds elements). What is not 0 ends the reading. No
 * entities are expanded but XML's own five; documents that declare a type are refused; nested at
 * most 32 deep.
 */
typedef int aws_xml_element(void *ctx, const char *path, struct span text);

/* 0; -1 without memory; -2 not XML; else what element returned. */
int aws_xml_read(struct span text, aws_xml_element *element, void *ctx);

#endif
