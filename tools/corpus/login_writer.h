/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_LOGIN_WRITER_H
#define TOOLS_CORPUS_LOGIN_WRITER_H

#include "common/sha256.h"
#include "tools/corpus/keys.h"
#include "tools/corpus/queue.h"
#include "tools/corpus/world.h"

enum login_method {
	METHOD_PUBLICKEY,
	METHOD_CERTIFICATE, /* publickey with a certificate around the key */
	METHOD_HOSTBASED,
	METHOD_PASSWORD,
	METHOD_KEYBOARD,
	METHOD_GSSAPI,
};

struct login_step {
	struct key key;
	uint8_t method;
};

#define LOGIN_STEPS_MAX 3

/* One record of a login log: an open, or the close that belongs to it. */
struct login_event {
	struct queue_item time; /* first member: see queue.h. By the host's clock. */
	uint64_t session;       /* seed of the session's id */
	int64_t max_error_us;   /* of the host's clock; -1: the record does not say */
	struct instance instance;
	uint8_t user;
	uint8_t hostile; /* not 0: names that others choose are hostile text of that number */
	bool is_close;
	uint8_t step_count;
	struct login_step steps[LOGIN_STEPS_MAX];
};

#define SESSION_TEXT_LEN 33
char *login_session(uint64_t seed, char out[static SESSION_TEXT_LEN]);

/* How the log of an instance lies on disk. */
enum login_layout {
	LAYOUT_PLAIN,   /* INSTANCE.jsonl */
	LAYOUT_GZIP,    /* INSTANCE.jsonl.gz, of many members */
	LAYOUT_ROTATED, /* INSTANCE.jsonl.1.gz up to the middle of the world's time, then
			   INSTANCE.jsonl */
	LAYOUT_COUNT,
};

/* The log of one instance; chained as login_log.h does it. */
struct login_file {
	struct buf text;
	uint64_t seq;
	char prev[SHA256_HEX_LEN + 1];
	bool rotated;
	struct instance instance; /* set with its first record */
};

struct login_writer {
	const struct world *world;
	char *directory;
	struct libdeflate_compressor *compressor;
	struct login_file *files; /* by world_instance_index */
	struct buf line;
	uint64_t opens, closes, text_bytes;
};

/* directory/logins must not exist yet. 0, or -1 with errno. */
int login_writer_init(
    struct login_writer *l, const struct world *world, const char *directory, int level);
void login_writer_clear(struct login_writer *l);
/* Records must come in the order of their time. 0, or -1 with errno. */
int login_writer_add(struct login_writer *l, const struct login_event *e);
int login_writer_finish(struct login_writer *l);

#endif
