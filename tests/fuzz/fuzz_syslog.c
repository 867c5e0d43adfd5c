/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a system log, as text and as entries of the journal, into a ledger. */
#include <stdint.h>
#include <stdlib.h>

#include "common/time_text.h"
#include "correlator/syslog/syslog_logins.h"

static void
check_counts(const struct ledger *l)
{
	const struct ledger_counts *c = &l->counts;

	if (c->syslog_lines !=
		c->syslog_logins + c->syslog_ends + c->syslog_notices + c->syslog_partials +
		    c->syslog_others + c->syslog_unreadable + c->syslog_unbelieved ||
	    c->syslog_logins - c->syslog_duplicates != l->login_count)
		abort();
	for (size_t i = 0; i < l->login_count; i++) {
		const struct login *login = &l->logins[i];

		if (login->time_us < 0 || login->auth_count == 0 || login->remote_port > 65535)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct syslog_options options = {
	    .time_zone = "+05:30", .eic_uid = -1, .now_us = INT64_C(1795328560) * US_PER_SECOND};
	struct span text = {(const char *)data, size}, entry;
	struct syslog_reader *r;
	struct ledger l;

	if (ledger_init(&l) != 0 || (r = syslog_reader_new(&l, &options)) == NULL)
		abort();
	(void)syslog_text_is(text);
	if (syslog_reader_file(r, "i-0123456789abcdef0/auth.log", LOGIN_TIME_UNKNOWN) != 0 ||
	    syslog_reader_text(r, text) != 0)
		abort();
	while (span_cut(&text, '\n', &entry)) {
		if (syslog_reader_journal(r, entry) != 0)
			abort();
	}
	if (syslog_reader_finish(r) != 0 || ledger_finish(&l) != 0)
		abort();
	check_counts(&l);
	syslog_reader_free(r);
	ledger_clear(&l);
	return 0;
}
