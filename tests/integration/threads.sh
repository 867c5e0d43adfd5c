#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Any number of threads: the same report, the same messages in the same order, byte for byte; little
# memory ends a run and does not hang it; what is said of progress, and where.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

BUILD=${BUILD:-build}
LOGINTRAIL=$BUILD/logintrail
CORPUS=$BUILD/logintrail-corpus
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# report NAME ARGUMENT...: into $WORK/NAME.jsonl, with the messages in $WORK/NAME.err; STATUS.
report() {
	local name=$1
	shift
	STATUS=0
	timeout --foreground 120 "$LOGINTRAIL" report --logins "$WORK/corpus/logins" \
		--format jsonl -o "$WORK/$name.jsonl" "$@" 2>"$WORK/$name.err" || STATUS=$?
}

# same NAME OTHER STATUS: two runs said and printed the same.
same() {
	check_equal "$1: exit $3" "$STATUS" "$3"
	check "$1: the same bytes" cmp "$WORK/$2.jsonl" "$WORK/$1.jsonl"
	check "$1: the same messages in the same order" cmp "$WORK/$2.err" "$WORK/$1.err"
}

# The lines that do not depend on what the inputs were called.
results() {
	grep -a -v '^{"kind":"summary"' "$1"
}

whole_corpus() {
	local threads
	"$CORPUS" --out "$WORK/corpus" --logins 3000 --days 4 --seed 5
	report one --events "$WORK/corpus/events" --threads 1
	check_equal "one thread: nothing to complain of" "$STATUS $(cat "$WORK/one.err")" "0 "
	for threads in 2 3 8 64; do
		report "threads-$threads" --events "$WORK/corpus/events" --threads "$threads"
		same "threads-$threads" one 0
	done
	report usual --events "$WORK/corpus/events"
	same usual one 0
}

# Every directory of a region by itself, the last one first.
reversed_corpus() {
	local directory threads events=()
	while IFS= read -r directory; do
		events+=(--events "$directory")
	done < <(find "$WORK/corpus/events" -type d -regex '.*/CloudTrail/[^/]*' | sort -r)
	for threads in 1 2 8; do
		report "reversed-$threads" "${events[@]}" --threads "$threads"
		check "reversed, $threads threads: the same rows" \
			cmp <(results "$WORK/one.jsonl") <(results "$WORK/reversed-$threads.jsonl")
	done
}

# Files cut, damaged, unreadable and gone within a directory.
broken_corpus() {
	local file n=0 threads
	cp -r "$WORK/corpus/events" "$WORK/broken"
	while IFS= read -r file; do
		n=$((n + 1))
		case $((n % 40)) in
		1) truncate -s -7 "$file" ;;
		9) printf 'X' | dd of="$file" bs=1 seek=60 conv=notrunc status=none ;;
		17) zcat "$file" >"$file.json" && rm "$file" ;;
		25) ln -sf nowhere "$file" ;;
		33) zcat "$file" | jq -c '.Records[]' | sed '2s/}$//' >"$file.lines" ;;
		esac
	done < <(find "$WORK/broken" -type f | sort)
	report broken --events "$WORK/broken" --threads 1
	check "broken files are named" test "$(wc -l <"$WORK/broken.err")" -gt 20
	for threads in 2 3 8; do
		report "broken-$threads" --events "$WORK/broken" --threads "$threads"
		same "broken-$threads" broken 3
	done
}

# Records that standard input has, and files of many records of use.
one_large_file() {
	local threads
	find "$WORK/corpus/events" -type f | sort | xargs zcat | jq -c '.Records[]' >"$WORK/large"
	report stdin-1 --events - --threads 1 <"$WORK/large"
	check "standard input: the same rows" \
		cmp <(results "$WORK/one.jsonl") <(results "$WORK/stdin-1.jsonl")
	report large --events "$WORK/large" --events "$WORK/corpus/events" --events "$WORK/large" --threads 1
	for threads in 2 8; do
		report "stdin-$threads" --events - --threads "$threads" <"$WORK/large"
		same "stdin-$threads" stdin-1 0
		report "large-$threads" --events "$WORK/large" --events "$WORK/corpus/events" \
			--events "$WORK/large" --threads "$threads"
		same "large-$threads" large 0
	done
}

# Whatever memory is missing for: the end is the whole report or one line, and soon.
little_memory() {
	local limit ends=''
	if grep -aqE '__[at]san_init' "$LOGINTRAIL"; then
		echo "# a sanitizer wants more address space than any limit"
		return 0
	fi
	for limit in $(seq 20000 15000 170000) 8000000; do
		STATUS=0
		(
			ulimit -v "$limit"
			exec timeout --foreground 60 "$LOGINTRAIL" report --logins "$WORK/corpus/logins" \
				--events "$WORK/corpus/events" --format jsonl -o "$WORK/little.jsonl" --threads 8
		) 2>"$WORK/little.err" || STATUS=$?
		case $STATUS in
		0) check "all of it in $limit KiB" cmp "$WORK/one.jsonl" "$WORK/little.jsonl" ;;
		4) check "without memory in $limit KiB it is said" grep -q 'out of memory' "$WORK/little.err" ;;
		127) continue ;; # not even the libraries fit
		*) not_ok "in $limit KiB" "exit $STATUS" "$(cat "$WORK/little.err")" ;;
		esac
		ends+=" $STATUS"
	done
	check_match "both ends were seen" "$ends" '4.* 0'
}

progress_lines() {
	local files
	files=$(find "$WORK/corpus" -path '*events/*' -type f -o -path '*logins/*' -type f | wc -l)
	report json --events "$WORK/corpus/events" --progress json
	check_equal "progress as JSON: every line is an object" \
		"$(jq -r type "$WORK/json.err" | sort -u)" object
	check_equal "progress as JSON: the last line has all" \
		"$(tail -n 1 "$WORK/json.err" | jq -c '[.kind, .files == .files_total, .files, .bytes == .bytes_total]')" \
		"[\"read\",true,$files,true]"
	check "progress changes no byte of the report" cmp "$WORK/one.jsonl" "$WORK/json.jsonl"
	report none --events "$WORK/corpus/events" --progress none
	check_equal "no progress when none is wanted" "$(cat "$WORK/none.err")" ''
	report auto --events "$WORK/corpus/events" --progress auto
	check_match "asked for without a terminal: one line" "$(cat "$WORK/auto.err")" \
		"^logintrail: read $files files, .* records in .* s; skipped [0-9]+ records of no use$"
	check_equal "asked for without a terminal: and no other" "$(wc -l <"$WORK/auto.err")" 1
}

# script(1) gives it a terminal.
progress_bar() {
	if ! command -v script >/dev/null; then
		echo "# no script(1): no terminal to show a bar on"
		return 0
	fi
	script -qec "$LOGINTRAIL report --logins $WORK/corpus/logins --events $WORK/corpus/events \
		--events $WORK/large --threads 2 --format jsonl -o $WORK/bar.jsonl" /dev/null >"$WORK/bar.out" </dev/null
	check "on a terminal the last line says what was read" \
		grep -aqE 'logintrail: read [0-9]+ files, ' "$WORK/bar.out"
	script -qec "$LOGINTRAIL report --logins $WORK/corpus/logins --events $WORK/corpus/events \
		--progress none --format jsonl -o $WORK/bar.jsonl" /dev/null >"$WORK/bar.out" </dev/null
	check_equal "on a terminal too there is none when none is wanted" "$(cat "$WORK/bar.out")" ''
}

command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
whole_corpus
reversed_corpus
broken_corpus
one_large_file
little_memory
progress_lines
progress_bar
check_finish
