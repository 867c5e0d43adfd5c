/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "pam_module/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the module sends, and the address within it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {(const char *)data, size};
	struct facts_connection c;
	struct facts facts;

	if (facts_parse(input, &facts) == FACTS_OK) {
		assert(facts.log[0] == '/' && strlen(facts.log) < size);
		assert(facts.deadline_us >= 1);
		assert(facts.id.len == 32);
		if (facts_connection_parse(facts.connection, &c))
			assert(c.client_port <= 65535 && c.server_port <= 65535);
	}
	(void)facts_connection_parse(input, &c);
	return 0;
}
