/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include "pam_module/login_log_seal_state.h"

void
login_log_seal_remove(const struct login_log_file *log)
{
	char name[NAME_MAX + 1];

	if (login_log_seal_name(log, name))
		(void)unlinkat(log->dir, name, 0);
}

int
login_log_seal_create(const struct login_log_file *log, uint64_t seq, struct login_seal_key *key)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC;
	char name[NAME_MAX + 1];
	int fd, saved, r = -1;

	if (!login_log_seal_name(log, name))
		return -1;
	fd = openat(log->dir, name, flags, 0600);
	if (fd < 0)
		return -1;
	key->seq = seq;
	if (getrandom(key->key, sizeof(key->key), 0) == (ssize_t)sizeof(key->key) &&
	    login_log_seal_store(fd, key) == 0)
		r = fsync(log->dir);
	saved = errno;
	(void)close(fd);
	if (r != 0)
		login_log_seal_remove(log);
	errno = saved;
	return r;
}
