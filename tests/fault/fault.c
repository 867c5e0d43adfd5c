/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/fault.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

struct fault_state *fault_state;
int fault_blocks;

static bool armed;
static enum fault_role role;

void
fault_init(void)
{
	void *memory = mmap(
	    NULL, sizeof(*fault_state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	fault_state = memory;
}

void
fault_plan(const struct fault_plan *plan)
{
	struct fault_state *s = fault_state;

	memset(s->count, 0, sizeof(s->count));
	memset(&s->recorder, 0, sizeof(s->recorder));
	s->struck = NULL;
	s->truncate_failed = s->written = s->synced = s->directory_synced = false;
	s->planned = plan != NULL;
	if (plan != NULL)
		s->plan = *plan;
}

void
fault_arm(void)
{
	armed = true;
}

void
fault_disarm(void)
{
	armed = false;
}

bool
fault_is_armed(void)
{
	return armed;
}

void
fault_next_role(void)
{
	role++;
}

static bool
is_planned(size_t n, enum fault_class class)
{
	const struct fault_plan *plan = &fault_state->plan;

	if (!fault_state->planned || role != plan->role)
		return false;
	return n == plan->number || (plan->and_after && n > plan->number && class != FAULT_PLAIN);
}

bool
fault_strikes(const char *name, enum fault_class class, int *how)
{
	struct fault_state *s = fault_state;
	size_t n;

	*how = 0;
	if (!armed)
		return false;
	n = s->count[role]++;
	if (n < FAULT_CALLS_MAX)
		s->call[role][n] = (struct fault_call){name, class};
	if (!is_planned(n, class))
		return false;
	if (s->struck == NULL)
		s->struck = name;
	*how = n == s->plan.number ? s->plan.how : EIO;
	if (*how == FAULT_KILL)
		(void)raise(SIGKILL);
	if (*how < 0 && class != FAULT_TRANSFER)
		*how = EIO;
	if (*how > 0)
		errno = *how;
	return true;
}

struct dirent *__real_readdir(DIR *dir);
int __real_closedir(DIR *dir);

int
fault_open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (dir == NULL)
		abort();
	while (__real_readdir(dir) != NULL)
		n++;
	(void)__real_closedir(dir);
	return n;
}
