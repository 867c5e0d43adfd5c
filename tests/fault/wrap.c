/* SPDX-License-Identifier: Apache-2.0 */
/* The wrappers that do nothing but fail, or else call the real function. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <unistd.h>

#include "tests/fault/fault.h"

#define WRAP(class, type, failed, name, parameters, arguments)                                     \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		int how;                                                                           \
                                                                                                   \
		return fault_strikes(#name, class, &how) ? (failed) : __real_##name arguments;     \
	}

WRAP(FAULT_IO, int, -1, fstat, (int fd, struct stat *st), (fd, st))
WRAP(FAULT_IO, int, -1, fstatat, (int fd, const char *path, struct stat *st, int flags),
    (fd, path, st, flags))
WRAP(FAULT_IO, int, -1, flock, (int fd, int operation), (fd, operation))
WRAP(FAULT_IO, ssize_t, -1, readlink, (const char *path, char *to, size_t size), (path, to, size))
WRAP(FAULT_IO, int, -1, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(FAULT_IO, int, -1, chdir, (const char *path), (path))
WRAP(FAULT_IO, struct dirent *, NULL, readdir, (DIR * dir), (dir))
WRAP(FAULT_IO, int, -1, dup2, (int from, int to), (from, to))
WRAP(FAULT_IO, int, 0, isatty, (int fd), (fd))
WRAP(FAULT_IO, pid_t, -1, setsid, (void), ())
WRAP(FAULT_IO, int, -1, socketpair, (int domain, int type, int protocol, int ends[2]),
    (domain, type, protocol, ends))
WRAP(FAULT_IO, int, -1, poll, (struct pollfd * fds, nfds_t n, int timeout), (fds, n, timeout))
WRAP(FAULT_IO, int, -1, shutdown, (int fd, int how_far), (fd, how_far))
WRAP(FAULT_IO, int, -1, nanosleep, (const struct timespec *pause, struct timespec *left),
    (pause, left))
WRAP(FAULT_PLAIN, int, -1, kill, (pid_t pid, int number), (pid, number))
WRAP(FAULT_PLAIN, int, -1, clock_gettime, (clockid_t clock, struct timespec *now), (clock, now))
WRAP(FAULT_PLAIN, int, -1, setitimer,
    (__itimer_which_t which, const struct itimerval *timer, struct itimerval *before),
    (which, timer, before))
WRAP(FAULT_PLAIN, int, -1, setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit),
    (resource, limit))
WRAP(FAULT_PLAIN, int, -1, getrlimit, (__rlimit_resource_t resource, struct rlimit *limit),
    (resource, limit))
WRAP(FAULT_PLAIN, int, -1, adjtimex, (struct timex * clock), (clock))
WRAP(FAULT_PLAIN, int, -1, gethostname, (char *name, size_t size), (name, size))
WRAP(FAULT_PLAIN, const char *, NULL, inet_ntop,
    (int family, const void *bytes, char *text, socklen_t size), (family, bytes, text, size))
WRAP(FAULT_PLAIN, int, 0, inet_pton, (int family, const char *text, void *bytes),
    (family, text, bytes))
WRAP(FAULT_PLAIN, int, -1, EVP_DecodeBlock, (unsigned char *to, const unsigned char *from, int len),
    (to, from, len))
WRAP(FAULT_PLAIN, void *, NULL, dlopen, (const char *path, int flags), (path, flags))
WRAP(FAULT_PLAIN, void *, NULL, dlsym, (void *library, const char *name), (library, name))
WRAP(FAULT_PLAIN, int, -1, dlclose, (void *library), (library))
WRAP(FAULT_PLAIN, int, 0, SHA256_Init, (SHA256_CTX * context), (context))
WRAP(FAULT_PLAIN, int, 0, SHA256_Update, (SHA256_CTX * context, const void *data, size_t len),
    (context, data, len))
WRAP(FAULT_PLAIN, int, 0, SHA256_Final, (unsigned char *digest, SHA256_CTX *context),
    (digest, context))
