/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_BUCKET_WALK_H
#define CORRELATOR_REMOTE_BUCKET_WALK_H

#include "correlator/remote/bucket_list.h"

/*
 * Private to bucket_list.c and bucket_walk.c: what of a bucket is still to be listed, in pieces. A
 * piece is a range of keys.
 */
struct bucket_piece {
	char *prefix;
	char *after, *until; /* keys behind the one and before the other; NULL: no bound */
	bool folders;        /* its folders are looked at, not what is below them */
	size_t region_len;   /* of the prefix: days stand behind it; 0: none */
};

struct bucket_walk {
	struct bucket_piece *pieces;
	size_t count, cap;
	size_t outside;  /* folders outside of any layout that were looked at */
	bool full;       /* of more pieces than BUCKET_PIECES_MAX some were dropped */
	bool everything; /* what was typed lies within what is left out else: all of it */
};

/* Folders outside of any layout that are looked at one by one; what is below others is listed at
 * once. */
#define BUCKET_OUTSIDE_MAX 256
/* A hostile server could name folders without end. */
#define BUCKET_PIECES_MAX 2000000

void bucket_piece_clear(struct bucket_piece *p);

/* True when events are asked for and the key lies below a folder logins/ that was not typed: hosts
 * may write there, so nothing in it is CloudTrail's, however it is called. */
bool bucket_is_of_hosts(const struct bucket_list *b, struct span key);

/* Begins with what the prefix names. 0 or -1, as all below. */
int bucket_walk_begin(struct bucket_list *b);
void bucket_walk_clear(struct bucket_walk *w);
/* A folder that was met: puts what of it is to be listed in the walk. */
int bucket_walk_folder(struct bucket_list *b, struct span folder);
/*
 * True when what is left of the piece behind that key is worth several listings: it has days, and
 * more than one is left.
 */
bool bucket_piece_can_split(const struct bucket_piece *p, struct span key, int64_t now_us);
/* Puts what is left of the piece behind the key in the walk, in up to `parts` pieces. */
int bucket_walk_split(
    struct bucket_list *b, const struct bucket_piece *p, struct span key, size_t parts);

#endif
