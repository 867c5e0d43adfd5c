/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown to people: always UTF-8 on one line, nothing hidden, as wide as it is said to be.
 */
#include <stdint.h>
#include <stdlib.h>

#include "common/utf8.h"
#include "correlator/report/csv.h"
#include "common/safe_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool held)
{
	if (!held)
		abort();
}

/* Nothing that a terminal acts on, nothing that hides or turns text around. */
static void
check_safe(struct span text)
{
	while (text.len != 0) {
		uint32_t code;
		size_t n = utf8_decode(text.ptr, text.len, &code);

		require(n != 0);
		require(code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0));
		require(!(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069));
		require(code != 0x200b && code != 0xfeff && !(code >= 0xe0000 && code <= 0xe0fff));
		text = span_from(text, n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct buf out;
	size_t width = safe_text_width(text);

	buf_init(&out, size * 16 + 64);
	safe_text_put(&out, text);
	require(!out.failed);
	check_safe(buf_span(&out));
	require(safe_text_width(buf_span(&out)) == width);
	for (int keep_end = 0; keep_end < 2; keep_end++) {
		size_t columns = size != 0 ? data[0] % 40 : 0, used;

		buf_reset(&out);
		used = safe_text_put_fit(&out, text, columns, keep_end == 1);
		require(used <= columns || width <= columns);
		check_safe(buf_span(&out));
		require(safe_text_width(buf_span(&out)) == used);
	}
	buf_reset(&out);
	csv_put_cell(&out, text);
	require(!out.failed);
	check_safe(buf_span(&out));
	if (out.len != 0)
		require(strchr("=+-@", out.ptr[0]) == NULL);
	buf_clear(&out);
	return 0;
}
