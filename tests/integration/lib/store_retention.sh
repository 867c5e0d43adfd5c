# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What ingest --prune-before takes away, and that nothing else goes with it: a login that is left is
# answered for as it was before. Answers begin at the time; records go that lie 30 days before it.

# since FILE T: rows of logins and pushes from then on.
since() {
	results "$1" | jq -c --arg from "$2" 'def moment: if test("\\.") then . else sub("Z$"; ".000000Z") end;
		select((.kind == "login" or .kind == "push") and (.time | moment) >= ($from | moment))'
}

# A reason that looks at all earlier pushes of a key looks no further back than they go; a window that
# began before what is left is not covered. Nothing else may differ.
no_further_back() {
	jq -c 'if .reason | IN("push_expired", "pushed_for_other_user", "pushed_for_other_instance",
		"push_failed", "key_never_pushed") then .reason = "-" else . end'
}

# prune NAME T: of a copy of the store.
prune() {
	rm -f "$WORK/$1-pruned.db"*
	cp "$WORK/$1.db" "$WORK/$1-pruned.db"
	ingest "$1-pruned" --prune-before "$2"
}

whole_report() {
	answer "$1" report --format jsonl "${@:2}"
	sed -i '/^--- standard error/,$d' "$1"
}

# pruned_at NAME T: logins and pushes from T on are as they were, none before it is there.
pruned_at() {
	local name=$1 at=$2
	prune "$name" "$at"
	ingested "$name pruned before $at" 0
	check_match "$name pruned before $at: it is told" "$(cat "$WORK/ingest.out")" '; [0-9]+ records? dropped$'
	whole_report "$WORK/before.jsonl" --db "$WORK/$name.db" --from "$at"
	whole_report "$WORK/after.jsonl" --db "$WORK/$name-pruned.db"
	whole_report "$WORK/after-from.jsonl" --db "$WORK/$name-pruned.db" --from "$at"
	check_equal "$name pruned before $at: logins from then on are as before" "$(diff \
		<(since "$WORK/before.jsonl" "$at" | grep '^{"kind":"login"' | no_further_back) \
		<(results "$WORK/after.jsonl" | grep '^{"kind":"login"' | no_further_back) | sed -n '1,6p')" ''
	check_equal "$name pruned before $at: so are pushes" "$(diff \
		<(since "$WORK/before.jsonl" "$at" | grep '^{"kind":"push"') \
		<(since "$WORK/after-from.jsonl" "$at" | grep '^{"kind":"push"') | sed -n '1,6p')" ''
	check_equal "$name pruned before $at: the invariants hold" \
		"$(jq -r 'select(.kind == "summary") | .invariants' "$WORK/after.jsonl")" hold
	check "$name pruned before $at: the file is in order" intact "$WORK/$name-pruned.db"
}

# Answers of questions about what is left are what they were.
questions_after() {
	local name=$1 at=$2 session wrong=() asked=0
	for session in $(results "$WORK/after.jsonl" | jq -r 'select(.kind == "login") | .session' | sed -n "1~$3p"); do
		asked=$((asked + 1))
		answer "$WORK/one" who --session "$session" --format jsonl --db "$WORK/$name-pruned.db"
		cmp -s <(grep '^{"kind":"login"' "$WORK/one") <(grep -F "\"session\":\"$session\"" "$WORK/after.jsonl" |
			grep '^{"kind":"login"') || wrong+=("$session")
	done
	check_equal "$name pruned before $at: $asked logins asked for are those of the report" "${wrong[*]}" ''
}

moments_to_prune_at() {
	jq -r "$2" "$WORK/$1.jsonl" | sed -n "${3}p"
}

retention_of_corpora() {
	local at profile
	from_corpus truth
	store_of truth
	for at in 2026-03-02T12:00:00Z 2026-03-04T00:00:00Z; do
		pruned_at truth "$at"
		questions_after truth "$at" 25
	done
	from_corpus people
	store_of people
	whole_report "$WORK/people.jsonl" --db "$WORK/people.db"
	# a login's own time: it stays, and its push and chain lie before it
	for at in $(moments_to_prune_at people \
		'select(.kind == "login" and .verdict == "attributed" and (.person.chain | length) > 1) | .time' '5~45'); do
		pruned_at people "$at"
	done
	# whose name rests on who was logged in before
	for at in $(moments_to_prune_at people 'select(.kind == "login" and (.person.candidates or
		any(.person.chain[]?; .rule == "instance"))) | .time' '1~3'); do
		pruned_at people "$at"
	done
	questions_after people "$at" 10
	FROM_FILES=(--logins "$WORK/sshd/fleet" --logins "$WORK/truth/logins" --events "$WORK/truth/events")
	store_of with-sshd
	pruned_at with-sshd 2026-03-03T00:00:00Z
	questions_after with-sshd 2026-03-03T00:00:00Z 25
	# long enough for rows to go
	for profile in truth people; do
		"$CORPUS" --out "$WORK/long-$profile" --profile "$profile" --logins 400 --days 80 --seed 3
		from_corpus "long-$profile"
		store_of "long-$profile"
		for at in 2026-04-10T00:00:00Z 2026-05-05T12:00:00Z; do
			pruned_at "long-$profile" "$at"
			check "long-$profile pruned before $at: rows are gone" test "$(sqlite3 \
				"$WORK/long-$profile-pruned.db" 'SELECT count(*) FROM pushes')" -lt "$(sqlite3 \
				"$WORK/long-$profile.db" 'SELECT count(*) FROM pushes')"
			questions_after "long-$profile" "$at" 10
		done
	done
}

# What was dropped is gone, said so, and does not come again.
gone_for_good() {
	local at=2026-04-02T00:00:00Z text # 30 days behind 2026-03-03
	from_corpus truth
	prune truth "$at"
	check_match "pruned: the table says it" "$("$LOGINTRAIL" report --db "$WORK/truth-pruned.db")" \
		'2026-04-02 ?T?00:00:00Z?'
	check_equal "pruned: so does the summary" "$("$LOGINTRAIL" report --db "$WORK/truth-pruned.db" \
		--format jsonl | jq -r 'select(.kind == "summary") | .options.pruned_before')" "${at%Z}.000000Z"
	check_equal "not pruned: nothing of it" "$("$LOGINTRAIL" report --db "$WORK/truth.db" \
		--format jsonl | grep -c pruned_before || true)" 0
	text=$(jq -r 'select(.kind == "login" and .verdict == "attributed") | .session' "$WORK/truth.jsonl" | sed -n 1p)
	check_match "pruned: an old login is nowhere" \
		"$("$LOGINTRAIL" explain "$text" --db "$WORK/truth-pruned.db" 2>&1)" "$text|no (login|session)"
	check_equal "pruned: nor found by who" "$("$LOGINTRAIL" who --session "$text" --format jsonl \
		--db "$WORK/truth-pruned.db" 2>&1 | grep -c '^{"kind":"login"')" 0
	content "$WORK/truth-pruned.db" >"$WORK/pruned.content"
	check_equal "pruned: sessions that ended 30 days before are gone" "$(sqlite3 "$WORK/truth-pruned.db" \
		"SELECT count(*) FROM pushes WHERE time < unixepoch('2026-03-03') * 1000000 AND replaces = 0")" 0
	check "pruned: what is younger is not" test "$(sqlite3 "$WORK/truth-pruned.db" \
		"SELECT count(*) FROM pushes")" = "$(sqlite3 "$WORK/truth.db" \
		"SELECT count(*) FROM pushes WHERE time >= unixepoch('2026-03-03') * 1000000 OR replaces <> 0")"
	ingest truth-pruned "${FROM_FILES[@]}"
	read_files "files that were pruned" 0 0 0 '[0-9]+'
	check "files that were pruned: the store holds the same" \
		cmp "$WORK/pruned.content" <(content "$WORK/truth-pruned.db")
	whole_report "$WORK/after.jsonl" --db "$WORK/truth-pruned.db"
	ingest truth-pruned "${FROM_FILES[@]}" --rescan
	whole_report "$WORK/again.jsonl" --db "$WORK/truth-pruned.db"
	check "read again by force: the same rows" cmp <(results "$WORK/after.jsonl") <(results "$WORK/again.jsonl")
	check "read again by force: what is too old is counted" test "$(jq 'select(.kind == "summary")
		| .read.pruned' "$WORK/again.jsonl")" -gt 0
	late_and_old "$at"
	ingest truth-pruned --prune-before 2026-03-01T00:00:00Z
	whole_report "$WORK/again.jsonl" --db "$WORK/truth-pruned.db"
	check "pruned before an earlier time: the same rows" \
		cmp <(results "$WORK/after.jsonl") <(results "$WORK/again.jsonl")
	check_equal "pruned before an earlier time: the later one counts" "$(jq -r \
		'select(.kind == "summary") | .options.pruned_before' "$WORK/again.jsonl")" "${at%Z}.000000Z"
}

# Old records by other files, of events, logins and sshd.
late_and_old() {
	mkdir -p "$WORK/old/logins" "$WORK/old/events"
	find "$WORK/truth/events" -path '*/2026/03/01/*' -type f | sed -n '1,40p' | xargs -d '\n' cp -p -t "$WORK/old/events"
	grep -h '"time":"2026-03-01' "$WORK"/truth/logins/*.jsonl >"$WORK/old/logins/old.jsonl"
	grep -h '^2026-03-01' "$WORK"/sshd/fleet/*/var/log/secure.1 >"$WORK/old/logins/secure"
	ingest truth-pruned --logins "$WORK/old/logins" --events "$WORK/old/events" --instance "$BUSIEST"
	ingested "late old files" 0
	whole_report "$WORK/again.jsonl" --db "$WORK/truth-pruned.db"
	check "late old files: the same rows" cmp <(results "$WORK/after.jsonl") <(results "$WORK/again.jsonl")
	check "late old files: logins are counted" test "$(jq 'select(.kind == "summary")
		| .read.login_pruned' "$WORK/again.jsonl")" -gt 0
	check_equal "late old files: the invariants hold" \
		"$(jq -r 'select(.kind == "summary") | .invariants' "$WORK/again.jsonl")" hold
}

# Pruned a day at a time or at once; and to the last row.
prunes_add_up() {
	local at
	cp "$WORK/truth.db" "$WORK/daily.db"
	for at in 2026-04-01 2026-04-02 2026-04-03; do
		ingest daily --prune-before "$at"
		ingested "daily, $at" 0
	done
	prune truth 2026-04-03
	check "pruned day by day, or at once: the same" \
		cmp <(content "$WORK/daily.db") <(content "$WORK/truth-pruned.db")
	prune truth 2100-01-01
	ingested "pruned to the last row" 0
	answer "$WORK/empty" report --format jsonl --db "$WORK/truth-pruned.db"
	check_equal "pruned to the last row: a report of nothing" "$(grep -c '^{"kind":"\(login\|push\)"' "$WORK/empty")" 0
	check_match "pruned to the last row: it answers" "$(tail -n 1 "$WORK/empty")" 'exit 0$'
	# an ingest that prunes what it reads itself
	from_corpus truth
	ingest together "${FROM_FILES[@]}" --prune-before 2026-04-03
	prune truth 2026-04-03
	whole_report "$WORK/one.jsonl" --db "$WORK/together.db"
	whole_report "$WORK/two.jsonl" --db "$WORK/truth-pruned.db"
	check "pruned by the ingest itself: the same answer" cmp "$WORK/one.jsonl" "$WORK/two.jsonl"
}
