/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/style.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MIN 40
#define WIDTH_MAX 10000

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

static bool
wants_color(bool terminal, enum color_choice choice)
{
	const char *term = getenv("TERM");

	if (choice != COLOR_AUTO)
		return choice == COLOR_ALWAYS;
	return terminal && !is_set("NO_COLOR") && term != NULL && strcmp(term, "dumb") != 0;
}

static size_t
terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	unsigned long n = columns != NULL ? strtoul(columns, NULL, 10) : 0;
	struct winsize size;

	if (n == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
		n = size.ws_col;
	if (n == 0)
		n = 80;
	return n < WIDTH_MIN ? WIDTH_MIN : n > WIDTH_MAX ? WIDTH_MAX : n;
}

struct style
style_for(FILE *stream, enum color_choice choice, bool local)
{
	int fd = stream != NULL ? fileno(stream) : -1;
	bool terminal = fd >= 0 && isatty(fd) == 1;

	return (struct style){
	    .color = wants_color(terminal, choice),
	    .local = local,
	    .width = terminal ? terminal_width(fd) : 0,
	};
}

void
style_ink(const struct style *s, struct buf *out, enum style_ink ink)
{
	static const char *const codes[] = {
	    [INK_PLAIN] = "\033[0m",
	    [INK_BOLD] = "\033[1m",
	    [INK_DIM] = "\033[2m",
	    [INK_GOOD] = "\033[32m",
	    [INK_DOUBT] = "\033[33m",
	    [INK_BAD] = "\033[1;31m",
	};

	if (s->color)
		buf_puts(out, codes[ink]);
}

void
style_put(const struct style *s, struct buf *out, enum style_ink ink, const char *text)
{
	style_ink(s, out, ink);
	buf_puts(out, text);
	if (ink != INK_PLAIN)
		style_ink(s, out, INK_PLAIN);
}

char *
style_time(const struct style *s, char out[static TIME_TEXT_LEN], int64_t us, int digits)
{
	return s->local ? time_format_local(out, us, digits) : time_format(out, us, digits);
}
