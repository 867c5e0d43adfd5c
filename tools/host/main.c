/* SPDX-License-Identifier: Apache-2.0 */
/* logintrail-host: the table of its commands, and their options. */
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/version.h"
#include "tools/host/host.h"
#include "tools/host/ship_state.h"

#define IDENTITY_DEFAULT "/run/logintrail/identity.json"

struct host_command {
	const char *words[2]; /* its name: one word or two */
	int (*run)(const struct host_options *o);
	const char *options; /* letters of what it takes, below */
	const char *help;
};

static const struct host_command commands[] = {
    {{"rotate", NULL}, rotate_command, "lkas",
	"rotate [--log PATH] [--keep N] [--state PATH] [--adopt]\n"
	"    Makes NAME.1 of the login log and goes on in a new file that continues its chain.\n"
	"    --keep N   remove the oldest files but N (all are kept), and what waits to be "
	"shipped\n"
	"    --adopt    the log was renamed already (by logrotate): only begin the new file\n"},
    {{"seal", "init"}, seal_init_command, "l",
	"seal init [--log PATH]\n"
	"    Seals every record from now on. Prints the first key, once.\n"},
    {{"ship", NULL}, ship_command, "ltspremi",
	"ship --to s3://BUCKET/PREFIX [--log PATH] [--region R] [--profile P] [--endpoint-url "
	"URL]\n"
	"     [--max-spool SIZE] [--state PATH] [--identity PATH]\n"
	"    Ships what of the log was not shipped yet, in order, each record once.\n"
	"    --max-spool SIZE   what rotate keeps at most of what waits to be shipped (1G)\n"},
    {{"identity", NULL}, identity_command, "iew",
	"identity [--identity PATH] [--wait SECONDS] [--endpoint-url URL]\n"
	"    Asks instance metadata which instance this is, and notes it for the recorder.\n"},
};

#define KEEP_MAX     10000
#define SPOOL_MAX    ((int64_t)1 << 50)
#define WAIT_MAX     86400
#define WAIT_DEFAULT 120

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int
print_help(FILE *out)
{
	(void)fputs("usage: logintrail-host COMMAND [OPTION]...\n\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		(void)fprintf(out, "%s\n", commands[i].help);
	(void)fputs("--log PATH is the login log (" DEFAULT_LOG "),\n"
		    "--state PATH what was shipped of it (" SHIP_STATE_DEFAULT "),\n"
		    "--identity PATH which instance this is (" IDENTITY_DEFAULT ").\n"
		    "Exit status: 0 done, 1 failed, 2 usage. See logintrail-host(8).\n",
	    out);
	return fflush(out) == 0 ? HOST_DONE : HOST_FAILED;
}

static int
usage_error(const char *what, const char *which)
{
	(void)host_fail(which, what, 0);
	(void)fputs("try 'logintrail-host --help'\n", stderr);
	return HOST_USAGE;
}

/* A number up to max, and with units a K, M or G behind it. */
static bool
read_number(const char *text, bool units, int64_t max, int64_t *n)
{
	static const char letters[] = "KMG";
	const char *unit;

	*n = 0;
	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(*n, 10, n) || __builtin_add_overflow(*n, *text - '0', n))
			return false;
	unit = units && *text != '\0' ? strchr(letters, *text) : NULL;
	for (const char *at = letters; unit != NULL && at <= unit; at++)
		if (__builtin_mul_overflow(*n, 1024, n))
			return false;
	text += unit != NULL;
	return *text == '\0' && *n >= 1 && *n <= max;
}

static const char *
set_path(const char **path, const char *value)
{
	*path = value;
	return value[0] == '/' ? NULL : "is not an absolute path";
}

static const char *
set_text(const char **text, const char *value)
{
	*text = value;
	for (const char *at = value; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return "has control characters";
	return value[0] != '\0' ? NULL : "is empty";
}

/* What is wrong with the option's value, NULL when nothing is. */
static const char *
set_option(struct host_options *o, char letter, const char *value)
{
	if (value == NULL) { /* only --adopt has none */
		o->adopt = true;
		return NULL;
	}
	switch (letter) {
	case 'k':
		return read_number(value, false, KEEP_MAX, &o->keep) ? NULL
								     : "is not a number of files";
	case 'm':
		return read_number(value, true, SPOOL_MAX, &o->spool_max)
		    ? NULL
		    : "is not a size, like 500M or 2G";
	case 'w':
		return read_number(value, false, WAIT_MAX, &o->wait_s)
		    ? NULL
		    : "is not a number of seconds";
	case 's': return set_path(&o->state, value);
	case 'i': return set_path(&o->identity, value);
	case 't': return set_text(&o->to, value);
	case 'r': return set_text(&o->region, value);
	case 'p': return set_text(&o->profile, value);
	case 'e': return set_text(&o->endpoint_url, value);
	default: return set_path(&o->log, value);
	}
}

struct known_option {
	const char *name;
	char letter;
	bool has_value;
};

/* The option that arg, "--name" or "--name=value", names; NULL when the command has none such. */
static const struct known_option *
find_option(const struct host_command *c, const char *arg)
{
	static const struct known_option known[] = {{"--log", 'l', true}, {"--keep", 'k', true},
	    {"--adopt", 'a', false}, {"--state", 's', true}, {"--to", 't', true},
	    {"--region", 'r', true}, {"--profile", 'p', true}, {"--endpoint-url", 'e', true},
	    {"--max-spool", 'm', true}, {"--identity", 'i', true}, {"--wait", 'w', true}};
	size_t len = strcspn(arg, "=");

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == len && strncmp(arg, known[i].name, len) == 0 &&
		    strchr(c->options, known[i].letter) != NULL &&
		    (arg[len] == '\0' || known[i].has_value))
			return &known[i];
	return NULL;
}

static int
parse_options(const struct host_command *c, int argc, char *const *argv, struct host_options *o)
{
	for (int i = 0; i < argc; i++) {
		const struct known_option *option = find_option(c, argv[i]);
		const char *equals = strchr(argv[i], '='), *value = NULL, *wrong;

		if (option == NULL)
			return usage_error("is not an option of this command", argv[i]);
		if (option->has_value && equals != NULL)
			value = equals + 1;
		else if (option->has_value && i + 1 < argc)
			value = argv[++i];
		if (option->has_value && value == NULL)
			return usage_error("needs a value", option->name);
		wrong = set_option(o, option->letter, value);
		if (wrong != NULL)
			return usage_error(wrong, value);
	}
	if (o->adopt && o->keep != 0)
		return usage_error("says nothing together with --adopt", "--keep");
	return HOST_DONE;
}

static const struct host_command *
find_command(int argc, char *const *argv, int *words)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct host_command *c = &commands[i];

		*words = c->words[1] != NULL ? 2 : 1;
		if (argc >= *words && strcmp(argv[0], c->words[0]) == 0 &&
		    (*words == 1 || strcmp(argv[1], c->words[1]) == 0))
			return c;
	}
	return NULL;
}

static bool
asks_for_help(int argc, char *const *argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	struct host_options options = {.log = DEFAULT_LOG,
	    .state = SHIP_STATE_DEFAULT,
	    .identity = IDENTITY_DEFAULT,
	    .wait_s = WAIT_DEFAULT};
	const struct host_command *command;
	int r, words;

	if (argc < 2)
		return usage_error("a command is needed", "usage");
	if (asks_for_help(argc - 1, argv + 1))
		return print_help(stdout);
	if (strcmp(argv[1], "--version") == 0)
		return printf("logintrail-host %s (%s)\n", LOGINTRAIL_VERSION, logintrail_commit) <
		    0;
	command = find_command(argc - 1, argv + 1, &words);
	if (command == NULL)
		return usage_error("is not a command", argv[1]);
	r = parse_options(command, argc - 1 - words, argv + 1 + words, &options);
	if (r != HOST_DONE)
		return r;
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return command->run(&options);
}
