/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "correlator/aws/aws_endpoint_url.h"
#include "correlator/aws/sigv4.h"

#define URL_MAX    8192
#define BUCKET_MAX 255
#define LOWER_CASE "abcdefghijklmnopqrstuvwxyz"
#define DIGITS     "0123456789"

static const struct service {
	const char *name;
	const char *variable, *setting; /* of an endpoint of one's own */
	bool is_anywhere;               /* can be asked without knowing a region */
} services[] = {
    [AWS_S3] = {"s3", "AWS_ENDPOINT_URL_S3", "s3.endpoint_url", true},
    [AWS_STS] = {"sts", "AWS_ENDPOINT_URL_STS", "sts.endpoint_url", true},
    [AWS_CLOUDTRAIL] = {"cloudtrail", "AWS_ENDPOINT_URL_CLOUDTRAIL", "cloudtrail.endpoint_url",
	false},
    [AWS_CLOUDWATCH_LOGS] = {"logs", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
	"cloudwatch_logs.endpoint_url", false},
};

/* Of botocore's partitions.json; regions are told apart by how they begin. */
static const struct partition {
	const char *regions, *name, *suffix, *dual_suffix;
} partitions[] = {
    {"cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-gov-", "aws-us-gov", "amazonaws.com", "api.aws"},
    {"us-iso-", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov"},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"eusc-", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"", "aws", "amazonaws.com", "api.aws"},
};

const char *
aws_service_name(enum aws_service service)
{
	return services[service].name;
}

void
aws_endpoint_init(struct aws_endpoint *e)
{
	buf_init(&e->url, URL_MAX);
	buf_init(&e->host, URL_MAX);
	buf_init(&e->base_path, URL_MAX);
	buf_init(&e->region, URL_MAX);
}

void
aws_endpoint_clear(struct aws_endpoint *e)
{
	buf_clear(&e->url);
	buf_clear(&e->host);
	buf_clear(&e->base_path);
	buf_clear(&e->region);
}

static const struct partition *
find_partition(const char *region)
{
	const struct partition *p = partitions;

	while (strncmp(region, p->regions, strlen(p->regions)) != 0)
		p++;
	return p;
}

const char *
aws_partition(const char *region)
{
	return find_partition(region)->name;
}

/* Names ------------------------------------------------------------------------------------------
 */

/* A label of a host name: whatever else were in a region would become part of the host. */
static bool
is_label(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\0' || strchr(LOWER_CASE DIGITS "-", s.ptr[i]) == NULL)
			return false;
	}
	return s.len != 0 && s.len <= 63 && s.ptr[0] != '-' && s.ptr[s.len - 1] != '-';
}

/* Dots would make more labels than the certificate has, and all else is no part of a host name. */
static bool
can_be_host(const char *bucket)
{
	return strlen(bucket) >= 3 && is_label(span_of(bucket));
}

static int
check_bucket(const char *bucket, struct buf *error)
{
	const size_t n = strspn(bucket, LOWER_CASE "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS ".-_");

	if (n >= 3 && n <= BUCKET_MAX && bucket[n] == '\0' && bucket[strspn(bucket, ".")] != '\0')
		return 0;
	buf_printf(error, "\"%s\" is not the name of a bucket", bucket);
	return -1;
}

/* The region asked for, else that of the settings; "fips-REGION" and "REGION-fips", which once were
 * names of regions, ask for FIPS. */
static int
choose_region(struct aws_endpoint *e, const struct aws_settings *s, enum aws_service service,
    const char *region, bool *fips, struct buf *error)
{
	const char *typed = region != NULL ? region : s->region;
	struct span name;

	if (services[service].is_anywhere && (typed == NULL || strcmp(typed, "aws-global") == 0))
		typed = "us-east-1";
	if (typed == NULL) {
		buf_printf(error,
		    "no region: give --region, set AWS_REGION, or a region in profile %s",
		    s->profile);
		return -1;
	}
	name = span_of(typed);
	if (span_starts(name, "fips-")) {
		*fips = true;
		name = span_from(name, 5);
	} else if (span_ends(name, "-fips")) {
		*fips = true;
		name.len -= 5;
	}
	if (!is_label(name)) {
		buf_printf(error, "\"%s\" is not the name of a region", typed);
		return -1;
	}
	buf_put_span(&e->region, name);
	return 0;
}

/* An endpoint of one's own -----------------------------------------------------------------------
 */

struct typed_url {
	const char *text; /* NULL: none */
	const char *from;
};

static const char *
environment(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The profile's, of its services section or its own. */
static int
find_profile_url(const struct aws_settings *s, const struct service *service, struct typed_url *url,
    struct buf *error)
{
	const char *section = aws_config_profile_get(s->config, s->profile, "services");

	url->from = "endpoint_url of the profile";
	if (section != NULL) {
		if (!aws_config_has(s->config, AWS_CONFIG_SERVICES, section)) {
			buf_printf(error,
			    "profile %s names services %s, which the config file has not",
			    s->profile, section);
			return -1;
		}
		url->text =
		    aws_config_get(s->config, AWS_CONFIG_SERVICES, section, service->setting);
	}
	if (url->text == NULL || url->text[0] == '\0')
		url->text = aws_config_profile_get(s->config, s->profile, "endpoint_url");
	if (url->text != NULL && url->text[0] == '\0')
		url->text = NULL;
	return 0;
}

static int
find_url(const struct aws_settings *s, const struct service *service, struct typed_url *url,
    struct buf *error)
{
	*url = (struct typed_url){s->endpoint_url, "--endpoint-url"};
	if (url->text != NULL || s->ignore_endpoint_urls)
		return 0;
	*url = (struct typed_url){environment(service->variable), service->variable};
	if (url->text == NULL)
		*url = (struct typed_url){environment("AWS_ENDPOINT_URL"), "AWS_ENDPOINT_URL"};
	return url->text != NULL ? 0 : find_profile_url(s, service, url, error);
}

/* Hosts ------------------------------------------------------------------------------------------
 */

struct where {
	const struct aws_settings *settings;
	enum aws_service service;
	const char *bucket; /* NULL: none */
	bool fips;
};

/* A bucket in front of the host where that may and can be, else behind it in the path. */
static void
put_bucket(struct aws_endpoint *e, const struct where *w, bool before_host)
{
	if (w->bucket == NULL)
		return;
	if (before_host && can_be_host(w->bucket)) {
		buf_puts(&e->host, w->bucket);
		buf_putc(&e->host, '.');
	} else {
		buf_putc(&e->base_path, '/');
		buf_puts(&e->base_path, w->bucket);
	}
}

static void
put_lower(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		buf_putc(out, c);
	}
}

static int
put_own_host(struct aws_endpoint *e, const struct where *w, const struct typed_url *typed,
    const char **scheme, struct buf *error)
{
	struct aws_endpoint_url url;
	const char *problem;

	if (aws_endpoint_url_parse(typed->text, &url, &problem) != 0) {
		/* not the URL: there may be a password in it */
		buf_printf(error, "%s is not the URL of an endpoint: %s", typed->from, problem);
		return -1;
	}
	buf_put_span(&e->base_path, url.path);
	put_bucket(e, w, w->settings->virtual_style && !url.is_address);
	put_lower(&e->host, url.host);
	if (url.port != 0) {
		buf_putc(&e->host, ':');
		buf_put_u64(&e->host, (unsigned long long)url.port);
	}
	*scheme = url.is_https ? "https://" : "http://";
	return 0;
}

static int
put_s3_host(struct aws_endpoint *e, const struct where *w, const struct partition *p,
    const char *region, struct buf *error)
{
	if (w->fips && strcmp(p->name, "aws-cn") == 0) {
		buf_printf(error, "S3 has no FIPS endpoint in region %s", region);
		return -1;
	}
	put_bucket(e, w, !w->settings->path_style);
	buf_printf(&e->host, "s3%s%s.%s.%s", w->fips ? "-fips" : "",
	    w->settings->s3_dual_stack ? ".dualstack" : "", region, p->suffix);
	return 0;
}

static int
put_aws_host(struct aws_endpoint *e, const struct where *w, const char *region, struct buf *error)
{
	const struct partition *p = find_partition(region);
	const bool dual = w->settings->dual_stack;
	/* what is in us-gov is validated anyway, and has no second name */
	const bool plain = !w->fips || (!dual && strcmp(p->name, "aws-us-gov") == 0);

	if (w->service == AWS_S3)
		return put_s3_host(e, w, p, region, error);
	buf_printf(&e->host, "%s%s.%s.%s", services[w->service].name, plain ? "" : "-fips", region,
	    dual ? p->dual_suffix : p->suffix);
	return 0;
}

static int
put_url(struct aws_endpoint *e, const char *scheme, struct buf *error)
{
	buf_puts(&e->url, scheme);
	buf_put_span(&e->url, buf_span(&e->host));
	if (e->base_path.len != 0)
		sigv4_put_path(&e->url, buf_span(&e->base_path));
	/* with room for the NUL: whoever asks for them as text gets them */
	if (buf_cstr(&e->url) != NULL && buf_cstr(&e->host) != NULL &&
	    buf_cstr(&e->base_path) != NULL && buf_cstr(&e->region) != NULL)
		return 0;
	buf_puts(error, "the endpoint's URL is too long, or there is no memory");
	return -1;
}

int
aws_endpoint_resolve(struct aws_endpoint *e, const struct aws_settings *s, enum aws_service service,
    const char *region, const char *bucket, struct buf *error)
{
	struct where w = {s, service, bucket, s->fips};
	const char *scheme = "https://", *name;
	struct typed_url typed;
	int r;

	buf_reset(&e->url);
	buf_reset(&e->host);
	buf_reset(&e->base_path);
	buf_reset(&e->region);
	if (choose_region(e, s, service, region, &w.fips, error) != 0 ||
	    (bucket != NULL && check_bucket(bucket, error) != 0) ||
	    find_url(s, &services[service], &typed, error) != 0)
		return -1;
	name = buf_cstr(&e->region);
	if (name == NULL)
		return put_url(e, scheme, error);
	r = typed.text != NULL ? put_own_host(e, &w, &typed, &scheme, error)
			       : put_aws_host(e, &w, name, error);
	return r == 0 ? put_url(e, scheme, error) : -1;
}
