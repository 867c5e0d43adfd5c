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

/* What is still to be looked at, last one first. Paths are owned. */
struct path_stack {
	char **paths;
	size_t count, cap;
};

struct walk {
	struct input_list *list;
	enum input_role role;
	struct diagnostics *diagnostics;
	struct path_stack stack;
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
	    .role = role,
	    .size = st->st_size > 0 ? (uint64_t)st->st_size : 0,
	    .is_file = S_ISREG(st->st_mode),
	};
	return 0;
}

/* Takes the path, also when it fails. */
static int
push(struct path_stack *s, char *path)
{
	if (path == NULL || !array_grow((void **)&s->paths, s->count, &s->cap, sizeof(*s->paths))) {
		free(path);
		return -1;
	}
	s->paths[s->count++] = path;
	return 0;
}

static void
release(struct path_stack *s)
{
	while (s->count != 0)
		free(s->paths[--s->count]);
	free(s->paths);
	*s = (struct path_stack){0};
}

static char *
join(const char *dir, const char *name)
{
	size_t dir_len = strlen(dir), size = dir_len + strlen(name) + 2;
	bool slash = dir_len == 0 || dir[dir_len - 1] != '/';
	char *path = malloc(size);

	if (path != NULL)
		(void)snprintf(path, size, "%s%s%s", dir, slash ? "/" : "", name);
	return path;
}

static void
say_errno(const struct walk *w, const char *path)
{
	diagnostics_error(w->diagnostics, path, "%s", strerror(errno));
}

/* Of two strings the one that comes later first: the stack turns them round. */
static int
compare_backwards(const void *a, const void *b)
{
	return -strcmp(*(char *const *)a, *(char *const *)b);
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
			r = push(&w->stack, join(path, entry->d_name));
	if (r == 0 && errno != 0)
		say_errno(w, path);
	(void)closedir(dir);
	if (w->stack.count > before)
		qsort(w->stack.paths + before, w->stack.count - before, sizeof(*w->stack.paths),
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

/* One path from below a directory. Takes it. */
static int
visit(struct walk *w, char *path)
{
	struct stat st;
	bool is_link;
	int r = 0;

	if (lstat(path, &st) != 0)
		goto unreadable;
	is_link = S_ISLNK(st.st_mode);
	if (is_link && stat(path, &st) != 0)
		goto unreadable;
	if (S_ISREG(st.st_mode))
		return add_file(w->list, path, w->role, &st);
	if (S_ISDIR(st.st_mode) && !is_link)
		r = open_directory(w, path, O_NOFOLLOW);
	else
		w->list->special++;
	free(path);
	return r;
unreadable:
	say_errno(w, path);
	free(path);
	return 0;
}

static int
add_directory(struct walk *w, const char *path)
{
	size_t files_before = w->list->count;
	uint64_t errors_before = w->diagnostics->errors;
	int r = open_directory(w, path, 0);

	while (r == 0 && w->stack.count != 0)
		r = visit(w, w->stack.paths[--w->stack.count]);
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
