/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>

#include "correlator/people/identity_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a list of users: in order, whole, each found again, or refused without a trace. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct identity_store s;
	size_t skipped = 0, count;
	int r;

	identity_store_init(&s);
	r = identity_store_add(&s,
	    SPAN("[{\"UserId\":\"1\",\"UserName\":\"a\",\"IdentityStoreId\":\"d-1\"}]"), &skipped);
	assert(r == 0 && s.count == 1);
	r = identity_store_add(&s, (struct span){(const char *)data, size}, &skipped);
	assert(r != -1 || s.count == 1);
	count = s.count;
	for (size_t i = 0; i < count; i++) {
		const struct identity_user *u = &s.users[i];

		assert(u->user_id.len != 0 && u->user_name.len != 0);
		if (u->store_id.len != 0)
			assert(identity_store_find(&s, u->user_id, u->store_id) != NULL);
	}
	identity_store_clear(&s);
	return 0;
}
