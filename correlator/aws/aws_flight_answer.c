/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be done about an answer: taken, asked for again, or an error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/safe_text.h"
#include "common/time_text.h"
#include "correlator/aws/aws_client_private.h"

#define SKEW_MIN_US (30 * US_PER_SECOND) /* less than that is not why it was refused */
#define ARN_OF_AWS  "arn:aws:"
#define AFTER_MAX   86400

static bool
is_one_of(const char *code, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, code) == 0)
			return true;
	return false;
}

/* Repeats ---------------------------------------------------------------------------------------
 */

/* From 0 to 1; the middle when the system has no random bytes yet. */
static double
random_part(void)
{
	uint32_t n;

	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) != (ssize_t)sizeof(n))
		n = UINT32_MAX / 2;
	return (double)n / (double)UINT32_MAX;
}

/* A number of digits alone; 0 for anything else (dates too). */
static int64_t
header_number(const struct aws_http_call *http, const char *name, int64_t max)
{
	struct span text = aws_http_header(http, name);
	int64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return 0;
		n = n * 10 + (text.ptr[i] - '0');
		if (n > max)
			return max;
	}
	return n;
}

static int64_t
asked_to_wait_us(const struct aws_http_call *http)
{
	int64_t ms = header_number(http, "x-amz-retry-after", AFTER_MAX * INT64_C(1000));

	if (ms == 0)
		ms = header_number(http, "retry-after", AFTER_MAX) * 1000;
	return ms * 1000;
}

/* True when it will be sent again. */
static bool
repeat(struct aws_flight *f, enum aws_retry_cause cause)
{
	struct aws_client *c = f->client;
	int64_t wait_us = aws_retry_delay(&c->quota, c->settings, cause, f->repeats + 1,
	    random_part(), asked_to_wait_us(&f->request->http));

	if (cause == AWS_RETRY_THROTTLED)
		aws_client_count(&c->throttled, 1);
	if (wait_us < 0)
		return false;
	wait_us = (int64_t)((double)wait_us * c->delay_scale);
	if (cause == AWS_RETRY_THROTTLED)
		aws_client_count(&c->waited_us, (uint64_t)wait_us);
	f->repeats++;
	f->cause = cause;
	aws_client_count(&c->retries, 1);
	aws_flight_wait(f, aws_client_clock_us() + wait_us);
	return true;
}

static void
send_again(struct aws_flight *f)
{
	aws_client_count(&f->client->retries, 1);
	aws_flight_wait(f, aws_client_clock_us());
}

/* What can be put right -------------------------------------------------------------------------
 */

/* A refused HEAD has no body that names a reason: the status is all there is. */
static bool
mend_clock(struct aws_flight *f, const char *code)
{
	static const char *const codes[] = {"RequestTimeTooSkewed", "InvalidSignatureException",
	    "SignatureDoesNotMatch", "RequestExpired", "RequestInTheFuture", NULL};
	const struct aws_request *r = f->request;
	int64_t server_us = aws_http_date_us(&r->http), off_us;

	if (f->skew_mended || server_us < 0 ||
	    !(is_one_of(code, codes) || (r->status == 403 && code[0] == '\0')))
		return false;
	off_us = server_us - f->signed_us;
	if (off_us > -SKEW_MIN_US && off_us < SKEW_MIN_US)
		return false;
	f->skew_mended = true;
	f->client->skew_us = server_us - time_now_us();
	send_again(f);
	return true;
}

static bool
renew_credentials(struct aws_flight *f, const char *code)
{
	static const char *const codes[] = {
	    "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", NULL};

	if (f->renewed ||
	    !(is_one_of(code, codes) || (f->request->status == 400 && code[0] == '\0')))
		return false;
	f->renewed = f->expired = true;
	send_again(f);
	return true;
}

/* A refused HEAD has no code. */
static bool
speaks_of_region(long status, const char *code)
{
	static const char *const codes[] = {"AuthorizationHeaderMalformed", "PermanentRedirect",
	    "IllegalLocationConstraintException", NULL};

	return status == 301 || status == 302 || status == 307 ||
	    (status == 400 && code[0] == '\0') || is_one_of(code, codes);
}

/* S3 says in which region a bucket is, in a header or in the body. */
static bool
move_to_region(struct aws_flight *f, const struct aws_error *e)
{
	const struct aws_request *r = f->request;

	if (f->moved || r->service != AWS_S3 || r->bucket == NULL ||
	    !speaks_of_region(r->status, e->code) || e->region[0] == '\0' ||
	    span_is(buf_span(&f->endpoint.region), e->region) ||
	    !aws_client_move_bucket(f->client, r->bucket, e->region))
		return false;
	f->moved = true;
	send_again(f);
	return true;
}

/* What is said ----------------------------------------------------------------------------------
 */

/* The partition of an ARN that was worded without knowing the region. */
static void
put_resource(struct buf *out, const struct aws_flight *f)
{
	const char *resource = f->request->resource;
	struct buf region;

	buf_init(&region, 256);
	buf_put_span(&region, buf_span(&f->endpoint.region));
	if (strncmp(resource, ARN_OF_AWS, strlen(ARN_OF_AWS)) == 0 && buf_cstr(&region) != NULL) {
		buf_printf(out, "arn:%s:", aws_partition(buf_cstr(&region)));
		resource += strlen(ARN_OF_AWS);
	}
	buf_puts(out, resource);
	buf_clear(&region);
}

static void
end_refused(struct aws_flight *f, const struct aws_error *e)
{
	struct aws_request *r = f->request;
	struct aws_error_place p = {
	    .service = aws_service_name(r->service),
	    .operation = r->operation,
	    .action = r->action,
	    .provider = f->credentials.provider,
	    .status = r->status,
	    .attempts = f->attempts,
	};
	struct buf resource;

	buf_init(&resource, r->error.max / 2);
	if (r->resource != NULL)
		put_resource(&resource, f);
	p.resource = r->resource != NULL ? buf_cstr(&resource) : NULL;
	aws_error_say(&r->error, e, &p);
	buf_clear(&resource);
	aws_flight_end(f, false);
}

static void
end_unanswered(struct aws_flight *f)
{
	struct aws_request *r = f->request;

	buf_printf(&r->error, "%s %s got no whole answer from ", aws_service_name(r->service),
	    r->operation);
	safe_text_put(&r->error, buf_span(&f->endpoint.host));
	if (f->attempts > 1)
		buf_printf(&r->error, " in %d attempts", f->attempts);
	buf_puts(&r->error, ": ");
	safe_text_put(&r->error, span_of(r->http.error));
	aws_flight_end(f, false);
}

static void
end_well(struct aws_flight *f)
{
	struct aws_request *r = f->request;
	bool fits = r->http.text.len <= r->body_max;

	aws_retry_succeeded(&f->client->quota, f->cause);
	if (!fits)
		buf_printf(&r->error,
		    "%s %s: the answer is longer than the %zu bytes that are taken of it",
		    aws_service_name(r->service), r->operation, r->body_max);
	aws_flight_end(f, fits);
}

/* The verdict -----------------------------------------------------------------------------------
 */

static void
judge_refusal(struct aws_flight *f)
{
	struct aws_request *r = f->request;
	enum aws_retry_cause cause;
	struct aws_error e;

	aws_error_init(&e);
	aws_error_read(&e, &r->http);
	(void)snprintf(r->code, sizeof(r->code), "%s", e.code);
	cause = aws_retry_classify(r->status, r->code);
	aws_retry_answered(&f->client->quota, f->client->settings, cause == AWS_RETRY_THROTTLED,
	    aws_client_clock_us());
	if (!move_to_region(f, &e) && !mend_clock(f, e.code) && !renew_credentials(f, e.code) &&
	    !repeat(f, cause))
		end_refused(f, &e);
	aws_error_clear(&e);
}

static enum aws_retry_cause
cause_of_silence(const struct aws_http_call *http)
{
	if (http->end == AWS_HTTP_REFUSED)
		return AWS_RETRY_NOT;
	return http->timed_out ? AWS_RETRY_TIMEOUT : AWS_RETRY_TRANSIENT;
}

void
aws_flight_answered(struct aws_http_call *http)
{
	struct aws_flight *f = http->ctx;
	struct aws_request *r = f->request;

	r->status = http->status;
	r->code[0] = '\0';
	buf_reset(&r->error);
	aws_client_count(&f->client->bytes, http->text.len);
	if (http->end != AWS_HTTP_ANSWERED) {
		if (!repeat(f, cause_of_silence(http)))
			end_unanswered(f);
		return;
	}
	if (http->status >= 200 && http->status <= 299) {
		aws_retry_answered(
		    &f->client->quota, f->client->settings, false, aws_client_clock_us());
		end_well(f);
		return;
	}
	judge_refusal(f);
}
