/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/host_facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timex.h>
#include <unistd.h>

#include "pam_module/host_files.h"
#include "pam_module/host_instance.h"
#include "pam_module/host_addresses.h"

#define STORAGE_NEEDED 4096

/* What /proc says for "not set" (linux/audit.h, AUDIT_UID_UNSET and AUDIT_SID_UNSET). */
#define AUDIT_UNSET UINT32_MAX

const struct host_paths host_paths_default = {
    .identity = "/run/logintrail/identity.json",
    .dmi_asset_tag = "/sys/devices/virtual/dmi/id/board_asset_tag",
    .cloud_init = "/run/cloud-init/instance-data.json",
    .boot_id = "/proc/sys/kernel/random/boot_id",
    .proc = "/proc",
};

/* The decimal number that text begins with; -1 when there is none. */
static int64_t
leading_number(struct span text)
{
	int64_t n = 0;
	size_t i = 0;

	for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && i < 18; i++)
		n = n * 10 + (text.ptr[i] - '0');
	return i != 0 ? n : -1;
}

static int64_t
read_audit_number(const struct host_paths *paths, const char *name)
{
	char path[256], text[64];
	int64_t n;

	(void)snprintf(path, sizeof(path), "%s/self/%s", paths->proc, name);
	n = leading_number(host_file_line(path, text, sizeof(text)));
	return n == AUDIT_UNSET ? -1 : n;
}

/*
 * Field 22 of /proc/PID/stat (proc(5)). The second field is the command's name in parentheses and
 * may itself hold blanks and parentheses, so fields are counted behind the last ')'.
 */
static int64_t
read_start_time(const struct host_paths *paths, pid_t pid)
{
	char path[256], text[1024];
	struct span rest, field = SPAN_NONE;
	const char *at;

	(void)snprintf(path, sizeof(path), "%s/%ld/stat", paths->proc, (long)pid);
	rest = host_file_line(path, text, sizeof(text));
	at = rest.len != 0 ? memrchr(rest.ptr, ')', rest.len) : NULL;
	if (at == NULL)
		return -1;
	rest = span_from(rest, (size_t)(at - rest.ptr) + 2);
	for (int n = 3; n <= 22; n++)
		if (!span_cut(&rest, ' ', &field))
			return -1;
	return leading_number(field);
}

static void
read_boot_id(const struct host_paths *paths, struct buf *storage, struct login_record *r)
{
	char text[64];
	struct span id = host_file_line(paths->boot_id, text, sizeof(text));

	if (id.len == 36 && host_is_made_of(id, "0123456789abcdef-"))
		r->host.boot_id = host_store(storage, id);
}

static void
read_hostname(struct buf *storage, struct login_record *r)
{
	char name[256];

	if (gethostname(name, sizeof(name)) != 0)
		return;
	name[sizeof(name) - 1] = '\0';
	if (name[0] != '\0')
		r->host.hostname = host_store(storage, span_of(name));
}

static void
read_clock(struct login_record *r)
{
	struct timex clock = {.modes = 0};
	int state = adjtimex(&clock);

	if (state < 0)
		return;
	r->has_clock = true;
	r->clock_synchronized = state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0;
	r->clock_max_error_us = clock.maxerror;
}

int
host_facts_collect(
    const struct host_paths *paths, pid_t sshd_pid, struct buf *storage, struct login_record *r)
{
	int saved = errno;

	/* Room for everything up front: spans into storage must not move. */
	if (!buf_reserve(storage, STORAGE_NEEDED))
		return -1;
	host_instance_read(paths, storage, r);
	read_boot_id(paths, storage, r);
	read_hostname(storage, r);
	host_addresses_read(storage, r);
	r->audit_session = read_audit_number(paths, "sessionid");
	r->login_uid = read_audit_number(paths, "loginuid");
	if (sshd_pid > 0)
		r->sshd_start = read_start_time(paths, sshd_pid);
	read_clock(r);
	errno = saved;
	return 0;
}
