/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a page of a listing: refused with a reason, or rows in order with whole keys. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "correlator/aws/s3_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_row(const struct s3_page *p, size_t i)
{
	struct span key = s3_page_key(p, &p->rows[i]);
	struct span etag = {p->text.ptr + p->rows[i].etag, p->rows[i].etag_len};

	must(key.len != 0 && strlen(key.ptr) == key.len);
	must(p->rows[i].is_prefix || p->rows[i].has_size);
	for (size_t j = 0; j < etag.len; j++)
		must(etag.ptr[j] > ' ' && etag.ptr[j] < 0x7f && etag.ptr[j] != '"');
	if (i != 0)
		must(strcmp(s3_page_key(p, &p->rows[i - 1]).ptr, key.ptr) <= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s3_page p;
	int r;

	s3_page_init(&p);
	r = s3_page_read(&p, (struct span){(const char *)data, size});
	must(r == 0 || r == -1 || (r == -2 && p.why != NULL));
	for (size_t i = 0; r == 0 && i < p.count; i++)
		check_row(&p, i);
	must(r != 0 || !p.truncated || p.token.len != 0);
	s3_page_clear(&p);
	return 0;
}
