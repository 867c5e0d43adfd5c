/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/login_writer.h"

#include <errno.h>
#include <libdeflate.h>

#include "tools/corpus/files.h"
#include "tools/corpus/login_line.h"

#define TEXT_FULL (192 * 1024)
#define TEXT_MAX  (TEXT_FULL + 2 * LOGIN_RECORD_MAX)

char *
login_session(uint64_t seed, char out[static SESSION_TEXT_LEN])
{
	snprintf(out, SESSION_TEXT_LEN, "%016llx%016llx", (unsigned long long)random_mix(seed, 1),
	    (unsigned long long)random_mix(seed, 2));
	return out;
}

int
login_writer_init(
    struct login_writer *l, const struct world *world, const char *directory, int level)
{
	*l = (struct login_writer){.world = world};
	buf_init(&l->line, LOGIN_RECORD_MAX);
	if (asprintf(&l->directory, "%s/logins", directory) < 0) {
		l->directory = NULL;
		return -1;
	}
	l->compressor = libdeflate_alloc_compressor(level);
	l->files = calloc(world_instances(world), sizeof(*l->files));
	if (l->compressor == NULL || l->files == NULL) {
		errno = ENOMEM;
		return -1;
	}
	for (uint32_t i = 0; i < world_instances(world); i++) {
		buf_init(&l->files[i].text, TEXT_MAX);
		memset(l->files[i].prev, '0', SHA256_HEX_LEN);
	}
	return files_make_directory(l->directory);
}

void
login_writer_clear(struct login_writer *l)
{
	for (uint32_t i = 0; l->files != NULL && i < world_instances(l->world); i++)
		buf_clear(&l->files[i].text);
	if (l->compressor != NULL)
		libdeflate_free_compressor(l->compressor);
	buf_clear(&l->line);
	free(l->files);
	free(l->directory);
}

static enum login_layout
file_layout(struct instance instance)
{
	return (instance.number + instance.row) % LAYOUT_COUNT;
}

static int
append_packed(struct login_writer *l, const char *path, struct span text)
{
	size_t bound = libdeflate_gzip_compress_bound(l->compressor, text.len), len;
	void *packed = malloc(bound);
	int r = -1;

	if (packed == NULL)
		return -1;
	len = libdeflate_gzip_compress(l->compressor, text.ptr, text.len, packed, bound);
	if (len != 0)
		r = files_append(path, packed, len);
	free(packed);
	return r;
}

static int
file_flush(struct login_writer *l, struct instance instance, struct login_file *file)
{
	enum login_layout layout = file_layout(instance);
	bool old = layout == LAYOUT_ROTATED && !file->rotated;
	char id[INSTANCE_ID_LEN];
	char *path = NULL;
	int r;

	if (file->text.len == 0)
		return 0;
	if (file->text.failed) {
		errno = ENOMEM;
		return -1;
	}
	if (asprintf(&path, "%s/%s.jsonl%s", l->directory, instance_id(instance, id),
		old                         ? ".1.gz"
		    : layout == LAYOUT_GZIP ? ".gz"
					    : "") < 0)
		return -1;
	if (old || layout == LAYOUT_GZIP)
		r = append_packed(l, path, buf_span(&file->text));
	else
		r = files_append(path, file->text.ptr, file->text.len);
	buf_reset(&file->text);
	free(path);
	return r;
}

static int
file_rotate(struct login_writer *l, const struct login_event *e, struct login_file *file)
{
	int64_t middle_us = l->world->start_us + (l->world->end_us - l->world->start_us) / 2;

	if (file->rotated || e->time.time_us < middle_us)
		return 0;
	if (file_flush(l, e->instance, file) != 0)
		return -1;
	file->rotated = true;
	return 0;
}

int
login_writer_add(struct login_writer *l, const struct login_event *e)
{
	struct login_file *file = &l->files[world_instance_index(l->world, e->instance)];
	uint8_t digest[SHA256_LEN];

	file->instance = e->instance;
	if (file_rotate(l, e, file) != 0)
		return -1;
	buf_reset(&l->line);
	if (login_line_put(l->world, e, ++file->seq, file->prev, &l->line) != 0 ||
	    sha256_digest(buf_span(&l->line), digest) != 0)
		return -1;
	sha256_hex(digest, file->prev);
	buf_put_span(&file->text, buf_span(&l->line));
	buf_putc(&file->text, '\n');
	*(e->is_close ? &l->closes : &l->opens) += 1;
	l->text_bytes += l->line.len + 1;
	return file->text.len > TEXT_FULL ? file_flush(l, e->instance, file) : 0;
}

int
login_writer_finish(struct login_writer *l)
{
	for (uint32_t i = 0; i < world_instances(l->world); i++)
		if (file_flush(l, l->files[i].instance, &l->files[i]) != 0)
			return -1;
	return 0;
}
