/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/evidence/login_chain.h"

#include <stdlib.h>

#include "common/array.h"
#include "correlator/evidence/login_chain_file.h"
#include "correlator/evidence/login_chain_link.h"

#define NOWHERE SIZE_MAX

void
login_chain_init(struct login_chain_set *s)
{
	*s = (struct login_chain_set){.files = NULL};
}

static void
clear_file(struct login_file *f)
{
	free(f->path);
	free(f->host);
	free(f->label);
	free(f->shipper);
	free(f->hashes);
}

void
login_chain_clear(struct login_chain_set *s)
{
	for (size_t i = 0; i < s->file_count; i++)
		clear_file(&s->files[i]);
	free(s->files);
	free(s->chains);
	login_chain_init(s);
}

const char *
login_wound_name(enum login_wound_kind kind)
{
	static const char *const names[LOGIN_WOUND_KINDS] = {
	    [LOGIN_WOUND_ALTERED] = "altered",
	    [LOGIN_WOUND_MISSING] = "missing",
	    [LOGIN_WOUND_REORDERED] = "reordered",
	    [LOGIN_WOUND_DUPLICATED] = "duplicated",
	    [LOGIN_WOUND_INSERTED] = "inserted",
	    [LOGIN_WOUND_RESTARTED] = "restarted",
	    [LOGIN_WOUND_SEQUENCE] = "sequence",
	    [LOGIN_WOUND_FOREIGN] = "foreign",
	    [LOGIN_WOUND_FORKED] = "forked",
	    [LOGIN_WOUND_SEAL_WRONG] = "seal_wrong",
	    [LOGIN_WOUND_SEAL_ABSENT] = "seal_absent",
	    [LOGIN_WOUND_TORN] = "torn",
	};

	return names[kind];
}

int
login_chain_add(struct login_chain_set *s, const char *path, struct span text, bool *is_log)
{
	struct login_file f = {.copy_of = s->file_count, .next = NOWHERE};
	int r = -1;

	f.path = strdup(path);
	if (f.path == NULL || login_file_scan(&f, text, s) != 0)
		goto out;
	*is_log = f.records != 0;
	if (!*is_log) {
		clear_file(&f);
		return 0;
	}
	if (!array_grow((void **)&s->files, s->file_count, &s->file_cap, sizeof(*s->files)))
		goto out;
	s->files[s->file_count++] = f;
	r = 0;
out:
	if (r != 0)
		clear_file(&f);
	return r;
}

/* The path without what rotation puts behind a name: ".1", "-20261122", ".gz". Names say nothing
 * that is believed; they only make files suspect of belonging together. */
static size_t
stem_len(const char *path)
{
	static const char *const suffixes[] = {".gz", ".xz", ".bz2", ".zst"};
	struct span s = span_of(path);
	size_t len;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (span_ends(s, suffixes[i]))
			s.len -= strlen(suffixes[i]);
	for (len = s.len; len > 0 && strchr("0123456789-", s.ptr[len - 1]) != NULL;)
		len--;
	if (len != 0 && len < s.len && s.ptr[len - 1] == '.')
		len--;
	return len;
}

/* The instance that the name of a shipped part begins with (docs/FORMAT.md, "Shipped logs"). */
static struct span
instance_of_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct span rest = span_of(slash != NULL ? slash + 1 : path), instance;

	if (!span_starts(rest, "i-") || !span_cut(&rest, '_', &instance) ||
	    rest.len < strlen("YYYYMMDDTHHMMSSZ_") || rest.ptr[8] != 'T' || rest.ptr[15] != 'Z' ||
	    rest.ptr[16] != '_')
		return SPAN_NONE;
	return instance;
}

/* Of a file in which no record names its host: the host of one with the same stem, else the stem.
 */
static char *
infer_label(const struct login_chain_set *s, const struct login_file *f)
{
	size_t len = stem_len(f->path);

	if (f->shipper != NULL)
		return strdup(f->shipper);
	for (size_t i = 0; i < s->file_count; i++) {
		const struct login_file *other = &s->files[i];

		if (other->host != NULL && stem_len(other->path) == len &&
		    memcmp(other->path, f->path, len) == 0)
			return strdup(other->host);
	}
	return strndup(f->path, len);
}

static int
label_files(struct login_chain_set *s)
{
	for (size_t i = 0; i < s->file_count; i++) {
		struct login_file *f = &s->files[i];
		struct span shipper = instance_of_part(f->path);

		if (shipper.ptr != NULL && (f->shipper = strndup(shipper.ptr, shipper.len)) == NULL)
			return -1;
		f->label = f->host != NULL ? strdup(f->host) : infer_label(s, f);
		if (f->label == NULL)
			return -1;
	}
	return 0;
}

static void
add_file_to_chain(struct login_chain *c, const struct login_file *f)
{
	c->file_count++;
	c->records += f->records;
	c->sealed += f->sealed;
	c->seals_good += f->seals_good;
	if (f->host != NULL)
		c->host =
		    f->host; /* the last one: an image goes on with its log on another instance */
	for (enum login_wound_kind k = 0; k < LOGIN_WOUND_KINDS; k++) {
		c->wound_totals[k] += f->wound_totals[k];
		c->wounds += k != LOGIN_WOUND_TORN ? f->wound_totals[k] : 0;
	}
}

static int
add_chain(struct login_chain_set *s, size_t first)
{
	struct login_chain c = {.first = first, .begin_us = s->files[first].first_time_us};

	for (size_t i = first; i != NOWHERE; i = s->files[i].next) {
		add_file_to_chain(&c, &s->files[i]);
		c.last = i;
	}
	if (c.wounds != 0)
		c.state = LOGIN_CHAIN_BROKEN;
	else
		c.state = s->files[first].begins ? LOGIN_CHAIN_INTACT : LOGIN_CHAIN_INTACT_SO_FAR;
	if (!array_grow((void **)&s->chains, s->chain_count, &s->chain_cap, sizeof(*s->chains)))
		return -1;
	s->chains[s->chain_count++] = c;
	return 0;
}

static int
compare_chains(const void *a, const void *b)
{
	const struct login_chain *x = a, *y = b;
	int order = strcmp(x->host != NULL ? x->host : "", y->host != NULL ? y->host : "");

	if (order != 0)
		return order;
	if (x->begin_us != y->begin_us)
		return x->begin_us < y->begin_us ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

int
login_chain_link(struct login_chain_set *s)
{
	if (label_files(s) != 0 || login_link_copies(s) != 0 || login_link_exact(s) != 0 ||
	    login_link_torn_apart(s) != 0)
		return -1;
	for (size_t i = 0; i < s->file_count; i++)
		if (s->files[i].copy_of == i && !s->files[i].is_next && add_chain(s, i) != 0)
			return -1;
	if (s->chain_count != 0)
		qsort(s->chains, s->chain_count, sizeof(*s->chains), compare_chains);
	return 0;
}

static bool
parse_hex(struct span text, uint8_t out[static SHA256_LEN])
{
	static const char digits[] = "0123456789abcdef";

	if (text.len != SHA256_HEX_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char *at = memchr(digits, text.ptr[i], sizeof(digits) - 1);

		if (at == NULL)
			return false;
		out[i / 2] = (uint8_t)(out[i / 2] << 4 | (at - digits));
	}
	return true;
}

bool
login_head_parse(struct span text, struct login_head *head)
{
	struct span rest = text, hash;
	int64_t seq;

	*head = (struct login_head){.seq = 0};
	if (!span_cut(&rest, ':', &hash) || !parse_hex(hash, head->hash))
		return false;
	if (rest.ptr == NULL)
		return true;
	if (!span_number(rest, SPAN_NUMBER_DIGITS, &seq))
		return false;
	head->seq = (uint64_t)seq;
	return seq != 0;
}
