/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "pam_module/login_log_rotate.h"
#include "tools/host/host.h"
#include "tools/host/ship_keep.h"

static int
tell(const char *log, enum login_log_error error, int code)
{
	if (error == LOGIN_LOG_OK)
		return HOST_DONE;
	return host_fail(
	    log, login_log_error_text(error), login_log_error_has_errno(error) ? code : 0);
}

static int
rotate(const struct host_options *o, struct login_record *r)
{
	enum login_log_error error, begun = LOGIN_LOG_OK;

	if (o->adopt) {
		error = login_log_begin(o->log, r, host_deadline_us());
		return tell(o->log, error, errno);
	}
	error = login_log_rotate(o->log, ship_keep(o), r, host_deadline_us(), &begun);
	if (error != LOGIN_LOG_OK)
		return tell(o->log, error, errno);
	return tell(o->log, begun, errno);
}

int
rotate_command(const struct host_options *o)
{
	struct login_record record;
	struct buf storage;
	int r;

	if (host_record(LOGIN_RECORD_ROTATE, &storage, &record) != 0)
		r = host_fail(o->log, "out of memory", 0);
	else
		r = rotate(o, &record);
	buf_clear(&storage);
	return r;
}
