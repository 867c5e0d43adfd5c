/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of a test's own with the path of a log in it, and room for its text. */
#ifndef TESTS_UNIT_LOG_PLACE_H
#define TESTS_UNIT_LOG_PLACE_H

#include "tests/unit/host_test.h"

struct place {
	char *dir, *log;
	struct buf text;
};

static inline void
place_make(struct place *p, const char *name)
{
	p->dir = scratch_make();
	p->log = path_in(p->dir, name);
	buf_init(&p->text, 16 << 20);
}

static inline void
place_remove(struct place *p)
{
	free(p->log);
	buf_clear(&p->text);
	scratch_remove(p->dir);
}

#endif
