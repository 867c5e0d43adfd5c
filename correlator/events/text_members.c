/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/events/text_members.h"

static void
forget(const struct text_member *table, void *into)
{
	for (; table->name != NULL; table++) {
		void *at = (char *)into + table->offset;

		if (table->inside != NULL)
			forget(table->inside, at);
		else
			*(struct span *)at = SPAN_NONE;
	}
}

void
text_members_read(
    struct json_reader *r, struct buf *scratch, const struct text_member *table, void *into)
{
	struct span key;

	forget(table, into);
	if (json_peek(r) != JSON_OBJECT) {
		(void)json_skip(r);
		return;
	}
	for (json_enter(r, JSON_OBJECT); json_next_member(r, &key);) {
		const struct text_member *m = table;

		while (m->name != NULL && !json_key_is(key, m->name))
			m++;
		if (m->name == NULL)
			(void)json_skip(r);
		else if (m->inside != NULL)
			text_members_read(r, scratch, m->inside, (char *)into + m->offset);
		else
			*(struct span *)((char *)into + m->offset) =
			    m->raw ? json_skip(r) : json_read_text(r, scratch);
	}
}
