/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_log_seal_state.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".seal"
/* The log can be ahead of the key by one record after a crash; by more only where records were
 * written without a seal. */
#define MOVE_MAX 65536

/* {"logintrail_seal":1,"seq":"00000000000000000017","key":"<64 digits>","check":"<8 digits>"} LF:
 * always as long, so that overwriting leaves nothing of the key before. The check is the beginning
 * of the SHA-256 of what stands before its member: a key that was half overwritten is no key. */
#define STATE_START  "{\"logintrail_seal\":1,\"seq\":\""
#define STATE_MIDDLE "\",\"key\":\""
#define STATE_CHECK  "\",\"check\":\""
#define STATE_END    "\"}\n"
#define SEQ_LEN      20
#define CHECK_LEN    8
#define CHECKED_LEN  (sizeof(STATE_START STATE_MIDDLE) - 1 + SEQ_LEN + SHA256_HEX_LEN)
#define STATE_LEN    (CHECKED_LEN + sizeof(STATE_CHECK STATE_END) - 1 + CHECK_LEN)

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Everything behind the checked text: its check and the end. */
static bool
make_end(const char *text, char end[static STATE_LEN - CHECKED_LEN + 1])
{
	char hex[SHA256_HEX_LEN + 1];
	uint8_t digest[SHA256_LEN];

	if (sha256_digest((struct span){text, CHECKED_LEN}, digest) != 0)
		return false;
	sha256_hex(digest, hex);
	(void)snprintf(end, STATE_LEN - CHECKED_LEN + 1, STATE_CHECK "%.8s" STATE_END, hex);
	return true;
}

static bool
parse_state(const char text[static STATE_LEN], struct login_seal_key *key)
{
	const char *seq = text + sizeof(STATE_START) - 1, *middle = seq + SEQ_LEN;
	const char *hex = middle + sizeof(STATE_MIDDLE) - 1;
	char end[STATE_LEN - CHECKED_LEN + 1];

	if (memcmp(text, STATE_START, sizeof(STATE_START) - 1) != 0 ||
	    memcmp(middle, STATE_MIDDLE, sizeof(STATE_MIDDLE) - 1) != 0 || !make_end(text, end) ||
	    memcmp(text + CHECKED_LEN, end, sizeof(end) - 1) != 0)
		return false;
	key->seq = 0;
	for (size_t i = 0; i < SEQ_LEN; i++) {
		if (seq[i] < '0' || seq[i] > '9' || key->seq > INT64_MAX / 10 - 1)
			return false;
		key->seq = key->seq * 10 + (uint64_t)(seq[i] - '0');
	}
	for (size_t i = 0; i < SHA256_LEN; i++) {
		int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		key->key[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* All of it, or an error: what is overwritten in part is lost. */
static int
overwrite(int fd, const char *text, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(fd, text + done, len - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n < 0 ? errno : ENOSPC;
			return -1;
		}
		done += (size_t)n;
	}
	return fdatasync(fd);
}

int
login_log_seal_store(int fd, const struct login_seal_key *key)
{
	char text[STATE_LEN + 1], hex[SHA256_HEX_LEN + 1];
	int r = -1;

	sha256_hex(key->key, hex);
	(void)snprintf(text, sizeof(text), STATE_START "%020llu" STATE_MIDDLE "%s",
	    (unsigned long long)key->seq, hex);
	if (make_end(text, text + CHECKED_LEN))
		r = overwrite(fd, text, STATE_LEN);
	OPENSSL_cleanse(text, sizeof(text));
	OPENSSL_cleanse(hex, sizeof(hex));
	return r;
}

bool
login_log_seal_name(const struct login_log_file *log, char name[static NAME_MAX + 1])
{
	int n = snprintf(name, NAME_MAX + 1, "%s" SUFFIX, log->name);

	if (n > 0 && n <= NAME_MAX)
		return true;
	errno = ENAMETOOLONG;
	return false;
}

static bool
is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid == geteuid() && (st.st_mode & 077) == 0 && st.st_size == (off_t)STATE_LEN;
}

enum login_log_seal_state
login_log_seal_open(const struct login_log_file *log, struct login_log_seal *s)
{
	char name[NAME_MAX + 1], text[STATE_LEN];
	bool good;

	*s = LOGIN_LOG_SEAL_NONE;
	if (!login_log_seal_name(log, name))
		return LOGIN_LOG_SEAL_OFF; /* nor could it have been created */
	s->fd = openat(log->dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (s->fd < 0)
		return errno == ENOENT ? LOGIN_LOG_SEAL_OFF : LOGIN_LOG_SEAL_UNUSABLE;
	good = is_ours(s->fd) && pread(s->fd, text, STATE_LEN, 0) == (ssize_t)STATE_LEN &&
	    parse_state(text, &s->key);
	OPENSSL_cleanse(text, sizeof(text));
	return good ? LOGIN_LOG_SEAL_ON : LOGIN_LOG_SEAL_UNUSABLE;
}

void
login_log_seal_close(struct login_log_seal *s)
{
	int saved = errno;

	OPENSSL_cleanse(&s->key, sizeof(s->key));
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
	errno = saved;
}

int
login_log_seal_move(struct login_log_seal *s, uint64_t *seq)
{
	if (*seq < s->key.seq)
		*seq = s->key.seq;
	return *seq - s->key.seq <= MOVE_MAX ? login_seal_move(&s->key, *seq) : -1;
}

int
login_log_seal_advance(struct login_log_seal *s)
{
	return login_seal_move(&s->key, s->key.seq + 1) == 0 ? login_log_seal_store(s->fd, &s->key)
							     : -1;
}
