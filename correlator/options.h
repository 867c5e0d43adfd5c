/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_OPTIONS_H
#define CORRELATOR_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/time_text.h"
#include "correlator/correlate/match.h"
#include "correlator/evidence/login_chain.h"
#include "correlator/input/input_list.h"
#include "correlator/report/format.h"
#include "correlator/report/style.h"
#include "correlator/scan/progress.h"

/*
 * What a command line says. One table holds every option of every command, with its help; a command
 * names the sets it takes. Long options as "--name value" or "--name=value"; "--" ends them.
 */
enum option_set {
	OPTION_SET_INPUT = 1 << 0,
	OPTION_SET_OUTPUT = 1 << 1,
	OPTION_SET_FINDINGS = 1 << 2,
	OPTION_SET_SELECT = 1 << 3,   /* which logins: who */
	OPTION_SET_STATES = 1 << 4,   /* which pushes: pushes */
	OPTION_SET_COMMON = 1 << 5,   /* --help and --version: every command */
	OPTION_SET_EVIDENCE = 1 << 6, /* what to check and against what: verify */
	OPTION_SET_PEOPLE = 1 << 7,   /* who is behind a caller */
	OPTION_SET_SYSLOG = 1 << 8,   /* how to read the logs of sshd */
	OPTION_SET_STORE = 1 << 9,    /* a store to answer from */
	OPTION_SET_INGEST = 1 << 10,  /* what to put into a store */
	OPTION_SET_REMOTE = 1 << 11,  /* whom to ask for inputs that lie in AWS */
};

/* What a command takes. */
struct option_rules {
	unsigned sets;             /* of enum option_set */
	unsigned formats;          /* bit 1 << enum report_format */
	enum report_format format; /* without --format */
	size_t args_min, args_max; /* what is not an option */
	const char *args; /* their names, for messages and help; NULL when there are none */
};

struct option_input {
	const char *uri;
	enum input_role role;
};

struct option_output {
	enum report_format format;
	const char *path; /* NULL: standard output */
};

#define OPTION_ARGS_MAX     1
#define OPTION_NUMBER_UNSET (-1)
#define OPTION_LATE_US      US_PER_DAY /* without --late */

/* Strings point into argv. */
struct options {
	struct option_input *inputs;
	size_t input_count;
	struct option_output *outputs; /* at least one after options_parse */
	size_t output_count;
	const char *args[OPTION_ARGS_MAX];
	size_t arg_count;

	int64_t inflate_max;
	int64_t threads; /* OPTION_NUMBER_UNSET: one a core */
	enum progress_choice progress;
	bool progress_asked;
	struct match_options match;
	const char *from, *to, *at, *complete_until, *complete_from; /* as typed */
	int64_t at_us, complete_until_us, complete_from_us;
	const char *db;        /* a store; NULL: none */
	const char **profiles; /* of AWS; none: the one in force */
	size_t profile_count;
	const char **regions;
	size_t region_count;
	const char *endpoint_url; /* NULL */
	int64_t late_us;
	const char *prune_before; /* as typed */
	int64_t prune_before_us;
	const char *receipt_ca; /* NULL: the system's CAs */
	bool local;
	enum color_choice color;

	unsigned fail_verdicts, fail_reasons; /* bits 1 << enum */

	const char **identity_stores; /* files */
	size_t identity_store_count;
	bool no_people;
	bool rescan;

	const char *instance, *instance_map, *time_zone;
	int64_t year, eic_uid; /* OPTION_NUMBER_UNSET */

	const char *user, *session; /* session: hexadecimal, any case */
	const char *fingerprint;    /* as typed: option_value_fingerprint has its digits */
	const char *ip_text;
	struct in6_addr ip; /* IPv4 mapped into IPv6 */
	int64_t pid, audit_session;

	bool used, unused, failed, uninstrumented;

	struct login_head *heads;
	size_t head_count;
	const char *seal_key; /* a file, or "-" */

	bool help, version;

	/* while parsing */
	const char *early_output; /* an -o in front of every --format */
	bool output_open;         /* the last format has no -o yet */
};

/*
 * Reads argv (without the program's and the command's name). 0, or -1 with one line in `error` that
 * names what is wrong. With --help or --version nothing else is asked of the line. now_us is the
 * present, for times such as "-2h".
 */
int options_parse(struct options *o, const struct option_rules *rules, int argc, char *const *argv,
    int64_t now_us, struct buf *error);
void options_clear(struct options *o);

/* True when the inputs have one of that role. */
bool options_has_input(const struct options *o, enum input_role role);

/* The help of every option in the sets, one a line; the rules say which formats there are. */
void options_help(struct buf *out, unsigned sets, const struct option_rules *rules);

#endif
