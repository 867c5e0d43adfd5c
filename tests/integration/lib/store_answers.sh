# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The same answers from a store as from the files that were put into it.

# store_of NAME [OPTION...] of FROM_FILES: the store NAME, to answer from.
store_of() {
	local name=$1 expected=${EXPECTED:-0}
	shift
	ingest "$name" "${FROM_FILES[@]}" "$@"
	check_equal "$name: ingest ends with $expected" "$STATUS" "$expected"
	FROM_STORE=(--db "$WORK/$name.db")
}

from_corpus() {
	FROM_FILES=(--logins "$WORK/$1/logins" --events "$WORK/$1/events")
}

answers_of_truth() {
	local middle=2026-03-02T12:00:00Z
	from_corpus truth
	store_of truth
	check_equal "truth: ingest says nothing" "$(cat "$WORK/ingest.err")" ''
	whole_answers truth
	check_same "truth: a part of the time" report --format jsonl --from "$middle" --to 2026-03-03
	check_same "truth: pushes of a part of the time" pushes --format jsonl --from "$middle"
	check_same "truth: without people" report --format jsonl --no-people
	check_same "truth: complete until" report --format jsonl --complete-until 2026-03-06
	check_same "truth: complete from" report --format jsonl --complete-from 2026-03-03
	check_same "truth: other graces" report --format jsonl --grace 0 --login-grace 1 --skew 0
	check_same "truth: findings" report --fail-on ambiguous --format jsonl
	from_corpus truth-compact
	store_of truth-compact
	check_same "truth in few files" report --format jsonl
	question_answers truth 4
	question_answers "truth, a part of the time" 2 --from "$middle"
	question_answers "truth, great graces" 1 --grace 600 --skew 60
	question_answers "truth, without people" 1 --no-people
}

answers_of_people() {
	local users=(--identity-store "$WORK/people/identity-store.json")
	from_corpus people
	store_of people
	whole_answers people "${users[@]}"
	check_same "people: without the users' names" report --format jsonl
	from_corpus people-compact
	store_of people-compact
	question_answers people 6 "${users[@]}"
	question_answers "people, without the users' names" 2
}

# The options by which sshd's logs are read are those of the ingest: given with a question or not, the
# rows are the same.
answers_of_sshd() {
	local events=(--events "$WORK/truth-compact/events") logs=$WORK/sshd map options
	map=(--instance-map "$logs/map")
	FROM_FILES=(--logins "$logs/fleet" "${events[@]}")
	store_of fleet
	whole_answers fleet
	question_answers fleet 2

	FROM_FILES=(--logins "$logs/journal" "${events[@]}")
	store_of journal "${map[@]}" --eic-uid 996
	whole_answers journal "${map[@]}" --eic-uid 996
	question_answers journal 2 "${map[@]}" --eic-uid 996

	options=(--instance "$BUSIEST" --year 2026 --time-zone +01:00)
	FROM_FILES=(--logins "$logs/plain" "${events[@]}")
	store_of plain "${options[@]}"
	whole_answers plain "${options[@]}"
	answer "$WORK/with" report --format jsonl "${FROM_STORE[@]}" "${options[@]}"
	answer "$WORK/without" report --format jsonl "${FROM_STORE[@]}"
	check "plain: what counts is how the log was ingested" \
		cmp <(results "$WORK/with") <(results "$WORK/without")

	FROM_FILES=(--logins "$logs/fleet" --logins "$logs/journal" --logins "$WORK/truth/logins" "${events[@]}")
	store_of mixed "${map[@]}"
	whole_answers mixed "${map[@]}"
	question_answers mixed 3 "${map[@]}"
	both_answer report --format jsonl "${map[@]}"
	check "mixed: there is something to merge" test \
		"$(sed -n 's/.*"syslog_duplicates":\([0-9]*\),.*/\1/p' "$WORK/answer.store")" -gt 500

	FROM_FILES=(--logins "$FIXTURE/chain-auth.log" --events "$FIXTURE/chain-events.json")
	store_of fixture --instance-map "$FIXTURE/chain-map.txt"
	whole_answers fixture --instance-map "$FIXTURE/chain-map.txt" --identity-store "$FIXTURE/chain-users.json"
	question_answers fixture 4 --instance-map "$FIXTURE/chain-map.txt" \
		--identity-store "$FIXTURE/chain-users.json"
}

# What was said of a file as it was read is said with every answer.
answers_of_broken() {
	make_broken few 400 40
	from_corpus few
	EXPECTED=3 store_of few
	check "few: messages, and no more than are kept" test "$(wc -l <"$WORK/ingest.err")" -ge 8 -a \
		"$(wc -l <"$WORK/ingest.err")" -le 20
	whole_answers few
	question_answers few 1
	both_answer report --format jsonl || true
	check_match "few: the status of an answer" "$(tail -n 1 "$WORK/answer.store")" 'exit 3$'

	make_broken many 50 9
	from_corpus many
	EXPECTED=3 store_of many
	both_answer report --format jsonl || true
	check_equal "many: what is printed is the same" \
		"$(diff <(sed '/^--- standard error/,$d' "$WORK/answer.files") \
			<(sed '/^--- standard error/,$d' "$WORK/answer.store"))" ''
	check_equal "many: the first messages, and how many more there are" \
		"$(cat "$WORK/answer.store.err")" \
		"$(head -n 20 "$WORK/answer.files.err"
			echo "logintrail: $WORK/many.db: and $(($(wc -l <"$WORK/answer.files.err") - 20)) more about what was read into it")"
	links_to_nowhere
}

# What could not even be opened, when it is listed.
links_to_nowhere() {
	mkdir -p "$WORK/links/events/closed"
	cp -al "$WORK/people/logins" "$WORK/links/"
	find "$WORK/people/events" -type f | sed -n '1,50p' | xargs -d '\n' cp -l -t "$WORK/links/events"
	ln -s nowhere "$WORK/links/events/nowhere.json"
	from_corpus links
	EXPECTED=3 store_of links
	check_same "a link to nowhere: said with every answer" report --format jsonl
	EXPECTED=3 store_of links
	check_same "a link to nowhere: said once, ingested twice" report --format jsonl
	rm "$WORK/links/events/nowhere.json"
	cp "$FIXTURE/events.json" "$WORK/links/events/nowhere.json"
	store_of links
	check_same "a link to nowhere that became a file: not said any more" report --format jsonl
}

# A store beside inputs: together they are the whole.
answers_beside() {
	local name events
	mkdir -p "$WORK/beside"
	half_of "$WORK/people" "$WORK/beside/half"
	cp -al "$WORK/people" "$WORK/beside/rest"
	(cd "$WORK/beside/half" && find . -type f) | sed "s|^\.|$WORK/beside/rest|" | xargs -d '\n' rm
	FROM_FILES=(--logins "$WORK/beside/half/logins" --events "$WORK/beside/half/events")
	store_of beside
	FROM_STORE+=(--logins "$WORK/beside/rest/logins" --events "$WORK/beside/rest/events")
	FROM_FILES+=(--logins "$WORK/beside/rest/logins" --events "$WORK/beside/rest/events")
	whole_answers beside
	question_answers beside 2
	events=$WORK/beside/rest/events
	name=$(find "$events" -type f | sed -n 1p)
	FROM_FILES=(--logins "$WORK/beside/half/logins" --events "$WORK/beside/half/events" --events "$name")
	FROM_STORE=(--db "$WORK/beside.db" --events "$name")
	check_same "beside: one file" report --format jsonl
	FROM_FILES=(--logins "$WORK/truth/logins" --events "$WORK/truth/events" --logins "$WORK/sshd/fleet")
	FROM_STORE=(--db "$WORK/truth.db" --logins "$WORK/sshd/fleet")
	check_same "beside: logs of sshd" report --format jsonl
}
