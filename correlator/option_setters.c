/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/option_setters.h"

#include "correlator/option_values.h"
#include "correlator/remote/remote.h"

#define THREADS_MAX 1024

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
	if (remote_is_uri(value)) {
		const char *wrong = remote_check_uri(value, role);

		if (wrong != NULL)
			return wrong;
	} else if (option_value_has_scheme(span_of(value))) {
		return "is a source that this version does not support: give a file, a directory, "
		       "s3://BUCKET/PREFIX or -";
	}
	o->inputs[o->input_count++] = (struct option_input){value, role};
	return NULL;
}

const char *
option_set_logins(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	return add_input(o, value, INPUT_LOGINS);
}

const char *
option_set_events(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	return add_input(o, value, INPUT_EVENTS);
}

const char *
option_set_db(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (value[0] == '\0')
		return "is empty";
	if (strcmp(value, "-") == 0 || option_value_has_scheme(span_of(value)))
		return "is no file: a store is one";
	if (o->db != NULL)
		return "is a second store: there can be one";
	o->db = value;
	return NULL;
}

const char *
option_set_profile(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (value[0] == '\0')
		return "is empty";
	o->profiles[o->profile_count++] = value;
	return NULL;
}

const char *
option_set_region(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_is_region(span_of(value)))
		return "is not a region's name, like us-east-1";
	o->regions[o->region_count++] = value;
	return NULL;
}

const char *
option_set_endpoint_url(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!span_starts(span_of(value), "https://") && !span_starts(span_of(value), "http://"))
		return "is not an http or https URL";
	o->endpoint_url = value;
	return NULL;
}

const char *
option_set_late(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	return option_value_duration(span_of(value), &o->late_us)
	    ? NULL
	    : "is not a duration, like 6h or 2d";
}

const char *
option_set_expect_head(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!login_head_parse(span_of(value), &o->heads[o->head_count]))
		return "is not HASH or HASH:SEQ, a SHA-256 and a record's number";
	o->head_count++;
	return NULL;
}

const char *
option_set_identity_store(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (value[0] == '\0')
		return "is empty";
	o->identity_stores[o->identity_store_count++] = value;
	return NULL;
}

const char *
option_set_instance(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_is_instance(span_of(value)))
		return "is not an instance id";
	o->instance = value;
	return NULL;
}

const char *
option_set_time_zone(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_is_time_zone(value))
		return "is neither a time zone that this machine knows nor an offset like +01:00";
	o->time_zone = value;
	return NULL;
}

const char *
option_set_year(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_number(span_of(value), &o->year) || o->year < 1970 || o->year > 9999)
		return "is not a year";
	return NULL;
}

const char *
option_set_threads(struct options *o, const struct option_rules *rules, const char *value)
{
	int64_t threads;

	(void)rules;
	if (!option_value_number(span_of(value), &threads) || threads < 1 || threads > THREADS_MAX)
		return "is not a number of threads: 1 to 1024";
	o->threads = threads;
	return NULL;
}

const char *
option_set_progress(struct options *o, const struct option_rules *rules, const char *value)
{
	static const char *const names[] = {"auto", "json", "none"};

	(void)rules;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(span_of(value), names[i])) {
			o->progress = (enum progress_choice)i;
			o->progress_asked = true;
			return NULL;
		}
	}
	return "is not auto, json or none";
}

const char *
option_set_format(struct options *o, const struct option_rules *rules, const char *value)
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

const char *
option_set_output(struct options *o, const struct option_rules *rules, const char *value)
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

const char *
option_set_color(struct options *o, const struct option_rules *rules, const char *value)
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

const char *
option_set_fail_on(struct options *o, const struct option_rules *rules, const char *value)
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

const char *
option_set_ip(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_ip(value, &o->ip))
		return "is not an IP address";
	o->ip_text = value;
	return NULL;
}

const char *
option_set_fingerprint(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_is_fingerprint(span_of(value)))
		return "is not a SHA256 fingerprint";
	o->fingerprint = value;
	return NULL;
}

const char *
option_set_session(struct options *o, const struct option_rules *rules, const char *value)
{
	(void)rules;
	if (!option_value_is_session(span_of(value)))
		return "is not a session id, nor 8 or more digits of one";
	o->session = value;
	return NULL;
}
