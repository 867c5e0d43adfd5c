/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/spool.h"

#include <errno.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/array.h"
#include "common/text_hash.h"
#include "correlator/input/temporary_file.h"

/* Pages are written once and read once or twice. */
#define COMPRESSION_LEVEL 3
/* A large page's buffer is not kept for the small ones behind it. */
#define KEEP_MAX    ((size_t)4 << 20)
#define SLOTS_FIRST 64

struct entry {
	char *name;
	uint64_t offset, size;
};

struct spool {
	pthread_mutex_t lock; /* of all below */
	int fd;               /* -1: no text yet */
	uint64_t end;
	struct entry *entries;
	size_t count, cap;
	size_t *slots; /* numbers of entries + 1 by the hash of their names */
	size_t slot_count;
	struct libdeflate_compressor *compressor;
	char *packed;
	size_t packed_cap;
};

struct spool *
spool_new(void)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->fd = -1;
	s->slots = calloc(SLOTS_FIRST, sizeof(*s->slots));
	s->slot_count = SLOTS_FIRST;
	s->compressor = libdeflate_alloc_compressor(COMPRESSION_LEVEL);
	if (s->slots == NULL || s->compressor == NULL || pthread_mutex_init(&s->lock, NULL) != 0) {
		libdeflate_free_compressor(s->compressor);
		free(s->slots);
		free(s);
		return NULL;
	}
	return s;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		(void)close(s->fd);
	for (size_t i = 0; i < s->count; i++)
		free(s->entries[i].name);
	free(s->entries);
	free(s->slots);
	free(s->packed);
	libdeflate_free_compressor(s->compressor);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* The slot of that name: its own, or the free one where it would go. */
static size_t
find_slot(const struct spool *s, const char *name)
{
	size_t at = (size_t)text_hash_add(0, span_of(name)) & (s->slot_count - 1);

	while (s->slots[at] != 0 && strcmp(s->entries[s->slots[at] - 1].name, name) != 0)
		at = (at + 1) & (s->slot_count - 1);
	return at;
}

/* Keeps the slots at most half full. */
static bool
grow_slots(struct spool *s)
{
	size_t count = s->slot_count;
	size_t *slots, *before = s->slots;

	if (s->count < count / 2)
		return true;
	slots = calloc(count * 2, sizeof(*slots));
	if (slots == NULL)
		return false;
	s->slots = slots;
	s->slot_count = count * 2;
	for (size_t i = 0; i < s->count; i++)
		s->slots[find_slot(s, s->entries[i].name)] = i + 1;
	free(before);
	return true;
}

static void
say(struct buf *error, const char *what)
{
	buf_printf(error, "a temporary file in %s cannot be %s: %s", temporary_file_place(), what,
	    strerror(errno));
}

/* The text as a gzip member in s->packed; its size, or 0 without memory. */
static size_t
pack(struct spool *s, struct span text)
{
	size_t bound = libdeflate_gzip_compress_bound(s->compressor, text.len);

	if (bound > s->packed_cap || (s->packed_cap > KEEP_MAX && bound <= KEEP_MAX)) {
		free(s->packed);
		s->packed = malloc(bound);
		s->packed_cap = s->packed != NULL ? bound : 0;
		if (s->packed == NULL)
			return 0;
	}
	return libdeflate_gzip_compress(
	    s->compressor, text.ptr != NULL ? text.ptr : "", text.len, s->packed, s->packed_cap);
}

static bool
write_at(int fd, const char *from, size_t len, uint64_t offset)
{
	while (len != 0) {
		ssize_t n = pwrite(fd, from, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? ENOSPC : errno;
			return false;
		}
		from += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

/* Writes the text behind all others. Its size; 0 with a sentence in error. */
static uint64_t
write_text(struct spool *s, struct span text, struct buf *error)
{
	size_t size = pack(s, text);

	if (size == 0) {
		buf_puts(error, "out of memory");
		return 0;
	}
	if (s->fd < 0)
		s->fd = temporary_file_open();
	if (s->fd < 0) {
		say(error, "made");
		return 0;
	}
	if (!write_at(s->fd, s->packed, size, s->end)) {
		say(error, "written");
		return 0;
	}
	return size;
}

static int
append(struct spool *s, const char *name, struct span text, uint64_t *size, struct buf *error)
{
	struct entry e = {.offset = s->end};
	size_t slot;

	if (!grow_slots(s) ||
	    !array_grow((void **)&s->entries, s->count, &s->cap, sizeof(*s->entries))) {
		buf_puts(error, "out of memory");
		return -1;
	}
	slot = find_slot(s, name);
	if (s->slots[slot] != 0) {
		buf_puts(error, "there is an answer of that name already");
		return -1;
	}
	e.size = write_text(s, text, error);
	if (e.size == 0)
		return -1;
	e.name = strdup(name);
	if (e.name == NULL) {
		buf_puts(error, "out of memory");
		return -1;
	}
	s->entries[s->count++] = e;
	s->slots[slot] = s->count;
	s->end += e.size;
	if (size != NULL)
		*size = e.size;
	return 0;
}

int
spool_append(struct spool *s, const char *name, struct span text, uint64_t *size, struct buf *error)
{
	int r;

	(void)pthread_mutex_lock(&s->lock);
	r = append(s, name, text, size, error);
	(void)pthread_mutex_unlock(&s->lock);
	return r;
}

/* The entry of that name; without a name when there is none. *fd is the file. */
static struct entry
find(struct spool *s, const char *name, int *fd)
{
	struct entry found = {0};
	size_t slot;

	(void)pthread_mutex_lock(&s->lock);
	slot = find_slot(s, name);
	if (s->slots[slot] != 0)
		found = s->entries[s->slots[slot] - 1];
	*fd = s->fd;
	(void)pthread_mutex_unlock(&s->lock);
	return found;
}

bool
spool_find(struct spool *s, const char *name, uint64_t *size)
{
	int fd;
	struct entry e = find(s, name, &fd);

	*size = e.size;
	return e.name != NULL;
}

int
spool_read(struct spool *s, const char *name, uint64_t from, void *into, size_t len)
{
	int fd;
	struct entry e = find(s, name, &fd);
	char *at = into;

	errno = e.name == NULL ? ENOENT : EINVAL;
	if (e.name == NULL || from > e.size || len > e.size - from)
		return -1;
	while (len != 0) {
		ssize_t n = pread(fd, at, len, (off_t)(e.offset + from));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			return -1;
		}
		at += n;
		from += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}
