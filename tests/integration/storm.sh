#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The login log under what it must withstand: many recorders at once while it is rotated again and again
# (by logintrail-host, by logrotate), sealed and not; and recorder and rotation killed at each system
# call, with the next append putting right what was left. STORM_WRITERS, STORM_LOGINS: how much.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

BUILD=${BUILD:-build}
RECORDER=$(realpath "$BUILD/logintrail-record")
HOST=$(realpath "$BUILD/logintrail-host")
LOGINTRAIL=$(realpath "$BUILD/logintrail")
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
# A sanitized recorder is many times slower, and cannot look for leaks under strace.
if nm "$RECORDER" 2>/dev/null | grep __asan_init >/dev/null; then
	STORM_WRITERS=${STORM_WRITERS:-16} STORM_LOGINS=${STORM_LOGINS:-4}
	export ASAN_OPTIONS=detect_leaks=0
fi
WRITERS=${STORM_WRITERS:-64}
LOGINS=${STORM_LOGINS:-20}

# record KIND ID: what the module would say of a login to the recorder, and its answer.
record() {
	printf 'kind=%s\0id=%s\0log=%s\0pid=%s\0uid=1000\0user=ec2-user\0service=sshd\0deadline_us=999999999999999\0end=1\0' \
		"$1" "$2" "$LOG" $$ | "$RECORDER" 2>&1
}

new_log() { # NAME
	LOG=$WORK/$1/logins.jsonl
	mkdir -m 0700 "$WORK/$1"
}

all_records() {
	find "$(dirname "$LOG")" -name 'logins.jsonl*' ! -name '*.seal' -exec zcat -f {} +
}

verify() {
	"$LOGINTRAIL" verify --logins "$(dirname "$LOG")" --format json "$@"
}

# Storm --------------------------------------------------------------------------------------------------
write_logins() { # WRITER
	local n id
	for ((n = 0; n < LOGINS; n++)); do
		printf -v id '%016x%016x' "$1" "$n"
		record open "$id"
		record close "$id"
	done
}

rotate_often() { # COMMAND...
	local n=0
	while [[ ! -e $WORK/stop || $n -lt 4 ]]; do
		"$@" || echo "rotation failed"
		n=$((n + 1))
		sleep 0.2
	done
}

# storm NAME ROTATION...: every record once and in order, the chain whole.
storm() {
	local name=$1 writer rotator expected kinds
	local -a pids=() seal=()
	shift
	[[ ! -e $WORK/$name.key ]] || seal=(--seal-key "$WORK/$name.key")
	rm -f "$WORK/stop"
	rotate_often "$@" >"$WORK/$name.rotate" 2>&1 &
	rotator=$!
	for ((writer = 0; writer < WRITERS; writer++)); do
		write_logins "$writer" >"$WORK/answers.$writer" 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}" || true
	touch "$WORK/stop"
	wait "$rotator" || true
	expected=$((2 * WRITERS * LOGINS))
	check_equal "$name: every recorder says ok" "$(cat "$WORK"/answers.* | sort | uniq -c | xargs)" \
		"$expected ok"
	check_equal "$name: every rotation succeeds" "$(cat "$WORK/$name.rotate")" ''
	all_records >"$WORK/all"
	kinds=$(jq -r 'select(.id) | "\(.kind) \(.id)"' "$WORK/all" | sort | uniq -c |
		awk '{ n[$1 " " $2]++ } END { for (k in n) print k, n[k] }' | sort | xargs)
	check_equal "$name: every open and close once" "$kinds" \
		"1 close $((WRITERS * LOGINS)) 1 open $((WRITERS * LOGINS))"
	check_equal "$name: opens come before their closes" \
		"$(jq -r 'select(.id) | "\(.seq) \(.kind) \(.id)"' "$WORK/all" | sort -n |
			awk '$2 == "open" { open[$3] = 1 } $2 == "close" && !open[$3] { print "close first:", $3 }')" ''
	check "$name: verify exits with 0" verify "${seal[@]}"
	check_object "$name: one chain, no wound" "$(verify "${seal[@]}" | jq -c '.chains[0] + {n: (.chains | length),
		all: (.chains[0].records - '"$(wc -l <"$WORK/all")"')}')" \
		'{"state":"intact","wounds":[],"n":1,"first_seq":1,"all":0}'
	check "$name: it was rotated" test "$(find "$WORK/$name" -name 'logins.jsonl[.-]*' | wc -l)" -gt 2
}

run_storms() {
	new_log rotated
	storm rotated "$HOST" rotate --log "$LOG"

	new_log sealed
	# shellcheck disable=SC2016 # the inner shell's
	check "sealed: seal init" sh -c '"$1" seal init --log "$2" >"$3"' sh "$HOST" "$LOG" "$WORK/sealed.key"
	storm sealed "$HOST" rotate --log "$LOG"
	check_equal "sealed: all seals are good" \
		"$(verify --seal-key "$WORK/sealed.key" | jq '.chains[0] | .records - .seals_good')" 0

	if ! command -v logrotate >/dev/null; then
		echo "# no logrotate here: not tested with it"
		return
	fi
	new_log logrotated
	sed "s|@LOGDIR@|$(dirname "$LOG")|; s|--log @LOGDIR@|--log $(dirname "$LOG")|; s|@SBINDIR@|$(dirname "$HOST")|" \
		tools/packaging/logrotate.conf >"$WORK/logrotate.conf"
	chmod 0644 "$WORK/logrotate.conf"
	LOGINS=$((LOGINS / 2))
	storm logrotated logrotate -f -s "$WORK/logrotate.state" "$WORK/logrotate.conf"
	check "logrotated: files are compressed" test -n "$(find "$WORK/logrotated" -name '*.gz')"
}

# Crash --------------------------------------------------------------------------------------------------
ID=0123456789abcdef0123456789abcdef

append() {
	[[ $(record close $ID) == ok ]]
}

rotate() {
	"$HOST" rotate --log "$LOG"
}

# The calls of a run of the command from where it opens the log's directory: "NAME COUNT" each, COUNT of
# all of that name so far.
calls_of() { # COMMAND...
	strace -qq -e signal=none -o "$WORK/trace" "$@" >/dev/null 2>&1
	awk -v dir="$(dirname "$LOG")\"" '{ name = $1; sub(/\(.*/, "", name); n[name]++ }
		index($0, dir) && name == "openat" { on = 1 }
		on && name ~ /^[a-z0-9_]+$/ && name != "exit_group" { print name, n[name] }' "$WORK/trace"
}

facts() {
	printf 'kind=open\0id=%s\0log=%s\0pid=1\0user=ec2-user\0deadline_us=999999999999999\0end=1\0' $ID "$LOG"
}

# run_append COMMAND...: the recorder under that command.
run_append() {
	facts | "$@" "$RECORDER"
}

# crash NAME PREPARE RUN: killed in front of each call; then the next append, and the verdict.
crash() {
	local name=$1 prepare=$2 run=$3 call count n=0 bad=''
	local -a seal=()
	new_log "$name"
	"$prepare"
	calls_of_"$run" >"$WORK/calls"
	while read -r call count; do
		rm -rf "${WORK:?}/$name"
		new_log "$name"
		"$prepare"
		[[ ! -e $WORK/$name/key ]] || seal=(--seal-key "$WORK/$name/key")
		crash_"$run" "$call" "$count" >/dev/null 2>&1 || true
		append || bad+="$call $count: the next append failed; "
		verify "${seal[@]}" >"$WORK/verdict" 2>/dev/null || bad+="$call $count: broken; "
		jq -e '.chains | length == 1 and .[0].state == "intact" and .[0].wounds == []' "$WORK/verdict" \
			>/dev/null || bad+="$call $count: $(jq -c '.chains' "$WORK/verdict"); "
		n=$((n + 1))
	done <"$WORK/calls"
	check_equal "killed at each call, $name" "$bad" ''
	check "killed at each call, $name: $n calls" test "$n" -ge 12
}

calls_of_append() {
	facts >"$WORK/facts"
	calls_of "$RECORDER" <"$WORK/facts"
}

crash_append() {
	run_append strace -qq -o /dev/null -e signal=none -e inject="$1":signal=KILL:when="$2"
}

calls_of_rotate() {
	calls_of "$HOST" rotate --log "$LOG"
}

crash_rotate() {
	strace -qq -o /dev/null -e signal=none -e inject="$1":signal=KILL:when="$2" "$HOST" rotate --log "$LOG"
}

prepare_empty() {
	:
}

prepare_log() {
	append && append
}

prepare_renamed() {
	append && append
	mv "$LOG" "$LOG.1"
}

prepare_rotated() {
	append && rotate && append && rotate && append
}

prepare_sealed() {
	append
	"$HOST" seal init --log "$LOG" >"$(dirname "$LOG")/../key" 2>/dev/null
	mv "$(dirname "$LOG")/../key" "$(dirname "$LOG")/key"
	append
}

# A write that the disk takes in part, and death before it can be undone: the torn line is named and
# breaks nothing.
tear() {
	local room torn=0 bad=''
	for room in 1 2 20 100 200; do
		rm -rf "$WORK/torn"
		new_log torn
		prepare_log
		run_append prlimit --fsize=$(($(stat -c %s "$LOG") + room)) strace -qq -o /dev/null \
			-e signal=none -e inject=ftruncate:signal=KILL:when=1 >/dev/null 2>&1 || true
		append || bad+="$room: the next append failed; "
		verify >"$WORK/verdict" || bad+="$room: broken; "
		torn=$((torn + $(jq '.chains[0].wound_counts.torn // 0' "$WORK/verdict")))
	done
	check_equal "torn by a crash: closed by the next append" "$bad" ''
	check_equal "torn by a crash: verify names each" "$torn" 5
}

run_crashes() {
	if ! strace -o /dev/null true 2>/dev/null; then
		echo "# no strace here: crashes not tested"
		return
	fi
	crash new prepare_empty append
	crash log prepare_log append
	crash renamed prepare_renamed append
	crash sealed_log prepare_sealed append
	crash rotation prepare_rotated rotate
	tear
}

run_storms
run_crashes
check_finish
