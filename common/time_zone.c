/* SPDX-License-Identifier: Apache-2.0 */
#include "common/time_zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/time_text.h"
#include "common/time_zone_rule.h"

#define ZONE_FILE_MAX   ((size_t)1 << 20)
#define ZONE_NAME_MAX   128
#define ZONE_HEADER     44
#define ZONE_OFFSET_MAX 93600 /* RFC 8536: offsets lie between -25 and +26 hours */

struct time_zone {
	int32_t first_s; /* east of UTC, before the table begins */
	size_t count;
	int64_t *at_s;     /* when another offset begins, ascending */
	int32_t *offset_s; /* which one */
	bool has_rule;     /* behind the table's end */
	struct time_zone_rule rule;
};

/* The counts of a TZif header, in its order. */
struct zone_counts {
	uint32_t is_ut, is_std, leap, time, type, chars;
};

static uint64_t
big_endian(const char *p, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)p[i];
	return n;
}

static bool
take_header(struct span *data, struct zone_counts *c, char *version)
{
	const char *p = data->ptr;

	if (data->len < ZONE_HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	*version = p[4];
	*c = (struct zone_counts){
	    .is_ut = (uint32_t)big_endian(p + 20, 4),
	    .is_std = (uint32_t)big_endian(p + 24, 4),
	    .leap = (uint32_t)big_endian(p + 28, 4),
	    .time = (uint32_t)big_endian(p + 32, 4),
	    .type = (uint32_t)big_endian(p + 36, 4),
	    .chars = (uint32_t)big_endian(p + 40, 4),
	};
	*data = span_from(*data, ZONE_HEADER);
	return c->type != 0 && c->type <= 256;
}

/* The length of a block's data with times of so many bytes. Counts have 32 bits: no overflow. */
static uint64_t
block_len(const struct zone_counts *c, uint64_t time_len)
{
	return c->time * (time_len + 1) + c->type * UINT64_C(6) + c->chars +
	    c->leap * (time_len + 4) + c->is_std + c->is_ut;
}

static bool
read_type(const char *types, const struct zone_counts *c, unsigned index, int32_t *offset_s)
{
	if (index >= c->type)
		return false;
	*offset_s = (int32_t)(uint32_t)big_endian(types + index * (size_t)6, 4);
	return *offset_s >= -ZONE_OFFSET_MAX && *offset_s <= ZONE_OFFSET_MAX;
}

/* Reads the block's table; its length has been checked. */
static bool
read_table(struct time_zone *z, const char *p, const struct zone_counts *c, size_t time_len)
{
	const char *indexes = p + c->time * time_len, *types = indexes + c->time;

	if (!read_type(types, c, 0, &z->first_s))
		return false;
	z->at_s = calloc((size_t)c->time + 1, sizeof(*z->at_s));
	z->offset_s = calloc((size_t)c->time + 1, sizeof(*z->offset_s));
	if (z->at_s == NULL || z->offset_s == NULL)
		return false;
	for (uint32_t i = 0; i < c->time; i++) {
		uint64_t at = big_endian(p + i * time_len, time_len);

		z->at_s[i] = time_len == 8 ? (int64_t)at : (int32_t)(uint32_t)at;
		if ((i != 0 && z->at_s[i] <= z->at_s[i - 1]) ||
		    !read_type(types, c, (unsigned char)indexes[i], &z->offset_s[i]))
			return false;
	}
	z->count = c->time;
	return true;
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; empty: no rule. */
static bool
read_footer(struct time_zone *z, struct span footer)
{
	struct span line;

	if (footer.len < 2 || footer.ptr[0] != '\n')
		return false;
	footer = span_from(footer, 1);
	(void)span_cut(&footer, '\n', &line);
	if (line.len == 0)
		return true;
	z->has_rule = time_zone_rule_parse(line, &z->rule);
	return z->has_rule;
}

/* RFC 8536. Version 1's data come first in every file; later versions have theirs behind it. */
static bool
read_zone(struct time_zone *z, struct span data)
{
	struct zone_counts c;
	size_t time_len = 4;
	char version;

	if (!take_header(&data, &c, &version) || block_len(&c, 4) > data.len)
		return false;
	if (version != '\0') {
		data = span_from(data, (size_t)block_len(&c, 4));
		time_len = 8;
		if (!take_header(&data, &c, &version) || block_len(&c, 8) > data.len)
			return false;
	}
	if (!read_table(z, data.ptr, &c, time_len))
		return false;
	return time_len == 4 || read_footer(z, span_from(data, (size_t)block_len(&c, 8)));
}

/* Names of files below the data base's folder, and nothing else. */
static bool
name_is_safe(struct span name)
{
	if (name.len == 0 || name.len > ZONE_NAME_MAX || name.ptr[0] == '/' ||
	    memmem(name.ptr, name.len, "..", 2) != NULL)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			(c != '\0' && strchr("_+-/", c) != NULL)))
			return false;
	}
	return true;
}

static int
open_zone_file(const char *name)
{
	const char *folder = getenv("TZDIR");
	struct buf path;
	struct stat st;
	int fd = -1;

	buf_init(&path, 4096);
	buf_printf(&path, "%s/%s",
	    folder != NULL && folder[0] == '/' ? folder : "/usr/share/zoneinfo", name);
	if (buf_cstr(&path) != NULL)
		fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	buf_clear(&path);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

static bool
read_file(int fd, struct buf *out)
{
	ssize_t n;

	do {
		if (!buf_reserve(out, 4096))
			return false;
		n = read(fd, out->ptr + out->len, 4096);
		if (n > 0)
			out->len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n == 0;
}

static bool
load_zone(struct time_zone *z, const char *name)
{
	struct buf data;
	bool ok = false;
	int fd;

	if (!name_is_safe(span_of(name)))
		return false;
	fd = open_zone_file(name);
	if (fd < 0)
		return false;
	buf_init(&data, ZONE_FILE_MAX);
	ok = read_file(fd, &data) && read_zone(z, buf_span(&data));
	buf_clear(&data);
	(void)close(fd);
	return ok;
}

static bool
take_two(struct span *s, int high, int *out)
{
	if (s->len < 2 || s->ptr[0] < '0' || s->ptr[0] > '9' || s->ptr[1] < '0' || s->ptr[1] > '9')
		return false;
	*out = (s->ptr[0] - '0') * 10 + (s->ptr[1] - '0');
	*s = span_from(*s, 2);
	return *out <= high;
}

/* "Z", "UTC", "GMT" (also where there is no data base), "+01:00", "-0330", "+01". */
static bool
parse_fixed(struct span name, int32_t *offset_s)
{
	int hours = 0, minutes = 0;
	bool west;

	*offset_s = 0;
	if (span_is(name, "Z") || span_is(name, "UTC") || span_is(name, "GMT"))
		return true;
	if (name.len < 3 || (name.ptr[0] != '+' && name.ptr[0] != '-'))
		return false;
	west = name.ptr[0] == '-';
	name = span_from(name, 1);
	if (!take_two(&name, 24, &hours))
		return false;
	if (name.len != 0) {
		if (name.ptr[0] == ':')
			name = span_from(name, 1);
		if (!take_two(&name, 59, &minutes))
			return false;
	}
	*offset_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return name.len == 0;
}

struct time_zone *
time_zone_open(const char *name)
{
	struct time_zone *z = calloc(1, sizeof(*z));

	if (z != NULL && name != NULL &&
	    (parse_fixed(span_of(name), &z->first_s) || load_zone(z, name)))
		return z;
	time_zone_close(z);
	return NULL;
}

void
time_zone_close(struct time_zone *z)
{
	if (z == NULL)
		return;
	free(z->at_s);
	free(z->offset_s);
	free(z);
}

static int32_t
offset_at(const struct time_zone *z, int64_t utc_s)
{
	size_t low = 0, high = z->count;

	if (z->has_rule && (z->count == 0 || utc_s >= z->at_s[z->count - 1]))
		return time_zone_rule_offset(&z->rule, utc_s);
	while (low < high) { /* the number of changes up to then */
		size_t mid = low + (high - low) / 2;

		if (z->at_s[mid] <= utc_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low == 0 ? z->first_s : z->offset_s[low - 1];
}

int64_t
time_zone_to_utc(const struct time_zone *z, int64_t local_us)
{
	int64_t local_s = local_us / US_PER_SECOND - (local_us % US_PER_SECOND < 0);
	int32_t before, after;
	bool is_before, is_after;

	if (z == NULL || local_s < -(INT64_C(1) << 40) || local_s > INT64_C(1) << 40)
		return local_us;
	before = offset_at(z, local_s - ZONE_OFFSET_MAX);
	after = offset_at(z, local_s + ZONE_OFFSET_MAX);
	is_before = offset_at(z, local_s - before) == before;
	is_after = offset_at(z, local_s - after) == after;
	/* Where neither holds the time was skipped; where both do, the larger offset came first. */
	if (is_after && (!is_before || after > before))
		before = after;
	return local_us - before * US_PER_SECOND;
}
