/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/temporary_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

const char *
temporary_file_place(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL && dir[0] != '\0' ? dir : "/tmp";
}

int
temporary_file_open(void)
{
	const char *dir = temporary_file_place();
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char path[4096];
	int n;

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	n = snprintf(path, sizeof(path), "%s/logintrail.XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path);
	return fd;
}
