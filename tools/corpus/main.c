/* SPDX-License-Identifier: Apache-2.0 */
/* logintrail-corpus: makes a CloudTrail bucket and login logs, and says what is true of them. */
#include <errno.h>
#include <getopt.h>

#include "tools/corpus/corpus.h"

#define LEVEL_USUAL 6
/* Records of all rows: files of half a megabyte of JSON, as in a very busy trail; and such of about
 * a hundred records, as most trails have. */
#define PER_DAY_BUSY    500000
#define PER_DAY_SCAN    115000
#define CALLERS_SCAN    8
#define STORE_INSTANCES 250  /* in each of four rows */
#define STORE_PEOPLE    1000 /* in each of two accounts */

static const char usage[] =
    "usage: logintrail-corpus --out DIR [options]\n"
    "\n"
    "Makes DIR/events (a CloudTrail bucket), DIR/logins (login logs) and DIR/truth.jsonl (what a\n"
    "report on them must say). The same options and seed give the same bytes.\n"
    "\n"
    "  --out DIR             must not hold a corpus yet\n"
    "  --logins N            how many (default 1000)\n"
    "  --seed N              default 1\n"
    "  --profile NAME        truth: every story, some background (the default)\n"
    "                        bench: one push to a login, no background, totals only\n"
    "                        store: the same, of 1,000 hosts and 2,000 people with sessions of an\n"
    "                        hour each, whose issuing events are there\n"
    "                        people: the stories of who was behind a caller alone\n"
    "                        scan: logins whose callers have a chain, and 1,500 background\n"
    "                        records to a login\n"
    "  --background RATIO    records of other services to a login\n"
    "  --days N              how long it all lasts\n"
    "  --weight STORY=N      how often a story is told; 0: never\n"
    "  --stories             list the stories and their weights\n"
    "  --level N             of gzip, 1 to 12 (default 6)\n"
    "  --csv                 logins.csv and pushes.csv with the same rows (bench, store)\n"
    "  --totals-only         truth.jsonl holds the totals alone\n";

enum option_code {
	OPTION_OUT = 256,
	OPTION_LOGINS,
	OPTION_SEED,
	OPTION_PROFILE,
	OPTION_BACKGROUND,
	OPTION_DAYS,
	OPTION_WEIGHT,
	OPTION_STORIES,
	OPTION_LEVEL,
	OPTION_CSV,
	OPTION_TOTALS,
	OPTION_HELP,
};

static const struct option long_options[] = {
    {"out", required_argument, NULL, OPTION_OUT},
    {"logins", required_argument, NULL, OPTION_LOGINS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"background", required_argument, NULL, OPTION_BACKGROUND},
    {"days", required_argument, NULL, OPTION_DAYS},
    {"weight", required_argument, NULL, OPTION_WEIGHT},
    {"stories", no_argument, NULL, OPTION_STORIES},
    {"level", required_argument, NULL, OPTION_LEVEL},
    {"csv", no_argument, NULL, OPTION_CSV},
    {"totals-only", no_argument, NULL, OPTION_TOTALS},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

#define KINDS_MAX 200

struct command {
	struct corpus_options corpus;
	struct scenario_kind kinds[KINDS_MAX];
	bool list, help;
};

static void
take_kinds(struct command *c, const struct scenario_kind *from)
{
	size_t n = 0;

	while (c->kinds[n].name != NULL)
		n++;
	for (; from->name != NULL && n < KINDS_MAX - 1; from++)
		c->kinds[n++] = *from;
	c->kinds[n] = (struct scenario_kind){0};
}

static void
take_people(struct command *c)
{
	take_kinds(c, scenario_kinds_roles);
	take_kinds(c, scenario_kinds_sign_in);
	take_kinds(c, scenario_kinds_center);
	take_kinds(c, scenario_kinds_instance);
	take_kinds(c, scenario_kinds_doubt);
}

/* Who pushes keys in a busy trail: seven in ten by way of a role. */
static const struct scenario_kind scan_weights[] = {
    {"user_key", 20, NULL},
    {"console_user", 5, NULL},
    {"never_used", 5, NULL},
    {"role_of_user", 25, NULL},
    {"both_copies", 5, NULL},
    {"three_roles", 5, NULL},
    {"saml_persistent", 5, NULL},
    {"switched_role", 5, NULL},
    {"center_on_behalf", 10, NULL},
    {"center_session", 10, NULL},
    {"center_then_role", 5, NULL},
    {0},
};

/* Stories that are not in the list are not told. */
static void
take_weights(struct command *c, const struct scenario_kind *weights)
{
	for (struct scenario_kind *k = c->kinds; k->name != NULL; k++) {
		k->weight = 0;
		for (const struct scenario_kind *w = weights; w->name != NULL; w++)
			if (strcmp(w->name, k->name) == 0)
				k->weight = w->weight;
	}
}

/* Nothing but logins and pushes, for timing. */
static void
take_busy(struct command *c)
{
	c->corpus.every_story = false;
	c->corpus.records_per_day = PER_DAY_BUSY;
	c->corpus.totals_only = true;
	c->corpus.background = 0;
}

static bool
take_profile(struct command *c, const char *name)
{
	c->kinds[0] = (struct scenario_kind){0};
	if (strcmp(name, "bench") == 0) {
		take_kinds(c, scenario_kinds_bench);
		take_busy(c);
		return true;
	}
	if (strcmp(name, "store") == 0) {
		take_kinds(c, scenario_kinds_store);
		take_busy(c);
		c->corpus.instances = STORE_INSTANCES;
		c->corpus.people = STORE_PEOPLE;
		c->corpus.sessions = true;
		return true;
	}
	c->corpus.every_story = true;
	c->corpus.records_per_day = PER_DAY_BUSY;
	c->corpus.background = 1;
	if (strcmp(name, "truth") == 0) {
		take_kinds(c, scenario_kinds_usual);
		take_kinds(c, scenario_kinds_edges);
		take_kinds(c, scenario_kinds_keys);
		take_kinds(c, scenario_kinds_reasons);
		take_kinds(c, scenario_kinds_delivery);
		take_kinds(c, scenario_kinds_coverage);
	}
	if (strcmp(name, "scan") == 0) {
		c->corpus.background = 1500;
		c->corpus.records_per_day = PER_DAY_SCAN;
		c->corpus.callers = CALLERS_SCAN;
		take_kinds(c, scenario_kinds_usual);
		take_people(c);
		take_weights(c, scan_weights);
		return true;
	}
	take_people(c);
	return strcmp(name, "truth") == 0 || strcmp(name, "people") == 0;
}

static bool
take_weight(struct command *c, const char *text)
{
	const char *equals = strchr(text, '=');
	unsigned long weight;
	char *end;

	if (equals == NULL)
		return false;
	weight = strtoul(equals + 1, &end, 10);
	if (end == equals + 1 || *end != '\0' || weight > 1000000)
		return false;
	for (struct scenario_kind *k = c->kinds; k->name != NULL; k++) {
		if (strlen(k->name) == (size_t)(equals - text) &&
		    strncmp(k->name, text, (size_t)(equals - text)) == 0) {
			k->weight = (unsigned)weight;
			return true;
		}
	}
	return false;
}

static bool
take_number(const char *text, uint64_t low, uint64_t high, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' && *out >= low &&
	    *out <= high;
}

static bool
take_ratio(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && *end == '\0' && *out >= 0 && *out <= 1e6;
}

static bool
take_option(struct command *c, int code, const char *value)
{
	uint64_t n = 0;
	bool ok = true;

	switch (code) {
	case OPTION_OUT: c->corpus.directory = value; break;
	case OPTION_LOGINS: return take_number(value, 1, 1000000000, &c->corpus.logins);
	case OPTION_SEED: return take_number(value, 0, UINT64_MAX, &c->corpus.seed);
	case OPTION_PROFILE: return take_profile(c, value);
	case OPTION_BACKGROUND: return take_ratio(value, &c->corpus.background);
	case OPTION_DAYS:
		ok = take_number(value, 1, 3650, &n);
		c->corpus.days = (unsigned)n;
		break;
	case OPTION_WEIGHT: return take_weight(c, value);
	case OPTION_STORIES: c->list = true; break;
	case OPTION_LEVEL:
		ok = take_number(value, 1, 12, &n);
		c->corpus.level = (int)n;
		break;
	case OPTION_CSV: c->corpus.csv = true; break;
	case OPTION_TOTALS: c->corpus.totals_only = true; break;
	case OPTION_HELP: c->help = true; break;
	default: return false;
	}
	return ok;
}

static bool
parse_options(struct command *c, int argc, char **argv)
{
	int code, at;

	while ((code = getopt_long(argc, argv, "", long_options, &at)) != -1) {
		if (code == '?')
			return false;
		if (!take_option(c, code, optarg)) {
			fprintf(stderr, "logintrail-corpus: bad value of --%s: %s\n",
			    long_options[at].name, optarg);
			return false;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "logintrail-corpus: unexpected argument: %s\n", argv[optind]);
		return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	struct command c = {.corpus = {.logins = 1000, .seed = 1, .level = LEVEL_USUAL}};

	c.corpus.kinds = c.kinds;
	take_profile(&c, "truth");
	if (!parse_options(&c, argc, argv))
		return 2;
	if (c.help) {
		fputs(usage, stdout);
		return 0;
	}
	if (c.list) {
		for (const struct scenario_kind *k = c.kinds; k->name != NULL; k++)
			printf("%s %u\n", k->name, k->weight);
		return 0;
	}
	if (c.corpus.directory == NULL) {
		fputs("logintrail-corpus: --out is missing; try --help\n", stderr);
		return 2;
	}
	if (corpus_make(&c.corpus) != 0) {
		fprintf(stderr, "logintrail-corpus: %s: %s\n", c.corpus.directory, strerror(errno));
		return 1;
	}
	return 0;
}
