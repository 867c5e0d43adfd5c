/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>

#include "correlator/aws/aws_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct counts {
	size_t size, left;
};

static int
check_element(void *ctx, const char *path, struct span text)
{
	struct counts *c = ctx;
	size_t depth = 1;

	for (const char *p = path; *p != '\0'; p++)
		depth += *p == '/';
	assert(path[0] != '\0' && depth <= 32 && strlen(path) <= c->size + depth);
	assert(text.ptr != NULL && text.len <= c->size);
	assert(c->left != 0);
	return --c->left == 0 ? 5 : 0;
}

/* Any bytes as an answer; it may be enough after any number of elements. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counts c = {
	    .size = size, .left = size != 0 && data[0] < ' ' ? data[0] + 1u : size + 1};
	int r;

	if (size != 0 && data[0] < ' ') {
		data++;
		size--;
	}
	r = aws_xml_read((struct span){(const char *)data, size}, check_element, &c);
	assert(r == 0 || r == -2 || (r == 5 && c.left == 0));
	return 0;
}
