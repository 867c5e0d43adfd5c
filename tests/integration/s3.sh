#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Inputs that lie in S3, read from a server that checks signatures: answers equal those of the same files
# on disk, byte for byte but for what the inputs are called.
#
# S3_KEEP   a directory to work in, and to leave for looking at
set -euo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=tools/lib/s3_server.sh
. tools/lib/s3_server.sh
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

for program in swift-proxy-server swift-object-server memcached aws jq; do
	command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }
done

BUILD=${BUILD:-build}
LOGINTRAIL=${LOGINTRAIL:-$PWD/$BUILD/logintrail}
CORPUS=${LOGINTRAIL_CORPUS:-$BUILD/logintrail-corpus}
WORK=${S3_KEEP:-$(mktemp -d)}
S3_SERVER_PIDS=()
cleanup() {
	s3_server_stop
	[[ -n ${S3_KEEP:-} ]] || rm -rf "$WORK"
}
trap cleanup EXIT

TRAIL=AWSLogs/111122223333/CloudTrail

# The files, as they are uploaded: a bucket is a directory.
make_buckets() {
	local corpus=$WORK/corpus odd=$WORK/odd/events
	"$CORPUS" --out "$corpus" --logins 60 --days 2 --seed 5 >/dev/null
	mkdir -p "$odd/a b/c+d" "$odd/100%25/ä" "$WORK/odd/hosts"
	cp tests/data/golden/chain-events.json "$odd/a b/c+d/x=1&y;z@(1)'\".json"
	cp tests/data/golden/events.json "$odd/100%25/ä/日本 %2F+%.json"
	cp tests/data/golden/logins.jsonl "$WORK/odd/hosts/#1?~!*.jsonl"
	mkdir -p "$WORK/digests/$TRAIL-Digest/us-east-1/2026/03/01" "$WORK/digests/$TRAIL-Insight"
	echo '{}' >"$WORK/digests/$TRAIL-Digest/us-east-1/2026/03/01/x.json"
	echo '{}' >"$WORK/digests/$TRAIL-Insight/x.json"
	s3_upload corpus "$corpus"
	s3_upload corpus "$WORK/digests" events/
	s3_upload odd "$WORK/odd"
}

# What does not depend on how the inputs are called: two places of one name are one.
neutral() {
	sed -e "s#s3://\(corpus\|odd\)/#INPUT/#g" -e "s#$WORK/\(corpus\|odd\|days\)/#INPUT/#g"
}

# run NAME COMMAND...: its output and what it says to $WORK/NAME.out and .err, STATUS.
run() {
	local name=$1
	shift
	STATUS=0
	timeout --foreground 60 "$@" >"$WORK/$name.out" 2>"$WORK/$name.err" || STATUS=$?
}

# same NAME DISK-ROOT S3-ROOT COMMAND...: with @ for the root, the same from both.
same() {
	local name=$1 disk=$2 s3=$3 expected
	shift 3
	run disk "$LOGINTRAIL" "${@//@/$disk}"
	expected=$STATUS
	run s3 "$LOGINTRAIL" "${@//@/$s3}"
	check_equal "$name: exits alike" "$STATUS" "$expected"
	check "$name: the same output" cmp <(neutral <"$WORK/disk.out") <(neutral <"$WORK/s3.out")
	check "$name: the same messages" cmp <(neutral <"$WORK/disk.err") <(neutral <"$WORK/s3.err")
}

inputs=(--logins @logins --events @events)

# Every format at once, since each run fetches everything.
same_answers() {
	local session disk=$WORK/corpus/ s3=s3://corpus/ format
	local formats=(--format table --format json -o "$WORK/disk.json" --format jsonl -o "$WORK/disk.jsonl"
		--format csv -o "$WORK/disk.csv")
	same "report" "$disk" "$s3" report "${inputs[@]}" --threads 1
	run disk "$LOGINTRAIL" report "${inputs[@]//@/$disk}" "${formats[@]}"
	run s3 "$LOGINTRAIL" report "${inputs[@]//@/$s3}" --threads 3 "${formats[@]//disk/s3}"
	for format in out json jsonl csv; do
		check "report as $format: the same output" \
			cmp <(neutral <"$WORK/disk.$format") <(neutral <"$WORK/s3.$format")
	done
	session=$(jq -rn 'first(inputs | select(.kind == "login" and .verdict == "attributed") | .session)' "$WORK/s3.jsonl")
	check "there is a session to ask for" test -n "$session"
	same "who" "$disk" "$s3" who "${inputs[@]}" --session "$session" --format json
	same "verify" "$disk" "$s3" verify --logins @logins
	same "odd names" "$WORK/odd/" s3://odd/ report --logins @hosts --events @events --format jsonl
}

# entered NAME PREFIX: the trail, entered there, as the same folder on disk.
entered() {
	same "entered at $1" "$WORK/corpus/" s3://corpus/ report --logins @logins --events "@$1" --format jsonl
}

any_depth() {
	local day
	day=$(cd "$WORK/corpus" && find "events/$TRAIL" -mindepth 4 -type d | sort | sed -n 1p)
	entered "events/AWSLogs/444455556666"
	entered "events/$TRAIL/us-east-1"
	entered "$day"
	run part "$LOGINTRAIL" report --logins s3://corpus/logins/ --events "s3://corpus/${day%?}" --progress json
	check_equal "part of a name is a prefix" \
		"$(listed part "${day%?}")" "$(find "$WORK/corpus/${day%?}"* -type f | wc -l)"
	run folders "$LOGINTRAIL" report --logins s3://corpus/logins --events s3://corpus/events \
		--from 2020-01-01 --to 2020-01-02 --progress json
	check_equal "digests and insights are left out, and counted" \
		"$(grep '^{' "$WORK/folders.err" | jq -c 'select(.kind == "listed") | .folders_left_out' | tail -1)" 2
}

# listed RUN PREFIX: how many objects were listed.
listed() {
	grep '^{' "$WORK/$1.err" |
		jq -r --arg input "s3://corpus/$2" 'select(.kind == "listed" and .input == $input) | .objects'
}

# days FIRST LAST: the trail's folders of these days alone, in $WORK/days.
days() {
	local day=$1
	rm -rf "$WORK/days"
	mkdir -p "$WORK/days"
	cp -r "$WORK/corpus/logins" "$WORK/days/logins"
	while [[ ! $day > $2 ]]; do
		(cd "$WORK/corpus" && find events -path "*/${day//-//}/*" -type f -print0 |
			xargs -0r cp --parents -t "$WORK/days")
		day=$(date -u -d "$day + 1 day" +%F)
	done
}

# The days of what was delivered: two before --from, one (or --late) behind --to.
only_days() {
	local first second last
	first=$(find "$WORK/corpus/events" -type f -printf '%P\n' | grep -o '/20../../../' | sort -u | sed -n 1p)
	first=$(tr / - <<<"${first:1:10}")
	second=$(date -u -d "$first + 1 day" +%F)
	last=$(date -u -d "$first + 2 days" +%F)
	days "$first" "$last"
	same "a day" "$WORK/days/" s3://corpus/ report "${inputs[@]}" --format jsonl --from "$first" --to "$second"
	run day "$LOGINTRAIL" report --logins s3://corpus/logins --events s3://corpus/events --from "$first" \
		--to "$second" --progress json
	check_equal "a day: no other is listed" "$(listed day events)" "$(find "$WORK/days/events" -type f | wc -l)"
	check "a day: there are others" test "$(find "$WORK/corpus/events" -type f | wc -l)" -gt "$(listed day events)"
	days "$first" "$second"
	same "a day, and none late" "$WORK/days/" s3://corpus/ report "${inputs[@]}" --format jsonl \
		--from "$first" --to "$second" --late 0s
	run hint "$LOGINTRAIL" report --logins s3://corpus/logins --events "s3://corpus/events/$TRAIL/us-east-1/" \
		--from "$first" --to "$second" --late 6h --region "$S3_REGION"
	check_match "the next command reads the same days" "$(grep '^next:' "$WORK/hint.out")" \
		"--region $S3_REGION --from $first --to $second --late 21600.000000"
	run none "$LOGINTRAIL" report --logins s3://corpus/logins --events s3://corpus/events --from 2031-01-01
	check_equal "days without anything are no error" "$STATUS" 0
	check_match "days without anything are said" "$(cat "$WORK/none.err")" 'events: nothing is there of the days from 2030-12-30'
}

# ingested WHAT: what is said of an ingest.
ingested() {
	run ingest "$LOGINTRAIL" ingest --db "$WORK/s3.db" --logins s3://corpus/logins --events s3://corpus/events
	check_match "ingest: $1" "$(cat "$WORK/ingest.out" "$WORK/ingest.err")" "$2"
}

stores() {
	local file count
	count=$(find "$WORK/corpus" -path '*/truth*' -prune -o \( -path '*/logins/*' -o -path '*/events/*' \) -type f -print | wc -l)
	ingested "all is new" "^$count files read \(0 changed, 0 not as a whole\), 0 known"
	ingested "all is known" "^0 files read .*, $count known"
	"$LOGINTRAIL" ingest --db "$WORK/disk.db" --logins "$WORK/corpus/logins" --events "$WORK/corpus/events" >/dev/null
	same "a store" "$WORK/disk.db" "$WORK/s3.db" report --db @ --format jsonl
	file=$(cd "$WORK/corpus" && find events -type f | sort | tail -1)
	mkdir -p "$WORK/new/$(dirname "$file")"
	echo '{"Records":[]}' >"$WORK/new/$file"
	echo '{"Records":[]}' >"$WORK/new/${file%/*}/another.json"
	s3_upload corpus "$WORK/new"
	ingested "one is new, one has changed" "^2 files read \(1 changed, .*, $((count - 1)) known"
}

refused() {
	run refused "$LOGINTRAIL" report --logins s3://corpus/logins --events s3://not-there/x
	check_equal "no such bucket: exit 3" "$STATUS" 3
	check_match "no such bucket is said" "$(cat "$WORK/refused.err")" '^logintrail: s3://not-there/x: .*NoSuchBucket'
	run refused "$LOGINTRAIL" report --logins s3://corpus/logins --events s3://corpus/nothing
	check_equal "nothing below a prefix: exit 3" "$STATUS" 3
	check_match "nothing below a prefix is said" "$(cat "$WORK/refused.err")" 'there are no objects below it'
	AWS_SECRET_ACCESS_KEY=secret-that-is-wrong run refused "$LOGINTRAIL" report --logins "$WORK/corpus/logins" --events s3://corpus/events
	check_equal "a wrong secret: exit 3" "$STATUS" 3
	check_match "a wrong secret is said" "$(cat "$WORK/refused.err")" 'SignatureDoesNotMatch'
	check_equal "and not told" "$(grep -c secret-that-is-wrong "$WORK/refused.err")" 0
	run refused "$LOGINTRAIL" report --logins s3://Bad_Bucket/ --events x
	check_equal "no bucket's name: usage" "$STATUS" 2
	run refused "$LOGINTRAIL" report --logins lookup-events: --events x
	check_equal "logins from events: usage" "$STATUS" 2
}

# Whoever may, by --profile and the like; and files that are called like what is none.
others() {
	local config=$WORK/config
	printf '[profile %s]\naws_access_key_id = %s\naws_secret_access_key = %s\n' \
		stranger AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY analyst "$S3_KEY" "$S3_SECRET" >"$config"
	run disk "$LOGINTRAIL" report --format csv --logins "$WORK/corpus/logins" --events "$WORK/corpus/events"
	run s3 env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_ENDPOINT_URL_S3 -u AWS_REGION AWS_CONFIG_FILE="$config" \
		"$LOGINTRAIL" report --format csv --profile stranger --profile analyst --region "$S3_REGION" \
		--endpoint-url "$S3_URL" --logins s3://corpus/logins --events s3://corpus/events
	check_equal "the second profile may: exit 0" "$STATUS$(cat "$WORK/s3.err")" 0
	(cd "$WORK" && cp "$(find corpus/logins -name '*.jsonl' | sort | sed -n 1p)" s3:)
	run named env -C "$WORK" "$LOGINTRAIL" verify --logins s3:
	check_equal "a file that is called s3:" "$STATUS $(grep -o 'verdict.*' "$WORK/named.out")" '0 verdict: intact'
	run beside "$LOGINTRAIL" report --format csv --logins "$WORK/corpus/logins" --events s3://corpus/events
	check_equal "files of both kinds: exit 0" "$STATUS" 0
}

S3_LISTING_MAX=70 s3_server_start "$WORK/swift"
make_buckets
s3_server_environment
same_answers
any_depth
only_days
others
refused
stores
check_finish
