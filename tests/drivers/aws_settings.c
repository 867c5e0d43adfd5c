/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers from the shared config files and the environment. Questions, word by word:
 *
 *	get KIND NAME KEY           KIND: 0 profile, 1 credentials, 2 sso-session, 3 services, 4:
 *what a profile has of both files -> "=VALUE" or "-" has KIND NAME               -> "yes" or "no"
 *	settings PROFILE REGION URL ("-": not typed) -> one line of all settings, or "error: ..."
 *	endpoint SERVICE REGION BUCKET FIPS DUAL STYLE URL ("-": none; FIPS, DUAL: 0 or 1)
 *	                            -> "URL REGION HOST BASE-PATH", or "error: ..."
 *
 * Exits with 1 and a sentence on standard error when the files are not to be read.
 */
#include "tests/drivers/driver_input.h"

#include "correlator/aws/aws_endpoint.h"

struct question {
	char *words[8];
	size_t count;
};

static void
ask(struct question *q, size_t count)
{
	for (q->count = 0; q->count < count; q->count++)
		q->words[q->count] = driver_need();
}

static const char *
typed(const struct question *q, size_t i)
{
	return strcmp(q->words[i], "-") != 0 ? q->words[i] : NULL;
}

static void
put_value(const char *value)
{
	if (value != NULL)
		(void)putchar('=');
	driver_put(value != NULL ? value : "-", value != NULL ? strlen(value) : 1);
}

static void
answer_get(const struct aws_config *c, struct question *q)
{
	int kind;

	ask(q, 3);
	kind = q->words[0][0] - '0';
	put_value(kind == 4
		? aws_config_profile_get(c, q->words[1], q->words[2])
		: aws_config_get(c, (enum aws_config_kind)kind, q->words[1], q->words[2]));
}

static void
answer_has(const struct aws_config *c, struct question *q)
{
	bool has;

	ask(q, 2);
	has = aws_config_has(c, (enum aws_config_kind)(q->words[0][0] - '0'), q->words[1]);
	driver_put(has ? "yes" : "no", has ? 3 : 2);
}

static const char *
or_none(const char *text)
{
	return text != NULL ? text : "-";
}

static void
answer_settings(const struct aws_config *c, struct question *q)
{
	struct aws_settings s;
	struct buf out;

	ask(q, 3);
	buf_init(&out, 1 << 20);
	buf_puts(&out, "error: ");
	if (aws_settings_init(&s,
		&(struct aws_options){
		    .profile = typed(q, 0), .region = typed(q, 1), .endpoint_url = typed(q, 2)},
		c, &out) == 0) {
		buf_reset(&out);
		buf_printf(&out,
		    "profile=%s typed=%d region=%s url=%s ca=%s fips=%d dual=%d s3dual=%d "
		    "ignore=%d "
		    "path=%d virtual=%d mode=%d attempts=%d timeout=%lld tries=%d",
		    s.profile, s.profile_typed, or_none(s.region), or_none(s.endpoint_url),
		    or_none(s.ca_bundle), s.fips, s.dual_stack, s.s3_dual_stack,
		    s.ignore_endpoint_urls, s.path_style, s.virtual_style, (int)s.retry_mode,
		    s.attempts_max, (long long)s.metadata_timeout_ms, s.metadata_attempts);
		aws_settings_clear(&s);
	}
	driver_put(out.ptr, out.len);
	buf_clear(&out);
}

static enum aws_service
service_of(const char *name)
{
	for (int i = AWS_S3; i <= AWS_CLOUDWATCH_LOGS; i++) {
		if (strcmp(aws_service_name((enum aws_service)i), name) == 0)
			return (enum aws_service)i;
	}
	exit(2);
}

static void
answer_endpoint(const struct aws_config *c, struct question *q)
{
	struct aws_settings s;
	struct aws_endpoint e;
	struct buf out;

	ask(q, 7);
	aws_endpoint_init(&e);
	buf_init(&out, 1 << 20);
	if (aws_settings_init(&s, &(struct aws_options){.endpoint_url = typed(q, 6)}, c, &out) != 0)
		exit(2);
	s.fips = q->words[3][0] == '1';
	s.dual_stack = s.s3_dual_stack = q->words[4][0] == '1';
	s.path_style = strcmp(q->words[5], "path") == 0;
	s.virtual_style = strcmp(q->words[5], "virtual") == 0;
	buf_puts(&out, "error: ");
	if (aws_endpoint_resolve(&e, &s, service_of(q->words[0]), typed(q, 1), typed(q, 2), &out) ==
	    0) {
		buf_reset(&out);
		buf_put_span(&out, buf_span(&e.url));
		buf_putc(&out, ' ');
		buf_put_span(&out, buf_span(&e.region));
		buf_putc(&out, ' ');
		buf_put_span(&out, buf_span(&e.host));
		buf_putc(&out, ' ');
		buf_put_span(&out, buf_span(&e.base_path));
	}
	driver_put(out.ptr, out.len);
	buf_clear(&out);
	aws_endpoint_clear(&e);
	aws_settings_clear(&s);
}

static const struct {
	const char *name;
	void (*answer)(const struct aws_config *c, struct question *q);
} questions[] = {
    {"get", answer_get},
    {"has", answer_has},
    {"settings", answer_settings},
    {"endpoint", answer_endpoint},
};

static bool
answer_one(const struct aws_config *c)
{
	struct question q = {.count = 0};
	char *name = driver_word();
	size_t i = 0;

	if (name == NULL)
		return false;
	while (i < sizeof(questions) / sizeof(questions[0]) && strcmp(questions[i].name, name) != 0)
		i++;
	free(name);
	if (i == sizeof(questions) / sizeof(questions[0]))
		exit(2);
	questions[i].answer(c, &q);
	for (i = 0; i < q.count; i++)
		free(q.words[i]);
	return true;
}

int
main(void)
{
	struct aws_config *c;
	struct buf error;

	buf_init(&error, 1 << 20);
	c = aws_config_load(&error);
	if (c == NULL) {
		fprintf(stderr, "%.*s\n", (int)error.len, error.ptr);
		buf_clear(&error);
		return 1;
	}
	while (answer_one(c))
		continue;
	aws_config_free(c);
	buf_clear(&error);
	return 0;
}
