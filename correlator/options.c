/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/options.h"

#include <stdlib.h>

#include "common/time_text.h"
#include "correlator/input/document.h"
#include "correlator/option_table.h"
#include "correlator/option_values.h"

#define TIME_WORDS "a time is 2026-11-22T06:22:40Z, 2026-11-22, -2h, today or yesterday"

static const char *
set_value(struct options *o, const struct option_rules *rules, const struct option_spec *spec,
    const char *value)
{
	void *member = (char *)o + spec->offset;
	struct span text = span_of(value);

	switch (spec->type) {
	case OPTION_FLAG: *(bool *)member = true; return NULL;
	case OPTION_TEXT: *(const char **)member = value; return NULL;
	case OPTION_SECONDS:
		return option_value_seconds(text, member) ? NULL : "is not a number of seconds";
	case OPTION_SIZE:
		return option_value_size(text, member) ? NULL : "is not a size, like 500M";
	case OPTION_NUMBER:
		return option_value_number(text, member) ? NULL : "is not a whole number";
	case OPTION_CALL: return spec->call(o, rules, value);
	}
	return NULL;
}

static const struct option_spec *
find_spec(const struct option_rules *rules, const char *arg, const char **value)
{
	struct span name = span_of(arg), tail;

	*value = NULL;
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option_spec *spec = &option_table[i];

		if ((spec->set & (rules->sets | OPTION_SET_COMMON)) == 0)
			continue;
		if (spec->letter != '\0' && name.len >= 2 && arg[0] == '-' &&
		    arg[1] == spec->letter) {
			*value = arg[2] != '\0' ? arg + 2 : NULL;
			return spec;
		}
		if (!span_starts(name, "--") || !span_starts(span_from(name, 2), spec->name))
			continue;
		tail = span_from(name, 2 + strlen(spec->name));
		if (tail.len == 0)
			return spec;
		if (tail.ptr[0] == '=') {
			*value = tail.ptr + 1;
			return spec;
		}
	}
	return NULL;
}

/* Reads the option at argv[*at], and its value behind it. */
static int
parse_option(struct options *o, const struct option_rules *rules, int argc, char *const *argv,
    int *at, struct buf *error)
{
	const char *value, *wrong, *arg = argv[*at];
	const struct option_spec *spec = find_spec(rules, arg, &value);

	if (spec == NULL || (spec->value == NULL && value != NULL)) {
		int len = (int)strcspn(arg, "=");

		if (spec != NULL)
			buf_printf(error, "option '%.*s' takes no value", len, arg);
		else
			buf_printf(error, "unknown option '%.*s'", len, arg);
		return -1;
	}
	if (spec->value != NULL && value == NULL) {
		bool missing = *at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0;

		if (missing) {
			buf_printf(error, "option '%s' needs a value: %s", arg, spec->value);
			return -1;
		}
		value = argv[++*at];
	}
	wrong = set_value(o, rules, spec, value);
	if (wrong != NULL)
		buf_printf(error, "--%s: '%s' %s", spec->name, value, wrong);
	return wrong == NULL ? 0 : -1;
}

static int
take_arg(struct options *o, const struct option_rules *rules, const char *arg, struct buf *error)
{
	if (o->arg_count >= rules->args_max || o->arg_count >= OPTION_ARGS_MAX) {
		buf_printf(error, "unexpected argument '%s'", arg);
		return -1;
	}
	o->args[o->arg_count++] = arg;
	return 0;
}

static int
parse_time(const struct options *o, const char *name, const char *text, int64_t now_us, int64_t *us,
    struct buf *error)
{
	if (text == NULL || time_parse_typed(span_of(text), now_us, o->local, us))
		return 0;
	buf_printf(error, "--%s: '%s' is not a time; " TIME_WORDS, name, text);
	return -1;
}

/* Times are read last: --local may stand behind them. */
static int
parse_times(struct options *o, int64_t now_us, struct buf *error)
{
	o->match.has_from = o->from != NULL;
	o->match.has_to = o->to != NULL;
	if (parse_time(o, "from", o->from, now_us, &o->match.from_us, error) != 0 ||
	    parse_time(o, "to", o->to, now_us, &o->match.to_us, error) != 0 ||
	    parse_time(o, "at", o->at, now_us, &o->at_us, error) != 0 ||
	    parse_time(o, "complete-until", o->complete_until, now_us, &o->complete_until_us,
		error) != 0 ||
	    parse_time(o, "prune-before", o->prune_before, now_us, &o->prune_before_us, error) !=
		0 ||
	    parse_time(o, "complete-from", o->complete_from, now_us, &o->complete_from_us, error) !=
		0)
		return -1;
	if (o->from != NULL && o->to != NULL && o->match.from_us > o->match.to_us) {
		buf_printf(error, "--from '%s' is later than --to '%s'", o->from, o->to);
		return -1;
	}
	return 0;
}

/* At most one format on standard output, every file once. */
static int
check_outputs(struct options *o, const struct option_rules *rules, struct buf *error)
{
	size_t streams = 0;

	if (o->output_count == 0)
		o->outputs[o->output_count++] =
		    (struct option_output){rules->format, o->early_output};
	for (size_t i = 0; i < o->output_count; i++) {
		struct option_output *out = &o->outputs[i];

		if (out->path != NULL && strcmp(out->path, "-") == 0)
			out->path = NULL;
		streams += out->path == NULL;
		for (size_t j = 0; j < i && out->path != NULL; j++) {
			if (o->outputs[j].path == NULL ||
			    strcmp(o->outputs[j].path, out->path) != 0)
				continue;
			buf_printf(error, "--output: '%s' is named twice", out->path);
			return -1;
		}
	}
	if (streams > 1)
		buf_puts(error, "two formats on standard output: give all but one an -o FILE");
	return streams > 1 ? -1 : 0;
}

static int
check_inputs(const struct options *o, struct buf *error)
{
	size_t streams = o->seal_key != NULL && strcmp(o->seal_key, "-") == 0;

	for (size_t i = 0; i < o->input_count; i++)
		streams += strcmp(o->inputs[i].uri, "-") == 0;
	if (streams > 1)
		buf_puts(error, "standard input can be read once: one '-' only");
	return streams > 1 ? -1 : 0;
}

static int
parse_all(struct options *o, const struct option_rules *rules, int argc, char *const *argv,
    struct buf *error)
{
	bool ended = false;

	for (int i = 0; i < argc; i++) {
		int r;

		if (!ended && strcmp(argv[i], "--") == 0) {
			ended = true;
			continue;
		}
		if (!ended && argv[i][0] == '-' && argv[i][1] != '\0')
			r = parse_option(o, rules, argc, argv, &i, error);
		else
			r = take_arg(o, rules, argv[i], error);
		if (r != 0)
			return -1;
		if (o->help || o->version)
			return 0;
	}
	return 0;
}

int
options_parse(struct options *o, const struct option_rules *rules, int argc, char *const *argv,
    int64_t now_us, struct buf *error)
{
	size_t most = (size_t)argc + 1;

	*o = (struct options){
	    .inputs = calloc(most, sizeof(*o->inputs)),
	    .outputs = calloc(most, sizeof(*o->outputs)),
	    .heads = calloc(most, sizeof(*o->heads)),
	    .identity_stores = calloc(most, sizeof(*o->identity_stores)),
	    .profiles = calloc(most, sizeof(*o->profiles)),
	    .regions = calloc(most, sizeof(*o->regions)),
	    .late_us = OPTION_LATE_US,
	    .year = OPTION_NUMBER_UNSET,
	    .eic_uid = OPTION_NUMBER_UNSET,
	    .inflate_max = (int64_t)DOCUMENT_INFLATE_MAX,
	    .threads = OPTION_NUMBER_UNSET,
	    .pid = OPTION_NUMBER_UNSET,
	    .audit_session = OPTION_NUMBER_UNSET,
	};
	match_options_default(&o->match);
	if (o->inputs == NULL || o->outputs == NULL || o->heads == NULL ||
	    o->identity_stores == NULL || o->profiles == NULL || o->regions == NULL) {
		buf_puts(error, "out of memory");
		return -1;
	}
	if (parse_all(o, rules, argc, argv, error) != 0)
		return -1;
	if (o->help || o->version)
		return 0;
	if (o->arg_count < rules->args_min) {
		buf_printf(error, "missing argument: %s", rules->args);
		return -1;
	}
	if (parse_times(o, now_us, error) != 0 || check_inputs(o, error) != 0)
		return -1;
	return check_outputs(o, rules, error);
}

void
options_clear(struct options *o)
{
	free(o->inputs);
	free(o->outputs);
	free(o->heads);
	free(o->identity_stores);
	free(o->profiles);
	free(o->regions);
	*o = (struct options){0};
}

bool
options_has_input(const struct options *o, enum input_role role)
{
	for (size_t i = 0; i < o->input_count; i++) {
		if (o->inputs[i].role == role)
			return true;
	}
	return false;
}
