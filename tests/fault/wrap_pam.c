/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/wrap_pam.h"

#include <pwd.h>
#include <security/pam_ext.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "tests/fault/fault.h"

int __wrap_pam_get_item(const pam_handle_t *pamh, int item, const void **value);
const char *__wrap_pam_getenv(pam_handle_t *pamh, const char *name);
int __wrap_pam_get_data(const pam_handle_t *pamh, const char *name, const void **data);
int __wrap_pam_set_data(pam_handle_t *pamh, const char *name, void *data,
    void (*clean_up)(pam_handle_t *pamh, void *data, int error_status));
int __wrap_pam_putenv(pam_handle_t *pamh, const char *text);
struct passwd *__wrap_pam_modutil_getpwnam(pam_handle_t *pamh, const char *user);
const char *__wrap_pam_strerror(pam_handle_t *pamh, int number);
void __wrap_pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool
strikes(const char *name)
{
	int how;

	return fault_strikes(name, FAULT_PLAIN, &how);
}

int
__wrap_pam_get_item(const pam_handle_t *pamh, int item, const void **value)
{
	(void)pamh;
	if (strikes("pam_get_item"))
		return PAM_SYSTEM_ERR;
	switch (item) {
	case PAM_USER: *value = "ec2-user"; break;
	case PAM_SERVICE: *value = "sshd"; break;
	case PAM_TTY: *value = "ssh"; break;
	case PAM_RHOST: *value = "203.0.113.7"; break;
	default: *value = NULL; break;
	}
	return PAM_SUCCESS;
}

const char *
__wrap_pam_getenv(pam_handle_t *pamh, const char *name)
{
	if (strikes("pam_getenv"))
		return NULL;
	if (strcmp(name, "SSH_AUTH_INFO_0") == 0)
		return pamh->auth_info;
	return strcmp(name, "SSH_CONNECTION") == 0 ? pamh->connection : NULL;
}

int
__wrap_pam_get_data(const pam_handle_t *pamh, const char *name, const void **data)
{
	(void)name;
	if (strikes("pam_get_data") || pamh->data == NULL)
		return PAM_NO_MODULE_DATA;
	*data = pamh->data;
	return PAM_SUCCESS;
}

int
__wrap_pam_set_data(pam_handle_t *pamh, const char *name, void *data,
    void (*clean_up)(pam_handle_t *pamh, void *data, int error_status))
{
	(void)name;
	if (strikes("pam_set_data"))
		return PAM_BUF_ERR;
	pamh->data = data;
	pamh->clean_up = clean_up;
	return PAM_SUCCESS;
}

int
__wrap_pam_putenv(pam_handle_t *pamh, const char *text)
{
	if (strikes("pam_putenv"))
		return PAM_BUF_ERR;
	pamh->variables += strncmp(text, "LOGINTRAIL_", 11) == 0;
	return PAM_SUCCESS;
}

void
fault_pam_end(pam_handle_t *pamh)
{
	if (pamh->data != NULL)
		pamh->clean_up(pamh, pamh->data, PAM_SUCCESS);
	pamh->data = NULL;
}

struct passwd *
__wrap_pam_modutil_getpwnam(pam_handle_t *pamh, const char *user)
{
	static struct passwd entry = {.pw_uid = 1000};

	(void)pamh;
	return !strikes("pam_modutil_getpwnam") && strcmp(user, "ec2-user") == 0 ? &entry : NULL;
}

const char *
__wrap_pam_strerror(pam_handle_t *pamh, int number)
{
	(void)pamh;
	(void)number;
	return "a PAM error";
}

void
__wrap_pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...)
{
	pam_handle_t *fake = (pam_handle_t *)(uintptr_t)pamh;
	va_list args;

	if (priority != LOG_ERR)
		return;
	fake->errors++;
	va_start(args, format);
	(void)vsnprintf(fake->error, sizeof(fake->error), format, args);
	va_end(args);
}
