/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a time: what is read is shown in a form that reads back as the same instant. */
#include <stdint.h>

#include "common/time_text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	char out[TIME_TEXT_LEN];
	int64_t us = -1, back, any;

	if (time_parse(text, &us)) {
		if (us < 0 || !time_parse(span_of(time_format(out, us, 6)), &back) || back != us)
			abort();
		if (time_parse_typed(text, 0, false, &back) && back != us)
			abort();
		if (!time_parse(span_of(time_format_local(out, us, 6)), &back) || back != us)
			abort();
	}
	(void)time_parse_typed(text, INT64_C(1795328560000000), size % 2 != 0, &us);
	(void)time_format(out, us, (int)(size % 9));
	(void)time_format_local(out, us, 3);
	if (size >= sizeof(any)) {
		memcpy(&any, data, sizeof(any));
		(void)time_format(out, any, 6);
		(void)time_format_local(out, any, 0);
		(void)time_format_span(out, any);
	}
	return 0;
}
