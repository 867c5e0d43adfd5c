/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logintrail-receipt: asks instance metadata for the entries of EC2 Instance Connect that belong to
 * a login. Reads a request on standard input, writes what it finds to standard output, both as
 * receipt_message.h says. A program of its own so that nothing else needs libcurl, and run only
 * when the administrator asked for receipts.
 */
#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "common/version.h"
#include "common/time_text.h"
#include "pam_module/receipt_message.h"
#include "pam_module/receipt_metadata.h"
#include "pam_module/ssh_key.h"

#define KEYS_PATH   "meta-data/managed-ssh-keys/active-keys/"
#define CERT_PATH   "meta-data/managed-ssh-keys/signer-cert/"
#define STAPLE_PATH "meta-data/managed-ssh-keys/signer-ocsp/"
#define LIST_MAX    4096
#define KEYS_MAX    (64 * 1024)

static int64_t
monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

/* Whatever happens, this process is not there any more when the recorder needs its answer. */
static void
die_after_ms(int64_t ms)
{
	struct itimerval timer = {
	    .it_value = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 + 1},
	};

	(void)signal(SIGALRM, SIG_DFL);
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

static int
read_request(struct buf *in)
{
	ssize_t n = 1;

	while (n > 0) {
		if (!buf_reserve(in, 4096))
			return -1;
		n = read(STDIN_FILENO, in->ptr + in->len, 4096);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			in->len += (size_t)n;
	}
	return n == 0 ? 0 : -1;
}

/* Writes at once what was found so far: the recorder keeps it if the deadline comes next. */
static void
flush(struct buf *out)
{
	size_t done = 0;
	ssize_t n;

	while (!out->failed && done < out->len) {
		n = write(STDOUT_FILENO, out->ptr + done, out->len - done);
		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	buf_reset(out);
}

static bool
is_wanted(const struct receipt_request *q, struct span entry)
{
	char text[SSH_FINGERPRINT_TEXT_LEN];
	struct receipt_entry e;

	if (receipt_entry_parse(entry, &e) != RECEIPT_ENTRY_OK)
		return false;
	(void)ssh_fingerprint_text(e.fingerprint, text);
	for (size_t i = 0; i < q->fingerprint_count; i++)
		if (span_is(q->fingerprints[i], text))
			return true;
	return false;
}

/* The word for what went wrong; NULL when at least one entry was written. */
static const char *
get_entries(struct metadata *m, const struct receipt_request *q, struct buf *out)
{
	enum metadata_result r = METADATA_UNEXPECTED;
	struct span rest, entry;
	struct buf path, keys;
	size_t count = 0;

	buf_init(&path, 2048);
	buf_init(&keys, KEYS_MAX);
	buf_puts(&path, KEYS_PATH);
	metadata_put_escaped(&path, q->user);
	buf_putc(&path, '/');
	if (buf_cstr(&path) != NULL)
		r = metadata_get(m, buf_cstr(&path), &keys);
	rest = buf_span(&keys);
	while (
	    r == METADATA_OK && count < RECEIPT_ENTRIES_MAX && receipt_entry_next(&rest, &entry)) {
		if (!is_wanted(q, entry))
			continue;
		receipt_message_put(out, "entry", entry);
		count++;
	}
	flush(out);
	buf_clear(&keys);
	buf_clear(&path);
	if (r == METADATA_NOT_FOUND || (r == METADATA_OK && count == 0))
		return "no_entry";
	return metadata_result_name(r);
}

static void
get_staple(struct metadata *m, struct span name, struct buf *out)
{
	char path[sizeof(STAPLE_PATH) + RECEIPT_STAPLE_NAME];
	struct receipt_staple staple = {.name = name};
	struct buf text;

	(void)snprintf(path, sizeof(path), "%s%.*s", STAPLE_PATH, RECEIPT_STAPLE_NAME, name.ptr);
	buf_init(&text, RECEIPT_STAPLE_MAX);
	if (metadata_get(m, path, &text) == METADATA_OK) {
		staple.response = buf_span(&text);
		receipt_message_put_staple(out, &staple);
		flush(out);
	}
	buf_clear(&text);
}

static void
get_staples(struct metadata *m, struct buf *out)
{
	struct span rest, name;
	size_t count = 0;
	struct buf list;

	buf_init(&list, LIST_MAX);
	if (metadata_get(m, STAPLE_PATH, &list) == METADATA_OK) {
		rest = buf_span(&list);
		while (count < RECEIPT_STAPLES_MAX && span_cut(&rest, '\n', &name)) {
			if (!receipt_staple_name_ok(name))
				continue;
			get_staple(m, name, out);
			count++;
		}
	}
	buf_clear(&list);
}

static const char *
get_signer(struct metadata *m, struct buf *out)
{
	struct buf chain;
	bool ok;

	buf_init(&chain, RECEIPT_CHAIN_MAX);
	ok = metadata_get(m, CERT_PATH, &chain) == METADATA_OK && chain.len != 0;
	if (ok)
		receipt_message_put(out, "chain", buf_span(&chain));
	flush(out);
	buf_clear(&chain);
	if (!ok)
		return "no_signer";
	get_staples(m, out);
	return NULL;
}

static void
find_receipts(const struct receipt_request *q, int64_t deadline_us, struct buf *out)
{
	const char *error = "metadata_unreachable";
	struct metadata *m = NULL;

	/* no TLS: metadata is plain HTTP, and setting TLS up takes time */
	if (curl_global_init(CURL_GLOBAL_NOTHING) == CURLE_OK)
		m = metadata_open(q->endpoint, deadline_us);
	if (m != NULL) {
		error = get_entries(m, q, out);
		if (error == NULL)
			error = get_signer(m, out);
	}
	metadata_close(m);
	receipt_message_put(out, "error", span_of(error));
	receipt_message_put(out, "end", SPAN("1"));
	flush(out);
}

static int
answer_request(void)
{
	int64_t start_us = monotonic_us();
	struct receipt_request q;
	struct buf in, out;
	int r;

	die_after_ms(60000);
	(void)signal(SIGPIPE, SIG_IGN);
	buf_init(&in, RECEIPT_REQUEST_MAX + 8192);
	buf_init(&out, RECEIPT_ANSWER_MAX);
	r = read_request(&in);
	if (r == 0)
		r = receipt_request_parse(buf_span(&in), &q);
	if (r == 0) {
		die_after_ms(q.deadline_ms);
		find_receipts(&q, start_us + q.deadline_ms * 1000 * 95 / 100, &out);
	}
	buf_clear(&out);
	buf_clear(&in);
	return r;
}

int
main(int argc, char **argv)
{
	static const char usage[] =
	    "logintrail-receipt asks EC2 instance metadata for the signed entries of EC2 Instance\n"
	    "Connect that belong to a login. logintrail-record runs it; it is not meant to be run\n"
	    "by hand.\n"
	    "\n"
	    "usage: logintrail-receipt [--help | --version]\n";

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("logintrail-receipt %s (%s)\n", LOGINTRAIL_VERSION,
			   logintrail_commit) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return printf("%s", usage) < 0;
	if (argc > 1 || isatty(STDIN_FILENO)) {
		(void)fprintf(stderr, "%s", usage);
		return 1;
	}
	return answer_request() == 0 ? 0 : 1;
}
