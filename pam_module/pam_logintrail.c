/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pam_logintrail.so: tells the recorder of each SSH session that begins or ends. This runs as root
 * inside sshd, so it parses nothing, waits for nothing beyond its deadline, and leaves the process
 * as it was. It never stops a login by itself: it returns the truth and the control word in the PAM
 * file decides.
 */
#include <errno.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>
#include <unistd.h>

#include "pam_module/recorder_call.h"

#define EXPORT __attribute__((visibility("default")))

#define SESSION_DATA        "logintrail_session"
#define SESSION_ID_BYTES    ((size_t)16)
#define DEADLINE_MS_DEFAULT 1000
#define DEADLINE_MS_MIN     10
#define DEADLINE_MS_MAX     60000

/* Bounds of what is sent, docs/FORMAT.md: a user may own a key of any size. */
#define MESSAGE_MAX   ((size_t)1024 * 1024)
#define OTHERS_MAX    ((size_t)64 * 1024) /* everything but SSH_AUTH_INFO_0 */
#define AUTH_INFO_MAX (MESSAGE_MAX - OTHERS_MAX)
#define VALUE_MAX     4096

struct options {
	const char *log, *recorder;        /* the default, or within the PAM handle's arguments */
	const char *metadata, *receipt_ca; /* NULL: as the recorder has them */
	long deadline_ms;
	bool receipt, expose_principal, debug;
};

/* What close_session needs to know of open_session. */
struct session {
	char id[2 * SESSION_ID_BYTES + 1];
	struct options options;
};

/* Facts in the making; big enough from the start for all that is put into it. */
struct message {
	char *ptr;
	size_t len, size;
};

static bool
parse_path(const char *text, const char **path)
{
	if (text[0] != '/' || strlen(text) >= VALUE_MAX)
		return false;
	*path = text;
	return true;
}

/* Where instance metadata is, when it is not at AWS's IPv4 address. */
static bool
parse_metadata(const char *text, const char **url)
{
	if (strncmp(text, "http://", 7) != 0 || strlen(text) >= VALUE_MAX)
		return false;
	*url = text;
	return true;
}

static bool
parse_deadline(const char *text, long *deadline_ms)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n < DEADLINE_MS_MIN || n > DEADLINE_MS_MAX)
		return false;
	*deadline_ms = n;
	return true;
}

/* What follows "name=" in the argument; NULL when it is another option. */
static const char *
value_of(const char *argument, const char *name)
{
	size_t n = strlen(name);

	return strncmp(argument, name, n) == 0 && argument[n] == '=' ? argument + n + 1 : NULL;
}

static bool
parse_flag(const char *argument, struct options *o)
{
	if (strcmp(argument, "receipt") == 0)
		o->receipt = true;
	else if (strcmp(argument, "expose_principal") == 0)
		o->expose_principal = true;
	else if (strcmp(argument, "debug") == 0)
		o->debug = true;
	else
		return false;
	return true;
}

static bool
parse_option(const char *argument, struct options *o)
{
	const char *value;

	if ((value = value_of(argument, "log")) != NULL)
		return parse_path(value, &o->log);
	if ((value = value_of(argument, "recorder")) != NULL)
		return parse_path(value, &o->recorder);
	if ((value = value_of(argument, "deadline_ms")) != NULL)
		return parse_deadline(value, &o->deadline_ms);
	if ((value = value_of(argument, "metadata")) != NULL)
		return parse_metadata(value, &o->metadata);
	if ((value = value_of(argument, "receipt_ca")) != NULL)
		return parse_path(value, &o->receipt_ca);
	return parse_flag(argument, o);
}

/* A wrong option must not cost the login its record: the default stays. */
static void
parse_options(pam_handle_t *pamh, int argc, const char **argv, struct options *o)
{
	*o = (struct options){
	    .log = DEFAULT_LOG,
	    .recorder = RECORDER_PATH,
	    .deadline_ms = DEADLINE_MS_DEFAULT,
	};
	for (int i = 0; i < argc; i++)
		if (!parse_option(argv[i], o))
			pam_syslog(pamh, LOG_ERR, "option not understood, ignored: %s", argv[i]);
}

static int
make_session_id(char id[static 2 * SESSION_ID_BYTES + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[SESSION_ID_BYTES];

	/* Not to block early at boot; an id must be new, it need not be secret. */
	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes))
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		id[2 * i] = digits[bytes[i] >> 4];
		id[2 * i + 1] = digits[bytes[i] & 15];
	}
	id[2 * SESSION_ID_BYTES] = '\0';
	return 0;
}

static void
put_bytes(struct message *m, const char *data, size_t len)
{
	if (len > m->size - m->len)
		len = m->size - m->len;
	memcpy(m->ptr + m->len, data, len);
	m->len += len;
}

/* "key=value" and its NUL; nothing when the value is unknown. */
static void
put_fact(struct message *m, const char *key, const char *value, size_t len)
{
	if (value == NULL)
		return;
	put_bytes(m, key, strlen(key));
	put_bytes(m, "=", 1);
	put_bytes(m, value, len);
	put_bytes(m, "", 1);
}

static void
put_text(struct message *m, const char *key, const char *value)
{
	size_t len = value != NULL ? strlen(value) : 0;

	put_fact(m, key, value, len < VALUE_MAX ? len : VALUE_MAX);
}

static void
put_number(struct message *m, const char *key, long long n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", n);
	put_text(m, key, text);
}

static void
put_item(struct message *m, const char *key, pam_handle_t *pamh, int item)
{
	const void *value = NULL;

	if (pam_get_item(pamh, item, &value) == PAM_SUCCESS)
		put_text(m, key, value);
}

/* What is too long is cut behind a whole line, and the recorder is told. */
static void
put_auth_info(struct message *m, const char *value)
{
	size_t len = value != NULL ? strnlen(value, AUTH_INFO_MAX + 1) : 0;

	if (len > AUTH_INFO_MAX) {
		len = AUTH_INFO_MAX;
		while (len != 0 && value[len - 1] != '\n')
			len--;
		put_text(m, "auth_info_cut", "1");
	}
	put_fact(m, "auth_info", value, len);
}

static void
put_login(struct message *m, pam_handle_t *pamh, const struct options *o, const char *auth_info)
{
	const void *user = NULL;
	const struct passwd *pw;

	put_number(m, "pid", getpid());
	put_item(m, "user", pamh, PAM_USER);
	put_item(m, "service", pamh, PAM_SERVICE);
	put_item(m, "tty", pamh, PAM_TTY);
	put_item(m, "rhost", pamh, PAM_RHOST);
	put_text(m, "connection", pam_getenv(pamh, "SSH_CONNECTION"));
	if (pam_get_item(pamh, PAM_USER, &user) == PAM_SUCCESS && user != NULL &&
	    (pw = pam_modutil_getpwnam(pamh, user)) != NULL)
		put_number(m, "uid", (long long)pw->pw_uid);
	put_auth_info(m, auth_info);
	put_text(m, "metadata", o->metadata);
	put_text(m, "receipt_ca", o->receipt_ca);
	if (o->receipt)
		put_text(m, "receipt", "1");
	if (o->expose_principal)
		put_text(m, "expose_principal", "1");
}

/* The facts of an open; of a close when it is none. m->ptr is the caller's to free. */
static int
make_message(pam_handle_t *pamh, const struct session *s, bool is_open, int64_t deadline_us,
    struct message *m)
{
	const char *auth_info = is_open ? pam_getenv(pamh, "SSH_AUTH_INFO_0") : NULL;

	m->len = 0;
	m->size = OTHERS_MAX + (auth_info != NULL ? strnlen(auth_info, AUTH_INFO_MAX) : 0);
	m->ptr = malloc(m->size);
	if (m->ptr == NULL)
		return -1;
	put_text(m, "kind", is_open ? "open" : "close");
	put_text(m, "id", s->id);
	put_text(m, "log", s->options.log);
	if (is_open)
		put_login(m, pamh, &s->options, auth_info);
	put_number(m, "deadline_us", deadline_us);
	put_text(m, "end", "1");
	return 0;
}

/* Only what is on record gets into the session, and never because of a failure in here. */
static void
expose(pam_handle_t *pamh, const struct session *s, const char *principal)
{
	char text[RECORDER_PRINCIPAL_MAX + 32];

	(void)snprintf(text, sizeof(text), "LOGINTRAIL_SESSION=%s", s->id);
	(void)pam_putenv(pamh, text);
	if (principal[0] == '\0')
		return;
	(void)snprintf(text, sizeof(text), "LOGINTRAIL_PRINCIPAL=%s", principal);
	(void)pam_putenv(pamh, text);
}

/* Has the session's open or close recorded; one line in syslog when that fails. */
static int
record(pam_handle_t *pamh, const struct session *s, bool is_open, int64_t start_us)
{
	const char *what = is_open ? "open" : "close";
	int64_t deadline_us = start_us + s->options.deadline_ms * 1000;
	char reason[RECORDER_REASON_MAX] = "no memory", principal[RECORDER_PRINCIPAL_MAX] = "";
	bool exposed = is_open && s->options.expose_principal;
	struct message m = {.ptr = NULL};
	int r;

	r = make_message(pamh, s, is_open, deadline_us, &m);
	if (r == 0)
		r = recorder_call(s->options.recorder, m.ptr, m.len, deadline_us, reason,
		    exposed && s->options.receipt ? principal : NULL);
	free(m.ptr);
	if (r != 0) {
		pam_syslog(pamh, LOG_ERR, "session %s: %s not recorded: %s", s->id, what, reason);
		return PAM_SESSION_ERR;
	}
	if (exposed)
		expose(pamh, s, principal);
	if (s->options.debug)
		pam_syslog(pamh, LOG_DEBUG, "session %s: %s recorded in %lld us", s->id, what,
		    (long long)(recorder_clock_us() - start_us));
	return PAM_SUCCESS;
}

static void
free_session(pam_handle_t *pamh, void *data, int error_status)
{
	(void)pamh;
	(void)error_status;
	free(data);
}

static int
open_session(pam_handle_t *pamh, int argc, const char **argv)
{
	int64_t start_us = recorder_clock_us();
	struct session *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL) {
		pam_syslog(pamh, LOG_ERR, "open not recorded: no memory");
		return PAM_SESSION_ERR;
	}
	parse_options(pamh, argc, argv, &s->options);
	if (make_session_id(s->id) != 0) {
		pam_syslog(pamh, LOG_ERR, "open not recorded: getrandom: %m");
		free(s);
		return PAM_SESSION_ERR;
	}
	r = pam_set_data(pamh, SESSION_DATA, s, free_session);
	if (r != PAM_SUCCESS) {
		pam_syslog(pamh, LOG_ERR, "open not recorded: %s", pam_strerror(pamh, r));
		free(s);
		return PAM_SESSION_ERR;
	}
	return record(pamh, s, true, start_us);
}

EXPORT int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int saved = errno, r;

	(void)flags;
	r = open_session(pamh, argc, argv);
	errno = saved;
	return r;
}

/* Reads none of PAM's variables: by now they may be what the user wants them to be. */
EXPORT int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int saved = errno, r = PAM_IGNORE;
	const void *data = NULL;

	(void)flags;
	(void)argc;
	(void)argv;
	if (pam_get_data(pamh, SESSION_DATA, &data) == PAM_SUCCESS && data != NULL)
		r = record(pamh, data, false, recorder_clock_us());
	else
		pam_syslog(pamh, LOG_DEBUG, "close without an open: nothing to record");
	errno = saved;
	return r;
}
