/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join LOGINS.csv PUSHES.csv: what the report does between reading and printing, on the rows that
 * sqlite3 is given (tools/corpus/csv.h). Prints what each part took, and how many were explained:
 *
 *	LOAD-SECONDS JUDGE-SECONDS ATTRIBUTED UNATTRIBUTED
 *
 * Load: from the text to rows with numbered strings. Judge: sort, join, verdicts, states of pushes.
 */
#include <errno.h>

#include "common/time_text.h"
#include "correlator/correlate/match.h"
#include "correlator/input/document.h"
#include "pam_module/ssh_key.h"

#define ACCOUNT SPAN("111122223333")
#define REGION  SPAN("eu-central-1")

static double
clock_seconds(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t
number_of(struct span text)
{
	int64_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n = n * 10 + (text.ptr[i] - '0');
	return n;
}

static int
add_login(struct ledger *l, struct span *line)
{
	struct login_record r;
	struct span time_us;

	login_record_init(&r, LOGIN_RECORD_OPEN);
	r.host.account_id = ACCOUNT;
	r.host.region = REGION;
	r.auth[0].method = SPAN("publickey");
	r.auth[0].key_type = SPAN("ssh-ed25519");
	r.auth_count = 1;
	if (!span_cut(line, ',', &r.id) || !span_cut(line, ',', &r.host.instance_id) ||
	    !span_cut(line, ',', &r.os_user) || !span_cut(line, ',', &r.auth[0].fingerprint) ||
	    !span_cut(line, ',', &time_us))
		return -1;
	r.time_us = number_of(time_us);
	return ledger_add_login_record(l, &r);
}

static int
add_push(struct ledger *l, struct span *line)
{
	struct event e = {.kind = EVENT_KEY_PUSH, .account_id = ACCOUNT, .region = REGION};
	struct span fingerprint, time_us;
	bool failed = false;

	if (!span_cut(line, ',', &e.event_id) || !span_cut(line, ',', &e.instance_id) ||
	    !span_cut(line, ',', &e.os_user) || !span_cut(line, ',', &fingerprint) ||
	    !span_cut(line, ',', &time_us) || !span_cut(line, ',', &e.identity.arn))
		return -1;
	e.time_us = number_of(time_us);
	e.identity.principal_id = e.identity.arn;
	e.has_fingerprint = ssh_fingerprint_parse(fingerprint, e.fingerprint);
	if (coverage_add(&l->coverage, string_pool_add(&l->pool, ACCOUNT, &failed),
		string_pool_add(&l->pool, REGION, &failed), e.time_us, false) != 0)
		return -1;
	return ledger_add_event(l, &e);
}

static int
load_file(struct ledger *l, const char *path, int (*add)(struct ledger *l, struct span *line))
{
	struct document d;
	struct span rest, line;
	int r = -1;

	if (document_init(&d, DOCUMENT_INFLATE_MAX) != 0)
		return -1;
	if (document_load(&d, path) != DOCUMENT_OK)
		goto out;
	for (rest = d.text; span_cut(&rest, '\n', &line);)
		if (line.len != 0 && add(l, &line) != 0)
			goto out;
	r = 0;
out:
	document_clear(&d);
	return r;
}

int
main(int argc, char **argv)
{
	double began = clock_seconds(), loaded;
	struct match_options options;
	struct ledger l;
	int r = 1;

	if (argc != 3) {
		fputs("usage: join LOGINS.csv PUSHES.csv\n", stderr);
		return 2;
	}
	if (ledger_init(&l) != 0)
		return 1;
	match_options_default(&options);
	if (load_file(&l, argv[2], add_push) != 0 || load_file(&l, argv[1], add_login) != 0)
		goto out;
	/* The CSV ends with the last push; the trail that it stands for goes on. */
	l.coverage.stated = true;
	l.coverage.complete_until_us = INT64_MAX;
	l.coverage.from_stated = true;
	loaded = clock_seconds();
	if (ledger_finish(&l) != 0 || match_run(&l, &options) != 0)
		goto out;
	printf("%.3f %.3f %llu %llu\n", loaded - began, clock_seconds() - loaded,
	    (unsigned long long)l.counts.verdicts[VERDICT_ATTRIBUTED],
	    (unsigned long long)l.counts.verdicts[VERDICT_UNATTRIBUTED]);
	r = 0;
out:
	if (r != 0)
		fprintf(stderr, "join: %s\n", strerror(errno));
	ledger_clear(&l);
	return r;
}
