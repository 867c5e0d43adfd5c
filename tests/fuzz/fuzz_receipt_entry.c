/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of EC2 Instance Connect: any text is cut and parsed; what parses lies within the text. */
#include <stdint.h>

#include "pam_module/receipt_entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_within(struct span outer, struct span inner)
{
	if (inner.ptr == NULL)
		return;
	if (inner.ptr < outer.ptr || inner.ptr + inner.len > outer.ptr + outer.len)
		abort();
}

static void
check_entry(struct span text)
{
	struct receipt_entry e;

	if (receipt_entry_parse(text, &e) != RECEIPT_ENTRY_OK)
		return;
	check_within(text, e.signed_text);
	check_within(e.signed_text, e.key_line);
	check_within(e.signed_text, e.instance);
	check_within(e.signed_text, e.caller);
	check_within(e.signed_text, e.request);
	if (e.signed_text.len == 0 || e.signed_text.ptr[e.signed_text.len - 1] != '\n' ||
	    e.signature_len == 0 || e.signature_len > RECEIPT_SIGNATURE_MAX)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = {(const char *)data, size}, rest = all, entry;

	while (receipt_entry_next(&rest, &entry)) {
		check_within(all, entry);
		check_entry(entry);
	}
	return 0;
}
