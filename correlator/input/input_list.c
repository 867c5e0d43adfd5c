/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/input_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/array.h"
#include "correlator/input/document.h"

/* What a directory holds, as it was when that was read. */
struct entry {
	char *path; /* owned */
	const char *name;
	struct stat st;
	int error; /* errno of lstat, or 0 */
};

/* What is still to be looked at, last one first. */
struct entry_stack {
	struct entry *entries;
	size_t count, cap;
};

struct walk {
	struct input_list *list;
	enum input_role role;
	struct diagnostics *diagnostics;
	struct entry_stack stack;
};

void
input_list_init(struct input_list *l)
{
	*l = (struct input_list){0};
}

void
input_list_clear(struct input_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->files[i].path);
	free(l->files);
	input_list_init(l);
}

/* Takes the path, also when it fails. */
static int
add_file(struct input_list *l, char *path, enum input_role role, const struct stat *st)
{
	if (path == NULL || !array_grow((void **)&l->files, l->count, &l->cap, sizeof(*l->files))) {
		free(path);
		return -1;
	}
	l->files[l->count++] = (struct input_file){
	    .path = path,
	    .role = (uint8_t)role,
	    .size = st->st_size > 0 ? (uint64_t)st->st_size : 0,
	    .changed_us = DOCUMENT_CHANGED_UNKNOWN,
	    .is_file = S_ISREG(st->st_mode),
	};
	return 0;
}

static void
release(struct entry_stack *s)
{
	while (s->count != 0)
		free(s->entries[--s->count].path);
	free(s->entries);
	*s = (struct entry_stack){0};
}

/* Puts what is called that in the open directory on the stack. One look at it by its name alone is
 * cheaper than by its path. */
static int
push(struct entry_stack *s, int fd, const char *dir, const char *name)
{
	size_t dir_len = strlen(dir), size = dir_len + strlen(name) + 2;
	bool slash = dir_len == 0 || dir[dir_len - 1] != '/';
	struct entry e = {.path = malloc(size)};

	if (e.path == NULL ||
	    !array_grow((void **)&s->entries, s->count, &s->cap, sizeof(*s->entries))) {
		free(e.path);
		return -1;
	}
	(void)snprintf(e.path, size, "%s%s%s", dir, slash ? "/" : "", name);
	e.name = e.path + dir_len + slash;
	if (fstatat(fd, name, &e.st, AT_SYMLINK_NOFOLLOW) != 0)
		e.error = errno;
	s->entries[s->count++] = e;
	return 0;
}

static void
say_errno(const struct walk *w, const char *path)
{
	diagnostics_error(w->diagnostics, path, "%s", strerror(errno));
}

/* Of two names the one that comes later first: the stack turns them round. */
static int
compare_backwards(const void *a, const void *b)
{
	return -strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static bool
is_dots(const char *name)
{
	return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* Puts what the directory holds on the stack, the first name on top. Takes fd. */
static int
push_entries(struct walk *w, int fd, const char *path)
{
	size_t before = w->stack.count;
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (dir == NULL) {
		say_errno(w, path);
		(void)close(fd);
		return 0;
	}
	for (errno = 0; r == 0 && (entry = readdir(dir)) != NULL; errno = 0)
		if (!is_dots(entry->d_name))
			r = push(&w->stack, dirfd(dir), path, entry->d_name);
	if (r == 0 && errno != 0)
		say_errno(w, path);
	(void)closedir(dir);
	if (w->stack.count > before)
		qsort(w->stack.entries + before, w->stack.count - before, sizeof(*w->stack.entries),
		    compare_backwards);
	return r;
}

/*
 * Opens the directory by its path and closes it before the next one is opened: neither descriptors
 * nor the stack know how deep the tree is. Paths longer than PATH_MAX end in an error.
 */
static int
open_directory(struct walk *w, const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);

	if (fd >= 0)
		return push_entries(w, fd, path);
	say_errno(w, path);
	return 0;
}

/* An entry from below a directory. Takes its path. */
static int
visit(struct walk *w, struct entry *e)
{
	bool is_link = e->error == 0 && S_ISLNK(e->st.st_mode);
	int r = 0;

	errno = e->error;
	if (e->error != 0 || (is_link && stat(e->path, &e->st) != 0))
		say_errno(w, e->path);
	else if (S_ISREG(e->st.st_mode))
		return add_file(w->list, e->path, w->role, &e->st);
	else if (S_ISDIR(e->st.st_mode) && !is_link)
		r = open_directory(w, e->path, O_NOFOLLOW);
	else
		w->list->special++;
	free(e->path);
	return r;
}

static int
add_directory(struct walk *w, const char *path)
{
	size_t files_before = w->list->count;
	uint64_t errors_before = w->diagnostics->errors;
	int r = open_directory(w, path, 0);

	while (r == 0 && w->stack.count != 0) {
		/* a copy: the stack may grow meanwhile */
		struct entry e = w->stack.entries[--w->stack.count];

		r = visit(w, &e);
	}
	if (r == 0 && w->list->count == files_before && w->diagnostics->errors == errors_before)
		diagnostics_error(w->diagnostics, path, "the directory has no files in it");
	return r;
}

int
input_list_add(struct input_list *l, const char *path, enum input_role role, struct diagnostics *d)
{
	struct walk w = {.list = l, .role = role, .diagnostics = d};
	struct stat st = {0};
	int r = 0;

	if (strcmp(path, "-") != 0 && stat(path, &st) != 0)
		say_errno(&w, path);
	else if (S_ISDIR(st.st_mode))
		r = add_directory(&w, path);
	else if (S_ISBLK(st.st_mode) || S_ISSOCK(st.st_mode))
		diagnostics_error(d, path, "neither a file nor a directory");
	else
		r = add_file(l, strdup(path), role, &st);
	release(&w.stack);
	return r;
}

int
input_list_put(struct input_list *l, const struct input_file *file, struct span start,
    struct span rest, struct span tag)
{
	size_t len = start.len + rest.len;
	char *path = malloc(len + 1 + tag.len + 1), *tag_at;

	if (path == NULL || !array_grow((void **)&l->files, l->count, &l->cap, sizeof(*l->files))) {
		free(path);
		return -1;
	}
	tag_at = path + len + 1;
	(void)snprintf(path, start.len + 1, "%.*s", (int)start.len, start.ptr);
	(void)snprintf(path + start.len, rest.len + 1, "%.*s", (int)rest.len, rest.ptr);
	(void)snprintf(tag_at, tag.len + 1, "%.*s", (int)tag.len, tag.len != 0 ? tag.ptr : "");
	l->files[l->count] = *file;
	l->files[l->count].path = path;
	l->files[l->count++].tag = tag.ptr != NULL ? tag_at : NULL;
	return 0;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct input_file *)a)->path, ((const struct input_file *)b)->path);
}

void
input_list_sort(struct input_list *l, size_t from)
{
	if (l->count > from + 1)
		qsort(l->files + from, l->count - from, sizeof(*l->files), compare_paths);
}
