/* SPDX-License-Identifier: Apache-2.0 */
/* What is got and must be given back: counted. */
#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>

#include "tests/fault/fault.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
DIR *__real_fdopendir(int fd);
int __real_closedir(DIR *dir);
int __real_getifaddrs(struct ifaddrs **all);
void __real_freeifaddrs(struct ifaddrs *all);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
DIR *__wrap_fdopendir(int fd);
int __wrap_closedir(DIR *dir);
int __wrap_getifaddrs(struct ifaddrs **all);
void __wrap_freeifaddrs(struct ifaddrs *all);

static bool
strikes(const char *name)
{
	int how;

	if (!fault_strikes(name, FAULT_PLAIN, &how))
		return false;
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	void *block = strikes("malloc") ? NULL : __real_malloc(size);

	fault_blocks += block != NULL;
	return block;
}

void *
__wrap_calloc(size_t n, size_t size)
{
	void *block = strikes("calloc") ? NULL : __real_calloc(n, size);

	fault_blocks += block != NULL;
	return block;
}

void *
__wrap_realloc(void *block, size_t size)
{
	void *moved = strikes("realloc") ? NULL : __real_realloc(block, size);

	fault_blocks += block == NULL && moved != NULL;
	return moved;
}

void
__wrap_free(void *block)
{
	fault_blocks -= block != NULL;
	__real_free(block);
}

int
__wrap_getifaddrs(struct ifaddrs **all)
{
	int r = strikes("getifaddrs") ? -1 : __real_getifaddrs(all);

	fault_blocks += r == 0;
	return r;
}

void
__wrap_freeifaddrs(struct ifaddrs *all)
{
	fault_blocks--;
	__real_freeifaddrs(all);
}

DIR *
__wrap_fdopendir(int fd)
{
	DIR *dir = strikes("fdopendir") ? NULL : __real_fdopendir(fd);

	fault_blocks += dir != NULL;
	return dir;
}

int
__wrap_closedir(DIR *dir)
{
	int how, r = __real_closedir(dir);

	fault_blocks--;
	return fault_strikes("closedir", FAULT_IO, &how) ? -1 : r;
}
