/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_log.h"

#include <errno.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/time_text.h"
#include "pam_module/login_log_file.h"
#include "pam_module/login_log_rotated.h"
#include "pam_module/login_log_seal.h"
#include "pam_module/login_log_tail.h"

/* Rotations that may come in between while the log is opened. */
#define OPEN_TRIES 16

/* An append under way. */
struct append {
	struct login_log_file log;
	struct login_log_seal seal;
	struct login_log_tail tail;
	struct login_record *record;
	int64_t deadline_us;
	bool sealed;
	bool only_if_empty;
};

const char *
login_log_error_text(enum login_log_error error)
{
	switch (error) {
	case LOGIN_LOG_OK: return "no error";
	case LOGIN_LOG_ERROR_DIRECTORY: return "its directory cannot be opened";
	case LOGIN_LOG_ERROR_DIRECTORY_MODE:
		return "its directory is not ours or may be written by others";
	case LOGIN_LOG_ERROR_OPEN: return "it cannot be opened";
	case LOGIN_LOG_ERROR_TYPE: return "it is not a regular file with one link";
	case LOGIN_LOG_ERROR_OWNER: return "it is not ours or may be written by others";
	case LOGIN_LOG_ERROR_LOCKED: return "its lock was not free in time";
	case LOGIN_LOG_ERROR_READ: return "its last line cannot be read";
	case LOGIN_LOG_ERROR_RECORD: return "the record cannot be put into words";
	case LOGIN_LOG_ERROR_WRITE: return "it cannot be written";
	case LOGIN_LOG_ERROR_SYNC: return "it cannot be made durable";
	case LOGIN_LOG_ERROR_CLOCK: return "the clock cannot be read";
	case LOGIN_LOG_ERROR_CRYPTO: return "libcrypto failed";
	case LOGIN_LOG_ERROR_ROTATE: return "it, or a file before it, cannot be renamed";
	}
	return "unknown error";
}

bool
login_log_error_has_errno(enum login_log_error error)
{
	return error == LOGIN_LOG_ERROR_DIRECTORY || error == LOGIN_LOG_ERROR_OPEN ||
	    error == LOGIN_LOG_ERROR_READ || error == LOGIN_LOG_ERROR_WRITE ||
	    error == LOGIN_LOG_ERROR_SYNC || error == LOGIN_LOG_ERROR_ROTATE;
}

/* Appends all bytes or none. A short write reports success; only the next one says why. */
static enum login_log_error
write_all(const struct login_log_file *log, struct span data)
{
	ssize_t n = write(log->fd, data.ptr, data.len);
	int saved;

	if (n >= 0 && (size_t)n < data.len) {
		ssize_t more = write(log->fd, data.ptr + n, data.len - (size_t)n);

		if (more >= 0)
			errno = ENOSPC;
		n = more >= 0 ? n + more : -1;
	}
	if (n >= 0 && (size_t)n == data.len)
		return LOGIN_LOG_OK;
	saved = errno;
	/* When this fails too the torn line stays: the next append closes it. */
	if (ftruncate(log->fd, log->size) != 0)
		errno = saved;
	errno = saved;
	return LOGIN_LOG_ERROR_WRITE;
}

/* A first append that a crash cut off was never answered for. Left where it is, it would hide what
 * the file continues. */
static enum login_log_error
remove_cut_record(struct append *a)
{
	if (ftruncate(a->log.fd, 0) != 0)
		return LOGIN_LOG_ERROR_WRITE;
	a->log.size = 0;
	a->tail.torn = false;
	(void)login_record_note(a->record, "cut_record_removed");
	return LOGIN_LOG_OK;
}

/* In a file that has no record yet, the end of the one before counts. */
static enum login_log_error
continue_rotated(struct append *a)
{
	struct login_log_tail before;
	enum login_log_error error = LOGIN_LOG_OK;

	switch (login_log_rotated_tail(&a->log, a->deadline_us, &before)) {
	case LOGIN_LOG_ROTATED_NONE: break;
	case LOGIN_LOG_ROTATED_FOUND:
		if (a->tail.cut)
			error = remove_cut_record(a);
		if (a->log.size == 0)
			memcpy(a->tail.prev, before.prev, sizeof(before.prev));
		a->tail.seq = before.seq;
		break;
	case LOGIN_LOG_ROTATED_UNREADABLE:
		(void)login_record_note(a->record, "chain_restarted");
		break;
	case LOGIN_LOG_ROTATED_LOCKED: error = LOGIN_LOG_ERROR_LOCKED; break;
	}
	return error;
}

static enum login_log_error
find_tail(struct append *a)
{
	enum login_log_error error;

	error = login_log_tail_read(a->log.fd, a->log.size, &a->tail);
	return error == LOGIN_LOG_OK && !a->tail.found ? continue_rotated(a) : error;
}

/* Opens, locks, and finds what is to be continued, while no rotation comes in between. */
static enum login_log_error
open_log(struct append *a, const char *path)
{
	size_t notes = a->record->note_count;

	for (int tries = 0; tries < OPEN_TRIES; tries++) {
		enum login_log_error error;

		error = login_log_file_open(&a->log, path, a->deadline_us);
		if (error == LOGIN_LOG_OK)
			error = find_tail(a);
		if (error != LOGIN_LOG_OK || a->tail.found || login_log_file_is_current(&a->log))
			return error;
		login_log_file_close(&a->log);
		a->record->note_count = notes;
	}
	return LOGIN_LOG_ERROR_LOCKED;
}

/* A log that was sealed and cannot be any more is written all the same: verify will miss the seal.
 */
static void
prepare_seal(struct append *a)
{
	enum login_log_seal_state state = login_log_seal_open(&a->log, &a->seal);

	a->sealed =
	    state == LOGIN_LOG_SEAL_ON && login_log_seal_move(&a->seal, &a->record->seq) == 0;
	if (!a->sealed && state != LOGIN_LOG_SEAL_OFF)
		(void)login_record_note(a->record, "seal_unusable");
}

static enum login_log_error
write_line(struct append *a, struct buf *line)
{
	size_t from = a->tail.torn ? 1 : 0;

	if (a->tail.torn)
		buf_putc(line, '\n');
	if (login_record_write(a->record, line) != 0)
		return LOGIN_LOG_ERROR_RECORD;
	if (a->sealed && login_seal_put(&a->seal.key, line, from) != 0)
		return LOGIN_LOG_ERROR_CRYPTO;
	buf_putc(line, '\n');
	return line->failed ? LOGIN_LOG_ERROR_RECORD : write_all(&a->log, buf_span(line));
}

static enum login_log_error
append_locked(struct append *a)
{
	struct login_record *r = a->record;
	enum login_log_error error;
	struct buf line;

	memcpy(r->prev, a->tail.prev, sizeof(r->prev));
	r->seq = a->tail.seq;
	prepare_seal(a);
	r->time_us = time_now_us();
	if (r->time_us < 0)
		return LOGIN_LOG_ERROR_CLOCK;
	buf_init(&line, LOGIN_RECORD_SIGNER_MAX + LOGIN_SEAL_MEMBER_LEN + 2);
	error = write_line(a, &line);
	buf_clear(&line);
	return error;
}

static enum login_log_error
make_durable(struct append *a)
{
	/* Others append while we wait for the disk; but a seal's key must not be gone for a record
	 * that a crash can still take back. */
	if (!a->sealed)
		(void)flock(a->log.fd, LOCK_UN);
	if (fdatasync(a->log.fd) != 0 || (a->log.size == 0 && fsync(a->log.dir) != 0))
		return LOGIN_LOG_ERROR_SYNC;
	if (a->sealed)
		(void)login_log_seal_advance(
		    &a->seal); /* the next append does what this could not */
	return LOGIN_LOG_OK;
}

static enum login_log_error
append(struct append *a, const char *path)
{
	enum login_log_error error;

	error = open_log(a, path);
	if (error != LOGIN_LOG_OK || (a->only_if_empty && a->log.size != 0))
		return error;
	error = append_locked(a);
	return error == LOGIN_LOG_OK ? make_durable(a) : error;
}

static enum login_log_error
run_append(struct append *a, const char *path)
{
	enum login_log_error error;

	a->log = LOGIN_LOG_FILE_NONE;
	a->seal = LOGIN_LOG_SEAL_NONE;
	error = append(a, path);
	login_log_seal_close(&a->seal);
	login_log_file_close(&a->log);
	return error;
}

enum login_log_error
login_log_append(const char *path, struct login_record *r, int64_t deadline_us)
{
	struct append a = {.record = r, .deadline_us = deadline_us};

	return run_append(&a, path);
}

enum login_log_error
login_log_begin(const char *path, struct login_record *r, int64_t deadline_us)
{
	struct append a = {.record = r, .deadline_us = deadline_us, .only_if_empty = true};

	return run_append(&a, path);
}
