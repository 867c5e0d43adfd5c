/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_SCHEMA_H
#define CORRELATOR_STORE_STORE_SCHEMA_H

/*
 * The store's tables (docs/FORMAT.md, "Store"). A version is a list of statements that makes it
 * from the version before; user_version tells which one a file has, application_id that it is a
 * store.
 */
#define STORE_APPLICATION_ID 0x6c747261 /* "ltra" */

/* What is settled before a file has its first page. */
const char *store_schema_file(void);
/* The statements that make version `to` from to - 1. */
const char *store_schema_step(int to);
/* The indexes that questions need and ingesting can do without: made when it ends, and again
 * whenever one is missing. */
const char *store_schema_indexes(void);
/* Drops them: where much changes, making them anew is less work than keeping them. */
const char *store_schema_no_indexes(void);

#endif
