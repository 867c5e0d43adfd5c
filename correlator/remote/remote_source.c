/* SPDX-License-Identifier: Apache-2.0 */
/* Remote inputs: how their files are read. */
#include <errno.h>
#include <stdlib.h>

#include "correlator/remote/remote_private.h"

static bool
source_has(void *ctx, const char *path)
{
	(void)ctx;
	return remote_is_uri(path);
}

static int
source_plan(void *ctx, const struct input_list *list, const uint32_t *numbers, size_t count)
{
	struct remote *r = ctx;

	for (size_t i = 0; i < r->profile_count; i++)
		if (object_queue_plan(r->profiles[i].queue, list, numbers, count) != 0)
			return -1;
	return 0;
}

static int
read_spool(struct remote *r, const char *path, struct document_bytes *bytes, struct buf *error)
{
	uint64_t size = 0;
	char *data;

	if (r->spool == NULL || !spool_find(r->spool, path, &size)) {
		buf_puts(error, "is not among what was listed");
		return -1;
	}
	data = malloc((size_t)size + 1);
	if (data == NULL)
		return -2;
	if (spool_read(r->spool, path, 0, data, (size_t)size) != 0) {
		buf_printf(error, "cannot be read again: %s", strerror(errno));
		free(data);
		return -1;
	}
	bytes->data = data;
	bytes->len = (size_t)size;
	return 0;
}

static int
source_read(void *ctx, const char *path, struct document_bytes *bytes, struct buf *error)
{
	struct remote *r = ctx;

	for (size_t i = 0; i < r->profile_count; i++) {
		int result = object_queue_read(r->profiles[i].queue, path, bytes, error);

		if (result != 1)
			return result;
	}
	return read_spool(r, path, bytes, error);
}

void
remote_source_init(struct remote *r)
{
	r->source = (struct document_source){source_has, source_plan, source_read, r};
}

const struct document_source *
remote_source(struct remote *r)
{
	return &r->source;
}
