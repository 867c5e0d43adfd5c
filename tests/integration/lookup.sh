#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Events asked of AWS: LookupEvents and FilterLogEvents of a server whose requests and answers
# botocore checks. The report is that of the same events in files; what was not given is not covered.
#
# LOOKUP_KEEP  leave the working directory (TMPDIR/tmp.*) for looking at, and the servers running
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

/usr/bin/python3 -c 'import botocore.session' 2>/dev/null || { echo "skip - no python3-botocore here"; exit 77; }
command -v jq >/dev/null || { echo "skip - jq is not installed"; exit 77; }

BUILD=${BUILD:-build}
LOGINTRAIL=${LOGINTRAIL:-$BUILD/logintrail}
CORPUS=${LOGINTRAIL_CORPUS:-$BUILD/logintrail-corpus}
WORK=$(mktemp -d)
[[ -n ${LOOKUP_KEEP:-} ]] || trap lookup_teardown EXIT
# shellcheck source=tests/integration/lib/lookup_server.sh
. tests/integration/lib/lookup_server.sh

# same_logins NAME OTHER: what OTHER (of files) says of the logins, NAME says too; where OTHER had no
# data, NAME may know that there was no push.
same_logins() {
	jq -rn --slurpfile a "$WORK/$2.jsonl" --slurpfile b "$WORK/$1.jsonl" '
		def facts: {verdict, reason, pushes, principals, person, principal};
		($b | map(select(.kind == "login")) | INDEX(.session)) as $b
		| ($a[] | select(.kind == "login")) as $x | $b[$x.session] as $y
		| select(($x | facts) != ($y | facts))
		| select((($x.verdict | IN("pending", "uncovered")) and $y.verdict == "unattributed" and
			$y.pushes == []) | not)
		| "\($x.session): \($x | facts)\n  and: \($y | facts)"' >"$WORK/differences"
	[[ ! -s $WORK/differences ]] || { head -20 "$WORK/differences"; return 1; }
}

# same_rows NAME OTHER [login|push|other]: all rows, or those, or logins of the account that no fault
# is of.
same_rows() {
	local filter='select(.kind != "summary")'
	case ${3:-} in
	login | push) filter="select(.kind == \"$3\")" ;;
	other) filter='select(.kind == "login" and .account_id == "444455556666")' ;;
	esac
	jq -c "$filter" "$WORK/$1.jsonl" >"$WORK/rows"
	jq -c "$filter" "$WORK/$2.jsonl" | diff "$WORK/rows" - >"$WORK/differences" && return
	grep -c '^<' "$WORK/differences"
	head -c 2000 "$WORK/differences"
	return 1
}

# No account and region was asked more often than twice a second.
slow_enough() {
	jq -rs 'map(select(.operation == "LookupEvents")) | group_by([.account, .region])[]
		| (map(.time) | sort) as $t | select(length > 2 * ($t[-1] - $t[0]) + 2)
		| "\(.[0].account) \(.[0].region): \(length) in \($t[-1] - $t[0]) s"' "$SERVER/requests" |
		grep . && return 1
	return 0
}

# Every page after the first was asked for with the parameters of the first.
same_parameters() {
	requests '[.account, .region, (.params | del(.NextToken) | tojson)] | @tsv' | sort -u |
		cut -f1,2 | sort | uniq -c | awk -v most="$1" '$1 > most { print; bad = 1 } END { exit bad }'
}

whole_report() {
	local names
	report files --events "$WORK/events"
	faults
	report lookup "${LOOKUP[@]}"
	check_equal "lookup-events: exit 0" "$STATUS" 0
	check "the logins are those of the files" same_logins lookup files
	check "so are the pushes" same_rows lookup files push
	check_equal "there is something to compare" \
		"$(jq -rs 'map(select(.verdict == "attributed" and .person.sure == "exact")) | length > 20' "$WORK/lookup.jsonl")" true
	check_equal "every request was in order" "$(jq -r .result "$SERVER/requests" | sort -u)" ok
	check "two requests a second, and no more" slow_enough
	names=$(requests '.params.LookupAttributes[0].AttributeValue' | sort -u | wc -l)
	check_equal "each event was asked for by its name" "$names" 15
	check "a token came with the parameters that it was given for" same_parameters "$names"
	check_equal "in pages of 50" "$(requests .params.MaxResults | sort -u)" 50
	check_equal "there was a second page" "$(requests 'select(.params.NextToken) | 1' | sort -u)" 1
	check_equal "all accounts and regions are covered, the empty one too" "$(covered lookup)" \
		"111122223333/eu-west-1 111122223333/us-east-1 444455556666/eu-west-1 444455556666/us-east-1 "
	check_match "no trail is taken for one without read events" \
		"$(jq -c 'select(.kind == "summary") | [.coverage[] | .write_only]' "$WORK/lookup.jsonl")" '^\[null,null,null,null\]$'
	check_equal "nothing is left in TMPDIR" "$(ls "$TMPDIR")" ''
	check_match "what cannot be seen is said" "$(cat "$WORK/lookup.err")" \
		'warning.* 90 days ago.*data events.*accounts and regions|90 days ago.*data events'
	same_time
}

# Places are asked at the same time: none waits for another.
same_time() {
	check_equal "accounts and regions are asked at the same time" "$(jq -rs '
		map(select(.operation == "LookupEvents")) | group_by([.account, .region])
		| (map(map(.time) | min) | max) < (map(map(.time) | max) | min)' "$SERVER/requests")" true
}

# ingest NAME: asks for everything and reports from the store. A server of its own: this goes on beside
# the rest.
ingest() {
	AWS_ENDPOINT_URL=http://127.0.0.1:$(cat "$STORE_SERVER/port") "$LOGINTRAIL" ingest --db "$WORK/store.db" \
		--logins "$WORK/logins" "${LOOKUP[@]}" >"$WORK/$1.err" 2>&1 || true
	"$LOGINTRAIL" report --db "$WORK/store.db" --format jsonl -o "$WORK/$1.jsonl" 2>"$WORK/$1.said" || true
}

store_runs() {
	ingest stored
	echo 'fail:2 LookupEvents 444455556666 us-east-1 SendSSHPublicKey' >"$STORE_SERVER/faults"
	echo 12 >"$STORE_SERVER/page_size"
	ingest stored_again
}

stored() {
	wait "$STORE_RUNS"
	check "ingested: the same report" same_rows stored lookup
	check_equal "ingested: what is covered" "$(covered stored)" "$(covered lookup)"
	check_match "ingested again: a page fails" "$(errors stored_again)" \
		'lookup-events:444455556666/us-east-1/SendSSHPublicKey: .*500'
	check "ingested again: what was given before is still there" same_rows stored_again lookup
}

# Without people, from here on: three names instead of fifteen.
quick() {
	local name=$1
	shift
	report "$name" --no-people "$@"
}

spans() {
	local now from
	now=$(date +%s)
	faults
	quick all "${LOOKUP[@]}"
	from=$(requests .params.StartTime | sort -u)
	check_equal "without --from: 90 days" "$((from >= now - 90 * 86400 && from < now - 90 * 86400 + 60))" 1
	faults
	quick late "${LOOKUP[@]}" --from -10d --to -4d
	from=$(requests .params.StartTime | sort -u)
	check_equal "with --from: 30 days more than that" "$((from >= now - 40 * 86400 && from < now - 40 * 86400 + 60))" 1
	from=$(requests .params.EndTime | sort -u)
	check_equal "with --to: little more than that" \
		"$((from > now - 4 * 86400 && from <= now - 4 * 86400 + 3700))" 1
	check_equal "nothing older is wanted: nothing is said" "$(cat "$WORK/late.err")" ''
	faults
	quick swapped --events lookup-events: --profile two --profile one --profile two \
		--region eu-west-1 --region us-east-1
	check "the order of profiles and regions changes nothing" same_rows swapped all
	check_equal "a profile that is there twice is asked once" \
		"$(requests 'select((.params.NextToken | not) and .result == "ok") | [.account, .region, .params.LookupAttributes[0].AttributeValue] | @tsv' |
			sort | uniq -d)" ''
}

# refused NAME MESSAGE COVERED FAULT...: what a fault costs, and what not.
refused() {
	local name=$1 message=$2 covered=$3
	shift 3
	faults "$@"
	quick "$name" "${LOOKUP[@]}"
	check_equal "$name: exit 3" "$STATUS" 3
	check_match "$name: is said" "$(errors "$name")" "$message"
	check_equal "$name: is said once" "$(errors "$name" | wc -l)" 1
	check_equal "$name: what is covered" "$(covered "$name")" "$covered"
	check "$name: the other account's logins are what they were" same_rows "$name" all other
}

faults_of_the_server() {
	local rest='111122223333/eu-west-1 444455556666/eu-west-1 444455556666/us-east-1 '
	local place='111122223333 us-east-1' name='lookup-events:111122223333/us-east-1/SendSSHPublicKey'
	refused denied "$name: .*LookupEvents.*400 AccessDeniedException.*cloudtrail:LookupEvents.*nothing more" \
		"$rest" "deny LookupEvents $place *"
	check_equal "denied: asked once" "$(requests 'select(.result == "AccessDeniedException") | 1' | wc -l)" 1
	refused failed "$name: .*LookupEvents.*500" "$rest" "fail LookupEvents $place SendSSHPublicKey"
	check_equal "failed: the other names were asked for" \
		"$(requests 'select(.account == "111122223333" and .region == "us-east-1" and .result == "ok") | 1' | wc -l)" 2
	refused other "us-east-1/OpenTunnel: " "111122223333/eu-west-1 111122223333/us-east-1 444455556666/eu-west-1 444455556666/us-east-1 " \
		"fail LookupEvents $place OpenTunnel"
	check "other: key pushes were there: so is their report" same_rows other all login
	refused garbage "$name: .*not an answer of LookupEvents" "$rest" "garbage LookupEvents $place SendSSHPublicKey"
	echo 5 >"$SERVER/page_size"
	refused repeated "$name: .*token.*come before" "$rest" "repeat LookupEvents $place SendSSHPublicKey"
	refused looping "$name: .*token.*come before" "$rest" "loop LookupEvents $place SendSSHPublicKey"
	check_equal "looping: not for long" "$(requests 'select(.account == "111122223333" and .region == "us-east-1" and
		.params.LookupAttributes[0].AttributeValue == "SendSSHPublicKey") | 1' | wc -l)" 3
	refused second "$name: .*LookupEvents.*500" "$rest" "fail:2 LookupEvents $place SendSSHPublicKey"
	check "second: the pages that came are used" test \
		"$(jq -c 'select(.kind == "push")' "$WORK/second.jsonl" | wc -l)" -gt \
		"$(jq -c 'select(.kind == "push")' "$WORK/failed.jsonl" | wc -l)"
	echo 50 >"$SERVER/page_size"
}

# Others of the account use its quota up, for a while.
throttled() {
	faults "throttle LookupEvents 111122223333 us-east-1 *"
	(sleep 2.5 && faults_gone) &
	quick throttled "${LOOKUP[@]}"
	wait $!
	check_equal "throttled: exit 0" "$STATUS" 0
	check_match "throttled: it was" "$(requests .result)" ThrottlingException
	check_equal "throttled: nothing is said" "$(errors throttled)" ''
	check "throttled: the report is the same" same_rows throttled all
}

faults_gone() {
	: >"$SERVER/faults.new"
	mv "$SERVER/faults.new" "$SERVER/faults"
}

credentials_and_places() {
	faults
	quick wrong --events lookup-events: --profile wrong --profile two "${PLACES[@]}"
	check_equal "wrong key: exit 3" "$STATUS" 3
	check_match "wrong key: the profile is named" "$(errors wrong)" \
		'the account of profile wrong: .*GetCallerIdentity.*(InvalidSignature|SignatureDoesNotMatch)'
	check_equal "wrong key: the other profile's places are covered" "$(covered wrong)" \
		'444455556666/eu-west-1 444455556666/us-east-1 '
	check "the secret is not said" fails grep -q EXAMPLEKEY "$WORK/wrong.err" "$WORK/wrong.jsonl"
	TMPDIR=/nowhere quick nowhere "${LOOKUP[@]}"
	check_equal "no place to keep answers: exit 3" "$STATUS" 3
	check_match "no place to keep answers: is said" "$(errors nowhere)" \
		'lookup-events:.*a temporary file in /nowhere cannot be made'
}

fails() {
	! "$@"
}

logs() {
	local group=/trails/all arn=arn:aws:logs:eu-west-1:444455556666:log-group:/trails/all
	faults
	echo 2 >"$SERVER/page_size" # twenty records: most pages are empty
	report group_files --events "$WORK/events/444455556666"
	report group --events cloudwatch-logs:$group --profile two --region eu-west-1
	check_equal "cloudwatch-logs: exit 0" "$STATUS" 0
	check_equal "cloudwatch-logs: nothing is said" "$(errors group)" ''
	check "cloudwatch-logs: the logins are those of the files" same_covered group group_files
	check "cloudwatch-logs: so are the pushes" same_rows group group_files push
	check_match "cloudwatch-logs: there were empty pages" "$(jq -c '[.operation, .events]' "$SERVER/requests")" \
		'^."FilterLogEvents",0.$'
	echo 50 >"$SERVER/page_size"
	report arn --events "cloudwatch-logs:$arn:*" --profile one --profile two --region us-east-1
	check_equal "an ARN: exit 0" "$STATUS" 0
	check "an ARN: its region and account are asked" same_rows arn group
	report everywhere --events cloudwatch-logs:$group --profile one --profile two "${PLACES[@]}"
	check_equal "a group that one place of four has: exit 0" "$STATUS" 0
	check "a group that one place of four has: the same" same_rows everywhere group
	quick missing --events cloudwatch-logs:/nothing --profile one --profile two "${PLACES[@]}"
	check_equal "no such group: exit 3" "$STATUS" 3
	check_match "no such group: is said" "$(errors missing)" 'no log group /nothing'
	faults "deny FilterLogEvents 444455556666 eu-west-1 *"
	quick denied_group --events cloudwatch-logs:$group --profile two --region eu-west-1
	check_match "denied: what to grant" "$(errors denied_group)" \
		"cloudwatch-logs:444455556666/eu-west-1/$group: .*logs:FilterLogEvents.*arn:aws:logs:eu-west-1:444455556666:log-group:$group:"
	faults
	quick no_arn --events cloudwatch-logs:arn:aws:logs:x --profile two --region eu-west-1
	check_match "no ARN of a group" "$(errors no_arn)" 'is not the ARN of a log group'
}

# What covers something is the same where both have records.
same_covered() {
	jq -rn --slurpfile a "$WORK/$2.jsonl" --slurpfile b "$WORK/$1.jsonl" '
		def facts: {verdict, reason, pushes, principals, person, principal};
		($b | map(select(.kind == "login")) | INDEX(.session)) as $b
		| ($a[] | select(.kind == "login")) as $x | $b[$x.session] as $y
		| select(($x | facts) != ($y | facts))
		| select((($y.verdict | IN("pending", "uncovered")) and $x.verdict == "unattributed" and $x.pushes == []) | not)
		| "\($x.session): \($x | facts)\n  and: \($y | facts)"' | head -20 | grep . && return 1
	return 0
}

lookup_setup
check "the server is there" test -s "$SERVER/port"
store_runs &
STORE_RUNS=$!
whole_report
spans
faults_of_the_server
throttled
credentials_and_places
logs
stored
check_equal "the server found nothing wrong with its answers" "$(cat "$SERVER/errors" "$STORE_SERVER/errors")" ''
check_finish
