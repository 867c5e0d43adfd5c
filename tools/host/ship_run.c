/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "common/time_text.h"
#include "tools/host/host.h"
#include "tools/host/ship.h"

/* How often the files may be renamed while they are read. */
#define TRIES 16

enum progress {
	GO_ON,
	AGAIN, /* the files were renamed: list them, and find the place, again */
	STOP,  /* said already */
};

void
ship_init(struct ship *s)
{
	*s = (struct ship){.log = NULL};
	ship_state_init(&s->state);
	ship_files_init(&s->files);
	ship_part_init(&s->part);
}

void
ship_clear(struct ship *s)
{
	ship_state_clear(&s->state);
	ship_files_clear(&s->files);
	ship_part_clear(&s->part);
}

/* Notes that all up to this line was confirmed. */
static enum progress
note_shipped(struct ship *s, const struct ship_spot *spot)
{
	const struct ship_file *f = &s->files.rows[spot->file];

	s->state.last = s->part.last;
	s->state.device = f->device;
	s->state.inode = f->inode;
	s->state.begin = spot->begin;
	s->state.end = spot->end;
	if (ship_state_save(&s->state, s->state_path) == 0)
		return GO_ON;
	(void)host_fail(s->state_path, "cannot be written", errno);
	return STOP;
}

static void
tell_gap(const struct ship *s)
{
	const struct ship_part *p = &s->part;
	char text[256];

	if (p->missing_to != 0)
		(void)snprintf(text, sizeof(text),
		    "records %llu to %llu were never shipped: they are not there, or cannot be "
		    "read",
		    (unsigned long long)p->missing_from, (unsigned long long)p->missing_to);
	else
		(void)snprintf(text, sizeof(text),
		    "record %llu does not continue what was shipped before it: see logintrail "
		    "verify",
		    (unsigned long long)p->first_seq);
	(void)host_alarm(s->log, text);
}

static void
tell_lost(const struct ship *s)
{
	char text[256];

	(void)snprintf(text, sizeof(text),
	    "record %llu, which was shipped last, is not there any more: its file was removed, or "
	    "the log "
	    "was cut or rewritten; all that is there is compared with what was shipped",
	    (unsigned long long)s->state.last.seq);
	(void)host_alarm(s->log, text);
}

/* A file, or the rest of it, that cannot be read: said, and what stands behind it is shipped. */
static enum progress
skip_file(struct ship *s, const struct ship_file *f, const char *why, int error)
{
	char text[NAME_MAX + 256];

	(void)snprintf(text, sizeof(text),
	    "%s %s%s%s: what of it was not shipped yet will be missing", f->name, why,
	    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
	(void)host_alarm(s->log, text);
	s->failed = true;
	return GO_ON;
}

/* Reads lines into the part until it is full. */
static enum ship_read
fill_part(struct ship *s, struct ship_reader *r, struct ship_spot *spot)
{
	enum ship_take take = SHIP_TAKEN;
	enum ship_read got = SHIP_READ_END;
	struct span line;

	ship_part_begin(&s->part, &s->state.last);
	while (take == SHIP_TAKEN && (got = ship_reader_next(r, &line)) == SHIP_READ_LINE) {
		take = ship_part_add(&s->part, line);
		if (take == SHIP_FULL)
			ship_reader_unread(r);
		if (take != SHIP_TAKEN)
			break;
		spot->begin = r->begin;
		spot->end = r->end;
	}
	return take == SHIP_FAILED ? SHIP_READ_MEMORY : got;
}

/* One part of the file, from where the reader is. *more: there may be another one. */
static enum progress
ship_one(struct ship *s, size_t file, struct ship_reader *r, bool *more)
{
	const struct ship_file *f = &s->files.rows[file];
	struct ship_spot spot = {.file = file};
	off_t from = r->end;
	enum ship_read got = fill_part(s, r, &spot);
	int put;

	*more = false;
	if (got == SHIP_READ_MEMORY) {
		(void)host_fail(s->log, "out of memory", 0);
		return STOP;
	}
	/* a line that is no record waits for the one behind it, so that a part begins with one; not
	 * when such lines alone fill a part */
	if (s->part.lines != 0 && (s->part.records != 0 || f->is_final || got == SHIP_READ_LINE)) {
		if (s->part.torn_off)
			tell_gap(s);
		ship_part_date(&s->part, (int64_t)f->written.tv_sec * US_PER_SECOND);
		put = ship_put_part(s, from, &spot);
		if (put != 0)
			return put > 0 ? AGAIN : STOP;
		if (note_shipped(s, &spot) != GO_ON)
			return STOP;
		*more = true;
		if (spot.end != r->end) {
			ship_reader_close(r);
			if (ship_reader_open(r, &s->files, f, spot.end) != 0)
				return AGAIN;
		}
	}
	if (got == SHIP_READ_LINE || got == SHIP_READ_END)
		return GO_ON;
	*more = false;
	return skip_file(
	    s, f, got == SHIP_READ_LONG ? "has a line that is too long" : "is damaged", 0);
}

/* What may be otherwise the next time: nothing is passed over for it. */
static enum progress
stop(const char *log, const char *name, int error)
{
	char text[NAME_MAX + 64];

	(void)snprintf(text, sizeof(text), "%s cannot be read", name);
	(void)host_fail(log, text, error);
	return STOP;
}

static enum progress
ship_file(struct ship *s, size_t file, off_t from)
{
	const struct ship_file *f = &s->files.rows[file];
	enum progress progress = GO_ON;
	struct ship_reader r;
	bool more = true;

	if (ship_reader_open(&r, &s->files, f, from) == 0)
		while (progress == GO_ON && more)
			progress = ship_one(s, file, &r, &more);
	else if (errno == ESTALE)
		progress = AGAIN;
	else if (errno == EMEDIUMTYPE || errno == EBADMSG)
		progress = skip_file(s, f, "cannot be read", errno);
	else
		progress = stop(s->log, f->name, errno);
	ship_reader_close(&r);
	return progress;
}

/* Where to go on. Where nothing tells, from the oldest file on, looking what is there already. */
static enum progress
find_place(struct ship *s, struct ship_spot *spot)
{
	*spot = (struct ship_spot){.file = 0};
	if (s->state.last.sha256[0] == '\0') {
		s->unsure = true;
		return GO_ON;
	}
	switch (ship_spot_find(&s->files, &s->state, spot)) {
	case SHIP_LOOK_FOUND: return GO_ON;
	case SHIP_LOOK_STALE: return AGAIN;
	case SHIP_LOOK_FAILED: (void)host_fail(s->log, "out of memory", 0); return STOP;
	case SHIP_LOOK_NONE: break;
	}
	tell_lost(s);
	*spot = (struct ship_spot){.file = 0};
	s->unsure = true;
	return GO_ON;
}

static enum progress
ship_pass(struct ship *s)
{
	enum progress progress;
	struct ship_spot spot;

	ship_files_clear(&s->files);
	if (ship_files_list(&s->files, s->log) != 0) {
		(void)host_fail(s->log, "its files cannot be listed", errno);
		return STOP;
	}
	progress = find_place(s, &spot);
	for (size_t i = spot.file; progress == GO_ON && i < s->files.count; i++)
		progress = ship_file(s, i, i == spot.file ? spot.end : 0);
	return progress;
}

int
ship_run(struct ship *s)
{
	enum progress progress = AGAIN;

	for (int tries = 0; tries < TRIES && progress == AGAIN; tries++)
		progress = ship_pass(s);
	if (progress == AGAIN)
		(void)host_fail(s->log, "its files are renamed all the time", 0);
	return progress == GO_ON && !s->failed ? HOST_DONE : HOST_FAILED;
}
