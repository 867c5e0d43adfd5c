/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_IDENTITY_STORE_H
#define TOOLS_CORPUS_IDENTITY_STORE_H

#include <stdio.h>

#include "tools/corpus/scenario.h"

/*
 * identity-store.json: the users of Identity Center whom the stories know, as
 * `aws identitystore list-users` prints them.
 */
struct identity_store_file {
	FILE *file;
	bool any;
};

/* 0, or -1 with errno. */
int identity_store_file_init(struct identity_store_file *f, const char *directory);
/* Adds the users on whose behalf the scenario's pushes or issuing events were made. */
void identity_store_file_add(struct identity_store_file *f, const struct scenario *s);
int identity_store_file_finish(struct identity_store_file *f);

#endif
