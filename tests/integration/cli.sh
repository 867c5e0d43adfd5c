#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The command line: bad input costs one line that names it and the right exit code, never the rest of
# the report; input from stdin; output in several forms.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tools/lib/cloudtrail_sample.sh
. tools/lib/cloudtrail_sample.sh
# shellcheck source=tools/lib/login_log_sample.sh
. tools/lib/login_log_sample.sh
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

BUILD=${BUILD:-build}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
chmod 755 "$WORK"
# A copy that another user may run, wherever the checkout lies.
LOGINTRAIL=$WORK/logintrail
install -m 0755 "$BUILD/logintrail" "$LOGINTRAIL"
UNTIL=$(date -u -d '+10 minutes' +%Y-%m-%dT%H:%M:%SZ)
REAL=(--logins "$WORK/logins.jsonl" --events "$WORK/trail/events" --complete-until "$UNTIL")
AS_OTHER=()

# Two logins: one with a key that alice pushed, one with a key that nobody pushed.
make_input() {
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/pushed"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/static"
	cloudtrail_init "$WORK/trail"
	login_log_init "$WORK/logins.jsonl"
	describe_event bob 3600
	push_event person=alice user=ec2-user key="$WORK/pushed.pub" >/dev/null
	login_log_close "$(login_log_open user=ec2-user key="$WORK/pushed.pub")"
	login_log_close "$(login_log_open user=ec2-user key="$WORK/static.pub")"
	cloudtrail_deliver
	EVENT_FILE=$(find "$WORK/trail/events" -name '*.json.gz')
}

# run ARGUMENT...: STATUS, and what was said in $WORK/out and $WORK/err.
run() {
	STATUS=0
	timeout --foreground 60 "${AS_OTHER[@]}" "$LOGINTRAIL" "$@" >"$WORK/out" 2>"$WORK/err" ||
		STATUS=$?
}

# fails_with NAME STATUS WORD: the last run ended so, with one line on stderr that names WORD.
fails_with() {
	check_equal "$1: exit $2" "$STATUS" "$2"
	check_equal "$1: one line says so" "$(grep -c '^logintrail: ' "$WORK/err")" 1
	check "$1: the line names it" grep -qF -e "$3" "$WORK/err"
}

# verdicts FILE: of a jsonl report, sorted.
verdicts() {
	jq -r 'select(.kind == "login") | .verdict' "$1" | sort | paste -sd' '
}

reports_the_rest() {
	check_equal "$1: the rest is reported" "$(verdicts "$WORK/out")" "attributed unattributed"
}

# with_bad_input NAME PATH: an input that cannot be read stands beside good ones.
with_bad_input() {
	run report "${REAL[@]}" --events "$2" --format jsonl
	fails_with "$1 among the events" 3 "$2"
	reports_the_rest "$1 among the events"
	run report "${REAL[@]}" --logins "$2" --format jsonl
	fails_with "$1 among the logins" 3 "$2"
	reports_the_rest "$1 among the logins"
}

test_good_input() {
	run report "${REAL[@]}" --format jsonl
	check_equal "good input: exit 0" "$STATUS" 0
	check_equal "good input: nothing on stderr" "$(cat "$WORK/err")" ''
	reports_the_rest "good input"
}

test_bad_inputs() {
	with_bad_input "a missing path" "$WORK/no/such/path"
	mkdir "$WORK/empty"
	with_bad_input "an empty directory" "$WORK/empty"
	head -c $(($(stat -c %s "$EVENT_FILE") / 2)) "$EVENT_FILE" >"$WORK/truncated.json.gz"
	with_bad_input "a truncated gzip" "$WORK/truncated.json.gz"
	printf '{"Records":[{"eventName":' >"$WORK/broken.json"
	with_bad_input "broken JSON" "$WORK/broken.json"
	printf 'neither JSON nor anything else\n' >"$WORK/prose.txt"
	with_bad_input "a file of prose" "$WORK/prose.txt"
}

test_unreadable() {
	local file=$WORK/unreadable.json
	cp "$EVENT_FILE" "$file"
	chmod 000 "$file"
	if [[ $(id -u) == 0 ]]; then
		chmod -R a+rX "$WORK/trail" "$WORK/logins.jsonl"
		AS_OTHER=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	fi
	with_bad_input "an unreadable file" "$file"
	AS_OTHER=()
}

# A named pipe in a directory must not stop the run.
test_special_file() {
	mkdir "$WORK/special"
	cp "$EVENT_FILE" "$WORK/special"
	mkfifo "$WORK/special/pipe.json"
	run report --logins "$WORK/logins.jsonl" --events "$WORK/special" --complete-until "$UNTIL" \
		--format jsonl
	check "a named pipe in a directory does not hang the report" test "$STATUS" -ne 124
	reports_the_rest "a named pipe in a directory"
}

test_usage() {
	run
	check_equal "no command: exit 2" "$STATUS" 2
	run reprot
	fails_with "an unknown command" 2 reprot
	run report "${REAL[@]}" --no-such-option
	fails_with "an unknown option" 2 --no-such-option
	run report "${REAL[@]}" --from yesterdaze
	fails_with "a bad --from" 2 yesterdaze
	run report "${REAL[@]}" --to 2026-13-45
	fails_with "a bad --to" 2 2026-13-45
	run report "${REAL[@]}" --complete-until soon
	fails_with "a bad --complete-until" 2 soon
	run who "$SAMPLE_INSTANCE" --at noonish "${REAL[@]}"
	fails_with "a bad --at" 2 noonish
	run report "${REAL[@]}" --format yaml
	fails_with "an unknown format" 2 yaml
	run report "${REAL[@]}" --fail-on doubtful
	fails_with "an unknown verdict" 2 doubtful
	run report "${REAL[@]}" --grace -5
	fails_with "a negative grace" 2 -5
	run report "${REAL[@]}" --format
	fails_with "an option without its value" 2 --format
	run report --events "$EVENT_FILE"
	check_equal "no logins given: exit 2" "$STATUS" 2
}

test_help() {
	local command
	run --version
	check_equal "--version: exit 0" "$STATUS" 0
	check_match "--version names the program and a version" "$(cat "$WORK/out")" \
		'^logintrail [0-9]+\.[0-9]+\.[0-9]+'
	run --help
	check_equal "--help: exit 0" "$STATUS" 0
	for command in report who pushes explain; do
		check "--help names $command" grep -qw "$command" "$WORK/out"
	done
	for command in report who pushes explain; do
		run "$command" --help
		check_equal "$command --help: exit 0, on stdout" "$STATUS $(test -s "$WORK/out" && echo text)" \
			"0 text"
	done
}

test_stdin() {
	run report "${REAL[@]:0:2}" --events - --complete-until "$UNTIL" --format jsonl <"$EVENT_FILE"
	check_equal "events from stdin, gzipped: exit 0" "$STATUS" 0
	reports_the_rest "events from stdin"
	run report --logins - "${REAL[@]:2}" --format jsonl <"$WORK/logins.jsonl"
	check_equal "logins from stdin: exit 0" "$STATUS" 0
	reports_the_rest "logins from stdin"
}

test_outputs() {
	run report "${REAL[@]}" --format jsonl -o "$WORK/r.jsonl" --format json -o "$WORK/r.json" \
		--format csv -o "$WORK/r.csv" --format table
	check_equal "four forms in one run: exit 0" "$STATUS" 0
	check_equal "the jsonl file is whole" "$(verdicts "$WORK/r.jsonl")" "attributed unattributed"
	check_equal "json and jsonl hold the same objects" \
		"$(jq -Sc '.. | objects | select(has("kind"))' "$WORK/r.json" | sort)" \
		"$(jq -Sc . "$WORK/r.jsonl" | sort)"
	check "the csv file has the principal" grep -q "$(principal_arn alice)" "$WORK/r.csv"
	check "the table has the principal" grep -q alice "$WORK/out"
	check_equal "no control characters in a table that is no terminal's" \
		"$(tr -d '\n\t' <"$WORK/out" | grep -c '[[:cntrl:]]' || true)" 0
	run report "${REAL[@]}" --format csv -o "$WORK/no/such/directory/r.csv"
	fails_with "an output that cannot be written" 4 "$WORK/no/such/directory/r.csv"
	STATUS=0
	"$LOGINTRAIL" report "${REAL[@]}" >/dev/full 2>"$WORK/err" || STATUS=$?
	fails_with "a full disk behind stdout" 4 "standard output"
}

test_fail_on() {
	run report "${REAL[@]}" --fail-on unattributed --format jsonl
	check_equal "--fail-on with a finding: exit 1" "$STATUS" 1
	reports_the_rest "--fail-on"
	run report "${REAL[@]}" --fail-on ambiguous,contradicted
	check_equal "--fail-on without a finding: exit 0" "$STATUS" 0
	run report "${REAL[@]}" --fail-on unattributed --events "$WORK/no/such/path"
	check_equal "--fail-on with input that could not be read: exit 3" "$STATUS" 3
}

test_time_range() {
	run report "${REAL[@]}" --to -1h --format jsonl
	check_equal "--to before all logins: none is reported" "$STATUS $(verdicts "$WORK/out")" "0 "
	run report "${REAL[@]}" --from -1h --format jsonl
	reports_the_rest "--from -1h"
}

# Whoever logs in or calls AWS chooses text that an operator's terminal must never see raw.
test_hostile_text() {
	local format
	jq -c '.os_user? |= (if . then "\u001b]0;owned\u0007\u009b31m" else empty end)' \
		"$WORK/logins.jsonl" >"$WORK/hostile.jsonl"
	for format in table json jsonl csv; do
		run report --logins "$WORK/hostile.jsonl" "${REAL[@]:2}" --format "$format"
		check_equal "hostile text: no raw control character in $format" \
			"$STATUS $(LC_ALL=C tr -d '\n\t\r' <"$WORK/out" | LC_ALL=C grep -acP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]' || true)" \
			"0 0"
	done
}

make_input
test_good_input
test_bad_inputs
test_unreadable
test_special_file
test_usage
test_help
test_stdin
test_outputs
test_fail_on
test_time_range
test_hostile_text
check_finish
