#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# `logintrail verify`: what it says of login logs, whole and not, and its exit codes. The logs are written
# by the recorder and logintrail-host.
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
ID=0123456789abcdef0123456789abcdef
LOG=$WORK/host/logins.jsonl

append() { # KIND...
	local kind
	for kind; do
		printf 'kind=%s\0id=%s\0log=%s\0pid=1\0user=ec2-user\0deadline_us=999999999999999\0end=1\0' \
			"$kind" $ID "$LOG" | "$RECORDER" >/dev/null
	done
}

new_log() {
	rm -rf "$WORK/host"
	mkdir -m 0700 "$WORK/host"
}

# verify STATUS ARGUMENT...: leaves what it says in $WORK/out, what it complains of in $WORK/err.
verify() {
	local want=$1 name=$2 status=0
	shift 2
	"$LOGINTRAIL" verify "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
	check_equal "$name: exit $want" "$status" "$want"
}

says() { # NAME REGEX
	check_match "$1" "$(cat "$WORK/out")" "$2"
}

test_whole_logs() {
	local head
	new_log
	append open close open
	verify 0 "one file" --logins "$LOG"
	says "one file: intact" ': intact, 3 records, 1 to 3, 1 file, '
	says "one file: verdict" '^verdict: intact$'
	head=$(sed -n 's/.*head \([0-9a-f]*:[0-9]*\)$/\1/p' "$WORK/out")
	"$HOST" rotate --log "$LOG"
	append open
	"$HOST" rotate --log "$LOG"
	append open
	gzip "$LOG.2"
	verify 0 "rotated and compressed" --logins "$WORK/host" --expect-head "$head" --format json
	check_object "rotated and compressed: one chain" "$(jq -c '.chains[0] + {n: (.chains | length)}' "$WORK/out")" \
		'{"state":"intact","n":1,"records":7,"first_seq":1,"last_seq":7,"wounds":[],"sealed":0}'
	check_equal "rotated and compressed: files in their order" \
		"$(jq -r '.chains[0].files | map(split("/")[-1]) | join(" ")' "$WORK/out")" \
		'logins.jsonl.2.gz logins.jsonl.1 logins.jsonl'
	check_object "the head of before is found" "$(jq -c '.heads[0]' "$WORK/out")" \
		'{"kind":"expected_head","seq":3,"found":true,"line":3}'
	verify 0 "through a pipe" --logins - <"$LOG"
	says "the beginning not given" ': intact so far as given'
	says "the beginning not given: verdict" 'verdict: intact so far as given: what came before is not among'
	verify 0 "given twice" --logins "$LOG" --logins "$WORK/host"
	says "given twice: once counted" ', 7 records, 1 to 7, 3 files'
	tail -n 1 "$LOG" >"$WORK/last"
	head -n -1 "$LOG" >"$WORK/cut" && cat "$WORK/cut" >"$LOG"
	head=$(tr -d '\n' <"$WORK/last" | sha256sum | cut -d' ' -f1)
	verify 0 "cut off at the end" --logins "$WORK/host"
	verify 1 "cut off at the end, and the head known" --logins "$WORK/host" --expect-head "$head"
	says "cut off at the end: said" "expected head $head: NOT FOUND"
	says "cut off at the end: verdict" '^verdict: BROKEN$'
}

test_wounds() {
	new_log
	append open close open close open close
	cp "$LOG" "$WORK/whole"
	sed -i '3s/ec2-user/ec2-eve!/' "$LOG"
	verify 1 "altered" --logins "$LOG"
	says "altered: where" '^  .*/logins.jsonl:3: altered: '
	says "altered: verdict" '^verdict: BROKEN: 1 of 1 log$'
	sed '3,4d' "$WORK/whole" >"$LOG"
	verify 1 "missing" --logins "$LOG"
	says "missing: where and how many" ':3: missing: 2 records missing before it \(record 5\)'
	printf 'v\x1b[31m\n' >>"$LOG"
	mv "$LOG" "$WORK/host/a"$'\e'"b"
	verify 1 "hostile names and lines" --logins "$WORK/host"
	check_equal "no control character is printed" "$(tr -d '[:print:]\n' <"$WORK/out" | wc -c)" 0
	cp "$WORK/whole" "$LOG"
	rm "$WORK/host/a"*
	gzip "$LOG"
	truncate -s -40 "$LOG.gz"
	verify 3 "a damaged file" --logins "$WORK/host"
	check_match "a damaged file: named" "$(cat "$WORK/err")" 'logins.jsonl.gz: the gzip data'
	verify 3 "no log at all" --logins "$root/Makefile"
	verify 3 "nothing there" --logins "$WORK/nothing"
	verify 2 "no --logins"
	verify 2 "a head that is none" --logins "$LOG.gz" --expect-head abc
	verify 2 "an option of another command" --logins "$LOG.gz" --user ec2-user
}

test_seal() {
	local state
	new_log
	append open
	"$HOST" seal init --log "$LOG" >"$WORK/key" 2>"$WORK/words"
	check_match "the first key is printed" "$(cat "$WORK/key")" '^logintrail-seal-v1:2:[0-9a-f]{64}:[0-9a-f]{8}$'
	check_equal "and stored nowhere" \
		"$(grep -rlF "$(cut -d: -f3 "$WORK/key")" "$WORK/host" | wc -l)" 0
	check_equal "once" "$("$HOST" seal init --log "$LOG" 2>/dev/null || echo failed)" failed
	append close open close
	verify 0 "sealed, without the key" --logins "$WORK/host"
	says "sealed, without the key: said" ', 4 seals not checked, '
	verify 0 "sealed" --logins "$WORK/host" --seal-key "$WORK/key"
	says "sealed: counted" ', 4 good seals, '
	verify 0 "the key from standard input" --logins "$WORK/host" --seal-key - <"$WORK/key"
	check_equal "neither verify nor report wonders about the key's file" "$(cat "$WORK/err")" ''
	cp -a "$WORK/host" "$WORK/good"

	# root of tomorrow: alters a record, recomputes the chain, seals with the key that is there now
	rewrite "$LOG" 3
	verify 0 "rewritten history: the chain alone does not tell" --logins "$WORK/host"
	verify 1 "rewritten history" --logins "$WORK/host" --seal-key "$WORK/key"
	says "rewritten history: the first bad record" 'logins.jsonl:3: seal_wrong: '
	# cuts the log off and lets it go on
	rm -rf "$WORK/host" && cp -a "$WORK/good" "$WORK/host"
	sed -i '4,$d' "$LOG"
	append open
	verify 1 "cut off, gone on" --logins "$WORK/host" --seal-key "$WORK/key"
	says "cut off, gone on: how many" ':4: missing: 2 records missing'
	# does away with the seal
	rm -rf "$WORK/host" && cp -a "$WORK/good" "$WORK/host"
	rm "$LOG.seal"
	append open
	verify 1 "seal removed" --logins "$WORK/host" --seal-key "$WORK/key"
	says "seal removed: the first without" ':6: seal_absent: '
	new_log
	append open close
	verify 1 "another log in its place" --logins "$WORK/host" --seal-key "$WORK/key"
	says "another log in its place: said" 'no record has a seal of the key that was given'

	state=$(sed 's/.$/0/' "$WORK/key")x
	echo "$state" >"$WORK/typo"
	verify 3 "a mistyped key" --logins "$WORK/host" --seal-key "$WORK/typo"
	check_match "a mistyped key: said" "$(cat "$WORK/err")" 'line 1 is not a key of a seal, or is mistyped'
}

# rewrite LOG LINE: alters that line and chains all that follow anew, keeping their seals.
rewrite() {
	local prev='' line number=0
	: >"$WORK/rewritten"
	while IFS= read -r line; do
		number=$((number + 1))
		[[ $number != "$2" ]] || line=${line/\"id\":\"0/\"id\":\"f}
		# shellcheck disable=SC2001
		[[ $number -le $2 ]] || line=$(sed "s/\"prev\":\"[0-9a-f]*\"/\"prev\":\"$prev\"/" <<<"$line")
		prev=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
		printf '%s\n' "$line" >>"$WORK/rewritten"
	done <"$1"
	cat "$WORK/rewritten" >"$1"
}

test_whole_logs
test_wounds
test_seal
check_finish
