/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/document_inflate.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "correlator/input/gzip_crc.h"

#define FIRST_CAP       ((size_t)256 << 10)
#define GZIP_MAGIC      "\x1f\x8b"
#define GZIP_HEADER     10 /* without what its flags announce */
#define GZIP_FLAGS_AT   3
#define GZIP_NAME       8    /* the flag: a name follows, up to a zero */
#define GZIP_CRC        4    /* behind the data: CRC-32, ISIZE */
#define GZIP_TRAILER    4    /* ISIZE, the last bytes of a member */
#define DEFLATE_RATIO   1032 /* the most that deflate can compress (zlib's technical details) */
#define ZLIB_ANY_WINDOW (16 + MAX_WBITS) /* inflateInit2: a gzip header, any window */

/* A file as it is inflated. */
struct inflation {
	struct document *document;
	struct span left; /* not inflated yet */
	size_t used;      /* bytes of the buffer that hold text */
};

bool
document_is_gzip(struct span file)
{
	return span_starts(file, GZIP_MAGIC) || span_is(file, "\x1f");
}

/* A buffer of at least cap bytes, but of no more than inflate_max. */
static enum document_error
grow(struct document *d, size_t cap)
{
	char *buffer;

	if (cap > d->inflate_max)
		cap = d->inflate_max;
	if (cap <= d->buffer_cap)
		return d->buffer_cap >= d->inflate_max ? DOCUMENT_ERROR_TOO_BIG : DOCUMENT_OK;
	buffer = realloc(d->buffer, cap);
	if (buffer == NULL)
		return DOCUMENT_ERROR_MEMORY;
	d->buffer = buffer;
	d->buffer_cap = cap;
	return DOCUMENT_OK;
}

static enum document_error
grow_double(struct document *d)
{
	return grow(d, d->buffer_cap > SIZE_MAX / 2 ? SIZE_MAX : d->buffer_cap * 2);
}

/* A first size: what the last member says of itself, believed as far as deflate could do it. */
static size_t
first_cap(struct span file)
{
	size_t says = 0, possible;

	if (file.len > GZIP_TRAILER)
		for (size_t i = 1; i <= GZIP_TRAILER; i++)
			says = says << 8 | (unsigned char)file.ptr[file.len - i];
	possible = file.len > SIZE_MAX / DEFLATE_RATIO ? SIZE_MAX : file.len * DEFLATE_RATIO;
	if (says > possible)
		says = possible;
	return says > FIRST_CAP ? says : FIRST_CAP;
}

/*
 * What a member that does not inflate as a whole still gives: libdeflate only says that it is bad,
 * zlib goes as far as it can. TRUNCATED: its text is taken. CORRUPT: not, because bytes whose
 * checksum does not hold are no evidence of anything.
 */
static enum document_error
salvage_into(struct inflation *in, z_stream *z)
{
	struct document *d = in->document;
	enum document_error error;
	int r;

	z->next_in = (Bytef *)(uintptr_t)in->left.ptr; /* NOLINT: zlib reads it only */
	for (size_t fed = 0, made = 0;;) {
		size_t in_room = in->left.len - fed, out_room = d->buffer_cap - in->used - made;
		uInt in_now = in_room < 1 << 30 ? (uInt)in_room : 1 << 30;
		uInt out_now = out_room < 1 << 30 ? (uInt)out_room : 1 << 30;

		z->avail_in = in_now;
		z->next_out = (Bytef *)d->buffer + in->used + made;
		z->avail_out = out_now;
		r = inflate(z, Z_NO_FLUSH);
		fed += in_now - z->avail_in;
		made += out_now - z->avail_out;
		if (r == Z_MEM_ERROR)
			return DOCUMENT_ERROR_MEMORY;
		if (r != Z_OK && r != Z_BUF_ERROR)
			return DOCUMENT_ERROR_CORRUPT;
		if (z->avail_out == 0 && d->buffer_cap == in->used + made) {
			error = grow_double(d);
			if (error != DOCUMENT_OK)
				return error;
		} else if (z->avail_out != 0 && fed == in->left.len) {
			in->used += made;
			return DOCUMENT_ERROR_TRUNCATED;
		}
	}
}

static enum document_error
salvage(struct inflation *in)
{
	enum document_error error;
	z_stream z = {0};

	if (inflateInit2(&z, ZLIB_ANY_WINDOW) != Z_OK)
		return DOCUMENT_ERROR_MEMORY;
	error = salvage_into(in, &z);
	(void)inflateEnd(&z);
	return error;
}

/* What stands between the usual header of a member and its trailer, at the most; empty for all
 * other headers. */
static struct span
member_data(struct span member)
{
	const char *end;

	if (member.len < GZIP_HEADER + GZIP_CRC + GZIP_TRAILER ||
	    memcmp(member.ptr, GZIP_MAGIC "\x08", 3) != 0)
		return SPAN_NONE;
	member.len -= GZIP_CRC + GZIP_TRAILER;
	if (member.ptr[GZIP_FLAGS_AT] == 0)
		return span_from(member, GZIP_HEADER);
	if (member.ptr[GZIP_FLAGS_AT] != GZIP_NAME)
		return SPAN_NONE;
	end = memchr(member.ptr + GZIP_HEADER, '\0', member.len - GZIP_HEADER);
	return end != NULL ? span_from(member, (size_t)(end + 1 - member.ptr)) : SPAN_NONE;
}

static uint32_t
read_le32(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* The usual member, with a faster checksum than libdeflate's. BAD_DATA for all that is odd: what
 * that is, is for inflate_any to find. */
static enum libdeflate_result
inflate_usual(struct inflation *in)
{
	struct document *d = in->document;
	struct span data = member_data(in->left), text;
	enum libdeflate_result r;
	size_t taken, made;

	if (data.ptr == NULL)
		return LIBDEFLATE_BAD_DATA;
	r = libdeflate_deflate_decompress_ex(d->decompressor, data.ptr, data.len,
	    d->buffer + in->used, d->buffer_cap - in->used, &taken, &made);
	if (r != LIBDEFLATE_SUCCESS)
		return r;
	text = (struct span){d->buffer + in->used, made};
	if (gzip_crc(text) != read_le32(data.ptr + taken) ||
	    (uint32_t)made != read_le32(data.ptr + taken + GZIP_CRC))
		return LIBDEFLATE_BAD_DATA;
	in->used += made;
	in->left = span_from(
	    in->left, (size_t)(data.ptr - in->left.ptr) + taken + GZIP_CRC + GZIP_TRAILER);
	return r;
}

static enum libdeflate_result
inflate_any(struct inflation *in)
{
	struct document *d = in->document;
	size_t taken, made;
	enum libdeflate_result r = libdeflate_gzip_decompress_ex(d->decompressor, in->left.ptr,
	    in->left.len, d->buffer + in->used, d->buffer_cap - in->used, &taken, &made);

	if (r != LIBDEFLATE_SUCCESS)
		return r;
	in->used += made;
	in->left = span_from(in->left, taken);
	return r;
}

/* The member that begins at in->left. */
static enum document_error
inflate_member(struct inflation *in)
{
	for (;;) {
		enum libdeflate_result r = inflate_usual(in);
		enum document_error error;

		if (r == LIBDEFLATE_BAD_DATA)
			r = inflate_any(in);
		if (r == LIBDEFLATE_SUCCESS)
			return DOCUMENT_OK;
		error = r == LIBDEFLATE_INSUFFICIENT_SPACE ? grow_double(in->document)
							   : DOCUMENT_ERROR_CORRUPT;
		/* behind the end of a cut member libdeflate reads zeros, and may find no end */
		if (error == DOCUMENT_ERROR_CORRUPT || error == DOCUMENT_ERROR_TOO_BIG)
			return salvage(in);
		if (error != DOCUMENT_OK)
			return error;
	}
}

/* Padding of tapes and block devices. */
static bool
is_zeros(struct span s)
{
	return s.len == 0 || (s.ptr[0] == '\0' && memcmp(s.ptr, s.ptr + 1, s.len - 1) == 0);
}

/* The first d->head bytes alone: libdeflate fills the room it has before it says that there is
 * more. That is not promised, so nobody may take what it left out for text: it is zeros. False,
 * with nothing done, when that is all of the file or more, or it does not inflate so. */
static bool
inflate_head(struct inflation *in)
{
	struct document *d = in->document;
	struct span data = member_data(in->left);
	size_t taken, made;

	if (data.ptr == NULL || d->head > d->buffer_cap)
		return false;
	memset(d->buffer, 0, d->head);
	if (libdeflate_deflate_decompress_ex(d->decompressor, data.ptr, data.len, d->buffer,
		d->head, &taken, &made) != LIBDEFLATE_INSUFFICIENT_SPACE)
		return false;
	d->text = (struct span){d->buffer, d->head};
	return true;
}

enum document_error
document_inflate(struct document *d, struct span file)
{
	struct inflation in = {.document = d, .left = file};
	enum document_error error = DOCUMENT_OK;

	if (d->buffer_cap == 0 || d->buffer_cap < first_cap(file))
		error = grow(d, first_cap(file));
	if (error == DOCUMENT_ERROR_MEMORY)
		return error;
	if (d->head != 0 && inflate_head(&in))
		return DOCUMENT_OK;
	do
		error = document_is_gzip(in.left) ? inflate_member(&in) : DOCUMENT_ERROR_CORRUPT;
	while (error == DOCUMENT_OK && !is_zeros(in.left));
	if (error == DOCUMENT_OK || error == DOCUMENT_ERROR_TRUNCATED ||
	    error == DOCUMENT_ERROR_CORRUPT)
		d->text = (struct span){d->buffer, in.used};
	return error;
}
