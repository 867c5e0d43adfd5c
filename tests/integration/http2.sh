#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Reading over TLS and HTTP/2: nghttpd, which speaks nothing else, serves files and one list of them as
# a bucket would be. The report equals that of the files on disk; a certificate that nobody trusts ends it.
set -euo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

for program in nghttpd openssl; do
	command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }
done

BUILD=${BUILD:-build}
LOGINTRAIL=${LOGINTRAIL:-$PWD/$BUILD/logintrail}
CORPUS=${LOGINTRAIL_CORPUS:-$BUILD/logintrail-corpus}
WORK=$(mktemp -d)
SERVER=
cleanup() {
	[[ -z $SERVER ]] || kill "$SERVER" 2>/dev/null || true
	rm -rf "$WORK"
}
trap cleanup EXIT

# The files of one bucket, and what ListObjectsV2 would say of them: whatever is asked behind the "?",
# nghttpd answers with that.
make_bucket() {
	local bucket=$WORK/web/trail n=0 file
	"$CORPUS" --out "$WORK/corpus" --logins 60 --days 2 --seed 5 >/dev/null
	mkdir -p "$bucket"
	while read -r file; do
		n=$((n + 1))
		cp "$file" "$bucket/$(printf 'events-%05d.json.gz' "$n")"
	done < <(find "$WORK/corpus/events" -name '*.json.gz' | LC_ALL=C sort)
	cp -r "$bucket" "$WORK/events"
	{
		echo '<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType>'
		(cd "$bucket" && LC_ALL=C find . -name '*.gz' -printf '%P %s\n' | LC_ALL=C sort) |
			sed 's#\(.*\) \(.*\)#<Contents><Key>\1</Key><Size>\2</Size></Contents>#'
		echo '</ListBucketResult>'
	} >"$WORK/list"
	mv "$WORK/list" "$bucket/index.html"
}

start_server() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/key.pem" -out "$WORK/cert.pem" -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
	PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	nghttpd -a 127.0.0.1 -d "$WORK/web" "$PORT" "$WORK/key.pem" "$WORK/cert.pem" >"$WORK/server.log" 2>&1 &
	SERVER=$!
	for _ in {1..100}; do
		(: </dev/tcp/127.0.0.1/"$PORT") 2>/dev/null && return
		sleep 0.05
	done
	cat "$WORK/server.log"
	return 1
}

report() { # EVENTS [VARIABLE=VALUE...]
	local events=$1
	shift
	env -u http_proxy -u https_proxy -u HTTPS_PROXY AWS_CONFIG_FILE=/nonexistent \
		AWS_SHARED_CREDENTIALS_FILE=/nonexistent AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE \
		AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY AWS_REGION=eu-central-1 \
		AWS_ENDPOINT_URL_S3="https://localhost:$PORT" "$@" \
		timeout --foreground 60 "$LOGINTRAIL" report --format csv --logins "$WORK/corpus/logins" --events "$events"
}

make_bucket
start_server
report "$WORK/events" >"$WORK/disk.csv"
status=0
report s3://trail/ AWS_CA_BUNDLE="$WORK/cert.pem" >"$WORK/http2.csv" 2>"$WORK/http2.err" || status=$?
check_equal "over HTTP/2: exit 0, nothing said" "$status$(cat "$WORK/http2.err")" 0
check "over HTTP/2: the report of the files on disk" cmp "$WORK/disk.csv" "$WORK/http2.csv"
check "which is one of logins with people" grep -q attributed "$WORK/disk.csv"
status=0
report s3://trail/ >"$WORK/stranger.csv" 2>"$WORK/stranger.err" || status=$?
check_equal "a certificate that nobody trusts: exit 3" "$status" 3
check_match "and says so" "$(cat "$WORK/stranger.err")" 'ListObjectsV2 got no whole answer from localhost.*certificate'
check_finish
