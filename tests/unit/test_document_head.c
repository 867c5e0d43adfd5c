/* SPDX-License-Identifier: Apache-2.0 */
/* The first bytes of a file's text, without the rest; and gzip headers of all kinds. */
#include "tests/unit/input_test.h"

#include <zlib.h>

#include "correlator/input/document.h"

#define TEXT_LEN 500000

struct files {
	char *dir, *path;
	char *text;
	unsigned char *packed;
	size_t packed_len;
	struct document d;
};

static void
files_init(struct files *f)
{
	uint32_t x = 1;

	f->dir = scratch_make();
	f->path = path_in(f->dir, "f");
	f->text = malloc(TEXT_LEN);
	f->packed = malloc(2 * TEXT_LEN);
	assert_true(f->text != NULL && f->packed != NULL);
	for (size_t i = 0; i < TEXT_LEN; i++) {
		x = x * 1103515245 + 12345;
		f->text[i] = (char)('a' + (x >> 16) % 16);
	}
	assert_int_equal(document_init(&f->d, 1 << 24), 0);
}

static void
files_clear(struct files *f)
{
	document_clear(&f->d);
	free(f->text);
	free(f->packed);
	free(f->path);
	scratch_remove(f->dir);
}

/* Writes members of so many bytes each. */
static void
write_members(struct files *f, size_t member, gz_header *header)
{
	z_stream z;

	f->packed_len = 0;
	for (size_t at = 0; at < TEXT_LEN; at += member) {
		z = (z_stream){0};
		assert_int_equal(
		    deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
		if (header != NULL)
			assert_int_equal(deflateSetHeader(&z, header), Z_OK);
		z.next_in = (Bytef *)f->text + at;
		z.avail_in = (uInt)(TEXT_LEN - at < member ? TEXT_LEN - at : member);
		z.next_out = f->packed + f->packed_len;
		z.avail_out = (uInt)(2 * TEXT_LEN - f->packed_len);
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		f->packed_len += z.total_out;
		assert_int_equal(deflateEnd(&z), Z_OK);
	}
	file_write(f->path, f->packed, f->packed_len, 0600);
}

/* What libdeflate leaves out is zeros, and it leaves out no more than a match at the end. */
static void
check_head(struct files *f, size_t head)
{
	size_t same = 0;

	assert_int_equal(document_load_head(&f->d, f->path, head), DOCUMENT_OK);
	assert_true(f->d.text.len >= head || f->d.text.len == TEXT_LEN);
	while (same < f->d.text.len && f->d.text.ptr[same] == f->text[same])
		same++;
	assert_true(same + 512 >= f->d.text.len);
	for (size_t i = same; i < f->d.text.len; i++)
		assert_int_equal(f->d.text.ptr[i], 0);
	/* the next load is whole again */
	assert_int_equal(document_load(&f->d, f->path), DOCUMENT_OK);
	assert_true(span_eq(f->d.text, (struct span){f->text, TEXT_LEN}));
}

static void
test_head(void **state)
{
	static const size_t heads[] = {
	    1, 100, 4096, 65536, 250000, TEXT_LEN - 1, TEXT_LEN, TEXT_LEN + 1, 1 << 23, SIZE_MAX};
	static const size_t members[] = {TEXT_LEN, TEXT_LEN / 3, 1000};
	struct files f;

	(void)state;
	files_init(&f);
	for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++) {
		write_members(&f, members[m], NULL);
		for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
			check_head(&f, heads[i]);
	}
	file_write(f.path, f.text, TEXT_LEN, 0600);
	check_head(&f, 10);
	files_clear(&f);
}

/* A file that is damaged where nobody looked is told as damaged when all of it is read. */
static void
test_damage_behind_the_head(void **state)
{
	struct files f;

	(void)state;
	files_init(&f);
	write_members(&f, TEXT_LEN, NULL);
	f.packed[f.packed_len - 6] ^= 1; /* its checksum */
	file_write(f.path, f.packed, f.packed_len, 0600);
	assert_int_equal(document_load_head(&f.d, f.path, 1000), DOCUMENT_OK);
	assert_int_equal(document_load(&f.d, f.path), DOCUMENT_ERROR_CORRUPT);
	f.packed[f.packed_len - 6] ^= 1;
	f.packed[f.packed_len - 1] ^= 1; /* its size */
	file_write(f.path, f.packed, f.packed_len, 0600);
	assert_int_equal(document_load(&f.d, f.path), DOCUMENT_ERROR_CORRUPT);
	files_clear(&f);
}

static void
test_headers(void **state)
{
	unsigned char name[] = "name.json", comment[] = "a comment", extra[] = "ab\1\0x";
	gz_header headers[] = {
	    {.name = name},
	    {.comment = comment},
	    {.extra = extra, .extra_len = 5},
	    {.hcrc = 1},
	    {.name = name,
		.comment = comment,
		.extra = extra,
		.extra_len = 5,
		.hcrc = 1,
		.text = 1},
	};
	struct files f;

	(void)state;
	files_init(&f);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		write_members(&f, TEXT_LEN / 2, &headers[i]);
		assert_int_equal(document_load(&f.d, f.path), DOCUMENT_OK);
		assert_true(span_eq(f.d.text, (struct span){f.text, TEXT_LEN}));
	}
	files_clear(&f);
}

/* A name that does not end. */
static void
test_cut_header(void **state)
{
	unsigned char name[] = "name.json";
	gz_header header = {.name = name};
	struct files f;

	(void)state;
	files_init(&f);
	write_members(&f, TEXT_LEN, &header);
	for (size_t len = 3; len < 40; len++) {
		file_write(f.path, f.packed, len, 0600);
		assert_int_equal(document_load(&f.d, f.path), DOCUMENT_ERROR_TRUNCATED);
		assert_int_equal(document_load_head(&f.d, f.path, 10), DOCUMENT_ERROR_TRUNCATED);
	}
	files_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_head),
	    cmocka_unit_test(test_damage_behind_the_head),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_cut_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
