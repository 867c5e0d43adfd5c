/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_writer.h"
#include "common/time_text.h"
#include "correlator/report/chains.h"

static const char *
state_name(enum login_chain_state state)
{
	static const char *const names[] = {
	    [LOGIN_CHAIN_INTACT] = "intact",
	    [LOGIN_CHAIN_INTACT_SO_FAR] = "intact_so_far",
	    [LOGIN_CHAIN_BROKEN] = "broken",
	};

	return names[state];
}

static const char *
verdict_name_of(enum chains_verdict verdict)
{
	static const char *const names[] = {
	    [CHAINS_INTACT] = "intact",
	    [CHAINS_INTACT_SO_FAR] = "intact_so_far",
	    [CHAINS_BROKEN] = "broken",
	    [CHAINS_NOTHING] = "nothing",
	};

	return names[verdict];
}

static void
put_hash(struct json_writer *w, const char *key, const uint8_t hash[static SHA256_LEN])
{
	char hex[SHA256_HEX_LEN + 1];

	sha256_hex(hash, hex);
	json_put_string(w, key, hex);
}

/* What login_wound.other is of this kind; NULL when it says nothing. */
static const char *
other_name(enum login_wound_kind kind)
{
	switch (kind) {
	case LOGIN_WOUND_MISSING:
	case LOGIN_WOUND_INSERTED: return "count";
	case LOGIN_WOUND_REORDERED:
	case LOGIN_WOUND_DUPLICATED: return "other_line";
	case LOGIN_WOUND_RESTARTED:
	case LOGIN_WOUND_SEQUENCE: return "last_seq";
	default: return NULL;
	}
}

static void
put_wound(struct json_writer *w, const struct login_file *f, const struct login_wound *wound)
{
	json_object_begin(w, NULL);
	json_put_string(w, "kind", login_wound_name(wound->kind));
	json_put_string(w, "file", f->path);
	json_put_int(w, "line", (int64_t)wound->line);
	if (wound->seq != 0)
		json_put_int(w, "seq", (int64_t)wound->seq);
	if (other_name(wound->kind) != NULL)
		json_put_int(w, other_name(wound->kind), (int64_t)wound->other);
	json_object_end(w);
}

static void
put_lists(struct json_writer *w, const struct login_chain_set *s, const struct login_chain *c)
{
	json_array_begin(w, "files");
	for (size_t i = c->first; i != SIZE_MAX; i = s->files[i].next)
		json_put_string(w, NULL, s->files[i].path);
	json_array_end(w);
	json_array_begin(w, "wounds");
	for (size_t i = c->first; i != SIZE_MAX; i = s->files[i].next)
		for (size_t k = 0; k < s->files[i].wound_count; k++)
			put_wound(w, &s->files[i], &s->files[i].wounds[k]);
	json_array_end(w);
	json_object_begin(w, "wound_counts");
	for (enum login_wound_kind k = 0; k < LOGIN_WOUND_KINDS; k++)
		if (c->wound_totals[k] != 0)
			json_put_int(w, login_wound_name(k), (int64_t)c->wound_totals[k]);
	json_object_end(w);
}

static void
put_chain(struct json_writer *w, const struct login_chain_set *s, const struct login_chain *c)
{
	const struct login_file *first = &s->files[c->first], *last = &s->files[c->last];

	json_object_begin(w, NULL);
	json_put_string(w, "kind", "chain");
	json_put_string(w, "host", c->host);
	json_put_string(w, "state", state_name(c->state));
	json_put_int(w, "records", (int64_t)c->records);
	json_put_int(w, "first_seq", (int64_t)first->first_seq);
	json_put_int(w, "last_seq", (int64_t)last->last_seq);
	json_put_time(w, "first_time", first->first_time_us, 6);
	json_put_time(w, "last_time", last->last_time_us, 6);
	put_hash(w, "head", last->last_hash);
	json_put_int(w, "sealed", (int64_t)c->sealed);
	if (s->keys != NULL)
		json_put_int(w, "seals_good", (int64_t)c->seals_good);
	put_lists(w, s, c);
	json_object_end(w);
}

static void
put_head(struct json_writer *w, const struct login_chain_set *s, const struct login_head *h)
{
	json_object_begin(w, NULL);
	json_put_string(w, "kind", "expected_head");
	put_hash(w, "head", h->hash);
	if (h->seq != 0)
		json_put_int(w, "seq", (int64_t)h->seq);
	json_put_bool(w, "found", h->found);
	if (h->found) {
		json_put_string(w, "file", s->files[h->file].path);
		json_put_int(w, "line", (int64_t)h->line);
		json_put_int(w, "found_seq", (int64_t)h->found_seq);
	}
	json_object_end(w);
}

static void
put_summary(struct json_writer *w, const struct chains_view *v)
{
	uint64_t broken = 0, copies = 0;

	for (size_t i = 0; i < v->set->chain_count; i++)
		broken += v->set->chains[i].state == LOGIN_CHAIN_BROKEN;
	for (size_t i = 0; i < v->set->file_count; i++)
		copies += v->set->files[i].copy_of != i;
	json_object_begin(w, NULL);
	json_put_string(w, "kind", "summary");
	json_put_string(w, "verdict", verdict_name_of(chains_verdict(v)));
	json_put_int(w, "chains", (int64_t)v->set->chain_count);
	json_put_int(w, "broken", (int64_t)broken);
	json_put_int(w, "files", (int64_t)v->set->file_count);
	json_put_int(w, "copies", (int64_t)copies);
	json_put_int(w, "files_failed", (int64_t)v->files_failed);
	json_put_bool(w, "seals_checked", v->set->keys != NULL);
	json_put_string(w, "version", LOGINTRAIL_VERSION);
	json_object_end(w);
}

/* One object a line, as in the other reports. */
void
chains_json(struct output *o, const struct chains_view *v)
{
	const struct login_chain_set *s = v->set;
	struct json_writer w;

	buf_puts(&o->buf, "{\"chains\":[");
	for (size_t i = 0; i < s->chain_count && !output_failed(o); i++) {
		buf_puts(&o->buf, i == 0 ? "\n" : ",\n");
		json_writer_init(&w, &o->buf);
		put_chain(&w, s, &s->chains[i]);
		output_flush(o);
	}
	buf_puts(&o->buf, s->chain_count != 0 ? "\n],\n\"heads\":[" : "],\n\"heads\":[");
	for (size_t i = 0; i < s->head_count; i++) {
		buf_puts(&o->buf, i == 0 ? "\n" : ",\n");
		json_writer_init(&w, &o->buf);
		put_head(&w, s, &s->heads[i]);
	}
	buf_puts(&o->buf, s->head_count != 0 ? "\n],\n\"summary\":" : "],\n\"summary\":");
	json_writer_init(&w, &o->buf);
	put_summary(&w, v);
	buf_puts(&o->buf, "}\n");
}
