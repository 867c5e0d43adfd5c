/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/diagnostics.h"

#include <stdarg.h>

#include "common/buf.h"
#include "common/safe_text.h"

#define MESSAGE_MAX 2048
/* A path of PATH_MAX bytes, each shown as four, and the message. */
#define LINE_MAX_BYTES (32 * 1024)

static void __attribute__((format(printf, 4, 0))) say(const struct diagnostics *d, bool is_error,
    const char *subject, const char *format, va_list args)
{
	char message[MESSAGE_MAX];
	struct buf line;

	if (vsnprintf(message, sizeof(message), format, args) < 0)
		message[0] = '\0';
	if (d->said != NULL)
		d->said(d->said_ctx, is_error, subject, message);
	if (d->stream == NULL)
		return;
	if (d->before != NULL)
		d->before(d->ctx);
	buf_init(&line, LINE_MAX_BYTES);
	buf_puts(&line, "logintrail: ");
	if (subject != NULL) {
		safe_text_put(&line, span_of(subject));
		buf_puts(&line, ": ");
	}
	safe_text_put(&line, span_of(message));
	buf_putc(&line, '\n');
	/* one call for the line, so that lines of several processes do not mix; where the
	 * diagnostics themselves cannot be written there is nobody left to tell */
	if (line.failed)
		(void)fputs("logintrail: a message too long to show\n", d->stream);
	else
		(void)fwrite(line.ptr, 1, line.len, d->stream);
	buf_clear(&line);
}

void
diagnostics_error(struct diagnostics *d, const char *subject, const char *format, ...)
{
	va_list args;

	d->errors++;
	va_start(args, format);
	say(d, true, subject, format, args);
	va_end(args);
}

void
diagnostics_warning(struct diagnostics *d, const char *subject, const char *format, ...)
{
	va_list args;

	d->warnings++;
	va_start(args, format);
	say(d, false, subject, format, args);
	va_end(args);
}
