#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Reading from S3 while things go wrong: between the command and a real S3 server that checks signatures
# stands a proxy that does harm to every third request (tools/lib/s3-fault-proxy). The report equals that
# of the same files on disk, or says what it lacks.
set -euo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=tools/lib/s3_server.sh
. tools/lib/s3_server.sh
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

for program in swift-proxy-server swift-object-server memcached aws; do
	command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }
done

BUILD=${BUILD:-build}
LOGINTRAIL=$PWD/$BUILD/logintrail
[[ $BUILD != /* ]] || LOGINTRAIL=$BUILD/logintrail
CORPUS=${LOGINTRAIL_CORPUS:-$BUILD/logintrail-corpus}
WORK=$(mktemp -d)
S3_SERVER_PIDS=()
PROXY_PID=

cleanup() {
	stop_proxy
	s3_server_stop
	rm -rf "$WORK"
}
trap cleanup EXIT

stop_proxy() {
	[[ -n $PROXY_PID ]] || return 0
	kill "$PROXY_PID" 2>/dev/null || true
	wait "$PROXY_PID" 2>/dev/null || true
	PROXY_PID=
}

# start_proxy FAULT...: sets PROXY_URL; what it did is in $WORK/proxy/faults.
start_proxy() {
	local tries
	stop_proxy
	rm -rf "$WORK/proxy"
	mkdir "$WORK/proxy"
	tools/lib/s3-fault-proxy "$WORK/proxy" "${S3_URL#http://}" "$@" 2>"$WORK/proxy/errors" &
	PROXY_PID=$!
	for ((tries = 0; tries < 100; tries++)); do
		[[ ! -s $WORK/proxy/port ]] || break
		sleep 0.05
	done
	PROXY_URL=http://127.0.0.1:$(cat "$WORK/proxy/port")
}

# The report as it is compared: everything but what names the inputs.
of_both() {
	jq -c 'if .kind == "summary" then del(.inputs) else . end' "$1"
}

# report_from_s3: STATUS, and $WORK/s3.jsonl and $WORK/s3.err.
report_from_s3() {
	STATUS=0
	AWS_ENDPOINT_URL_S3=$PROXY_URL timeout --foreground 120 "$LOGINTRAIL" report --format jsonl \
		--logins s3://trail/logins/ --events s3://trail/events/ >"$WORK/s3.jsonl" 2>"$WORK/s3.err" || STATUS=$?
}

# survives NAME FAULT...: the same report as from disk, and nothing said.
survives() {
	local name=$1
	shift
	start_proxy "$@"
	report_from_s3
	check "$name: there was harm" test -s "$WORK/proxy/faults"
	check_equal "$name: exit 0" "$STATUS" 0
	check_equal "$name: nothing is said" "$(cat "$WORK/s3.err")" ''
	check "$name: the report is that of the files on disk" \
		cmp <(of_both "$WORK/disk.jsonl") <(of_both "$WORK/s3.jsonl")
}

# tells NAME PATTERN FAULT...: it goes on without what it cannot have, and says what that is.
tells() {
	local name=$1 pattern=$2
	shift 2
	start_proxy "$@"
	report_from_s3
	check_equal "$name: exit 3" "$STATUS" 3
	check "$name: it is said, with the object" grep -qE "^logintrail: s3://trail/.*$pattern" "$WORK/s3.err"
	check_equal "$name: nobody is named who is not named with all files" "$(
		comm -13 <(named "$WORK/disk.jsonl") <(named "$WORK/s3.jsonl")
	)" ''
}

# named FILE: the sessions with the principals they are attributed to.
named() {
	jq -r 'select(.kind == "login" and .verdict == "attributed") | [.session, .principals[0]] | @tsv' "$1" | sort
}

# Credentials that a program gives out, new ones whenever it is asked; how often is in $WORK/asked.
credentials_by_program() {
	cat >"$WORK/credentials" <<-PROGRAM
		#!/bin/sh
		echo asked >>"$WORK/asked"
		printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s","Expiration":"2099-01-01T00:00:00Z"}' \
			"$S3_KEY" "$S3_SECRET"
	PROGRAM
	chmod +x "$WORK/credentials"
	printf '[default]\ncredential_process = %s\n' "$WORK/credentials" >"$WORK/config"
	export AWS_CONFIG_FILE=$WORK/config
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
}

make_input() {
	"$CORPUS" --out "$WORK/corpus" --logins 25 --days 1 --seed 5 >/dev/null
	s3_upload trail "$WORK/corpus/events" events/
	s3_upload trail "$WORK/corpus/logins" logins/
	"$LOGINTRAIL" report --format jsonl --logins "$WORK/corpus/logins" --events "$WORK/corpus/events" >"$WORK/disk.jsonl"
}

# The bucket is in another region than the one that is asked first: each run has to find that out.
s3_server_start "$WORK/swift" eu-west-1
make_input
s3_server_environment
export AWS_MAX_ATTEMPTS=6 AWS_REGION=us-east-1
survives "errors of the server" error_500 slow_down
survives "connections that end within a body" reset truncate
survives "slow bodies" drip stall none none none none none none
survives "another region" moved
survives "all of it" error_500 reset moved truncate slow_down
tells "an object that may not be read" 'AccessDenied.*s3:GetObject' none denied
tells "an object that is gone" 'NoSuchKey' none gone
tells "an object that is damaged" '(damaged|corrupt|ends early)' none bad_gzip
credentials_by_program
survives "credentials that expire while it reads" expired none none none
check "credentials that expire: new ones were asked for" test "$(wc -l <"$WORK/asked")" -gt 1
check_finish
