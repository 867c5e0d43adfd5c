/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAULT_WRAP_PAM_H
#define TESTS_FAULT_WRAP_PAM_H

#include <security/pam_modules.h>

/* A PAM transaction of the test's own, in the place of libpam's. */
struct pam_handle {
	const char *auth_info, *connection;
	void *data;
	void (*clean_up)(pam_handle_t *pamh, void *data, int error_status);
	int variables;    /* of ours, put into the session */
	int errors;       /* lines to syslog of LOG_ERR */
	char error[1024]; /* the last one */
};

/* As pam_end: the module's data are cleaned up. */
void fault_pam_end(pam_handle_t *pamh);

#endif
