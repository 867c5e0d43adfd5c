/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_SIZE     ((size_t)64 * 1024)
#define OUTPUT_BUF_MAX ((size_t)256 << 20)
#define NAME_TRIES     100

void
output_init_stream(struct output *o, FILE *stream, const char *name)
{
	*o = (struct output){.file = stream, .name = name, .is_borrowed = true};
	buf_init(&o->buf, OUTPUT_BUF_MAX);
}

/* Creates a file beside the target that nobody else has. -1 with errno. */
static int
create_temporary(struct output *o, mode_t mode)
{
	int fd = -1;

	for (int i = 0; i < NAME_TRIES && fd < 0; i++) {
		free(o->temporary);
		o->temporary = NULL;
		if (asprintf(&o->temporary, "%s.%ld-%d.tmp", o->target, (long)getpid(), i) < 0) {
			o->temporary = NULL;
			errno = ENOMEM;
			return -1;
		}
		fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		free(o->temporary);
		o->temporary = NULL;
	}
	return fd;
}

/* Opens what is to be written: the file in place, or a temporary one. -1 with errno. */
static int
open_target(struct output *o, const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) != 0) {
		if (errno != ENOENT)
			return -1;
		o->target = strdup(path);
		return o->target != NULL ? create_temporary(o, 0666) : -1;
	}
	if (!S_ISREG(st.st_mode))
		return open(path, O_WRONLY | O_CLOEXEC);
	o->target = realpath(path, NULL); /* a link stays one: what it names is replaced */
	if (o->target == NULL)
		return -1;
	fd = create_temporary(o, st.st_mode & 0777);
	if (fd >= 0)
		(void)fchmod(fd, st.st_mode & 0777);
	return fd;
}

static void
drop_temporary(struct output *o)
{
	if (o->temporary != NULL)
		(void)unlink(o->temporary);
	free(o->temporary);
	free(o->target);
	o->temporary = o->target = NULL;
	buf_clear(&o->buf);
}

int
output_open(struct output *o, const char *path)
{
	int fd;

	*o = (struct output){.name = path};
	buf_init(&o->buf, OUTPUT_BUF_MAX);
	fd = open_target(o, path);
	o->file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (o->file != NULL)
		return 0;
	o->error = errno != 0 ? errno : EIO;
	if (fd >= 0)
		(void)close(fd);
	drop_temporary(o);
	return -1;
}

static void
flush_all(struct output *o)
{
	if (o->buf.failed && o->error == 0)
		o->error = ENOMEM;
	if (o->error == 0 && o->buf.len != 0) {
		errno = 0;
		if (fwrite(o->buf.ptr, 1, o->buf.len, o->file) != o->buf.len)
			o->error = errno != 0 ? errno : EIO;
	}
	buf_truncate(&o->buf, 0);
}

void
output_flush(struct output *o)
{
	if (o->buf.len >= FLUSH_SIZE)
		flush_all(o);
}

int
output_close(struct output *o)
{
	flush_all(o);
	errno = 0;
	if (fflush(o->file) != 0 && o->error == 0)
		o->error = errno != 0 ? errno : EIO;
	if (!o->is_borrowed && fclose(o->file) != 0 && o->error == 0)
		o->error = errno != 0 ? errno : EIO;
	if (o->error == 0 && o->temporary != NULL) {
		if (rename(o->temporary, o->target) != 0) {
			o->error = errno;
		} else {
			free(o->temporary);
			o->temporary = NULL;
		}
	}
	drop_temporary(o);
	o->file = NULL;
	return o->error == 0 ? 0 : -1;
}
