# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Reading a trail where it lies: from an S3 server on the loopback interface (tools/lib/s3_server.sh), beside
# the same files on disk, and beside a loop of libcurl that fetches the same objects and does nothing else;
# then memory with very many small objects.

S3_RATIO=1.3     # the report from S3: at most so many times the report from disk, or what the server gives
S3_MIB=256       # at most, at any size
S3_MANY=100000   # small objects
S3_GROWTH_MIB=32 # of memory, from a tenth of these to all of them

# presigned BUCKET PREFIX LIST: the URL of each file of the list, signed for the hour.
presigned() {
	/usr/bin/python3 - "$1" "$2" "$3" "$S3_URL" "$S3_KEY" "$S3_SECRET" "$S3_REGION" <<'PYTHON'
import sys
import botocore.config
import botocore.session
bucket, prefix, names, url, key, secret, region = sys.argv[1:]
client = botocore.session.Session().create_client(
    "s3", endpoint_url=url, region_name=region, aws_access_key_id=key, aws_secret_access_key=secret,
    config=botocore.config.Config(signature_version="s3v4", s3={"addressing_style": "path"}))
for line in open(names):
    name = prefix + line.rstrip("\n").split("/events/", 1)[1]
    print(client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": name}))
PYTHON
}

# timed_s3 NAME THREADS
timed_s3() {
	timed "$1" "$LOGINTRAIL" report --logins "$WORK/scan-short/logins" --events s3://trail/events/ \
		--threads "$2" --progress none --format jsonl -o "$WORK/report-s3.jsonl"
}

run_s3() {
	local round
	forget_times
	for ((round = 0; round <= RUNS; round++)); do
		timed_report disk scan-short 2
		timed_s3 s3 2
		timed loop --stdin "$WORK/urls" "$BUILD/bench/s3_get" 64
		[[ $round != 0 ]] || forget_times
	done
	cmp <(jq -c 'select(.kind != "summary")' "$WORK/report.jsonl") \
		<(jq -c 'select(.kind != "summary")' "$WORK/report-s3.jsonl") || exit 1
}

# timed_many NAME COUNT: a report on so many objects of one record each.
timed_many() {
	local pid tries
	rm -f "$WORK/many.port"
	tools/bench/many_objects "$2" "$WORK/one.json.gz" "$WORK/many.port" &
	pid=$!
	for ((tries = 0; tries < 100; tries++)); do
		[[ ! -s $WORK/many.port ]] || break
		sleep 0.05
	done
	AWS_ENDPOINT_URL_S3=http://127.0.0.1:$(cat "$WORK/many.port") timed "$1" "$LOGINTRAIL" report \
		--logins "$WORK/scan-short/logins" --threads 2 --progress none --format jsonl -o /dev/null \
		--events s3://many/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/
	kill "$pid"
	wait "$pid" 2>/dev/null || true
}

judge_s3() {
	local beside_disk beside_loop
	beside_disk=$(beside s3 disk)
	beside_loop=$(beside s3 loop)
	printf '\n- the report from S3 beside the report from disk, 2 threads: %s times\n' "$beside_disk"
	if awk -v disk="$beside_disk" -v most="$S3_RATIO" 'BEGIN { exit !(disk <= most) }'; then
		printf -- '- at most %s times asked for: met\n' "$S3_RATIO"
	else
		judge 'the report from S3 beside a plain loop of libcurl, which is what the server gives' \
			"$beside_loop" 'at most' "$S3_RATIO" ' times'
	fi
	judge 'memory, the trail' "$(peak_mib s3)" 'at most' "$S3_MIB" ' MiB'
	judge "memory, $S3_MANY small objects" "$(peak_mib many)" 'at most' "$S3_MIB" ' MiB'
	judge "growth from a tenth of them" \
		"$(awk -v many="$(peak_mib many)" -v few="$(peak_mib few)" 'BEGIN { printf "%.1f", many - few }')" 'at most' "$S3_GROWTH_MIB" ' MiB'
}

bench_s3() {
	local many=$S3_MANY
	! is_small || many=2000
	# shellcheck source=tools/lib/s3_server.sh
	source tools/lib/s3_server.sh
	make_scan_corpus scan-short
	s3_server_start "$WORK/swift"
	s3_upload trail "$WORK/scan-short/events" events/
	s3_server_environment
	presigned trail events/ "$WORK/scan-short/list" >"$WORK/urls"
	run_s3
	printf '{"Records":[{"eventVersion":"1.08","eventTime":"2026-11-22T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","recipientAccountId":"111122223333","eventID":"0"}]}' |
		gzip -n >"$WORK/one.json.gz"
	timed_many few $((many / 10))
	timed_many many "$many"
	s3_server_stop
	printf '\n%s. Medians of %s interleaved runs:\n\n' "$(input_size scan-short)" "$RUNS"
	table
	row 'logintrail report from disk, 2 threads' "$WORK/time.disk"
	row 'logintrail report from S3, 2 threads' "$WORK/time.s3"
	row 'a loop of libcurl that fetches the same objects' "$WORK/time.loop"
	row "logintrail report, $((many / 10)) small objects" "$WORK/time.few"
	row "logintrail report, $many small objects" "$WORK/time.many"
	judge_s3
	rm -rf "$WORK/swift" "$WORK/urls"
}
