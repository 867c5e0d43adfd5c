/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_log_tail.h"

#include <errno.h>
#include <unistd.h>

/* Holds any line that this program writes, and its neighbour. */
#define FIRST_WINDOW (2 * LOGIN_RECORD_MAX)

/* The last bytes of the file. */
struct window {
	struct buf data;
	bool whole; /* the file is in it from its first byte */
};

static int
window_load(struct window *w, int fd, off_t size, size_t len)
{
	w->whole = size <= (off_t)len;
	if (w->whole)
		len = (size_t)size;
	buf_reset(&w->data);
	if (!buf_reserve(&w->data, len))
		return -1;
	while (w->data.len < len) {
		ssize_t n = pread(fd, w->data.ptr + w->data.len, len - w->data.len,
		    size - (off_t)(len - w->data.len));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n < 0 ? errno : EIO; /* shorter than it was, and yet locked */
			return -1;
		}
		w->data.len += (size_t)n;
	}
	return 0;
}

/* Takes the last line off *text (which ends before that line's LF). False when its beginning is not
 * in the window. */
static bool
take_last_line(const struct window *w, struct span *text, struct span *line)
{
	const char *at = text->len != 0 ? memrchr(text->ptr, '\n', text->len) : NULL;

	if (at == NULL) {
		if (text->ptr == NULL || !w->whole)
			return false;
		*line = *text;
		*text = SPAN_NONE;
		return true;
	}
	*line = span_from(*text, (size_t)(at - text->ptr) + 1);
	*text = span_head(*text, (size_t)(at - text->ptr));
	return true;
}

/* The number after the last readable record's; 0 when none is in the window. A record that is not
 * read for want of memory must not be passed over: its number would be given twice. */
static enum login_log_error
find_next_seq(const struct window *w, struct span text, uint64_t *seq)
{
	enum login_log_error error = LOGIN_LOG_OK;
	struct login_record r;
	struct span line;
	struct buf scratch;

	*seq = 0;
	buf_init(&scratch, 4 * LOGIN_LOG_LINE_MAX);
	while (error == LOGIN_LOG_OK && *seq == 0 && take_last_line(w, &text, &line)) {
		buf_reset(&scratch);
		if (login_record_read(line, &scratch, &r) == 0)
			*seq = r.seq + 1;
		else if (scratch.failed)
			error = LOGIN_LOG_ERROR_READ;
	}
	if (error != LOGIN_LOG_OK)
		errno = ENOMEM;
	buf_clear(&scratch);
	return error;
}

/* The file's text in the window without the last line's LF. */
static struct span
window_text(const struct window *w, bool torn)
{
	return span_head(buf_span(&w->data), w->data.len - !torn);
}

static enum login_log_error
hash_line(struct span line, struct login_log_tail *tail)
{
	uint8_t digest[SHA256_LEN];

	if (sha256_digest(line, digest) != 0)
		return LOGIN_LOG_ERROR_CRYPTO;
	sha256_hex(digest, tail->prev);
	return LOGIN_LOG_OK;
}

static enum login_log_error
read_windows(int fd, off_t size, struct window *w, struct login_log_tail *tail)
{
	const size_t sizes[] = {FIRST_WINDOW, LOGIN_LOG_LINE_MAX + 2};
	enum login_log_error r = LOGIN_LOG_ERROR_READ;
	struct span text, line;

	for (size_t i = 0; i < 2 && tail->seq == 0; i++) {
		if (window_load(w, fd, size, sizes[i]) != 0)
			return LOGIN_LOG_ERROR_READ;
		tail->torn = w->data.ptr[w->data.len - 1] != '\n';
		errno = 0;
		text = window_text(w, tail->torn);
		if (!take_last_line(w, &text, &line))
			continue;
		r = hash_line(line, tail);
		if (r != LOGIN_LOG_OK)
			return r;
		r = find_next_seq(w, window_text(w, tail->torn), &tail->seq);
		if (r != LOGIN_LOG_OK || w->whole)
			return r;
	}
	return r;
}

/* What a crash leaves of the first append to a file: one line, torn, that begins as records do. */
static bool
is_cut_record(const struct window *w)
{
	static const char start[] = "{\"v\":1,\"kind\":\"";
	struct span text = buf_span(&w->data);

	return w->whole && text.len <= LOGIN_RECORD_SIGNER_MAX &&
	    memchr(text.ptr, '\n', text.len) == NULL &&
	    memcmp(text.ptr, start, text.len < sizeof(start) - 1 ? text.len : sizeof(start) - 1) ==
	    0;
}

enum login_log_error
login_log_tail_read(int fd, off_t size, struct login_log_tail *tail)
{
	enum login_log_error r = LOGIN_LOG_OK;
	struct window w;

	*tail = (struct login_log_tail){.seq = 0};
	memset(tail->prev, '0', SHA256_HEX_LEN);
	buf_init(&w.data, LOGIN_LOG_LINE_MAX + 2);
	if (size > 0)
		r = read_windows(fd, size, &w, tail);
	tail->found = tail->seq != 0;
	tail->cut = r == LOGIN_LOG_OK && size > 0 && is_cut_record(&w);
	buf_clear(&w.data);
	if (tail->seq == 0)
		tail->seq = 1;
	return r;
}
