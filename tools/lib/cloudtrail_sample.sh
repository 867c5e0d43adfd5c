# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Synthetic CloudTrail records in the form in which CloudTrail writes them, delivered into a folder
# with the layout of a trail's S3 bucket. Sourced by tools/demo and tests/integration.
#
#	cloudtrail_init DIR               starts an empty trail below DIR
#	push_event OPTION=VALUE...        one SendSSHPublicKey record; prints its eventID
#	assume_event PERSON SESSION       one AssumeRole record: the person becomes that session of Ops
#	describe_event PERSON [AGE]       one DescribeInstances record, AGE seconds old
#	cloudtrail_deliver                writes what has come up into one .json.gz file of the trail
#
# The people: alice and dave are IAM users; everybody else is a session of the role Ops that began
# SAMPLE_SESSION_AGE seconds ago.

SAMPLE_ACCOUNT=111122223333
SAMPLE_REGION=eu-central-1
SAMPLE_INSTANCE=i-0123456789abcdef0
SAMPLE_SESSION_AGE=900

cloudtrail_init() {
	CLOUDTRAIL_SPOOL=$1/spool.jsonl
	CLOUDTRAIL_EVENTS=$1/events
	mkdir -p "$CLOUDTRAIL_EVENTS"
	: >"$CLOUDTRAIL_SPOOL"
}

sample_uuid() {
	cat /proc/sys/kernel/random/uuid
}

# Whole seconds, as in eventTime; $1 seconds ago.
sample_time() {
	date -u -d "@$(($(date +%s) - ${1:-0}))" +%Y-%m-%dT%H:%M:%SZ
}

principal_arn() {
	case $1 in
	alice | dave) printf 'arn:aws:iam::%s:user/%s\n' "$SAMPLE_ACCOUNT" "$1" ;;
	*) printf 'arn:aws:sts::%s:assumed-role/Ops/%s\n' "$SAMPLE_ACCOUNT" "$1" ;;
	esac
}

# userIdentity of a person, in CloudTrail's order of members.
user_identity() {
	local arn
	arn=$(principal_arn "$1")
	case $1 in
	alice | dave) iam_user_identity "$1" "$arn" ;;
	*) assumed_role_identity "$1" "$arn" ;;
	esac
}

iam_user_identity() {
	jq -nc --arg name "$1" --arg arn "$2" --arg account "$SAMPLE_ACCOUNT" '{
		type: "IAMUser",
		principalId: (if $name == "alice" then "AIDACKCEVSQ6C2EXAMPLE" else "AIDADAVEVSQ6C2EXAMPLE" end),
		arn: $arn,
		accountId: $account,
		accessKeyId: "AKIAIOSFODNN7EXAMPLE",
		userName: $name
	}'
}

# The access key of a session.
session_key() {
	local letters
	letters=$(tr -cd '[:alnum:]' <<<"${1^^}")
	printf 'ASIA%s' "${letters}IOSFODNN7EXAMPLE" | cut -c1-20
}

assumed_role_identity() {
	jq -nc --arg name "$1" --arg arn "$2" --arg account "$SAMPLE_ACCOUNT" \
		--arg key "$(session_key "$1")" --arg created "$(sample_time "$SAMPLE_SESSION_AGE")" '{
		type: "AssumedRole",
		principalId: ("AROACKCEVSQ6C2EXAMPLE:" + $name),
		arn: $arn,
		accountId: $account,
		accessKeyId: $key,
		sessionContext: {
			sessionIssuer: {
				type: "Role",
				principalId: "AROACKCEVSQ6C2EXAMPLE",
				arn: ("arn:aws:iam::" + $account + ":role/Ops"),
				accountId: $account,
				userName: "Ops"
			},
			webIdFederationData: {},
			attributes: {creationDate: $created, mfaAuthenticated: "false"}
		}
	}'
}

# The frame that all records share. $1 person, $2 eventSource, $3 eventName, $4 readOnly, $5 age in
# seconds; then requestParameters, responseElements and error ({} or errorCode and errorMessage).
cloudtrail_event() {
	local id
	id=$(sample_uuid)
	jq -nc --argjson identity "$(user_identity "$1")" --arg source "$2" --arg name "$3" \
		--argjson read_only "$4" --arg time "$(sample_time "$5")" --argjson parameters "$6" \
		--argjson response "$7" --argjson error "$8" --arg request "${9:-$(sample_uuid)}" \
		--arg id "$id" --arg account "$SAMPLE_ACCOUNT" --arg region "$SAMPLE_REGION" '{
		eventVersion: "1.10",
		userIdentity: $identity,
		eventTime: $time,
		eventSource: $source,
		eventName: $name,
		awsRegion: $region,
		sourceIPAddress: "203.0.113.7",
		userAgent: "aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.8 md/arch#x86_64 lang/python#3.11.8"
	} + $error + {
		requestParameters: $parameters,
		responseElements: $response,
		requestID: $request,
		eventID: $id,
		readOnly: $read_only,
		eventType: "AwsApiCall",
		managementEvent: true,
		recipientAccountId: $account,
		eventCategory: "Management",
		tlsDetails: {
			tlsVersion: "TLSv1.3",
			cipherSuite: "TLS_AES_128_GCM_SHA256",
			clientProvidedHostHeader:
				(($source | split(".")[0]) + "." + $region + ".amazonaws.com")
		}
	}' >>"$CLOUDTRAIL_SPOOL"
	printf '%s\n' "$id"
}

# push_event person=NAME user=OSUSER key=FILE.pub [instance=ID] [age=SECONDS] [error=CODE]
# [request=UUID]. A call that IAM denied (error=AccessDenied) has no parameters; other failures have.
push_event() {
	local person user key instance=$SAMPLE_INSTANCE age=0 error='' request=''
	local "$@"
	local parameters response failure='{}'
	request=${request:-$(sample_uuid)}
	parameters=$(jq -nc --arg instance "$instance" --arg user "$user" \
		--arg key "$(sed -n '1s/ *$//p' "$key")" \
		'{instanceId: $instance, instanceOSUser: $user, sSHPublicKey: $key}')
	response=$(jq -nc --arg request "$request" '{requestId: $request, success: true}')
	if [[ -n $error ]]; then
		failure=$(jq -nc --arg code "$error" \
			'{errorCode: $code, errorMessage: "The call was refused."}')
		response=null
		[[ $error != AccessDenied ]] || parameters=null
	fi
	cloudtrail_event "$person" ec2-instance-connect.amazonaws.com SendSSHPublicKey false \
		"$age" "$parameters" "$response" "$failure" "$request"
}

assume_event() {
	local parameters response
	parameters=$(jq -nc --arg account "$SAMPLE_ACCOUNT" --arg session "$2" \
		'{roleArn: ("arn:aws:iam::" + $account + ":role/Ops"), roleSessionName: $session}')
	response=$(jq -nc --arg session "$2" --arg key "$(session_key "$2")" --arg arn "$(principal_arn "$2")" '{
		credentials: {accessKeyId: $key, sessionToken: "AQoEXAMPLE", expiration: "Jan 1, 2027, 12:00:00 AM"},
		assumedRoleUser: {assumedRoleId: ("AROACKCEVSQ6C2EXAMPLE:" + $session), arn: $arn}
	}')
	cloudtrail_event "$1" sts.amazonaws.com AssumeRole true "$SAMPLE_SESSION_AGE" \
		"$parameters" "$response" '{}' >/dev/null
}

describe_event() {
	cloudtrail_event "$1" ec2.amazonaws.com DescribeInstances true "${2:-0}" \
		'{"instancesSet":{"items":[{"instanceId":"'"$SAMPLE_INSTANCE"'"}]},"filterSet":{}}' \
		null '{}' >/dev/null
}

cloudtrail_deliver() {
	local folder name
	folder=$CLOUDTRAIL_EVENTS/AWSLogs/$SAMPLE_ACCOUNT/CloudTrail/$SAMPLE_REGION/$(date -u +%Y/%m/%d)
	name=$(printf '%s_CloudTrail_%s_%s_%s.json.gz' "$SAMPLE_ACCOUNT" "$SAMPLE_REGION" \
		"$(date -u +%Y%m%dT%H%MZ)" "$(sample_uuid | tr -d - | cut -c1-16)")
	mkdir -p "$folder"
	jq -sc '{Records: .}' "$CLOUDTRAIL_SPOOL" | gzip -c >"$folder/$name"
	: >"$CLOUDTRAIL_SPOOL"
}
