/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/chain_check.h"

#include <openssl/evp.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void
hash(const char *line, size_t len, char hex[static 65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(line, len, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static bool
is_text(const cJSON *record, const char *name, const char *value)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, name));

	return text != NULL && strcmp(text, value) == 0;
}

/* What every record has, and what ties it to the line before. */
static const char *
check_record(const cJSON *record, double seq, const char *prev)
{
	const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "id"));
	const char *time = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "time"));

	if (cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(record, "v")) != 1)
		return "v";
	if (!is_text(record, "kind", "open") && !is_text(record, "kind", "close"))
		return "kind";
	if (id == NULL || strlen(id) != 32 || strspn(id, "0123456789abcdef") != 32)
		return "id";
	if (time == NULL || strlen(time) != 27 || strncmp(time, "20", 2) != 0)
		return "time";
	if (cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(record, "seq")) != seq)
		return "seq";
	return is_text(record, "prev", prev) ? NULL : "prev";
}

void
chain_check(const char *text, size_t len, struct chain *chain)
{
	char prev[65] = ZEROS;
	double seq = 1;
	size_t number = 1;

	*chain = (struct chain){.open_end = len != 0 && text[len - 1] != '\n'};
	for (size_t at = 0, n; at < len; at += n + 1, number++) {
		const char *end = memchr(text + at, '\n', len - at);
		const char *wrong;
		cJSON *record;

		n = end != NULL ? (size_t)(end - text) - at : len - at;
		record = cJSON_ParseWithLength(text + at, n);
		wrong = record != NULL ? check_record(record, seq, prev) : NULL;
		if (wrong != NULL && chain->wrong[0] == '\0')
			(void)snprintf(chain->wrong, sizeof(chain->wrong), "line %zu: %s: %.150s",
			    number, wrong, text + at);
		chain->torn += record == NULL;
		chain->records += record != NULL;
		seq += record != NULL;
		cJSON_Delete(record);
		hash(text + at, n, prev);
	}
}

cJSON *
chain_last(const char *text, size_t len)
{
	const char *begin;

	if (len == 0 || text[len - 1] != '\n')
		return NULL;
	begin = memrchr(text, '\n', len - 1);
	begin = begin != NULL ? begin + 1 : text;
	return cJSON_ParseWithLength(begin, (size_t)(text + len - 1 - begin));
}

static bool
is_in_list(const cJSON *item, const cJSON *list)
{
	for (const cJSON *one = list->child; one != NULL; one = one->next)
		if (chain_first_other(item, one)[0] == '\0')
			return true;
	return false;
}

const char *
chain_first_other(const cJSON *record, const cJSON *reference)
{
	if (reference == NULL || record->type != reference->type)
		return record->string != NULL ? record->string : "an item";
	if (!cJSON_IsObject(record) && !cJSON_IsArray(record))
		return cJSON_Compare(record, reference, true) ? ""
		    : record->string != NULL                  ? record->string
							      : "an item";
	for (const cJSON *one = record->child; one != NULL; one = one->next) {
		const char *other = "";

		if (cJSON_IsObject(record))
			other = chain_first_other(
			    one, cJSON_GetObjectItemCaseSensitive(reference, one->string));
		else if (!is_in_list(one, reference))
			other = record->string;
		if (other[0] != '\0')
			return other;
	}
	return "";
}
