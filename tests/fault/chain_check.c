/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/chain_check.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

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

static void
derive(const char *label, const unsigned char key[static 32], unsigned char out[static 32])
{
	unsigned char text[64], digest[EVP_MAX_MD_SIZE];
	size_t len = strlen(label);

	memcpy(text, label, len);
	memcpy(text + len, key, 32);
	if (EVP_Digest(text, len + 32, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	memcpy(out, digest, 32);
}

/* Of the line without its seal and its closing brace. */
static bool
is_sealed(const char *line, size_t len, const char *seal, const unsigned char key[static 32])
{
	const size_t member = strlen(",\"seal\":\"\"}") + 64;
	unsigned char mac_key[32], mac[EVP_MAX_MD_SIZE];
	char hex[65];

	derive("logintrail seal mac", key, mac_key);
	if (len < member ||
	    HMAC(EVP_sha256(), mac_key, 32, (const unsigned char *)line, len - member, mac, NULL) ==
		NULL)
		return false;
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", mac[i]);
	return strcmp(hex, seal) == 0;
}

static const char *
check_seal(const char *line, size_t len, struct chain_key *k)
{
	cJSON *record = cJSON_ParseWithLength(line, len);
	const char *seal = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "seal"));
	double seq = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(record, "seq"));
	const char *wrong = "";

	for (; record != NULL && k->seq < seq; k->seq++)
		derive("logintrail seal step", k->key, k->key);
	if (record != NULL && seq == k->seq) {
		if (seal == NULL && memmem(line, len, "\"seal_unusable\"", 15) == NULL)
			wrong = "the seal is missing and no note says so";
		else if (seal != NULL && !is_sealed(line, len, seal, k->key))
			wrong = "the seal is wrong";
	}
	cJSON_Delete(record);
	return wrong;
}

const char *
chain_check_seals(const char *text, size_t len, const struct chain_key *first)
{
	struct chain_key k = *first;
	const char *wrong = "";

	for (size_t at = 0, n; at < len && wrong[0] == '\0'; at += n + 1) {
		const char *end = memchr(text + at, '\n', len - at);

		n = end != NULL ? (size_t)(end - text) - at : len - at;
		wrong = check_seal(text + at, n, &k);
	}
	return wrong;
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
