/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_CONFIG_TEXT_H
#define CORRELATOR_AWS_AWS_CONFIG_TEXT_H

#include <stdint.h>

#include "common/buf.h"

/*
 * One of the shared files, read as botocore's configloader reads it (Python's configparser without
 * interpolation): "[SECTION]", "key = value" or "key: value", comments on lines of their own behind
 * # or ;, lines that are indented deeper go on with the value before, and a value that begins on
 * the next line is a list of nested keys. Keys lose their case, nested ones do not. Sections and
 * keys that come twice, which botocore refuses, are merged and the later value counts, as in other
 * SDKs. A byte order mark and any kind of line end are taken.
 */
#define AWS_CONFIG_NO_PARENT UINT32_MAX

struct aws_config_entry {
	char *key, *value;
	uint32_t section;
	uint32_t parent; /* of a nested one: the entry that it stands below; AWS_CONFIG_NO_PARENT */
	bool is_parent;
};

struct aws_config_text {
	char **sections; /* as they stand between brackets */
	size_t section_count, section_cap;
	struct aws_config_entry *entries;
	size_t entry_count, entry_cap;
};

void aws_config_text_init(struct aws_config_text *t);
/* Values are wiped. */
void aws_config_text_clear(struct aws_config_text *t);

/* 0; -1 without memory; -2 with *line and a sentence in *problem: not of this form. text is of at
 * most 2^30 bytes. */
int aws_config_text_read(
    struct aws_config_text *t, struct span text, size_t *line, const char **problem);

/* The value of a key ("region", "s3.addressing_style") in the sections of that name, the last one
 * of several; else in those of the name DEFAULT; else NULL. "" of a key with nested ones. */
const char *aws_config_text_get(
    const struct aws_config_text *t, const char *section, const char *key);

/* The word behind the first one where a section's name has two ("profile 'a b'"), with a shell's
 * quotes, or -1: it has not. `word` has room for all of the name. */
int aws_config_second_word(const char *section, struct buf *word);

#endif
