#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who was behind the callers, against the truth: corpora of nothing but such stories, whole and with
# parts of the trail taken away. Where the truth is not to be had, no name may be guessed.
#
# PEOPLE_LOGINS  logins of each corpus (3000)
# PEOPLE_KEEP    a directory to work in, and to leave for looking at
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
LOGINS=${PEOPLE_LOGINS:-3000}
WORK=${PEOPLE_KEEP:-$(mktemp -d)}
[[ -n ${PEOPLE_KEEP:-} ]] || trap 'rm -rf "$WORK"' EXIT
DATA=../shared/data # real records, where they are

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

fails() {
	! "$@" >/dev/null
}

# check_truth NAME SEED
check_truth() {
	local corpus=$WORK/$1
	"$CORPUS" --out "$corpus" --profile people --logins "$LOGINS" --seed "$2"
	report_on "$1" --logins "$corpus/logins" --events "$corpus/events"
	check "$1: every login is whose it is" truth_compare login "$corpus/truth.jsonl" "$WORK/$1.jsonl"
	check "$1: so is every push" truth_compare push "$corpus/truth.jsonl" "$WORK/$1.jsonl"
	check "$1: every total is right" truth_compare_totals "$corpus/truth.jsonl" "$WORK/$1.jsonl"
	check "$1: every story was told" every_story_told "$corpus/truth.jsonl"
	check_equal "$1: as many people as the truth has" "$(people_counts "$WORK/$1.jsonl")" \
		"$(people_counts "$corpus/truth.jsonl")"
}

every_story_told() {
	local missing
	missing=$(comm -23 <("$CORPUS" --profile people --stories | cut -d' ' -f1 | sort) \
		<(jq -r '.story // empty' "$1" | sort -u))
	[[ -z $missing ]] || { printf 'never told: %s\n' "$missing"; return 1; }
}

# How sure the names of the logins are, each with its number.
people_counts() {
	jq -r 'select(.kind == "login" and .person != null) | .person.sure // "nobody"' "$1" |
		sort | uniq -c | tr -s '\n ' ' '
}

# A comparison that finds nothing wrong must be able to.
compare_can_fail() {
	local truth=$WORK/one/truth.jsonl report=$WORK/one.jsonl
	sed '0,/"person":{"name":"[a-z.]*/s//&x/' "$truth" >"$WORK/wrong.jsonl"
	check "one wrong name is noticed" fails truth_compare login "$WORK/wrong.jsonl" "$report"
	sed '0,/"sure":"exact"/s//"sure":"claimed"/' "$truth" >"$WORK/wrong.jsonl"
	check "one name too sure is noticed" fails truth_compare login "$WORK/wrong.jsonl" "$report"
	sed '0,/"rule":"access_key","event_id":"./s//&0/' "$truth" >"$WORK/wrong.jsonl"
	check "one wrong event is noticed" fails truth_compare login "$WORK/wrong.jsonl" "$report"
}

all_records() {
	find "$WORK/one/events" -type f -exec zcat {} + | jq -c '.Records[]'
}

# Read at once from a pipe, or in two passes from files: the same people.
order_of_inputs() {
	all_records | sort -R --random-source="$WORK/one/truth.jsonl" >"$WORK/shuffled.json"
	report_on piped --logins "$WORK/one/logins" --events - <"$WORK/shuffled.json"
	check "records in any order, from a pipe, give the same bytes" \
		cmp <(results "$WORK/one.jsonl") <(results "$WORK/piped.jsonl")
	report_on shuffled --logins "$WORK/one/logins" --events "$WORK/shuffled.json"
	check "and from one file" cmp <(results "$WORK/one.jsonl") <(results "$WORK/shuffled.jsonl")
}

# wrong_people REPORT: exact names that the truth does not say by the push alone, and those that it
# does and the report does not. The root of an account is nobody's name.
wrong_people() {
	jq -r --slurpfile truth <(jq -c 'select(.kind == "login" and .person != null)' \
		"$WORK/one/truth.jsonl") -n '
		($truth | map({key: .session, value: .}) | from_entries) as $is
		| [inputs | select(.kind == "login" and .person != null)
			| {session, person, truth: $is[.session]}
			| select(.person.type != "root" or .truth.person.type == "root")
			| select((.person.sure == "exact") != (.truth.person.by_itself == true) or
				(.person.sure == "exact" and .person.name != .truth.person.name))
			| "\(.truth.story): \(.session) is \(.person.name) \(.person.sure)"]
		| .[0:20][]' "$1"
}

# Without the issuing events only those who stand in the push itself have a name for certain.
none_guessed() {
	all_records | jq -c 'select(.eventSource | IN("sts.amazonaws.com", "sso.amazonaws.com",
		"signin.amazonaws.com") | not)' >"$WORK/pushes-alone.json"
	report_on alone --logins "$WORK/one/logins" --events "$WORK/pushes-alone.json"
	check_equal "without issuing events none is guessed" "$(wrong_people "$WORK/alone.jsonl")" ''
	check "and chains say what is missing" \
		jq -en 'first(inputs | select(.person.missing.events | index("AssumeRole")))' \
		"$WORK/alone.jsonl"
}

# A trail that has no read events proves the pushes and loses the people, and says so.
write_only() {
	all_records | jq -c 'select(.readOnly != true)' >"$WORK/writes.json"
	report_on writes --logins "$WORK/one/logins" --events "$WORK/writes.json"
	check_equal "no read events: each account is told" "$(jq -c 'select(.kind == "summary")
		| [.coverage[] | select(.write_only) | .account_id] | unique' "$WORK/writes.jsonl")" \
		'["111122223333","444455556666"]'
	check_equal "with them: none" "$(jq -c 'select(.kind == "summary")
		| [.coverage[] | select(.write_only)]' "$WORK/one.jsonl")" '[]'
	check "a chain that ends there says it" \
		jq -en 'first(inputs | select(.person.missing.write_only))' "$WORK/writes.jsonl"
	check_equal "the verdicts stay but where two roles were one person" \
		"$(verdicts_changed "$WORK/writes.jsonl")" 'one_person_two_roles'
}

# The stories of logins that pushes explain, and whose verdict is another than in the truth.
verdicts_changed() {
	join <(jq -r 'select(.kind == "login" and .pushes != []) | "\(.session) \(.verdict) \(.story)"' \
		"$WORK/one/truth.jsonl" | sort) \
		<(jq -r 'select(.kind == "login") | "\(.session) \(.verdict)"' "$1" | sort) |
		awk '$2 != $4 { print $3 }' | sort -u
}

no_people() {
	report_on nobody --no-people --logins "$WORK/one/logins" --events "$WORK/one/events"
	check_equal "--no-people names none" \
		"$(results "$WORK/nobody.jsonl" | jq -c 'select(.person or .candidates)' | head -1)" ''
	check_equal "--no-people: principals decide" "$(verdicts_changed "$WORK/nobody.jsonl")" \
		'one_person_two_roles'
}

identity_store() {
	report_on named --identity-store "$WORK/one/identity-store.json" \
		--logins "$WORK/one/logins" --events "$WORK/one/events"
	TRUTH_STORE=1 check "--identity-store gives the names" \
		truth_compare login "$WORK/one/truth.jsonl" "$WORK/named.jsonl"
	check "which the user ids are without it" \
		fails env TRUTH_STORE=1 bash -c '. tests/integration/lib/truth_compare.sh
			truth_compare login "$@"' - "$WORK/one/truth.jsonl" "$WORK/one.jsonl"
}

# Records that AWS wrote, not this project.
real_records() {
	local pushes=$WORK/real.jsonl
	if [[ ! -d $DATA ]]; then
		echo "# no real records here: skipped"
		return
	fi
	"$LOGINTRAIL" pushes --events "$DATA/panther-analysis" --format jsonl >"$pushes"
	check_equal "real: pushes through Identity Center" \
		"$(jq -c 'select(.kind == "push") | [.person.name, .person.sure, .person.type]' "$pushes" |
			sort -u)" '["bobson.dugnutt","exact","identity_center"]'
	"$LOGINTRAIL" pushes \
		--events "$DATA/stratus-red-team/aws.lateral-movement.ec2-instance-connect.json" --format jsonl >"$pushes"
	check_equal "real: pushes of a user" \
		"$(jq -c 'select(.kind == "push") | [.person.name, .person.sure, .person.type]' "$pushes" |
			sort -u)" '["christophe","exact","iam_user"]'
}

command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
check_truth one 1
check_truth two 18446744073709551615
compare_can_fail
order_of_inputs
none_guessed
write_only
no_people
identity_store
real_records
check_finish
