/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/host.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/time_text.h"
#include "pam_module/host_facts.h"

#define WAIT_US     (30 * US_PER_SECOND)
#define STORAGE_MAX ((size_t)128 * 1024)
#define MESSAGE_MAX 8192

int
host_fail(const char *subject, const char *message, int error)
{
	char line[MESSAGE_MAX];
	int n;

	n = snprintf(line, sizeof(line), "logintrail-host: %s: %s%s%s", subject, message,
	    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
	for (int i = 0; i < n && i < (int)sizeof(line) - 1; i++)
		if ((unsigned char)line[i] < 0x20 || (unsigned char)line[i] >= 0x7f)
			line[i] = '?';
	(void)fprintf(stderr, "%s\n", line);
	return HOST_FAILED;
}

int
host_record(enum login_record_kind kind, struct buf *storage, struct login_record *r)
{
	login_record_init(r, kind);
	buf_init(storage, STORAGE_MAX);
	return host_facts_collect(&host_paths_default, getpid(), storage, r);
}

int64_t
host_deadline_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000 + WAIT_US;
}
