/* SPDX-License-Identifier: Apache-2.0 */
#include "common/string_pool.h"

#include <stdlib.h>
#include <sys/random.h>

#define CHUNK_SIZE (256u * 1024)

struct string_chunk {
	struct string_chunk *next;
	size_t len, cap;
	char bytes[];
};

/* The hash stands beside the number: most looks at a slot then touch no other memory. */
struct string_slot {
	uint32_t hash;
	string_id id; /* 0: free */
};

void
string_pool_init(struct string_pool *p)
{
	*p = (struct string_pool){.count = 1};
	/* the seed only keeps attackers from choosing colliding strings; without one all still
	 * works */
	if (getrandom(&p->seed, sizeof(p->seed), GRND_NONBLOCK) != (ssize_t)sizeof(p->seed))
		p->seed = UINT64_C(0x9e3779b97f4a7c15);
}

void
string_pool_clear(struct string_pool *p)
{
	while (p->chunks != NULL) {
		struct string_chunk *next = p->chunks->next;

		free(p->chunks);
		p->chunks = next;
	}
	free(p->strings);
	free(p->slots);
	string_pool_init(p);
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t
hash_of(const struct string_pool *p, struct span s)
{
	uint64_t h = p->seed ^ s.len, word;
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		memcpy(&word, s.ptr + i, 8);
		h = mix(h ^ word, UINT64_C(0x9fb21c651e98df25) ^ p->seed);
	}
	word = 0;
	if (i < s.len)
		memcpy(&word, s.ptr + i, s.len - i);
	h = mix(h ^ word, UINT64_C(0xd6e8feb86659fd93));
	return (uint32_t)(h ^ h >> 32);
}

struct span
string_pool_span(const struct string_pool *p, string_id id)
{
	uint32_t len;

	if (id == 0 || id >= p->count)
		return SPAN_NONE;
	memcpy(&len, p->strings[id] - sizeof(len), sizeof(len));
	return (struct span){p->strings[id], len};
}

const char *
string_pool_get(const struct string_pool *p, string_id id)
{
	return string_pool_span(p, id).ptr;
}

/* The slot that holds the string, or the free one where it would go. */
static struct string_slot *
find_slot(const struct string_pool *p, struct span s, uint32_t hash)
{
	uint32_t at = hash & (p->slots_cap - 1);

	while (p->slots[at].id != 0 &&
	    !(p->slots[at].hash == hash && span_eq(string_pool_span(p, p->slots[at].id), s)))
		at = (at + 1) & (p->slots_cap - 1);
	return &p->slots[at];
}

string_id
string_pool_find(const struct string_pool *p, struct span s)
{
	if (s.ptr == NULL || p->slots_cap == 0)
		return 0;
	return find_slot(p, s, hash_of(p, s))->id;
}

/* A copy of the string with its length in front and a NUL behind; NULL without memory. */
static const char *
copy_string(struct string_pool *p, struct span s)
{
	uint32_t len = (uint32_t)s.len;
	size_t need = sizeof(len) + s.len + 1;
	struct string_chunk *c = p->chunks;
	char *at;

	if (c == NULL || c->cap - c->len < need) {
		size_t cap = need > CHUNK_SIZE ? need : CHUNK_SIZE;

		c = malloc(sizeof(*c) + cap);
		if (c == NULL)
			return NULL;
		*c = (struct string_chunk){.next = p->chunks, .cap = cap};
		p->chunks = c;
		p->bytes += cap;
	}
	at = c->bytes + c->len;
	memcpy(at, &len, sizeof(len));
	if (len != 0)
		memcpy(at + sizeof(len), s.ptr, len);
	at[sizeof(len) + len] = '\0';
	c->len += need;
	return at + sizeof(len);
}

static bool
grow_rows(struct string_pool *p)
{
	uint32_t cap = p->strings_cap != 0 ? p->strings_cap * 2 : 1024;
	const char **strings;

	if (p->count < p->strings_cap)
		return true;
	if (cap < p->strings_cap || cap > UINT32_MAX / 2)
		return false;
	strings = realloc(p->strings, cap * sizeof(*strings));
	if (strings == NULL)
		return false;
	p->strings = strings;
	p->strings_cap = cap;
	p->strings[0] = NULL;
	return true;
}

/* Keeps the table at most half full. */
static bool
grow_slots(struct string_pool *p)
{
	uint32_t cap = p->slots_cap != 0 ? p->slots_cap * 2 : 2048;
	struct string_slot *slots;

	if (p->count < p->slots_cap / 2)
		return true;
	slots = calloc(cap, sizeof(*slots));
	if (slots == NULL)
		return false;
	for (uint32_t i = 0; i < p->slots_cap; i++) {
		uint32_t at = p->slots[i].hash & (cap - 1);

		while (p->slots[i].id != 0 && slots[at].id != 0)
			at = (at + 1) & (cap - 1);
		if (p->slots[i].id != 0)
			slots[at] = p->slots[i];
	}
	free(p->slots);
	p->slots = slots;
	p->slots_cap = cap;
	return true;
}

string_id
string_pool_add(struct string_pool *p, struct span s, bool *added)
{
	struct string_slot *slot;
	const char *copy;
	uint32_t hash;

	if (added != NULL)
		*added = false;
	if (s.ptr == NULL)
		return 0;
	if (s.len > UINT32_MAX - 16 || !grow_rows(p) || !grow_slots(p))
		return UINT32_MAX;
	hash = hash_of(p, s);
	slot = find_slot(p, s, hash);
	if (slot->id != 0)
		return slot->id;
	copy = copy_string(p, s);
	if (copy == NULL)
		return UINT32_MAX;
	p->strings[p->count] = copy;
	*slot = (struct string_slot){hash, p->count};
	if (added != NULL)
		*added = true;
	return p->count++;
}
