/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "pam_module/login_log_seal.h"
#include "pam_module/login_log_rotated.h"
#include "pam_module/login_log_tail.h"
#include "tools/host/host.h"

/* Shows the first key, the only time that it can be. */
static int
show_key(const struct login_seal_key *key)
{
	char text[LOGIN_SEAL_TEXT_MAX];
	int r = -1;

	if (login_seal_key_write(key, text) == 0 && printf("%s\n", text) > 0 && fflush(stdout) == 0)
		r = 0;
	OPENSSL_cleanse(text, sizeof(text));
	return r;
}

/* The number of the log's next record. */
static enum login_log_error
find_next_seq(const struct login_log_file *log, uint64_t *seq)
{
	struct login_log_tail tail, before;
	enum login_log_error error;

	error = login_log_tail_read(log->fd, log->size, &tail);
	if (error != LOGIN_LOG_OK)
		return error;
	if (!tail.found &&
	    login_log_rotated_tail(log, host_deadline_us(), &before) == LOGIN_LOG_ROTATED_FOUND)
		tail.seq = before.seq;
	*seq = tail.seq;
	return LOGIN_LOG_OK;
}

static int
fail_log(const char *log, enum login_log_error error)
{
	return host_fail(
	    log, login_log_error_text(error), login_log_error_has_errno(error) ? errno : 0);
}

/* Creates the key for the log's next record, whoever writes it. */
static int
create_key(const struct login_log_file *log, const char *path, struct login_seal_key *key)
{
	enum login_log_error error;
	uint64_t seq;

	error = find_next_seq(log, &seq);
	if (error != LOGIN_LOG_OK)
		return fail_log(path, error);
	if (login_log_seal_create(log, seq, key) == 0)
		return HOST_DONE;
	if (errno == EEXIST)
		return host_fail(path, "is sealed already: its first key was shown then", 0);
	return host_fail(path, "the seal's key cannot be stored", errno);
}

static int
seal(const char *path, struct login_seal_key *key)
{
	struct login_log_file log;
	enum login_log_error error;
	int r;

	error = login_log_file_open(&log, path, host_deadline_us());
	if (error != LOGIN_LOG_OK) {
		r = fail_log(path, error);
	} else {
		r = create_key(&log, path, key);
		if (r == HOST_DONE && show_key(key) != 0) {
			login_log_seal_remove(&log); /* a seal that nobody can check is none */
			r = host_fail(
			    "standard output", "the key cannot be shown; not sealed", errno);
		}
	}
	login_log_file_close(&log);
	return r;
}

/* The first sealed record says that sealing began, and moves the first key on. */
static int
append_record(const char *path)
{
	struct login_record record;
	enum login_log_error error = LOGIN_LOG_ERROR_RECORD;
	struct buf storage;

	if (host_record(LOGIN_RECORD_SEAL, &storage, &record) == 0)
		error = login_log_append(path, &record, host_deadline_us());
	buf_clear(&storage);
	if (error == LOGIN_LOG_OK)
		return HOST_DONE;
	(void)fail_log(path, error);
	return host_fail(
	    path, "the first key stays on this host until the next login is recorded", 0);
}

int
seal_init_command(const struct host_options *o)
{
	struct login_seal_key key;
	int r;

	r = seal(o->log, &key);
	OPENSSL_cleanse(&key, sizeof(key));
	if (r != HOST_DONE)
		return r;
	(void)fprintf(stderr,
	    "logintrail-host: the line above is the first key of the seal. Keep it off this host: "
	    "it\n"
	    "is stored nowhere, and 'logintrail verify --seal-key' needs it.\n");
	return append_record(o->log);
}
