# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A host with a log, a bucket, and what arrived in it. Sourced by ship.sh.

SHIP_SESSION=0123456789abcdef0123456789abcdef
SHIP_INSTANCE=i-0123456789abcdef0

# ship_bed NAME: a new host, and a place of that name in the bucket. LOG, STATE, PREFIX, TO.
ship_bed() {
	BED=$WORK/$1
	LOG=$BED/log/logins.jsonl
	STATE=$BED/state/ship.json
	PREFIX="$1 s+"
	TO="s3://$BUCKET/$PREFIX"
	mkdir -p "$BED/state"
	mkdir -m 0700 "$BED/log"
	printf '{"instance_id":"%s","account_id":"111122223333","region":"us-east-1"}\n' $SHIP_INSTANCE \
		>"$BED/identity.json"
}

ship_append() { # KIND...
	local kind
	for kind; do
		printf 'kind=%s\0id=%s\0log=%s\0pid=1\0user=ec2-user\0deadline_us=999999999999999\0end=1\0' \
			"$kind" $SHIP_SESSION "$LOG" | "$RECORDER" >/dev/null
	done
}

# shellcheck disable=SC2120 # ship_keep.sh passes some
ship() { # OPTION...
	"$HOST" ship --to "$TO" --log "$LOG" --state "$STATE" --identity "$BED/identity.json" "$@"
}

# Until it is done; the retries within a run are the client's.
ship_at_last() {
	local tries
	for ((tries = 0; tries < 10; tries++)); do
		# shellcheck disable=SC2119
		! ship >"$BED/out" 2>"$BED/err" || return 0
		sleep 0.3
	done
	cat "$BED/err"
	return 1
}

# All that is there, in $BED/there.
ship_fetch() {
	rm -rf "$BED/there"
	mkdir "$BED/there"
	aws s3 cp --recursive --only-show-errors "$TO" "$BED/there"
}

# The parts in the order of their names, put together.
ship_arrived() {
	find "$BED/there" -name '*.gz' -print0 | sort -z | xargs -0 -r zcat
}

# The log as it lies on the host, the oldest file first.
ship_local() {
	local file
	while IFS= read -r file; do
		zcat -f "$file"
	done < <(find "$BED/log" -name 'logins.jsonl*' | sort -V -r | sed '/\.jsonl$/d')
	cat "$LOG"
}

# ship_check NAME: what is in the bucket is the log, each line once, and verify agrees.
ship_check() {
	local status=0
	ship_fetch
	ship_arrived >"$BED/arrived"
	ship_local >"$BED/local"
	check "$1: what arrived is the log" cmp "$BED/arrived" "$BED/local"
	check_equal "$1: each number once" \
		"$(jq -rR 'fromjson? | .seq' "$BED/arrived" | sort -n | uniq -c | awk '$1 != 1 || $2 != NR' | wc -l)" 0
	"$LOGINTRAIL" verify --logins "$BED/there" --format json >"$BED/verify" 2>&1 || status=$?
	check_equal "$1: verify says so too" "$status $(jq -c '.summary | [.verdict, .chains]' "$BED/verify")" \
		'0 ["intact",1]'
}

# The metadata of an object, by the key's number in order (1: the first; '$': the last).
ship_metadata() {
	local key
	key=$(cd "$BED/there" && find . -name '*.gz' | sort | sed -n "$1s|^\./||p")
	aws s3api head-object --bucket "$BUCKET" --key "$PREFIX/$key" --query Metadata
}
