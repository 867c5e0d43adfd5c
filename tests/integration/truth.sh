#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The report against the truth: corpora of which every login and push is known, all of it compared.
#
# TRUTH_LOGINS   logins of the large corpus (100000)
# TRUTH_KEEP     a directory to work in, and to leave for looking at
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tests/integration/lib/truth_compare.sh
. tests/integration/lib/truth_compare.sh

BUILD=${BUILD:-build}
LOGINTRAIL=${LOGINTRAIL:-$BUILD/logintrail}
CORPUS=${LOGINTRAIL_CORPUS:-$BUILD/logintrail-corpus}
WORK=${TRUTH_KEEP:-$(mktemp -d)}
[[ -n ${TRUTH_KEEP:-} ]] || trap 'rm -rf "$WORK"' EXIT

# report_on NAME ARGUMENT...: into $WORK/NAME.jsonl.
report_on() {
	local name=$1
	shift
	"$LOGINTRAIL" report "$@" --format jsonl -o "$WORK/$name.jsonl"
}

# The lines that do not depend on what the inputs were called.
results() {
	grep -a -v '^{"kind":"summary"' "$1"
}

# check_truth CORPUS NAME
check_truth() {
	local corpus=$WORK/$1
	report_on "$1" --logins "$corpus/logins" --events "$corpus/events" 2>"$WORK/$1.err" ||
		not_ok "$2: the report runs" "$(cat "$WORK/$1.err")"
	check_equal "$2: the report has nothing to complain of" "$(cat "$WORK/$1.err")" ''
	check "$2: every login is what it is" truth_compare login "$corpus/truth.jsonl" "$WORK/$1.jsonl"
	check "$2: every push is what became of it" \
		truth_compare push "$corpus/truth.jsonl" "$WORK/$1.jsonl"
	check "$2: every total is right" truth_compare_totals "$corpus/truth.jsonl" "$WORK/$1.jsonl"
}

large_corpus() {
	local logins=${TRUTH_LOGINS:-100000}
	"$CORPUS" --out "$WORK/large" --logins "$logins" --seed 1
	check_truth large "$logins logins"
	check "every story was told" every_story_told "$WORK/large/truth.jsonl"
}

every_story_told() {
	local missing
	missing=$(comm -23 <("$CORPUS" --stories | cut -d' ' -f1 | sort) \
		<(jq -r '.story // empty' "$1" | sort -u))
	[[ -z $missing ]] || { printf 'never told: %s\n' "$missing"; return 1; }
}

small_corpora() {
	local seed
	for seed in 2 3 4 18446744073709551615; do
		"$CORPUS" --out "$WORK/seed$seed" --logins 4000 --days 4 --seed "$seed"
		check_truth "seed$seed" "4000 logins of seed $seed"
	done
}

# A comparison that finds nothing wrong must be able to.
compare_can_fail() {
	local truth=$WORK/seed2/truth.jsonl report=$WORK/seed2.jsonl
	sed '0,/"verdict":"attributed"/s//"verdict":"ambiguous"/' "$report" >"$WORK/wrong.jsonl"
	check "one wrong verdict is noticed" fails truth_compare login "$truth" "$WORK/wrong.jsonl"
	sed '0,/^{"kind":"push"/{/^{"kind":"push"/d}' "$report" >"$WORK/wrong.jsonl"
	check "one missing push is noticed" fails truth_compare push "$truth" "$WORK/wrong.jsonl"
	sed 's/"duplicates":[0-9]*/"duplicates":7/' "$report" >"$WORK/wrong.jsonl"
	check "one wrong total is noticed" fails truth_compare_totals "$truth" "$WORK/wrong.jsonl"
}

fails() {
	! "$@" >/dev/null
}

same_corpus_again() {
	"$CORPUS" --out "$WORK/again" --logins 4000 --days 4 --seed 2
	check "the same seed gives the same bytes" diff -r "$WORK/seed2" "$WORK/again"
	rm -rf "$WORK/again"
	check "another seed gives others" fails cmp -s "$WORK/seed2/truth.jsonl" "$WORK/seed3/truth.jsonl"
}

# Files in another order, and the same records in files of another kind.
order_of_inputs() {
	local file arguments=()
	while IFS= read -r file; do
		arguments+=(--events "$file")
	done < <(find "$WORK/seed2/events" -mindepth 2 -maxdepth 4 -type d -regex '.*/CloudTrail/[^/]*' |
		sort -r)
	while IFS= read -r file; do
		arguments+=(--logins "$file")
	done < <(find "$WORK/seed2/logins" -type f | sort -r)
	report_on reversed "${arguments[@]}"
	check "files in another order give the same bytes" \
		cmp <(results "$WORK/seed2.jsonl") <(results "$WORK/reversed.jsonl")
	find "$WORK/seed2/events" -type f -exec zcat {} + | jq -c '.Records[]' |
		sort -R --random-source="$WORK/seed2/truth.jsonl" >"$WORK/shuffled-events.jsonl"
	find "$WORK/seed2/logins" -type f -exec zcat -f {} + |
		sort -R --random-source="$WORK/seed2/truth.jsonl" | gzip >"$WORK/shuffled-logins.gz"
	report_on shuffled --logins "$WORK/shuffled-logins.gz" --events - <"$WORK/shuffled-events.jsonl"
	check "records in any order give the same bytes" \
		cmp <(results "$WORK/seed2.jsonl") <(results "$WORK/shuffled.jsonl")
}

# The lines of a report whose time lies in [$2, $3), as they are. Fractions sort before the Z, so a
# time of whole seconds gets one for the comparison.
lines_within() {
	awk -v from="$2" -v to="$3" '
	function moment(text) { if (text !~ /\./) sub(/Z$/, ".000000Z", text); return text }
	BEGIN { from = moment(from); to = moment(to) }
	match($0, /"time":"[^"]*"/) {
		time = moment(substr($0, RSTART + 8, RLENGTH - 9))
		if ((from == "" || time >= from) && (to == "" || time < to))
			print
	}' <(results "$1")
}

# from_to NAME FROM TO: a report of a part holds just the lines of the whole that lie in it.
from_to() {
	local from=$2 to=$3
	report_on part --logins "$WORK/seed2/logins" --events "$WORK/seed2/events" \
		${from:+--from "$from"} ${to:+--to "$to"}
	check "$1: only what lies within, and all of it" cmp <(results "$WORK/part.jsonl" || true) \
		<(lines_within "$WORK/seed2.jsonl" "$from" "$to")
	check_equal "$1: the invariants hold" \
		"$(jq -r 'select(.kind == "summary") | .invariants' "$WORK/part.jsonl")" hold
}

parts() {
	local moment
	from_to "from and to" 2026-03-03T00:00:00Z 2026-03-04T12:30:00Z
	from_to "from alone" 2026-03-04T00:00:00Z ''
	from_to "to alone" '' 2026-03-01T06:00:00Z
	# The bounds: from is included, to is not.
	moment=$(jq -r 'select(.kind == "login") | .time' "$WORK/seed2.jsonl" | sed -n 2000p)
	from_to "from a login's own time" "$moment" ''
	from_to "to a login's own time" '' "$moment"
	from_to "nothing" 2030-01-01T00:00:00Z ''
}

command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
small_corpora
compare_can_fail
same_corpus_again
order_of_inputs
parts
large_corpus
check_finish
