/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/trail_writer.h"

#include <errno.h>
#include <libdeflate.h>

#include "tools/corpus/files.h"

#define SLOT_US      (5 * 60 * US_PER_SECOND)
#define RECORDS_MAX  ((size_t)50 << 20) /* CloudTrail's own limit to a file */
#define RECORDS_FULL ((size_t)40 << 20)
#define RANDOM_LEN   16

int
trail_writer_init(
    struct trail_writer *t, const struct world *world, const char *directory, int level)
{
	*t = (struct trail_writer){.world = world};
	for (int row = 0; row < ROW_COUNT; row++)
		for (int tree = 0; tree < 2; tree++)
			buf_init(&t->streams[row][tree].records, RECORDS_MAX);
	if (asprintf(&t->directory, "%s/events", directory) < 0) {
		t->directory = NULL;
		return -1;
	}
	t->compressor = libdeflate_alloc_compressor(level);
	if (t->compressor == NULL) {
		errno = ENOMEM;
		return -1;
	}
	return files_make_directory(t->directory);
}

void
trail_writer_clear(struct trail_writer *t)
{
	for (int row = 0; row < ROW_COUNT; row++)
		for (int tree = 0; tree < 2; tree++)
			buf_clear(&t->streams[row][tree].records);
	if (t->compressor != NULL)
		libdeflate_free_compressor(t->compressor);
	free(t->packed);
	free(t->directory);
}

/* The file's place in the bucket; its directory is made. */
static char *
stream_path(
    struct trail_writer *t, const struct world_row *row, bool in_organization, int64_t delivered_us)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	char time[TIME_TEXT_LEN], tail[RANDOM_LEN + 1] = "";
	uint8_t bytes[RANDOM_LEN];
	char *path;
	int n;

	random_fill(random_mix(t->world->seed, ~t->files), bytes, sizeof(bytes));
	for (int i = 0; i < RANDOM_LEN; i++)
		tail[i] = letters[bytes[i] % (sizeof(letters) - 1)];
	time_format(time, delivered_us, 0); /* 2026-03-01T00:05:00Z */
	n = asprintf(&path,
	    "%s/AWSLogs/%s%s/CloudTrail/%s/%.4s/%.2s/%.2s/%s_CloudTrail_%s_%.4s%.2s%.2sT%.2s%.2sZ_"
	    "%s.json.gz",
	    t->directory, in_organization ? "o-exampleorgid/" : "", row->account, row->region, time,
	    time + 5, time + 8, row->account, row->region, time, time + 5, time + 8, time + 11,
	    time + 14, tail);
	if (n < 0)
		return NULL;
	if (files_make_parents(path) != 0) {
		free(path);
		return NULL;
	}
	return path;
}

static int
stream_pack(struct trail_writer *t, const struct buf *text, size_t *len)
{
	size_t need = libdeflate_gzip_compress_bound(t->compressor, text->len);

	if (need > t->packed_cap) {
		free(t->packed);
		t->packed_cap = 0;
		t->packed = malloc(need);
		if (t->packed == NULL)
			return -1;
		t->packed_cap = need;
	}
	*len =
	    libdeflate_gzip_compress(t->compressor, text->ptr, text->len, t->packed, t->packed_cap);
	return *len != 0 ? 0 : -1;
}

static int
stream_flush(struct trail_writer *t, int row, bool in_organization)
{
	struct trail_stream *s = &t->streams[row][in_organization];
	char *path = NULL;
	size_t len;
	int r = -1;

	if (s->records.len == 0)
		return 0;
	buf_puts(&s->records, "]}");
	if (s->records.failed) {
		errno = ENOMEM;
		goto out;
	}
	path = stream_path(t, &t->world->rows[row], in_organization, s->newest_us);
	if (path == NULL || stream_pack(t, &s->records, &len) != 0 ||
	    files_append(path, t->packed, len) != 0)
		goto out;
	t->files++;
	t->text_bytes += s->records.len;
	t->file_bytes += len;
	buf_reset(&s->records);
	r = 0;
out:
	free(path);
	return r;
}

int
trail_writer_add(struct trail_writer *t, const struct trail_event *e)
{
	struct trail_stream *s = &t->streams[e->row][e->in_organization];
	uint64_t slot = (uint64_t)(e->delivery.time_us / SLOT_US);

	if ((slot != s->slot || s->records.len > RECORDS_FULL) &&
	    stream_flush(t, e->row, e->in_organization) != 0)
		return -1;
	s->slot = slot;
	s->newest_us = e->delivery.time_us;
	buf_puts(&s->records, s->records.len == 0 ? "{\"Records\":[" : ",");
	cloudtrail_put_record(t->world, e, &s->records);
	t->records++;
	return 0;
}

int
trail_writer_finish(struct trail_writer *t)
{
	for (int row = 0; row < ROW_COUNT; row++)
		for (int tree = 0; tree < 2; tree++)
			if (stream_flush(t, row, tree != 0) != 0)
				return -1;
	return 0;
}
