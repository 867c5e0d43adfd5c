/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/input_test.h"

#include <libdeflate.h>

#include "correlator/input/document.h"

#define INFLATE_MAX (8u << 20)

/* Appends one gzip member that holds the text. */
static void
gzip(struct buf *out, struct span text)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t bound = libdeflate_gzip_compress_bound(c, text.len);

	assert_true(buf_reserve(out, bound));
	out->len += libdeflate_gzip_compress(c, text.ptr, text.len, out->ptr + out->len, bound);
	libdeflate_free_compressor(c);
}

/* Text that does not compress to nothing. */
static void
put_text(struct buf *b, size_t len)
{
	uint32_t x = 12345;

	while (b->len < len) {
		x = x * 1103515245 + 12345;
		buf_printf(b, "%u,", x >> 7);
	}
	buf_truncate(b, len);
}

struct files {
	char *dir, *path;
	struct buf plain, packed;
	struct document d;
};

static void
files_init(struct files *f)
{
	f->dir = scratch_make();
	f->path = path_in(f->dir, "f");
	buf_init(&f->plain, 1 << 26);
	buf_init(&f->packed, 1 << 26);
	assert_int_equal(document_init(&f->d, INFLATE_MAX), 0);
}

static void
files_clear(struct files *f)
{
	document_clear(&f->d);
	buf_clear(&f->plain);
	buf_clear(&f->packed);
	free(f->path);
	scratch_remove(f->dir);
}

static enum document_error
load(struct files *f)
{
	file_write(f->path, f->packed.ptr != NULL ? f->packed.ptr : "", f->packed.len, 0600);
	return document_load(&f->d, f->path);
}

static void
test_plain(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 65535, 65536, 65537, 300000};
	struct files f;

	(void)state;
	files_init(&f);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		buf_reset(&f.packed);
		put_text(&f.packed, sizes[i]);
		assert_int_equal(load(&f), DOCUMENT_OK);
		assert_true(span_eq(f.d.text, buf_span(&f.packed)));
		assert_non_null(f.d.text.ptr);
		assert_int_equal(f.d.file_bytes, sizes[i]);
		assert_false(f.d.was_gzip);
	}
	files_clear(&f);
}

static void
test_large_plain_is_mapped(void **state)
{
	struct files f;
	int fd;

	(void)state;
	files_init(&f);
	fd = open(f.path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, (off_t)DOCUMENT_READ_MAX + 1), 0);
	assert_int_equal(pwrite(fd, "{}", 2, (off_t)DOCUMENT_READ_MAX - 1), 2);
	(void)close(fd);
	assert_int_equal(document_load(&f.d, f.path), DOCUMENT_OK);
	assert_int_equal(f.d.text.len, DOCUMENT_READ_MAX + 1);
	assert_true(span_ends(f.d.text, "{}"));
	assert_non_null(f.d.map);
	buf_puts(&f.packed, "next");
	(void)unlink(f.path);
	assert_int_equal(load(&f), DOCUMENT_OK);
	assert_null(f.d.map);
	assert_span(f.d.text, "next");
	files_clear(&f);
}

static void
test_members(void **state)
{
	static const size_t sizes[] = {0, 1, 1000, 262143, 262144, 262145, 3000000};
	struct files f;

	(void)state;
	files_init(&f);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		buf_reset(&f.plain);
		buf_reset(&f.packed);
		put_text(&f.plain, sizes[i]);
		gzip(&f.packed, span_head(buf_span(&f.plain), sizes[i] / 3));
		gzip(&f.packed, SPAN(""));
		gzip(&f.packed, span_from(buf_span(&f.plain), sizes[i] / 3));
		assert_int_equal(load(&f), DOCUMENT_OK);
		assert_true(f.d.was_gzip);
		assert_true(span_eq(f.d.text, buf_span(&f.plain)));
	}
	files_clear(&f);
}

/* The size at the end of a member is only believed as far as it costs nothing. */
static void
test_size_that_lies(void **state)
{
	static const unsigned char lies[][4] = {{0}, {1}, {0xff, 0xff, 0xff, 0xff}};
	struct files f;

	(void)state;
	files_init(&f);
	put_text(&f.plain, 3000000);
	for (size_t i = 0; i < 3; i++) {
		buf_reset(&f.packed);
		gzip(&f.packed, buf_span(&f.plain));
		memcpy(f.packed.ptr + f.packed.len - 4, lies[i], 4);
		/* the member itself is wrong then: its text is no evidence */
		assert_int_equal(load(&f), DOCUMENT_ERROR_CORRUPT);
		assert_int_equal(f.d.text.len, 0);
		assert_true(f.d.buffer_cap <= INFLATE_MAX);
	}
	/* the last member is small, the one before it is not */
	buf_reset(&f.packed);
	gzip(&f.packed, buf_span(&f.plain));
	gzip(&f.packed, SPAN("x"));
	assert_int_equal(load(&f), DOCUMENT_OK);
	assert_int_equal(f.d.text.len, f.plain.len + 1);
	files_clear(&f);
}

static void
test_behind_the_members(void **state)
{
	static const struct {
		struct span behind;
		enum document_error error;
	} cases[] = {
	    {SPAN("\0"), DOCUMENT_OK},
	    {SPAN("\0\0\0\0\0\0\0\0\0"), DOCUMENT_OK},
	    {SPAN("\0\0\0x"), DOCUMENT_ERROR_CORRUPT},
	    {SPAN("\n"), DOCUMENT_ERROR_CORRUPT},
	    {SPAN("{\"Records\":[]}"), DOCUMENT_ERROR_CORRUPT},
	    {SPAN("\x1f"), DOCUMENT_ERROR_TRUNCATED},
	    {SPAN("\x1f\x8b"), DOCUMENT_ERROR_TRUNCATED},
	    {SPAN("\x1f\x8b\x08\0\0\0\0\0\0"), DOCUMENT_ERROR_TRUNCATED},
	    {SPAN("\x1f\x8b\x07\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), DOCUMENT_ERROR_CORRUPT},
	};
	struct files f;

	(void)state;
	files_init(&f);
	put_text(&f.plain, 5000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&f.packed);
		gzip(&f.packed, buf_span(&f.plain));
		buf_put_span(&f.packed, cases[i].behind);
		assert_int_equal(load(&f), cases[i].error);
		assert_true(span_eq(f.d.text, buf_span(&f.plain)));
	}
	files_clear(&f);
}

/* Cut anywhere: what comes out is the start of the text, and nearly all that was there. */
static void
test_truncated(void **state)
{
	struct files f;
	size_t whole, before = 0;

	(void)state;
	files_init(&f);
	put_text(&f.plain, 200000);
	gzip(&f.packed, span_head(buf_span(&f.plain), 100000));
	gzip(&f.packed, span_from(buf_span(&f.plain), 100000));
	whole = f.packed.len;
	for (size_t cut = whole - 1; cut > 0; cut -= cut > 100 && cut + 20 < whole ? 97 : 1) {
		enum document_error error;

		f.packed.len = cut;
		error = load(&f);
		/* cut between the members it is a whole file */
		assert_true(error == DOCUMENT_ERROR_TRUNCATED || error == DOCUMENT_OK);
		assert_true(f.d.text.len <= f.plain.len);
		assert_memory_equal(f.d.text.ptr, f.plain.ptr, f.d.text.len);
		if (cut == whole - 1)
			assert_int_equal(f.d.text.len, f.plain.len);
		else
			assert_true(f.d.text.len <= before);
		before = f.d.text.len;
		if (cut > whole / 2 + 1000)
			assert_true(f.d.text.len > 100000);
	}
	files_clear(&f);
}

static void
test_corrupt(void **state)
{
	struct files f;
	unsigned corrupt = 0;
	size_t second;

	(void)state;
	files_init(&f);
	put_text(&f.plain, 40000);
	gzip(&f.packed, span_head(buf_span(&f.plain), 20000));
	second = f.packed.len;
	gzip(&f.packed, span_from(buf_span(&f.plain), 20000));
	for (size_t at = second; at < f.packed.len; at += 13) {
		enum document_error error;

		f.packed.ptr[at] ^= 0x41;
		error = load(&f);
		if (error == DOCUMENT_ERROR_CORRUPT) {
			assert_int_equal(f.d.text.len, 20000);
			corrupt++;
		}
		assert_memory_equal(f.d.text.ptr, f.plain.ptr, 20000);
		f.packed.ptr[at] ^= 0x41;
	}
	assert_true(corrupt > 100);
	files_clear(&f);
}

static void
test_limit(void **state)
{
	static const struct {
		size_t len;
		enum document_error error, error_when_cut;
	} cases[] = {
	    {INFLATE_MAX - 1, DOCUMENT_OK, DOCUMENT_ERROR_TRUNCATED},
	    {INFLATE_MAX, DOCUMENT_OK, DOCUMENT_ERROR_TOO_BIG}, /* more might have come */
	    {INFLATE_MAX + 1, DOCUMENT_ERROR_TOO_BIG, DOCUMENT_ERROR_TOO_BIG},
	    {4 * INFLATE_MAX, DOCUMENT_ERROR_TOO_BIG, DOCUMENT_ERROR_TOO_BIG},
	};
	struct files f;

	(void)state;
	files_init(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&f.plain);
		buf_reset(&f.packed);
		assert_true(buf_reserve(&f.plain, cases[i].len));
		memset(f.plain.ptr, '{', cases[i].len);
		gzip(&f.packed, (struct span){f.plain.ptr, cases[i].len / 2});
		gzip(&f.packed, (struct span){f.plain.ptr, cases[i].len - cases[i].len / 2});
		assert_int_equal(load(&f), cases[i].error);
		assert_int_equal(f.d.text.len, cases[i].error == DOCUMENT_OK ? cases[i].len : 0);
		/* the limit holds for what is saved of a cut file too */
		f.packed.len -= 3;
		assert_int_equal(load(&f), cases[i].error_when_cut);
	}
	files_clear(&f);
}

static void
test_cannot_be_read(void **state)
{
	struct files f;

	(void)state;
	files_init(&f);
	assert_int_equal(document_load(&f.d, f.path), DOCUMENT_ERROR_OPEN);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(document_load(&f.d, f.dir), DOCUMENT_ERROR_READ);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(f.d.text.len, 0);
	files_clear(&f);
}

/* Files of /proc say that they are empty. */
static void
test_file_without_size(void **state)
{
	struct files f;

	(void)state;
	files_init(&f);
	assert_int_equal(document_load(&f.d, "/proc/self/status"), DOCUMENT_OK);
	assert_true(f.d.text.len > 100);
	assert_true(span_starts(f.d.text, "Name:"));
	files_clear(&f);
}

static void
write_into(int fd, const struct buf *b)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(fd, b->ptr + done, b->len - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	(void)close(fd);
}

static void
test_fifo(void **state)
{
	struct files f;
	pid_t pid;
	int status;

	(void)state;
	files_init(&f);
	put_text(&f.plain, 300000);
	gzip(&f.packed, buf_span(&f.plain));
	assert_int_equal(mkfifo(f.path, 0600), 0);
	pid = fork();
	if (pid == 0) {
		write_into(open(f.path, O_WRONLY), &f.packed);
		_exit(0);
	}
	assert_int_equal(document_load(&f.d, f.path), DOCUMENT_OK);
	assert_true(span_eq(f.d.text, buf_span(&f.plain)));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	files_clear(&f);
}

/* Loads "-" with fd as standard input. */
static enum document_error
load_stdin(struct document *d, int fd)
{
	int saved = dup(STDIN_FILENO);
	enum document_error error;

	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	error = document_load(d, "-");
	if (saved >= 0) {
		(void)dup2(saved, STDIN_FILENO);
		(void)close(saved);
	}
	(void)close(fd);
	return error;
}

static void
test_stdin(void **state)
{
	struct files f;
	int ends[2], status, fd;
	pid_t pid;

	(void)state;
	files_init(&f);
	put_text(&f.packed, 300000);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		write_into(ends[1], &f.packed);
		_exit(0);
	}
	(void)close(ends[1]);
	assert_int_equal(load_stdin(&f.d, ends[0]), DOCUMENT_OK);
	assert_true(span_eq(f.d.text, buf_span(&f.packed)));
	assert_int_equal(waitpid(pid, &status, 0), pid);

	file_write(f.path, "head tail", 9, 0600);
	assert_int_equal(load_stdin(&f.d, open(f.path, O_RDONLY)), DOCUMENT_OK);
	assert_span(f.d.text, "head tail");
	fd = open(f.path, O_RDONLY);
	assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
	assert_int_equal(load_stdin(&f.d, fd), DOCUMENT_OK);
	assert_span(f.d.text, "tail");
	files_clear(&f);
}

/* The buffers of one file do not show through in the next. */
static void
test_reuse(void **state)
{
	struct files f;

	(void)state;
	files_init(&f);
	put_text(&f.plain, 1000000);
	gzip(&f.packed, buf_span(&f.plain));
	assert_int_equal(load(&f), DOCUMENT_OK);
	buf_reset(&f.packed);
	gzip(&f.packed, SPAN("small"));
	assert_int_equal(load(&f), DOCUMENT_OK);
	assert_span(f.d.text, "small");
	buf_reset(&f.packed);
	assert_int_equal(load(&f), DOCUMENT_OK);
	assert_span(f.d.text, "");
	assert_false(f.d.was_gzip);
	files_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_large_plain_is_mapped),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_size_that_lies),
	    cmocka_unit_test(test_behind_the_members),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_corrupt),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_cannot_be_read),
	    cmocka_unit_test(test_file_without_size),
	    cmocka_unit_test(test_fifo),
	    cmocka_unit_test(test_stdin),
	    cmocka_unit_test(test_reuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
