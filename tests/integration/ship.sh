#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# `logintrail-host ship` and `identity`: a login log into an S3 server that checks signatures, while it
# is written, rotated and compressed, and while ship, the server and its answers are killed at random
# moments: every record arrives once, in order.
#
# SHIP_KILLS  how often ship is killed at a random moment (20)
# SHIP_KEEP   a directory to work in, and to leave for looking at
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tools/lib/s3_server.sh
. tools/lib/s3_server.sh
# shellcheck source=tests/integration/lib/ship_bed.sh
. tests/integration/lib/ship_bed.sh
# shellcheck source=tests/integration/lib/ship_storm.sh
. tests/integration/lib/ship_storm.sh
# shellcheck source=tests/integration/lib/ship_keep.sh
. tests/integration/lib/ship_keep.sh
# shellcheck source=tests/integration/lib/ship_host.sh
. tests/integration/lib/ship_host.sh

for tool in swift-proxy-server memcached aws jq python3 strace strings curl; do
	command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done

BUILD=${BUILD:-build}
HOST=$(realpath "$BUILD/logintrail-host")
RECORDER=$(realpath "$BUILD/logintrail-record")
LOGINTRAIL=$(realpath "$BUILD/logintrail")
BUCKET=login-bucket
WORK=${SHIP_KEEP:-$(mktemp -d)}
mkdir -p "$WORK"
METADATA_PID='' PROXY_PID=''
cleanup() {
	local pid
	s3_server_stop
	for pid in $METADATA_PID $PROXY_PID; do
		kill "$pid" 2>/dev/null || true
	done
	[[ -n ${SHIP_KEEP:-} ]] || rm -rf "$WORK"
}
trap cleanup EXIT

s3_server_start "$WORK/s3"
s3_server_environment
aws s3api create-bucket --bucket "$BUCKET" >/dev/null
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY

test_ship
test_heads
test_image
test_storm
test_faults
test_keep
test_no_server
test_identity
test_refusals
test_units
test_policies
check_finish
