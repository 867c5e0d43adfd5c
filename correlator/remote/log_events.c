/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/log_events.h"

#include <stdlib.h>

#include "common/time_text.h"
#include "correlator/remote/asked_targets.h"
#include "correlator/remote/asked_walk.h"
#include "correlator/remote/log_page.h"

#define SCHEME "cloudwatch-logs:"
/* A page is 1 MiB of messages at most, as JSON in JSON. */
#define ANSWER_MAX ((size_t)16 << 20)
#define GROUP_MAX  512 /* characters of a name, by the API */

struct log_read {
	const char *group; /* as FilterLogEvents takes it */
	struct asked_span span;
	bool is_one_of_many; /* the group is asked for elsewhere too */
	bool is_missing;
};

bool
log_group_arn_parse(const char *text, struct log_group_arn *arn)
{
	struct span rest = span_of(text);

	if (!span_pass(&rest, "arn:") || !span_cut(&rest, ':', &arn->partition) ||
	    !span_pass(&rest, "logs:") || !span_cut(&rest, ':', &arn->region) ||
	    !span_cut(&rest, ':', &arn->account_id) || !span_pass(&rest, "log-group:") ||
	    !span_cut(&rest, ':', &arn->name))
		return false;
	return (rest.ptr == NULL || span_is(rest, "*")) && arn->partition.len != 0 &&
	    arn->region.len != 0 && arn->account_id.len == CALLER_ACCOUNT_LEN &&
	    span_is_digits(arn->account_id) && arn->name.len != 0;
}

static void
ask(const struct asked_walk *w, struct buf *body)
{
	const struct log_read *l = w->ctx;

	log_page_ask(body, l->group, l->span, w->events->people, buf_span(&w->token));
}

static int
take_message(void *ctx, int64_t time_us, struct span message)
{
	return asked_walk_add(ctx, time_us, message);
}

static int
take(struct asked_walk *w, struct span text, struct buf *token)
{
	return log_page_read(text, take_message, w, token);
}

/* A group lies in one region, as a rule. */
static bool
is_expected(struct asked_walk *w)
{
	struct log_read *l = w->ctx;

	l->is_missing = strcmp(w->request.code, "ResourceNotFoundException") == 0;
	return l->is_missing && l->is_one_of_many;
}

static bool
end(struct asked_walk *w, bool complete)
{
	(void)w;
	(void)complete;
	return false;
}

static const struct asked_api api = {
    .scheme = SCHEME,
    .service = AWS_CLOUDWATCH_LOGS,
    .operation = "FilterLogEvents",
    .target = "Logs_20140328.FilterLogEvents",
    .action = "logs:FilterLogEvents",
    .body_max = ANSWER_MAX,
    .open = "",
    .between = "\n",
    .close = "\n",
    .ask = ask,
    .take = take,
    .is_expected = is_expected,
    .end = end,
};

/* Messages have the time of the event or that of its delivery. A group is searched from its first
 * moment asked for to its last, so not for longer than it takes. */
static struct asked_span
span_of_group(const struct asked_events *a)
{
	struct asked_span span = asked_events_span(a, true, 0);
	int64_t left_us = a->now_us - span.to_us;

	if (a->late_us > 0)
		span.to_us += a->late_us < left_us ? a->late_us : left_us;
	return span;
}

/* A group: its name, and what FilterLogEvents is to be given for it. */
struct log_group {
	struct span name;
	const char *identifier;
};

static void
begin(struct asked_walk *w, const struct asked_events *a, const struct asked_target *t,
    struct log_read *l, const struct log_group *group)
{
	int len = (int)span_head(group->name, GROUP_MAX).len;
	const char *region = t->region;

	asked_walk_init(w, a, &api, t);
	w->ctx = l;
	l->group = group->identifier;
	l->span = span_of_group(a);
	buf_printf(&w->resource, "arn:%s:logs:%s:%s:log-group:%.*s:*", aws_partition(region),
	    region, t->account_id, len, group->name.ptr);
	buf_printf(&w->series, SCHEME "%s/%s/%.*s", t->account_id, region, len, group->name.ptr);
}

static void
say_missing(const struct asked_events *a, const struct log_read *reads, size_t count,
    const struct log_group *group)
{
	for (size_t i = 0; i < count; i++)
		if (!reads[i].is_missing || !reads[i].is_one_of_many)
			return;
	if (count != 0)
		diagnostics_error(a->diagnostics, "cloudwatch-logs",
		    "there is no log group %.*s in the accounts and regions that were asked",
		    (int)span_head(group->name, GROUP_MAX).len, group->name.ptr);
}

static int
read_group(const struct asked_events *a, const struct asked_target *targets, size_t count,
    const struct log_group *group)
{
	struct asked_walk *walks = calloc(count + 1, sizeof(*walks));
	struct log_read *reads = calloc(count + 1, sizeof(*reads));
	int r = -1;

	if (walks != NULL && reads != NULL) {
		for (size_t i = 0; i < count; i++) {
			begin(&walks[i], a, &targets[i], &reads[i], group);
			reads[i].is_one_of_many = count > 1;
		}
		r = asked_walk_run(walks, count);
		say_missing(a, reads, count, group);
		for (size_t i = 0; i < count; i++)
			asked_walk_clear(&walks[i]);
	}
	free(walks);
	free(reads);
	return r;
}

/* The target to ask for a group of that account: its own, else the first profile's. */
static const struct asked_target *
choose_target(const struct asked_target *targets, size_t count, const char *account_id)
{
	const struct asked_target *chosen = &targets[0];

	for (size_t i = 0; i < count; i++)
		if (strcmp(account_id, targets[i].account_id) == 0)
			return &targets[i];
	for (size_t i = 1; i < count; i++)
		if (targets[i].place < chosen->place)
			chosen = &targets[i];
	return chosen;
}

/* A group by its ARN: asked for in its own region. */
static int
read_arn(const struct asked_events *a, const struct asked_target *targets, size_t count,
    const char *text, const struct log_group_arn *arn)
{
	size_t len = (size_t)(arn->name.ptr + arn->name.len - text);
	struct log_group group = {.name = arn->name};
	char account_id[CALLER_ACCOUNT_LEN + 1], *region, *identifier;
	struct asked_target target;
	struct asked_place place;
	int r = -1;

	if (count == 0)
		return 0;
	(void)snprintf(account_id, sizeof(account_id), "%.*s",
	    (int)span_head(arn->account_id, CALLER_ACCOUNT_LEN).len, arn->account_id.ptr);
	target = *choose_target(targets, count, account_id);
	place = *target.place;
	target.place = &place;
	region = strndup(arn->region.ptr, arn->region.len);
	identifier = strndup(text, len);
	if (region != NULL && identifier != NULL) {
		place.region = region;
		(void)snprintf(target.region, sizeof(target.region), "%s", region);
		group.identifier = identifier; /* without ":*" */
		r = read_group(a, &target, 1, &group);
	}
	free(region);
	free(identifier);
	return r;
}

int
log_events_run(const struct asked_events *a, const char *group)
{
	struct log_group named = {span_of(group), group};
	struct asked_target *targets = NULL;
	bool is_arn = strncmp(group, "arn:", 4) == 0;
	struct log_group_arn arn = {0};
	size_t count = 0;
	int r;

	if (is_arn && !log_group_arn_parse(group, &arn)) {
		diagnostics_error(a->diagnostics, "cloudwatch-logs",
		    "%s is not the ARN of a log group (arn:aws:logs:REGION:ACCOUNT:log-group:NAME)",
		    group);
		return 0;
	}
	r = asked_targets_find(a, "cloudwatch-logs", &targets, &count);
	if (r == 0 && is_arn)
		r = read_arn(a, targets, count, group, &arn);
	else if (r == 0)
		r = read_group(a, targets, count, &named);
	free(targets);
	return r;
}
