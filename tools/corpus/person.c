/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/person.h"

#include <stdlib.h>

#include "tools/corpus/world.h"

static void
put_or_null(struct json_writer *out, const char *key, const char *text)
{
	if (text != NULL && *text != '\0')
		json_put_string(out, key, text);
	else
		json_put_null(out, key);
}

static int
compare_texts(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void
put_hop(const struct person_hop *hop, struct json_writer *out)
{
	char id[UUID_TEXT_LEN];

	json_object_begin(out, NULL);
	json_put_string(out, "rule", hop->rule);
	if (hop->event != 0)
		json_put_string(out, "event_id", uuid_text(hop->event, id));
	json_object_end(out);
}

void
person_put(const struct person_truth *p, struct json_writer *out)
{
	const char *names[PERSON_CANDIDATES];

	put_or_null(out, "name", p->name);
	if (*p->store_name != '\0')
		json_put_string(out, "store_name", p->store_name);
	put_or_null(out, "sure", p->sure);
	put_or_null(out, "type", p->type);
	put_or_null(out, "end", p->end);
	put_or_null(out, "mfa", p->mfa);
	json_put_bool(out, "by_itself", p->by_itself);
	json_array_begin(out, "chain");
	for (size_t i = 0; i < p->hop_count; i++)
		put_hop(&p->hops[i], out);
	json_array_end(out);
	memcpy(names, p->candidates, sizeof(names));
	if (p->candidate_count > 1)
		qsort(names, p->candidate_count, sizeof(names[0]), compare_texts);
	json_array_begin(out, "candidates");
	for (size_t i = 0; i < p->candidate_count; i++)
		json_put_string(out, NULL, names[i]);
	json_array_end(out);
}
