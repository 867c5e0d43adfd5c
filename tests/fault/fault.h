/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

/*
 * Makes calls of the module and the recorder fail. The tests are linked with -Wl,--wrap for each
 * function of calls.list: the wrapper counts the call and asks here whether this is the one. State
 * lies in memory shared by all processes of a login, so a fault can be planned in any of them.
 */
#include <stdbool.h>
#include <stddef.h>

enum fault_role {
	FAULT_MODULE,   /* the process that loaded the module: sshd */
	FAULT_CHILD,    /* the fork in between */
	FAULT_RECORDER, /* the recorder, its preparation before exec included */
	FAULT_RECEIPT,  /* what the recorder forks for logintrail-receipt */
	FAULT_ROLES,
};

/* What ways a function has to fail. */
enum fault_class {
	FAULT_PLAIN,    /* one */
	FAULT_IO,       /* by errno */
	FAULT_TRANSFER, /* by errno, by a short count and by none */
};

/* Instead of an errno. */
#define FAULT_SHORT (-1) /* half of the bytes */
#define FAULT_ZERO  (-2) /* no byte, no error */
#define FAULT_KILL  (-3) /* SIGKILL in front of the call */

#define FAULT_CALLS_MAX 4096

struct fault_call {
	const char *name;
	enum fault_class class;
};

struct fault_plan {
	enum fault_role role;
	size_t number;  /* of the call in that process, from 0 */
	int how;        /* an errno, or one of the above */
	bool and_after; /* every later call of a system's function there fails with EIO */
};

/* How the recorder's main ended. */
struct fault_recorder_end {
	bool ran, returned;
	int status;
	int descriptors, blocks; /* more than when it began */
};

struct fault_state {
	struct fault_plan plan;
	bool planned;
	const char *struck; /* the function that failed first; NULL when none has */
	bool truncate_failed;
	size_t count[FAULT_ROLES];
	struct fault_call call[FAULT_ROLES][FAULT_CALLS_MAX];
	bool written, synced; /* log: since the last write has its content been synced? */
	bool directory_synced;
	struct fault_recorder_end recorder;
	char redirect[64]; /* what stands in front of paths below /run and /sys */
};

extern struct fault_state *fault_state;

/* Maps the shared state; once. */
void fault_init(void);
/* Forgets counts and findings; plan NULL lets all calls succeed. */
void fault_plan(const struct fault_plan *plan);
/* Between the two, calls of this process and its children count. */
void fault_arm(void);
void fault_disarm(void);
bool fault_is_armed(void);

/* Counts the call. True when it is to fail: errno is set, or *how is one of FAULT_SHORT, _ZERO. */
bool fault_strikes(const char *name, enum fault_class class, int *how);

/* The process that calls this is now in the next role. */
void fault_next_role(void);

/* Memory blocks and the like that are in use. */
extern int fault_blocks;
int fault_open_descriptors(void);

int recorder_main(int argc, char **argv);

#endif
