/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_LOG_SEAL_STATE_H
#define PAM_MODULE_LOGIN_LOG_SEAL_STATE_H

#include <limits.h>

#include "pam_module/login_log_seal.h"

/* Private to login_log_seal.c and login_log_seal_create.c. */

/* NAME.seal; false and errno when that is too long. */
bool login_log_seal_name(const struct login_log_file *log, char name[static NAME_MAX + 1]);
/* Overwrites what the file has by the key, durably. 0, or -1 and errno. */
int login_log_seal_store(int fd, const struct login_seal_key *key);

#endif
