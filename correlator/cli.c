/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "common/version.h"
#include "common/time_text.h"
#include "correlator/commands/commands.h"
#include "common/safe_text.h"

#define MESSAGE_MAX ((size_t)256 * 1024)
#define SETS_ALL                                                                                   \
	(OPTION_SET_INPUT | OPTION_SET_OUTPUT | OPTION_SET_COMMON | OPTION_SET_PEOPLE |            \
	    OPTION_SET_SYSLOG | OPTION_SET_STORE | OPTION_SET_REMOTE)
#define FORMAT(f) (1u << FORMAT_##f)

static const struct command commands[] = {
    {
	.name = "report",
	.run = report_command,
	.line = "who was behind each login, and which are unexplained",
	.about = "Ties every recorded login to the EC2 Instance Connect key push that let it in,\n"
		 "and so to the AWS identity that pushed the key and the person behind it.",
	.rules = {.sets = SETS_ALL | OPTION_SET_FINDINGS,
	    .format = FORMAT_TABLE,
	    .formats = FORMAT(TABLE) | FORMAT(JSON) | FORMAT(JSONL) | FORMAT(CSV)},
    },
    {
	.name = "who",
	.run = who_command,
	.line = "who was that: the story of the logins that fit",
	.about = "Tells of each login that fits everything given. INSTANCE is an instance id or a\n"
		 "host name. --at takes in sessions that were open at any moment of that second.",
	.rules = {.sets = SETS_ALL | OPTION_SET_SELECT,
	    .format = FORMAT_TEXT,
	    .formats = FORMAT(TEXT) | FORMAT(JSON) | FORMAT(JSONL),
	    .args_max = 1,
	    .args = "[INSTANCE]"},
    },
    {
	.name = "reach",
	.run = reach_command,
	.line = "every session that a person, role, key or address reached",
	.about =
	    "Lists the sessions that an identity reached, through whatever roles. IDENTITY is an\n"
	    "access key id, ARN, principal id, role session (Role/session), person's name, user "
	    "id,\n"
	    "email or source address.",
	.rules = {.sets = SETS_ALL,
	    .format = FORMAT_TABLE,
	    .formats = FORMAT(TABLE) | FORMAT(JSON) | FORMAT(JSONL) | FORMAT(CSV),
	    .args_min = 1,
	    .args_max = 1,
	    .args = "IDENTITY"},
    },
    {
	.name = "explain",
	.run = explain_command,
	.line = "the evidence for one session, test by test",
	.about =
	    "Shows each test of the session against the key pushes that explain it or nearly do.\n"
	    "SESSION is a session id; its first 8 digits will do when no other has them.",
	.rules = {.sets = SETS_ALL,
	    .format = FORMAT_TEXT,
	    .formats = FORMAT(TEXT) | FORMAT(JSON) | FORMAT(JSONL),
	    .args_min = 1,
	    .args_max = 1,
	    .args = "SESSION"},
    },
    {
	.name = "pushes",
	.run = pushes_command,
	.line = "the key pushes, and what became of each",
	.about =
	    "The reverse ledger: every key push, used or not. Serial console pushes and tunnels\n"
	    "are listed too when no state is asked for.",
	.rules = {.sets = SETS_ALL | OPTION_SET_STATES,
	    .format = FORMAT_TABLE,
	    .formats = FORMAT(TABLE) | FORMAT(JSON) | FORMAT(JSONL) | FORMAT(CSV)},
    },
    {
	.name = "annotate",
	.run = annotate_command,
	.line = "add session, verdict and person to audit lines on standard input",
	.about =
	    "Copies auditd lines (raw, or as ausearch prints them) or JSON lines from standard "
	    "input\n"
	    "to standard output, with the session, verdict and person of their audit session "
	    "added.",
	.rules = {.sets = SETS_ALL,
	    .format = FORMAT_TEXT,
	    .formats = FORMAT(TEXT) | FORMAT(JSON) | FORMAT(JSONL)},
    },
    {
	.name = "ingest",
	.run = ingest_command,
	.line = "keep what was read in a store, to be asked again and again",
	.about =
	    "Reads what the store has not read yet: files are known by place, size and time of\n"
	    "change. The other commands take the store by --db. Only one ingest at a time writes;\n"
	    "the others wait for it.",
	.rules = {.sets =
		      OPTION_SET_INGEST | OPTION_SET_SYSLOG | OPTION_SET_REMOTE | OPTION_SET_COMMON,
	    .format = FORMAT_TEXT},
    },
    {
	.name = "verify",
	.run = verify_command,
	.line = "are the login logs whole: altered, missing, reordered records",
	.about = "Walks the hash chain of the login logs, over rotated and compressed files of any "
		 "number\n"
		 "of hosts, in any order: intact, or what is wrong, by file and line. Exits with 1 "
		 "when a\n"
		 "log is broken.",
	.rules = {.sets = OPTION_SET_EVIDENCE | OPTION_SET_REMOTE | OPTION_SET_OUTPUT |
		OPTION_SET_COMMON,
	    .format = FORMAT_TEXT,
	    .formats = FORMAT(TEXT) | FORMAT(JSON)},
    },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* Writes a prefix and the message, then a line end. */
static void say(FILE *err, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static void
say(FILE *err, const char *format, va_list args)
{
	struct buf line;
	char *text = NULL;

	buf_init(&line, MESSAGE_MAX * 8);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	buf_puts(&line, "logintrail: ");
	safe_text_put(&line, text != NULL ? span_of(text) : SPAN("out of memory"));
	buf_putc(&line, '\n');
	(void)fwrite(line.ptr, 1, line.len, err);
	free(text);
	buf_clear(&line);
}

void
cli_say(FILE *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(err, format, args);
	va_end(args);
}

static void
point_to_help(FILE *err, const struct command *command)
{
	if (command != NULL)
		(void)fprintf(err, "try 'logintrail %s --help'\n", command->name);
	else
		(void)fputs("try 'logintrail --help'\n", err);
}

int
cli_usage_error(const struct invocation *inv, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(inv->err, format, args);
	va_end(args);
	point_to_help(inv->err, inv->command);
	return EXIT_CODE_USAGE;
}

static int
print_text(FILE *out, FILE *err, struct buf *text)
{
	int r = EXIT_CODE_DONE;

	if (text->failed)
		errno = ENOMEM;
	if (text->failed || fwrite(text->ptr, 1, text->len, out) != text->len || fflush(out) != 0)
		r = errno == EPIPE ? EXIT_CODE_PIPE : EXIT_CODE_OUTPUT;
	if (r == EXIT_CODE_OUTPUT)
		cli_say(err, "standard output: cannot write: %m");
	buf_clear(text);
	return r;
}

static int
print_help(FILE *out, FILE *err)
{
	struct buf text;

	buf_init(&text, MESSAGE_MAX);
	buf_puts(&text,
	    "usage: logintrail COMMAND (--logins PATH --events PATH | --db FILE) [OPTION]...\n\n"
	    "Which person was behind this SSH session on this EC2 instance?\n\n"
	    "commands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		buf_printf(&text, "  %-10s  %s\n", commands[i].name, commands[i].line);
	buf_puts(&text, "\noptions:\n");
	options_help(&text, OPTION_SET_COMMON, &commands[0].rules);
	buf_puts(&text, "\n'logintrail COMMAND --help' tells the rest; so does logintrail(1).\n");
	return print_text(out, err, &text);
}

static const char *
usage_inputs(const struct command *c)
{
	if ((c->rules.sets & OPTION_SET_STORE) != 0)
		return "(--logins PATH --events PATH | --db FILE)";
	if ((c->rules.sets & OPTION_SET_INGEST) != 0)
		return "--db FILE [--logins PATH] [--events PATH]";
	return "--logins PATH";
}

static int
print_command_help(FILE *out, FILE *err, const struct command *c)
{
	static const struct {
		unsigned sets;
		const char *title;
	} groups[] = {
	    {OPTION_SET_SELECT, "which logins (at least one, or INSTANCE, --from, --to)"},
	    {OPTION_SET_STATES, "which pushes (all)"},
	    {OPTION_SET_INPUT | OPTION_SET_STORE | OPTION_SET_INGEST, "inputs"},
	    {OPTION_SET_REMOTE, "inputs in AWS"},
	    {OPTION_SET_SYSLOG, "logs of sshd among the logins"},
	    {OPTION_SET_PEOPLE, "people"},
	    {OPTION_SET_EVIDENCE, "what to check"},
	    {OPTION_SET_FINDINGS, "findings"},
	    {OPTION_SET_OUTPUT, "output"},
	    {OPTION_SET_COMMON, "help"},
	};
	struct buf text;

	buf_init(&text, MESSAGE_MAX);
	buf_printf(&text, "usage: logintrail %s %s%s%s [OPTION]...\n\n%s\n", c->name,
	    c->rules.args != NULL ? c->rules.args : "", c->rules.args != NULL ? " " : "",
	    usage_inputs(c), c->about);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		unsigned sets = c->rules.sets & groups[i].sets;

		if (sets == 0)
			continue;
		buf_printf(&text, "\n%s:\n", groups[i].title);
		options_help(&text, sets, &c->rules);
	}
	if ((c->rules.sets & OPTION_SET_STORE) != 0)
		buf_puts(&text,
		    "\nThe logs of sshd in a store were read by the options of its ingest.\n");
	buf_puts(&text,
	    "\nA time T is 2026-11-22T06:22:40Z, 2026-11-22, -2h, today or yesterday.\n"
	    "Exit codes: 0 done, 1 findings (of --fail-on; a broken log), 2 usage, 3 an input "
	    "could\n"
	    "not be read (the rest is reported), 4 the output could not be written.\n");
	return print_text(out, err, &text);
}

static int
print_version(FILE *out, FILE *err)
{
	struct buf text;

	buf_init(&text, MESSAGE_MAX);
	buf_printf(&text, "logintrail %s (%s)\n", LOGINTRAIL_VERSION, logintrail_commit);
	return print_text(out, err, &text);
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static int
run_command(struct invocation *inv, int argc, char *const *argv)
{
	struct buf error;
	int r;

	buf_init(&error, MESSAGE_MAX);
	if (options_parse(&inv->options, &inv->command->rules, argc, argv, inv->now_us, &error) !=
	    0) {
		const char *text = buf_cstr(&error);

		r = cli_usage_error(inv, "%s", text != NULL ? text : "an argument is too long");
	} else if (inv->options.help) {
		r = print_command_help(inv->out, inv->err, inv->command);
	} else if (inv->options.version) {
		r = print_version(inv->out, inv->err);
	} else {
		r = inv->command->run(inv);
	}
	buf_clear(&error);
	options_clear(&inv->options);
	return r;
}

int
cli_run(int argc, char *const *argv, FILE *out, FILE *err)
{
	struct invocation inv = {.out = out, .err = err, .now_us = time_now_us()};
	const char *first = argc > 1 ? argv[1] : NULL;

	if (first == NULL)
		return cli_usage_error(&inv,
		    "a command is needed: report, who, reach, explain, pushes, annotate or "
		    "verify");
	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
		return print_help(out, err);
	if (strcmp(first, "--version") == 0)
		return print_version(out, err);
	inv.command = find_command(first);
	if (inv.command == NULL)
		return cli_usage_error(
		    &inv, "unknown %s '%s'", first[0] == '-' ? "option" : "command", first);
	return run_command(&inv, argc - 2, argv + 2);
}
