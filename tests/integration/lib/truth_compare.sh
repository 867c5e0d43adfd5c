# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Compares a report with a corpus's truth.jsonl (tools/corpus/truth.h).

# Who it was: in the truth candidates are names, in a report they are persons.
# shellcheck disable=SC2016 # jq's own variables
TRUTH_PERSON='
	def names: map(if type == "object" then .name else . end) | unique;
	def person: if . == null then null else [
		(if $store != "" then .store_name // .name else .name end), .sure, .type, .end, .mfa,
		if $store != "" then null else [.chain[]? | [.rule, .event_id]] end,
		((.candidates // []) | names)] end;'

TRUTH_SHOWN=10 # differences in words; the rest is counted by story

# truth_rows KIND FILE: "ID <tab> what is said of it <tab> story", sorted. A member that is absent
# reads as null; the order of principals, candidates and of a push's sessions is free, everything else
# is not. TRUTH_STORE=1: names are those that --identity-store gives, and which events lead to them may
# differ, since it decides between some.
truth_rows() {
	local id said
	if [[ $1 == login ]]; then
		id=session
		said='[.verdict, .reason, .strength, ((.principals // []) | sort), .pushes // [],
			(.person | person), ((.candidates // []) | names)]'
	else
		id=event_id
		said='[.state, ((.sessions // []) | sort), (.person | person)]'
	fi
	jq -r --arg kind "$1" --arg id "$id" --arg store "${TRUTH_STORE:-}" "$TRUTH_PERSON"'
		'"select(.kind == \$kind) | [.[\$id], ($said | tojson), .story // \"\"] | @tsv" "$2" |
		LC_ALL=C sort
}

# truth_compare KIND TRUTH REPORT: 0 when both say the same of the same things, each once; else what
# differs, with the name of its story.
truth_compare() {
	local rows
	rows=$(mktemp -d)
	truth_rows "$1" "$2" >"$rows/truth"
	truth_rows "$1" "$3" >"$rows/report"
	if [[ ! -s $rows/truth ]]; then
		echo "the truth names no $1"
		rm -rf "$rows"
		return 1
	fi
	if cmp -s <(cut -f1,2 "$rows/truth") <(cut -f1,2 "$rows/report"); then
		rm -rf "$rows"
		return 0
	fi
	truth_differences "$rows/truth" "$rows/report"
	rm -rf "$rows"
	return 1
}

truth_differences() {
	awk -F '\t' -v shown="$TRUTH_SHOWN" '
	function differs(story, text) {
		count[story]++
		if (all++ < shown)
			print text
	}
	FNR == NR { truth[$1] = $2; story[$1] = $3; next }
	!($1 in truth) { differs("(in the report alone)", $1 ": is " $2 "; the truth does not know it"); next }
	seen[$1]++ { differs(story[$1], story[$1] ": " $1 " is reported twice") }
	truth[$1] != $2 { differs(story[$1], story[$1] ": " $1 " is " $2 " should be " truth[$1]) }
	END {
		for (id in truth)
			if (!(id in seen))
				differs(story[id], story[id] ": " id " is not reported; should be " truth[id])
		print all " differ:"
		for (name in count)
			print "  " count[name] " of " name
	}' "$1" "$2"
}

# truth_compare_totals TRUTH REPORT: the counters of the summary.
truth_compare_totals() {
	local is should
	should=$(jq -c 'select(.kind == "totals") | {
		logins, verdicts: (.verdicts + {contradicted: 0}), pushes, states, opens, closes, records,
		serial_pushes, tunnels, duplicates, superseded, keys_unparsed, malformed: 0, conflicting: 0,
		kept: (.pushes + .serial_pushes + .tunnels + .duplicates + .superseded),
		login_lines: (.opens + .closes), errors: 0, invariants: "hold"}' "$1" | jq -S .)
	is=$(jq -c 'select(.kind == "summary") | {
		logins: .logins.in, verdicts: (.logins | del(.in, .reasons)), pushes: .pushes.in,
		states: (.pushes | del(.in)), opens: .read.opens, closes: .read.closes, invariants,
		login_lines: .read.login_lines} + (.read | {records, serial_pushes, tunnels, duplicates,
		superseded, keys_unparsed, malformed, conflicting, kept, errors})' "$2" | jq -S .)
	diff <(echo "$should") <(echo "$is")
}
