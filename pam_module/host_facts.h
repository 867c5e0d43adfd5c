/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_HOST_FACTS_H
#define PAM_MODULE_HOST_FACTS_H

#include <sys/types.h>

#include "pam_module/login_record.h"

/*
 * What the host knows of itself without the network. Every path stands in one struct so that tests
 * can point elsewhere; host_paths_default gives the real ones.
 */
struct host_paths {
	const char *identity;      /* /run/logintrail/identity.json */
	const char *dmi_asset_tag; /* /sys/devices/virtual/dmi/id/board_asset_tag */
	const char *cloud_init;    /* /run/cloud-init/instance-data.json */
	const char *boot_id;       /* /proc/sys/kernel/random/boot_id */
	const char *proc;          /* /proc */
};

extern const struct host_paths host_paths_default;

/*
 * Fills r->host, r->audit_session, r->login_uid (from proc/self), r->sshd_start (field 22 of
 * proc/PID/stat, clock ticks since boot) and r->clock (adjtimex(2)). What cannot be learned stays
 * absent. Strings go to storage, reserved once by this call.
 */
int host_facts_collect(
    const struct host_paths *paths, pid_t sshd_pid, struct buf *storage, struct login_record *r);

#endif
