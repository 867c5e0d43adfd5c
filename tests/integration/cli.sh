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

# answers_alike NAME ARGUMENT...: from the store $DB as from its files, ${OF[@]}, byte for byte.
answers_alike() {
	local name=$1
	shift
	run "$@" "${OF[@]}"
	cp "$WORK/out" "$WORK/of-files"
	cp "$WORK/err" "$WORK/of-files.err"
	local of_files=$STATUS
	run "$@" --db "$DB"
	check_equal "$name: the store has the exit status of the files" "$STATUS" "$of_files"
	check "$name: the store answers as the files" cmp "$WORK/of-files" "$WORK/out"
	check "$name: and says the same" cmp "$WORK/of-files.err" "$WORK/err"
}

test_store() {
	local DB=$WORK/store.db format session golden=tests/data/golden
	local OF=("${REAL[@]:0:4}")
	session=$(jq -r 'select(.kind == "open") | .id' "$WORK/logins.jsonl" | head -n1)
	run ingest --db "$DB" "${OF[@]}"
	check_equal "ingest: exit 0" "$STATUS" 0
	for format in json jsonl csv; do
		answers_alike "report, $format" report --format "$format"
		answers_alike "pushes, $format" pushes --format "$format"
	done
	answers_alike "who" who --user ec2-user
	answers_alike "who, json" who "$SAMPLE_INSTANCE" --format json
	answers_alike "who, nobody" who --user nobody --format json
	answers_alike "explain" explain "$session"
	answers_alike "explain, outside of --to" explain "$session" --to 2020-01-01 --format json
	answers_alike "explain, no such session" explain 00000000
	answers_alike "reach" reach "$(principal_arn alice)"
	answers_alike "reach, jsonl" reach "$(principal_arn alice)" --format jsonl
	run report --db "$DB"
	check "the hint names the store" grep -q -e "^next: .* --db $DB" "$WORK/out"
	run report --db "$DB" --logins "$WORK/logins.jsonl" --format jsonl
	check_equal "a store beside files of it: the same logins, once" "$(grep -c '"kind":"login"' "$WORK/out")" 2
	check_equal "a store beside files: its inputs first" "$(tail -n1 "$WORK/out" | jq -r '.inputs[].uri')" \
		"$(printf '%s\n' "$WORK/logins.jsonl" "$WORK/trail/events" "$WORK/logins.jsonl")"

	DB=$WORK/chain.db
	OF=(--logins "$golden/chain-auth.log" --events "$golden/chain-events.json")
	local PEOPLE=(--identity-store "$golden/chain-users.json" --instance-map "$golden/chain-map.txt")
	run ingest --db "$DB" "${OF[@]}" "${PEOPLE[@]:2}"
	for format in json csv; do
		answers_alike "sshd's logs: report, $format" report --format "$format" "${PEOPLE[@]}"
		answers_alike "sshd's logs: reach, $format" reach Alice --format "$format" "${PEOPLE[@]}"
	done
	answers_alike "sshd's logs: reach a key" reach ASIAJUMPEXAMPLE00001 "${PEOPLE[@]}"
	answers_alike "sshd's logs: who" who WEB-1 "${PEOPLE[@]}"
	answers_alike "sshd's logs: explain" explain 34e1d1c9 "${PEOPLE[@]}"
}

# Lines of an audit log get the same session from the store.
test_store_annotate() {
	local golden=tests/data/golden line
	line='node=web-1.example.com type=USER_CMD msg=audit(1795330000.000:9): pid=4 ses=44 msg=x'
	run ingest --db "$WORK/golden.db" --logins "$golden/logins.jsonl" --events "$golden/events.json"
	run annotate --db "$WORK/golden.db" <<<"$line"
	check_equal "annotate from a store" "$STATUS $(cat "$WORK/out")" \
		"0 $line logintrail_session=7e7cb6814b74d6596098fc80127569a5 logintrail_verdict=unattributed"
}

# What was wrong with an input when it was read is wrong with every answer.
test_store_messages() {
	local DB=$WORK/bad.db
	local OF=("${REAL[@]:0:4}" --events "$WORK/truncated.json.gz")
	run ingest --db "$DB" "${OF[@]}"
	check_equal "ingest of a truncated gzip: exit 3" "$STATUS" 3
	answers_alike "of a truncated gzip" report --format jsonl
	answers_alike "of a truncated gzip: who" who --user ec2-user --format jsonl
	check_equal "the summary counts it" "$(tail -n1 "$WORK/out" | jq .read.errors)" 1
	local i
	mkdir "$WORK/many"
	for i in {1..23}; do cp "$WORK/truncated.json.gz" "$WORK/many/$i.json.gz"; done
	run ingest --db "$WORK/many.db" "${REAL[@]:0:4}" --events "$WORK/many"
	run report --db "$WORK/many.db" --format jsonl
	check_equal "many messages: the first are said again, the rest is counted" \
		"$STATUS $(wc -l <"$WORK/err") $(tail -n1 "$WORK/err")" \
		"3 21 logintrail: $WORK/many.db: and 3 more about what was read into it"
	check_equal "many messages: the summary counts all" "$(tail -n1 "$WORK/out" | jq .read.errors)" 23
}

# What was dropped is said to be, and not told any more.
test_store_pruned() {
	local DB=$WORK/pruned.db
	run ingest --db "$DB" "${REAL[@]:0:4}"
	run ingest --db "$DB" --prune-before 2100-01-01
	check_equal "prune: exit 0" "$STATUS" 0
	run report --db "$DB" --format jsonl
	check_equal "a pruned store: nothing is left to tell" \
		"$STATUS $(jq -c '[.kind, .options.pruned_before, .options.from, .invariants]' "$WORK/out")" \
		'0 ["summary","2100-01-01T00:00:00.000000Z","2100-01-01T00:00:00.000000Z","hold"]'
	run who --db "$DB" --user ec2-user
	check_equal "a pruned store: an answer says so" "$STATUS $(paste -sd' ' "$WORK/out")" \
		"0 no login fits pruned: the store dropped what lies before 2100-01-01T00:00:00Z"
	run who --db "$DB" --user ec2-user --format json
	check_equal "a pruned store: its summary too" "$(jq -r .summary.options.pruned_before "$WORK/out")" \
		2100-01-01T00:00:00.000000Z
	run report --db "$DB"
	check "a pruned store: the table says so" grep -q '^pruned: ' "$WORK/out"
}

test_store_errors() {
	run report --db "$WORK/no/such.db"
	fails_with "no such store" 3 "$WORK/no/such.db"
	run who --user root --db "$EVENT_FILE"
	fails_with "a store that is none" 3 "$EVENT_FILE"
	run report --db "$WORK/a.db" --db "$WORK/b.db"
	fails_with "two stores" 2 "$WORK/b.db"
	run report --db -
	fails_with "a store on stdin" 2 --db
	run verify --db "$WORK/a.db"
	fails_with "verify reads no store" 2 --db
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
test_store
test_store_annotate
test_store_messages
test_store_pruned
test_store_errors
test_hostile_text
check_finish
