/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/run_hint.h"

#include "common/time_text.h"
#include "correlator/remote/remote.h"

/* A word of a command line, quoted for the shell when it needs to be. */
static void
put_shell_word(struct buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "/._-+:,@%=";

	if (word[strspn(word, plain)] == '\0' && word[0] != '\0') {
		buf_puts(out, word);
		return;
	}
	buf_putc(out, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *word);
	}
	buf_putc(out, '\'');
}

static void
put_text(struct buf *out, const char *option, const char *value)
{
	if (value == NULL)
		return;
	buf_puts(out, option);
	put_shell_word(out, value);
}

static void
put_seconds(struct buf *out, const char *option, int64_t us, int64_t usual_us)
{
	if (us != usual_us)
		buf_printf(out, "%s%lld.%06lld", option, (long long)(us / US_PER_SECOND),
		    (long long)(us % US_PER_SECOND));
}

static void
put_number(struct buf *out, const char *option, int64_t n)
{
	if (n != OPTION_NUMBER_UNSET)
		buf_printf(out, "%s%lld", option, (long long)n);
}

static void
put_people(struct buf *out, const struct options *o)
{
	for (size_t i = 0; i < o->identity_store_count; i++)
		put_text(out, " --identity-store ", o->identity_stores[i]);
	if (o->no_people)
		buf_puts(out, " --no-people");
}

static void
put_syslog(struct buf *out, const struct options *o)
{
	put_text(out, " --instance ", o->instance);
	put_text(out, " --instance-map ", o->instance_map);
	put_number(out, " --year ", o->year);
	put_text(out, " --time-zone ", o->time_zone);
	put_number(out, " --eic-uid ", o->eic_uid);
}

/* What is read of AWS depends on the times too. */
static void
put_remote(struct buf *out, const struct options *o)
{
	bool any = false;

	for (size_t i = 0; i < o->input_count; i++)
		any = any || remote_is_uri(o->inputs[i].uri);
	if (!any)
		return;
	for (size_t i = 0; i < o->profile_count; i++)
		put_text(out, " --profile ", o->profiles[i]);
	for (size_t i = 0; i < o->region_count; i++)
		put_text(out, " --region ", o->regions[i]);
	put_text(out, " --endpoint-url ", o->endpoint_url);
	put_text(out, " --from ", o->from);
	put_text(out, " --to ", o->to);
	put_seconds(out, " --late ", o->late_us, OPTION_LATE_US);
}

void
run_hint_put(struct buf *out, const struct options *o)
{
	struct match_options usual;

	match_options_default(&usual);
	put_text(out, " --db ", o->db);
	for (size_t i = 0; i < o->input_count; i++)
		put_text(out, o->inputs[i].role == INPUT_LOGINS ? " --logins " : " --events ",
		    o->inputs[i].uri);
	put_remote(out, o);
	put_text(out, " --complete-from ", o->complete_from);
	put_text(out, " --complete-until ", o->complete_until);
	put_text(out, " --receipt-ca ", o->receipt_ca);
	put_seconds(out, " --grace ", o->match.grace_us, usual.grace_us);
	put_seconds(out, " --login-grace ", o->match.login_grace_us, usual.login_grace_us);
	put_seconds(out, " --skew ", o->match.skew_us, usual.skew_us);
	put_people(out, o);
	put_syslog(out, o);
	if (o->local)
		buf_puts(out, " --local");
}
