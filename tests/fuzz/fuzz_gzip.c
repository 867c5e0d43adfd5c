/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a gzip file, against zlib: what zlib inflates without a fault, we do, to the same
 * text; what we save of a cut file is the start of what zlib made of it. Known difference: zlib
 * checks the checksum that a header may have over itself, libdeflate does not (the text has its
 * own).
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "common/buf.h"
#include "correlator/input/document.h"

#define LIMIT ((size_t)1 << 20)

/* Inflates members until one is not whole; true when all were, with zeros at most behind them. */
static bool
inflate_all(const uint8_t *data, size_t size, struct buf *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
	int r = Z_STREAM_END;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		abort();
	while (r == Z_STREAM_END && z.avail_in != 0 && (z.next_in[0] != 0 || out->len == 0)) {
		(void)inflateReset(&z);
		do {
			if (!buf_reserve(out, 65536))
				break;
			z.next_out = (Bytef *)out->ptr + out->len;
			z.avail_out = 65536;
			r = inflate(&z, Z_NO_FLUSH);
			out->len += 65536 - z.avail_out;
		} while (r == Z_OK);
	}
	for (uInt i = 0; i < z.avail_in; i++)
		if (z.next_in[i] != 0)
			r = Z_DATA_ERROR;
	(void)inflateEnd(&z);
	return r == Z_STREAM_END;
}

static bool
has_header_checksum(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 3 < size; i++)
		if (data[i] == 0x1f && data[i + 1] == 0x8b && (data[i + 3] & 2) != 0)
			return true;
	return false;
}

/* Ends the run when what we made of the file is not what zlib makes of it. */
static void
check(const struct document *d, enum document_error error, const uint8_t *data, size_t size)
{
	struct buf theirs;
	bool whole;

	buf_init(&theirs, 2 * LIMIT);
	whole = inflate_all(data, size, &theirs);
	if (whole && theirs.len < LIMIT &&
	    (error != DOCUMENT_OK || !span_eq(d->text, buf_span(&theirs))))
		abort();
	if (d->text.len > LIMIT || (d->text.len > theirs.len && !theirs.failed))
		abort();
	if (d->text.len != 0 && d->text.len <= theirs.len &&
	    memcmp(d->text.ptr, theirs.ptr, d->text.len) != 0)
		abort();
	buf_clear(&theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	enum document_error error;
	struct document d;
	char path[64];

	if (fd < 0 || document_init(&d, LIMIT) != 0)
		abort();
	if (write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	error = document_load(&d, path);
	if (!d.was_gzip && (error != DOCUMENT_OK || d.text.len != size))
		abort();
	if (d.was_gzip && !has_header_checksum(data, size))
		check(&d, error, data, size);
	document_clear(&d);
	(void)close(fd);
	return 0;
}
