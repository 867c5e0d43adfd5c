/* SPDX-License-Identifier: Apache-2.0 */
/* What each option is called, takes, does and is said to do. */
#include "correlator/option_table.h"

#include <stddef.h>

#include "correlator/option_values.h"

static const char *const format_names[FORMAT_COUNT] = {
    [FORMAT_TABLE] = "table",
    [FORMAT_TEXT] = "text",
    [FORMAT_JSON] = "json",
    [FORMAT_JSONL] = "jsonl",
    [FORMAT_CSV] = "csv",
};

const char *
format_name(enum report_format format)
{
	return format_names[format];
}

static const char *
add_input(struct options *o, const char *value, enum input_role role)
{
	if (value[0] == '\0')
		return "is empty";
	if (option_value_has_scheme(span_of(value)))
		return "is a source that this version does not support: give a file, a directory "
		       "or -";
	o->inputs[o->input_count++] = (struct option_input){value, role};
	return NULL;
}

static const char *
set_logins(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	return add_input(o, value, INPUT_LOGINS);
}

static const char *
set_events(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	return add_input(o, value, INPUT_EVENTS);
}

static const char *
set_expect_head(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!login_head_parse(span_of(value), &o->heads[o->head_count]))
		return "is not HASH or HASH:SEQ, a SHA-256 and a record's number";
	o->head_count++;
	return NULL;
}

static const char *
set_format(struct options *o, const struct option_rules *rules, const char *value)
{
	struct span name = span_of(value);
	enum report_format f = 0;

	while (f < FORMAT_COUNT && !span_is(name, format_names[f]))
		f++;
	if (f == FORMAT_COUNT)
		return "is not a format";
	if ((rules->formats & 1u << f) == 0)
		return "is not a format of this command";
	o->outputs[o->output_count++] = (struct option_output){f, o->early_output};
	o->output_open = o->early_output == NULL;
	o->early_output = NULL;
	return NULL;
}

static const char *
set_output(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (value[0] == '\0')
		return "is empty";
	if (o->early_output != NULL || (o->output_count != 0 && !o->output_open))
		return "has no --format of its own: name one in front of it";
	if (o->output_count == 0)
		o->early_output = value;
	else
		o->outputs[o->output_count - 1].path = value;
	o->output_open = false;
	return NULL;
}

static const char *
set_color(struct options *o, const struct option_rules *rules, const char *value)
{
	static const char *const names[] = {"auto", "always", "never"};

	(void)rules;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(span_of(value), names[i])) {
			o->color = (enum color_choice)i;
			return NULL;
		}
	}
	return "is none of auto, always, never";
}

static const char *
set_fail_on(struct options *o, const struct option_rules *rules, const char *value)
{
	struct span rest = span_of(value), word;

	(void)rules;
	while (span_cut(&rest, ',', &word)) {
		enum verdict verdict;
		enum reason reason;

		if (verdict_from_name(word, &verdict))
			o->fail_verdicts |= 1u << verdict;
		else if (reason_from_name(word, &reason))
			o->fail_reasons |= 1u << reason;
		else
			return "has a word that is neither a verdict nor a reason";
	}
	return NULL;
}

static const char *
set_ip(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_ip(value, &o->ip))
		return "is not an IP address";
	o->ip_text = value;
	return NULL;
}

static const char *
set_fingerprint(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_is_fingerprint(span_of(value)))
		return "is not a SHA256 fingerprint";
	o->fingerprint = value;
	return NULL;
}

static const char *
set_session(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_is_session(span_of(value)))
		return "is not a session id, nor 8 or more digits of one";
	o->session = value;
	return NULL;
}

#define AT(member) offsetof(struct options, member)

const struct option_spec option_table[] = {
    {.name = "logins",
	.value = "PATH",
	.set = OPTION_SET_INPUT | OPTION_SET_EVIDENCE,
	.type = OPTION_CALL,
	.call = set_logins,
	.help = "login logs: a file, a directory, or - (repeatable)"},
    {.name = "events",
	.value = "PATH",
	.set = OPTION_SET_INPUT,
	.type = OPTION_CALL,
	.call = set_events,
	.help = "CloudTrail records: a file, a directory, or - (repeatable)"},
    {.name = "from",
	.value = "T",
	.set = OPTION_SET_INPUT,
	.type = OPTION_TEXT,
	.offset = AT(from),
	.help = "only logins and pushes at or after this time"},
    {.name = "to",
	.value = "T",
	.set = OPTION_SET_INPUT,
	.type = OPTION_TEXT,
	.offset = AT(to),
	.help = "only logins and pushes before this time"},
    {.name = "complete-until",
	.value = "T",
	.set = OPTION_SET_INPUT,
	.type = OPTION_TEXT,
	.offset = AT(complete_until),
	.help = "the CloudTrail input is complete up to then (else 15 minutes before its newest)"},
    {.name = "complete-from",
	.value = "T",
	.set = OPTION_SET_INPUT,
	.type = OPTION_TEXT,
	.offset = AT(complete_from),
	.help = "and complete from then on (else from its first)"},
    {.name = "grace",
	.value = "S",
	.set = OPTION_SET_INPUT,
	.type = OPTION_SECONDS,
	.offset = AT(match.grace_us),
	.help = "seconds from authentication to session, the key being the last step (5)"},
    {.name = "login-grace",
	.value = "S",
	.set = OPTION_SET_INPUT,
	.type = OPTION_SECONDS,
	.offset = AT(match.login_grace_us),
	.help = "the same when another factor followed the key (120)"},
    {.name = "skew",
	.value = "S",
	.set = OPTION_SET_INPUT,
	.type = OPTION_SECONDS,
	.offset = AT(match.skew_us),
	.help = "seconds that clocks may differ (1)"},
    {.name = "receipt-ca",
	.value = "FILE",
	.set = OPTION_SET_INPUT,
	.type = OPTION_TEXT,
	.offset = AT(receipt_ca),
	.help = "PEM certificates of the CAs that receipts lead to (the system's)"},
    {.name = "max-inflate",
	.value = "SIZE",
	.set = OPTION_SET_INPUT | OPTION_SET_EVIDENCE,
	.type = OPTION_SIZE,
	.offset = AT(inflate_max),
	.help = "bytes that one file may inflate to, K, M, G (1G)"},
    {.name = "expect-head",
	.value = "HEAD",
	.set = OPTION_SET_EVIDENCE,
	.type = OPTION_CALL,
	.call = set_expect_head,
	.help = "a head that verify once told (HASH or HASH:SEQ) must be there still (repeatable)"},
    {.name = "seal-key",
	.value = "FILE",
	.set = OPTION_SET_EVIDENCE,
	.type = OPTION_TEXT,
	.offset = AT(seal_key),
	.help = "check the seals: what 'logintrail-host seal init' printed (- for standard input)"},
    {.name = "user",
	.value = "U",
	.set = OPTION_SET_SELECT,
	.type = OPTION_TEXT,
	.offset = AT(user),
	.help = "logins as this operating system user"},
    {.name = "at",
	.value = "T",
	.set = OPTION_SET_SELECT,
	.type = OPTION_TEXT,
	.offset = AT(at),
	.help = "logins whose session was open then"},
    {.name = "ip",
	.value = "A",
	.set = OPTION_SET_SELECT,
	.type = OPTION_CALL,
	.call = set_ip,
	.help = "logins from this address"},
    {.name = "fingerprint",
	.value = "F",
	.set = OPTION_SET_SELECT,
	.type = OPTION_CALL,
	.call = set_fingerprint,
	.help = "logins with this key (SHA256:...)"},
    {.name = "pid",
	.value = "N",
	.set = OPTION_SET_SELECT,
	.type = OPTION_NUMBER,
	.offset = AT(pid),
	.help = "logins served by this sshd process"},
    {.name = "audit-session",
	.value = "N",
	.set = OPTION_SET_SELECT,
	.type = OPTION_NUMBER,
	.offset = AT(audit_session),
	.help = "logins with this audit session (auditd's ses=)"},
    {.name = "session",
	.value = "ID",
	.set = OPTION_SET_SELECT,
	.type = OPTION_CALL,
	.call = set_session,
	.help = "the login with this session id; its first 8 digits will do"},
    {.name = "used",
	.set = OPTION_SET_STATES,
	.type = OPTION_FLAG,
	.offset = AT(used),
	.help = "pushes that explain a login"},
    {.name = "unused",
	.set = OPTION_SET_STATES,
	.type = OPTION_FLAG,
	.offset = AT(unused),
	.help = "pushes that no login followed"},
    {.name = "failed",
	.set = OPTION_SET_STATES,
	.type = OPTION_FLAG,
	.offset = AT(failed),
	.help = "pushes that AWS refused"},
    {.name = "uninstrumented",
	.set = OPTION_SET_STATES,
	.type = OPTION_FLAG,
	.offset = AT(uninstrumented),
	.help = "pushes to instances without any login record"},
    {.name = "fail-on",
	.value = "LIST",
	.set = OPTION_SET_FINDINGS,
	.type = OPTION_CALL,
	.call = set_fail_on,
	.help = "exit with 1 when a login has one of these verdicts or reasons (a,b,...)"},
    {.name = "format",
	.value = "F",
	.set = OPTION_SET_OUTPUT,
	.type = OPTION_CALL,
	.call = set_format,
	.help = "how to print (repeatable, each with its own -o)"},
    {.name = "output",
	.letter = 'o',
	.value = "FILE",
	.set = OPTION_SET_OUTPUT,
	.type = OPTION_CALL,
	.call = set_output,
	.help = "where the format named before it goes (standard output)"},
    {.name = "local",
	.set = OPTION_SET_OUTPUT,
	.type = OPTION_FLAG,
	.offset = AT(local),
	.help = "times in this machine's zone, for reading and for what is typed (UTC)"},
    {.name = "color",
	.value = "WHEN",
	.set = OPTION_SET_OUTPUT,
	.type = OPTION_CALL,
	.call = set_color,
	.help = "auto, always or never (auto)"},
    {.name = "help",
	.letter = 'h',
	.set = OPTION_SET_COMMON,
	.type = OPTION_FLAG,
	.offset = AT(help),
	.help = "print this"},
    {.name = "version",
	.set = OPTION_SET_COMMON,
	.type = OPTION_FLAG,
	.offset = AT(version),
	.help = "print the version"},
};

const size_t option_table_count = sizeof(option_table) / sizeof(option_table[0]);

static void
help_formats(struct buf *out, unsigned formats, enum report_format format)
{
	const char *between = ": ";

	for (enum report_format f = 0; f < FORMAT_COUNT; f++) {
		if ((formats & 1u << f) == 0)
			continue;
		buf_puts(out, between);
		buf_puts(out, format_names[f]);
		between = ", ";
	}
	buf_printf(out, " (%s)", format_names[format]);
}

void
options_help(struct buf *out, unsigned sets, const struct option_rules *rules)
{
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option_spec *spec = &option_table[i];
		char name[40];

		if ((spec->set & sets) == 0)
			continue;
		(void)snprintf(name, sizeof(name), "--%s%s%s", spec->name,
		    spec->value != NULL ? " " : "", spec->value != NULL ? spec->value : "");
		if (spec->letter != '\0')
			buf_printf(out, "  -%c, %-18s", spec->letter, name);
		else
			buf_printf(out, "  %-22s", name);
		buf_printf(out, "  %s", spec->help);
		if (spec->call == set_format)
			help_formats(out, rules->formats, rules->format);
		buf_putc(out, '\n');
	}
}
