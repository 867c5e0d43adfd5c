# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What waits to be shipped stays on the host, within bounds, while the server is away. Sourced by ship.sh.

rotate_keep() {
	"$HOST" rotate --keep 2 --log "$LOG" --state "$STATE" 2>>"$BED/rotate.err"
}

test_keep() {
	local i status=0 url=$AWS_ENDPOINT_URL_S3
	ship_bed keep
	ship_append open close
	check "keep: the first part" ship
	# the server is away
	export AWS_ENDPOINT_URL_S3=http://127.0.0.1:1 AWS_MAX_ATTEMPTS=1
	: >"$BED/rotate.err"
	for i in 1 2 3 4 5; do
		ship_append open close
		rotate_keep
		ship >"$BED/out" 2>"$BED/err" || status=$?
		check_equal "keep: nobody there $i" "$status" 1
	done
	check_equal "keep: all that waits is kept" "$(find "$BED/log" -name 'logins.jsonl.[0-9]' | wc -l)" 5
	check_equal "keep: nothing is complained of" "$(cat "$BED/rotate.err")" ''
	ship --max-spool 2500 >"$BED/out" 2>&1 || true
	ship_append open close
	rotate_keep
	check_match "keep: more than the bound goes, and is said" "$(cat "$BED/rotate.err")" \
		'rotated files go that were not shipped: more than 2500 bytes wait'
	check_match "keep: what is within stays" "$(find "$BED/log" -name 'logins.jsonl.[0-9]' | wc -l)" '^[2-4]$'
	export AWS_ENDPOINT_URL_S3=$url
	unset AWS_MAX_ATTEMPTS
	ship 2>"$BED/err" >"$BED/out"
	check_match "keep: what is missing is said" "$(cat "$BED/err")" 'records 3 to [0-9]+ were never shipped'
	ship_fetch
	check_match "keep: and stands with the part behind it" "$(ship_metadata 2 | jq -r .missing)" '^3-[0-9]+$'
	check_equal "keep: verify finds the same" \
		"$("$LOGINTRAIL" verify --logins "$BED/there" --format json | jq -c '[.chains[0].state, .chains[0].wound_counts.missing]')" \
		'["broken",1]'
	rotate_keep
	rotate_keep
	check_equal "keep: what was shipped goes" "$(find "$BED/log" -name 'logins.jsonl.[0-9]' | wc -l)" 2
}

# The server fails, and comes back, within one run.
test_no_server() {
	local status=0
	ship_bed away
	ship_append open close open
	kill -STOP "${S3_SERVER_PIDS[4]}"
	ship >"$BED/out" 2>"$BED/err" &
	sleep 0.5
	kill -CONT "${S3_SERVER_PIDS[4]}"
	wait $! || status=$?
	check_equal "a server that hangs for a while" "$status $(cat "$BED/err")" '0 '
	ship_check "a server that hangs for a while"
}
