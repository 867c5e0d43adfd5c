/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/background.h"

#include "common/json_writer.h"
#include "tools/corpus/background_sts.h"
#include "tools/corpus/identity.h"

#define STS_PERCENT 12

#define KMS_KEY                                                                                    \
	"[{\"accountId\":\"111122223333\",\"type\":\"AWS::KMS::Key\",\"ARN\":\"arn:aws:kms:"       \
	"eu-central-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef\"}]"

/* The parameters and resources are JSON text. Some carry the words that a search for key pushes
 * would hit. */
static const struct {
	const char *source, *host, *name, *parameters;
	bool read_only;
	const char *resources; /* NULL: none */
} calls[] = {
    {"ec2.amazonaws.com", "ec2", "DescribeInstances",
	"{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0123456789abcdef0\"}]},"
	"\"filterSet\":{\"items\":[{\"name\":\"instance-state-name\",\"valueSet\":{\"items\":"
	"[{\"value\":\"running\"}]}}]}}",
	true, NULL},
    {"ec2.amazonaws.com", "ec2", "DescribeInstanceConnectEndpoints",
	"{\"DescribeInstanceConnectEndpointsRequest\":{\"MaxResults\":100}}", true, NULL},
    {"ec2.amazonaws.com", "ec2", "DescribeVolumes",
	"{\"volumeSet\":{},\"filterSet\":{},\"maxResults\":500}", true, NULL},
    {"s3.amazonaws.com", "s3", "GetBucketLocation",
	"{\"bucketName\":\"example-logs-111122223333\",\"Host\":\"s3.amazonaws.com\","
	"\"location\":\"\"}",
	true, NULL},
    {"kms.amazonaws.com", "kms", "Decrypt",
	"{\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::example-logs-111122223333\"},"
	"\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"}",
	true, KMS_KEY},
    {"kms.amazonaws.com", "kms", "GenerateDataKey",
	"{\"keySpec\":\"AES_256\",\"keyId\":\"arn:aws:kms:eu-central-1:111122223333:key/"
	"01234567-89ab-cdef-0123-456789abcdef\"}",
	true, KMS_KEY},
    {"ssm.amazonaws.com", "ssm", "UpdateInstanceInformation",
	"{\"instanceId\":\"i-0123456789abcdef0\",\"agentVersion\":\"3.3.131.0\","
	"\"agentStatus\":\"Active\",\"platformType\":\"Linux\",\"platformName\":\"Debian\"}",
	false, NULL},
    {"ssm.amazonaws.com", "ssm", "DescribeInstanceInformation",
	"{\"filters\":[{\"key\":\"InstanceIds\",\"values\":[\"i-0123456789abcdef0\"]}]}", true,
	NULL},
    {"cloudtrail.amazonaws.com", "cloudtrail", "LookupEvents",
	"{\"lookupAttributes\":[{\"attributeKey\":\"EventName\",\"attributeValue\":"
	"\"SendSSHPublicKey\"}],\"maxResults\":50}",
	true, NULL},
    {"iam.amazonaws.com", "iam", "SimulatePrincipalPolicy",
	"{\"policySourceArn\":\"arn:aws:iam::111122223333:role/Ops\",\"actionNames\":"
	"[\"ec2-instance-connect:SendSSHPublicKey\"]}",
	true, NULL},
};
#define CALL_COUNT (sizeof(calls) / sizeof(calls[0]))
/* The last calls of the list, which name key pushes, are rare. */
#define USUAL_CALLS (CALL_COUNT - 2)

static const char *const agents[] = {
    "aws-sdk-go-v2/1.26.1 os/linux lang/go#1.22.2 md/GOOS#linux md/GOARCH#amd64 api/core",
    "Boto3/1.34.101 md/Botocore#1.34.101 ua/2.0 os/linux#5.10.215-203.850.amzn2.x86_64 "
    "md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython exec-env/AWS_Lambda_python3.11 "
    "cfg/retry-mode#legacy Botocore/1.34.101",
    "APN/1.0 HashiCorp/1.0 Terraform/1.8.2 (+https://www.terraform.io) "
    "terraform-provider-aws/5.48.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.26.1 os/linux "
    "lang/go#1.22.2 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.159.1",
    "aws-sdk-java/2.25.45 Linux/5.10.215-203.850.amzn2.x86_64 "
    "OpenJDK_64-Bit_Server_VM/17.0.11+9-LTS "
    "Java/17.0.11 vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy",
};
#define AGENT_COUNT (sizeof(agents) / sizeof(agents[0]))

struct call {
	const char *source, *host, *name, *resources;
	bool read_only;
};

static void
put_head(const struct world *w, const struct trail_event *e, const struct call *call,
    struct json_writer *out)
{
	char address[32];

	json_put_string(out, "eventVersion", "1.10");
	identity_put(w, e->caller, e->time_us - e->time_us % US_PER_HOUR, out);
	json_put_time(out, "eventTime", e->time_us, 0);
	json_put_string(out, "eventSource", call->source);
	json_put_string(out, "eventName", call->name);
	json_put_string(out, "awsRegion", w->rows[e->row].region);
	snprintf(address, sizeof(address), "198.51.100.%d", e->caller.number % 254 + 1);
	json_put_string(out, "sourceIPAddress", address);
	json_put_string(out, "userAgent", agents[e->caller.number % AGENT_COUNT]);
}

static void
put_tail(const struct world *w, const struct trail_event *e, const struct call *call,
    struct json_writer *out)
{
	const struct world_row *row = &w->rows[e->row];
	char id[UUID_TEXT_LEN], host[128];

	json_put_string(out, "requestID", uuid_text(random_mix(e->seed, 1), id));
	json_put_string(out, "eventID", trail_event_id(e, id));
	json_put_bool(out, "readOnly", call->read_only);
	if (call->resources != NULL) {
		buf_puts(out->out, ",\"resources\":");
		buf_puts(out->out, call->resources);
	}
	json_put_string(out, "eventType", "AwsApiCall");
	json_put_bool(out, "managementEvent", true);
	json_put_string(out, "recipientAccountId", row->account);
	json_put_string(out, "eventCategory", "Management");
	json_object_begin(out, "tlsDetails");
	json_put_string(out, "tlsVersion", "TLSv1.3");
	json_put_string(out, "cipherSuite", "TLS_AES_128_GCM_SHA256");
	snprintf(host, sizeof(host), "%s.%s.amazonaws.com", call->host, row->region);
	json_put_string(out, "clientProvidedHostHeader", host);
	json_object_end(out);
}

static void
put_call(const struct world *w, const struct trail_event *e, size_t i, struct json_writer *out)
{
	const struct call call = {
	    calls[i].source, calls[i].host, calls[i].name, calls[i].resources, calls[i].read_only};

	put_head(w, e, &call, out);
	buf_puts(out->out, ",\"requestParameters\":");
	buf_puts(out->out, calls[i].parameters);
	json_put_null(out, "responseElements");
	put_tail(w, e, &call, out);
}

void
background_put_record(const struct world *w, const struct trail_event *e, struct buf *out)
{
	struct random random = {random_mix(e->seed, 3)};
	struct json_writer writer;

	if (random_chance(&random, STS_PERCENT)) {
		background_sts_put_record(w, e, out);
		return;
	}
	json_writer_init(&writer, out);
	json_object_begin(&writer, NULL);
	if (random_below(&random, 1000) == 0)
		put_call(w, e, USUAL_CALLS + random_below(&random, 2), &writer);
	else
		put_call(w, e, random_below(&random, USUAL_CALLS), &writer);
	json_object_end(&writer);
}
