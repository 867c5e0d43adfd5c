/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/run_files.h"

#include <errno.h>

#include "correlator/input/document.h"

/* 0 when there is a text to read; 1 when there is not, which was said; -1 without memory. */
static int
load(struct run *run, struct document *d, const char *path)
{
	enum document_error error = document_load(d, path);
	bool has_errno = error == DOCUMENT_ERROR_OPEN || error == DOCUMENT_ERROR_READ;

	if (error == DOCUMENT_OK)
		return 0;
	if (error == DOCUMENT_ERROR_MEMORY)
		return -1;
	diagnostics_error(&run->diagnostics, path, "%s%s%s", document_error_text(error),
	    has_errno ? ": " : "", has_errno ? strerror(errno) : "");
	return 1;
}

static int
read_identity_store(struct run *run, struct document *d, const char *path)
{
	size_t skipped = 0;
	int r = load(run, d, path);

	if (r != 0)
		return r < 0 ? -1 : 0;
	r = identity_store_add(&run->identity_store, d->text, &skipped);
	if (r == -2)
		return -1;
	if (r != 0)
		diagnostics_error(&run->diagnostics, path,
		    "not a list of users as 'aws identitystore list-users' prints it");
	else if (skipped != 0)
		diagnostics_warning(&run->diagnostics, path, "%zu %s no id or name", skipped,
		    skipped == 1 ? "user has" : "users have");
	return 0;
}

static int
read_instance_map(struct run *run, struct document *d, const char *path)
{
	size_t line = 0;
	int r = load(run, d, path);

	if (r != 0)
		return r < 0 ? -1 : 0;
	r = instance_map_add(&run->instance_map, d->text, &line);
	if (r == -2)
		return -1;
	if (r != 0)
		diagnostics_error(&run->diagnostics, path,
		    "line %zu is not NAME INSTANCE [ACCOUNT [REGION]]", line);
	return 0;
}

int
run_files_read(struct run *run)
{
	const struct options *o = &run->inv->options;
	struct document d;
	int r = 0;

	if ((o->no_people || o->identity_store_count == 0) && o->instance_map == NULL)
		return 0;
	if (document_init(&d, (size_t)o->inflate_max) != 0)
		return -1;
	for (size_t i = 0; !o->no_people && i < o->identity_store_count && r == 0; i++)
		r = read_identity_store(run, &d, o->identity_stores[i]);
	if (r == 0 && o->instance_map != NULL)
		r = read_instance_map(run, &d, o->instance_map);
	document_clear(&d);
	return r;
}
