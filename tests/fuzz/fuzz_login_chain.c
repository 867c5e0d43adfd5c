/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "correlator/evidence/login_chain.h"
#include "correlator/report/chains.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every file that is a log, and not another one's copy, is in one chain; the counts agree. */
static void
check(const struct login_chain_set *s)
{
	size_t files = 0, copies = 0;

	for (size_t i = 0; i < s->chain_count; i++) {
		const struct login_chain *c = &s->chains[i];
		uint64_t records = 0;

		for (size_t f = c->first; f != SIZE_MAX; f = s->files[f].next) {
			records += s->files[f].records;
			files++;
		}
		assert(records == c->records);
		assert((c->state == LOGIN_CHAIN_BROKEN) == (c->wounds != 0));
	}
	for (size_t i = 0; i < s->file_count; i++)
		copies += s->files[i].copy_of != i;
	assert(files + copies == s->file_count);
}

static void
render(const struct login_chain_set *s)
{
	const struct chains_view view = {.set = s};
	const struct style style = {.color = false};
	struct output o;
	FILE *null = fopen("/dev/null", "w");

	assert(null != NULL);
	output_init_stream(&o, null, "null");
	chains_text(&o, &view, &style);
	chains_json(&o, &view);
	for (size_t i = 0; i < o.buf.len; i++)
		assert((unsigned char)o.buf.ptr[i] >= 0x20 || o.buf.ptr[i] == '\n');
	(void)output_close(&o);
	(void)fclose(null);
}

/* Files that are parted by a form feed; a log that is cut or mixed in any way is judged. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size}, file;
	struct login_chain_set s;
	char name[] = "a";
	bool is_log;

	login_chain_init(&s);
	while (span_cut(&rest, '\f', &file) && name[0] < 'z') {
		int r = login_chain_add(&s, name, file, &is_log);

		assert(r == 0);
		name[0]++;
	}
	assert(login_chain_link(&s) == 0);
	check(&s);
	render(&s);
	login_chain_clear(&s);
	return 0;
}
