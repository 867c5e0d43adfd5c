/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_TEXT_MAX 65536

static bool
is_name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '_';
}

/* The length of "$NAME" or "${NAME}" at p with the name in *name; 1 when it is only a dollar. */
static size_t
variable_at(const char *p, struct span *name)
{
	size_t n = 1;

	*name = SPAN_NONE;
	if (p[1] == '{') {
		const char *end = strchr(p, '}');

		if (end == NULL)
			return 1;
		*name = (struct span){p + 2, (size_t)(end - p) - 2};
		return (size_t)(end - p) + 1;
	}
	while (is_name_char(p[n]))
		n++;
	if (n > 1)
		*name = (struct span){p + 1, n - 1};
	return n;
}

static void
put_variable(struct buf *out, struct span name, struct span as_it_stands)
{
	char *copy = name.ptr != NULL ? strndup(name.ptr, name.len) : NULL;
	const char *value = copy != NULL ? getenv(copy) : NULL;

	if (value != NULL)
		buf_puts(out, value);
	else
		buf_put_span(out, as_it_stands);
	free(copy);
}

static void
put_user_home(struct buf *out, struct span user, struct span as_it_stands)
{
	char *copy = strndup(user.ptr, user.len), space[4096];
	struct passwd entry, *found = NULL;
	const char *home = user.len == 0 ? getenv("HOME") : NULL;

	if (home == NULL && copy != NULL) {
		if (user.len == 0)
			(void)getpwuid_r(getuid(), &entry, space, sizeof(space), &found);
		else
			(void)getpwnam_r(copy, &entry, space, sizeof(space), &found);
		home = found != NULL ? found->pw_dir : NULL;
	}
	if (home != NULL)
		buf_puts(out, home);
	else
		buf_put_span(out, as_it_stands);
	free(copy);
}

void
aws_config_path(struct buf *out, const char *path)
{
	struct buf expanded;
	struct span rest;
	size_t n = 0;

	buf_init(&expanded, PATH_TEXT_MAX);
	while (*path != '\0') {
		struct span name = SPAN_NONE;

		n = *path == '$' ? variable_at(path, &name) : strcspn(path, "$");
		if (*path == '$')
			put_variable(&expanded, name, (struct span){path, n});
		else
			buf_put(&expanded, path, n);
		path += n;
	}
	if (expanded.failed)
		out->failed = true;
	rest = buf_span(&expanded);
	if (span_starts(rest, "~")) {
		for (n = 1; n < rest.len && rest.ptr[n] != '/';)
			n++;
		put_user_home(out, span_from(span_head(rest, n), 1), span_head(rest, n));
		rest = span_from(rest, n);
	}
	buf_put_span(out, rest);
	buf_clear(&expanded);
}

/* 0, or an errno; EFBIG when there is more than the buffer takes. */
static int
read_all(int fd, struct buf *text)
{
	/* room for all at once: no copy of a secret stays behind where a buffer grew */
	if (!buf_reserve(text, text->max))
		return ENOMEM;
	for (;;) {
		const ssize_t n = read(fd, text->ptr + text->len, text->max - text->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return 0;
		text->len += (size_t)n;
		if (text->len == text->max)
			return EFBIG;
	}
}

static int
read_regular(int fd, struct buf *text)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return errno;
	return S_ISREG(st.st_mode) ? read_all(fd, text) : 0;
}

int
aws_config_file_read(const char *path, struct buf *text, struct buf *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), reason;
	char why[128];

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	reason = fd < 0 ? errno : read_regular(fd, text);
	if (fd >= 0)
		(void)close(fd);
	if (reason == 0)
		return 0;
	buf_puts(error, path);
	buf_puts(error, ": ");
	buf_puts(
	    error, reason == EFBIG ? "larger than 1 MiB" : strerror_r(reason, why, sizeof(why)));
	return -1;
}
