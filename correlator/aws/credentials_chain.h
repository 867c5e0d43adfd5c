/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_CHAIN_H
#define CORRELATOR_AWS_CREDENTIALS_CHAIN_H

#include "correlator/aws/credentials.h"

/* Goes through all providers. On FOUND *which is a number by which credentials_chain_again asks
 * that provider alone; never NONE. */
enum credentials_result credentials_chain_find(
    struct credentials_search *s, struct aws_credentials *out, size_t *which);
enum credentials_result credentials_chain_again(
    struct credentials_search *s, struct aws_credentials *out, size_t which);

/* The part of the chain that looks into one profile, for a profile that is the source of another
 * one. NONE: what each lacks is in s->tried. */
enum credentials_result credentials_chain_profile(
    struct credentials_search *s, const char *profile, struct aws_credentials *out);

#endif
