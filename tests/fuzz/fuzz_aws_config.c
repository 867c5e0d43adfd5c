/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>

#include "correlator/aws/aws_config_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every key can be asked for and has the value of its last place, unless its name has a dot in it.
 */
static void
check_entry(const struct aws_config_text *t, size_t i)
{
	const struct aws_config_entry *e = &t->entries[i];
	const char *section, *value;
	struct buf key;

	assert(e->section < t->section_count);
	assert(e->parent == AWS_CONFIG_NO_PARENT ||
	    (e->parent < i && t->entries[e->parent].is_parent &&
		t->entries[e->parent].section == e->section));
	section = t->sections[e->section];
	buf_init(&key, 1 << 20);
	if (e->parent != AWS_CONFIG_NO_PARENT) {
		buf_puts(&key, t->entries[e->parent].key);
		buf_putc(&key, '.');
	}
	buf_puts(&key, e->key);
	assert(buf_cstr(&key) != NULL);
	value = aws_config_text_get(t, section, key.ptr);
	if (strchr(e->key, '.') == NULL &&
	    (e->parent == AWS_CONFIG_NO_PARENT || strchr(t->entries[e->parent].key, '.') == NULL))
		assert(value != NULL);
	buf_clear(&key);
}

/* Any bytes as one of the shared files: read or refused with a line and a reason. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aws_config_text t;
	const char *problem = NULL;
	size_t line = 0;
	int r;

	aws_config_text_init(&t);
	r = aws_config_text_read(&t, (struct span){(const char *)data, size}, &line, &problem);
	assert(r == 0 || (r == -2 && problem != NULL && line != 0 && line <= size + 1));
	for (size_t i = 0; r == 0 && i < t.entry_count; i++)
		check_entry(&t, i);
	for (size_t i = 0; r == 0 && i < t.section_count; i++) {
		struct buf word;

		buf_init(&word, size + 1);
		(void)aws_config_second_word(t.sections[i], &word);
		assert(word.len <= strlen(t.sections[i]) && !word.failed);
		buf_clear(&word);
	}
	aws_config_text_clear(&t);
	return 0;
}
