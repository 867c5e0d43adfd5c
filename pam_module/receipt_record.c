/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_record.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base64.h"
#include "common/time_text.h"
#include "pam_module/login_log.h"
#include "pam_module/receipt_message.h"
#include "pam_module/receipt_run.h"

#define PROGRAM_NAME "logintrail-receipt"
#define CHECK_NAME   "logintrail-receipt-check.so"
/* A signer is looked for in so much of the log's end, and recorded again when it is not there. */
#define LOG_END   (256 * 1024)
#define APPEND_US (150 * 1000) /* left for the records when the network has used up its time */

/* One login's receipts on their way into the log. */
struct receipts {
	const struct facts *facts;
	const struct login_record *open;
	int64_t deadline_us;
	struct receipt_answer answer;
	char signer[SHA256_HEX_LEN + 1]; /* "" when there is none */
};

static int64_t
monotonic_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return INT64_MAX / 2; /* later than any deadline */
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static void
make_request(const struct receipts *rs, int64_t ask_until_us, struct buf *text)
{
	struct receipt_request q = {
	    .user = rs->open->os_user,
	    .endpoint = rs->facts->metadata,
	    .deadline_ms = (ask_until_us - monotonic_us()) / 1000,
	};

	for (size_t i = 0; i < rs->open->auth_count; i++)
		if (receipt_is_pushable(&rs->open->auth[i]))
			q.fingerprints[q.fingerprint_count++] = rs->open->auth[i].fingerprint;
	if (q.fingerprint_count != 0)
		receipt_request_write(&q, text);
}

/* The file beside this program; NULL when its path cannot be told. */
static const char *
find_beside(const char *name, char path[static PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL || (size_t)(slash - path) + strlen(name) + 2 > PATH_MAX)
		return NULL;
	(void)snprintf(slash, (size_t)(path + PATH_MAX - slash), "/%s", name);
	return path;
}

static void
ask(struct receipts *rs, struct span request, int64_t ask_until_us, struct buf *text)
{
	char path[PATH_MAX];

	if (find_beside(PROGRAM_NAME, path) == NULL ||
	    receipt_run(path, request, ask_until_us, text) != 0) {
		rs->answer.error = monotonic_us() < ask_until_us ? SPAN("program_failed")
								 : SPAN("metadata_timeout");
		return;
	}
	receipt_answer_parse(buf_span(text), &rs->answer);
	if (!rs->answer.complete && rs->answer.error.ptr == NULL)
		rs->answer.error = SPAN("metadata_timeout");
}

static void
init_record(const struct receipts *rs, enum login_record_kind kind, struct login_record *r)
{
	login_record_init(r, kind);
	if (kind == LOGIN_RECORD_RECEIPT)
		r->id = rs->facts->id;
}

static void
append(const struct receipts *rs, struct login_record *r)
{
	/* nobody is left to hear of an error: the login has its record, and is let in */
	(void)login_log_append(rs->facts->log, r, rs->deadline_us);
}

/* True when the end of the log has the very words of the signer's record. */
static bool
is_logged(const char *log, const struct login_record *r)
{
	int fd = open(log, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct buf words, end;
	bool found = false;
	struct stat st;
	ssize_t n = -1;

	buf_init(&words, LOGIN_RECORD_SIGNER_MAX);
	buf_init(&end, LOG_END);
	login_record_write_signer(r, &words);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && buf_reserve(&end, LOG_END))
		n = pread(fd, end.ptr, LOG_END, st.st_size > LOG_END ? st.st_size - LOG_END : 0);
	if (n > 0 && words.len != 0 && !words.failed)
		found = memmem(end.ptr, (size_t)n, words.ptr, words.len) != NULL;
	buf_clear(&end);
	buf_clear(&words);
	if (fd >= 0)
		(void)close(fd);
	return found;
}

static void
append_signer(struct receipts *rs)
{
	const struct receipt_signer *signer = &rs->answer.signer;
	struct login_record r;

	rs->signer[0] = '\0';
	if (signer->chain.len == 0 || receipt_signer_digest(signer, rs->signer) != 0)
		return;
	init_record(rs, LOGIN_RECORD_SIGNER, &r);
	r.signer_sha256 = span_of(rs->signer);
	r.signer = *signer;
	if (!is_logged(rs->facts->log, &r))
		append(rs, &r);
}

/* entry is SPAN_NONE for the note that there is none. */
static void
append_receipt(const struct receipts *rs, struct span entry)
{
	struct login_record r;
	struct buf text;

	init_record(rs, LOGIN_RECORD_RECEIPT, &r);
	buf_init(&text, RECEIPT_ENTRY_MAX * 2);
	if (entry.ptr != NULL) {
		base64_encode(entry.ptr, entry.len, true, &text);
		r.receipt_entry = buf_span(&text);
		if (rs->signer[0] != '\0')
			r.receipt_signer = span_of(rs->signer);
	}
	r.receipt_error = rs->answer.error;
	append(rs, &r);
	buf_clear(&text);
}

/* A login that nobody can be named for goes on without a name. */
static void
find_principal(const struct receipts *rs, char principal[static RECEIPT_PRINCIPAL_MAX])
{
	void (*check)(const struct receipt_answer *answer, const struct login_record *open,
	    const char *ca_file, char principal[static RECEIPT_PRINCIPAL_MAX]) = NULL;
	char path[PATH_MAX];
	void *library, *symbol;

	if (find_beside(CHECK_NAME, path) == NULL)
		return;
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return;
	symbol = dlsym(library, "receipt_principal");
	memcpy(&check, &symbol, sizeof(check));
	if (check != NULL)
		check(&rs->answer, rs->open, rs->facts->receipt_ca, principal);
	(void)dlclose(library);
}

static void
record_answer(struct receipts *rs, char principal[static RECEIPT_PRINCIPAL_MAX])
{
	append_signer(rs);
	for (size_t i = 0; i < rs->answer.entry_count; i++)
		append_receipt(rs, rs->answer.entries[i]);
	if (rs->answer.entry_count == 0)
		append_receipt(rs, SPAN_NONE);
	else if (rs->facts->expose_principal)
		find_principal(rs, principal);
}

void
receipt_record(const struct facts *facts, const struct login_record *open, int64_t deadline_us,
    char principal[static RECEIPT_PRINCIPAL_MAX])
{
	struct receipts rs = {.facts = facts, .open = open, .deadline_us = deadline_us};
	int64_t left_us = deadline_us - monotonic_us();
	int64_t ask_until_us = deadline_us - (left_us / 4 < APPEND_US ? left_us / 4 : APPEND_US);
	struct buf request, answer;

	principal[0] = '\0';
	buf_init(&request, RECEIPT_REQUEST_MAX);
	buf_init(&answer, RECEIPT_ANSWER_MAX + 64 * 1024);
	make_request(&rs, ask_until_us, &request);
	if (request.len != 0) {
		if (request.failed)
			rs.answer.error = SPAN("program_failed");
		else
			ask(&rs, buf_span(&request), ask_until_us, &answer);
		record_answer(&rs, principal);
	}
	buf_clear(&answer);
	buf_clear(&request);
}
