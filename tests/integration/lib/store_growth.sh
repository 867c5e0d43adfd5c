# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A store that grows: ingested in parts, again, in other orders. Whatever the way, it answers as the
# files do. FROM_FILES are those that are there at the time.

# count FILE SQL
count() {
	sqlite3 -batch "$1" "$2"
}

# verdicts FILE: of each login of a report.
verdicts() {
	jq -r 'select(.kind == "login") | "\(.session) \(.verdict)"' "$1" | LC_ALL=C sort
}

# revised NAME BEFORE AFTER FROM TO: some logins were this and are that.
revised() {
	check "$1: what was $4 is $5 now" test "$(join <(verdicts "$2") <(verdicts "$3") |
		grep -c " $4 $5\$")" -gt 0
}

same_content() {
	check "$1: the store holds the same" cmp "$2" <(content "$WORK/$3.db")
}

two_halves() {
	local all half=$WORK/grow
	half_of "$WORK/truth" "$half"
	from_corpus grow
	store_of grow
	check_same "half the files" report --format jsonl
	cp "$WORK/answer.store" "$WORK/half.answer"
	half=$(find "$WORK/grow" -type f ! -name truth.jsonl ! -name identity-store.json | wc -l)
	rest_of "$WORK/truth" "$WORK/grow"
	all=$(find "$WORK/grow" -type f ! -name truth.jsonl ! -name identity-store.json | wc -l)
	store_of grow
	read_files "then all" $((all - half)) 0 0 "$half"
	whole_answers "then all"
	question_answers "then all" 1
	content "$WORK/grow.db" >"$WORK/grow.content"
	store_of grow
	read_files "again" 0 0 0 "$all"
	same_content "again" "$WORK/grow.content" grow
	check_same "again" report --format jsonl
	store_of grow --rescan
	read_files "rescan" "$all" 0 0 0
	same_content "rescan" "$WORK/grow.content" grow
	check_same "rescan" report --format jsonl
	GROWN=$all
}

# Into new stores, by any number of threads, at once, with the files in other orders.
any_order() {
	local threads directory n
	from_corpus grow
	for threads in 1 2 8; do
		store_of "threads-$threads" --threads "$threads"
		same_content "threads: $threads" "$WORK/grow.content" "threads-$threads"
	done
	# a region a time, the last one first, logins in between
	n=0
	while IFS= read -r directory; do
		n=$((n + 1))
		[[ $n != 4 ]] || ingest parts --logins "$WORK/grow/logins"
		ingest parts --events "$directory"
	done < <(find "$WORK/grow/events" -type d -regex '.*/CloudTrail/[^/]*' | sort -r)
	store_of parts
	read_files "regions one by one" 0 0 0 "$GROWN"
	check "regions one by one: the store holds the same" \
		cmp <(but_inputs <"$WORK/grow.content") <(content "$WORK/parts.db" | but_inputs)
	both_answer report --format jsonl || true
	check "regions one by one: the same rows" \
		cmp <(results "$WORK/answer.files") <(results "$WORK/answer.store")
	check "regions one by one: the same summary" cmp <(summary_of "$WORK/answer.files") \
		<(summary_of "$WORK/answer.store")
	question_answers_but_inputs "regions one by one"
}

summary_of() {
	grep -a '^{"kind":"summary"' "$1" | jq -S 'del(.inputs)'
}

question_answers_but_inputs() {
	local name=$1 session wrong=0
	for session in $(jq -r 'select(.kind == "login") | .session' "$WORK/questions.jsonl" | sed -n '1~40p'); do
		both_answer explain "$session" || wrong=$((wrong + 1))
	done
	check_equal "$name: explain" "$wrong" 0
}

# Every answer on the way is that of the files of that time.
events_first() {
	local corpus=$WORK/late
	cp -al "$WORK/truth" "$corpus"
	from_corpus late
	mkdir "$WORK/late.logins"
	find "$corpus/logins" -type f | sed 1d | xargs -d '\n' mv -t "$WORK/late.logins"
	store_of late
	check_same "events first" report --format jsonl
	check_same "events first: pushes" pushes --format jsonl
	rest_of "$WORK/late.logins" "$corpus/logins"
	store_of late
	check_same "logins later" report --format jsonl
	check_same "logins later: pushes" pushes --format jsonl

	# what was delivered from the noon of the last day on, then a day in the middle
	late_days '.*_2026030(4T(1[2-9]|2)|5).*' pending
	late_days '.*_202603(01T(1[2-9]|2)|02|03).*' uncovered
}

# late_days PATTERN VERDICT: files of such names come an ingest later than the others; logins that had the
# verdict are attributed then.
late_days() {
	local corpus=$WORK/late
	rm -rf "$corpus" "$corpus.db"*
	cp -al "$WORK/truth" "$corpus"
	find "$corpus/events" -regextype posix-extended -regex "$1" -delete
	store_of late
	check_same "some days later, $2: before" report --format jsonl
	sed '/^--- /,$d' "$WORK/answer.store" >"$WORK/before.jsonl"
	rest_of "$WORK/truth" "$corpus"
	store_of late
	check_same "some days later, $2: with them" report --format jsonl
	sed -i '/^--- /,$d' "$WORK/answer.store"
	revised "some days later" "$WORK/before.jsonl" "$WORK/answer.store" "$2" attributed
}

# files_of_pushes DIR: those with a push in them.
files_of_pushes() {
	python3 -c 'if True:
		import gzip, os, sys
		for place, _, names in os.walk(sys.argv[1]):
			for name in names:
				with gzip.open(place + "/" + name) as file:
					if b"SendSSHPublicKey" in file.read():
						print(place + "/" + name)' "$1"
}

# The events that a chain is made of come an ingest later than the push, and the other way round.
chains_later() {
	local corpus=$WORK/chains order
	files_of_pushes "$WORK/people/events" | sed "s|^$WORK/people/||" >"$WORK/pushes.list"
	(cd "$WORK/people" && find events -type f) | grep -vxFf "$WORK/pushes.list" >"$WORK/issues.list"
	for order in pushes issues; do
		rm -rf "$corpus" "$corpus.db"*
		mkdir "$corpus"
		cp -al "$WORK/people/logins" "$corpus/"
		(cd "$WORK/people" && xargs -d '\n' cp -al --parents -t "$corpus" <"$WORK/$order.list")
		from_corpus chains
		store_of chains
		check_same "$order first" report --format jsonl
		cp "$WORK/answer.store" "$WORK/before.jsonl"
		rest_of "$WORK/people" "$corpus"
		store_of chains
		whole_answers "$order first, then the rest"
		question_answers "$order first, then the rest" 1
		[[ $order == issues ]] || check "people are named that were not" test \
			"$(grep -c '"rule":"access_key"' "$WORK/before.jsonl")" -lt \
			"$(both_answer report --format jsonl && grep -c '"rule":"access_key"' "$WORK/answer.store")"
	done
}

# Files that grow, change, go by another name.
files_change() {
	local log event corpus=$WORK/changes lines
	mkdir -p "$corpus/logins" "$corpus/events"
	find "$WORK/people/events" -type f | LC_ALL=C sort | sed -n '1,400p' | xargs -d '\n' cp -p -t "$corpus/events"
	find "$WORK/people/logins" -name '*.jsonl' | LC_ALL=C sort | xargs -d '\n' cp -p -t "$corpus/logins"
	log=$(wc -l "$corpus"/logins/*.jsonl | sort -rn | sed -n '2s/.* //p')
	lines=$(wc -l <"$log")
	cp -p "$log" "$WORK/whole.log"
	head -n $((lines / 2)) "$WORK/whole.log" >"$log"
	from_corpus changes
	store_of changes
	check_same "half a log" report --format jsonl
	tail -n +$((lines / 2 + 1)) "$WORK/whole.log" >>"$log"
	store_of changes
	read_files "the log grew" 1 1 0 '[0-9]+'
	check_same "the log grew" report --format jsonl
	check_equal "the log grew: nothing is there twice" \
		"$(count "$WORK/changes.db" 'SELECT count(*) - count(DISTINCT body) FROM logins')" 0
	head -n $((lines - 3)) "$WORK/whole.log" >"$log"
	store_of changes
	check_same "the log shrank" report --format jsonl

	event=$(find "$corpus/events" -type f -exec zgrep -l SendSSHPublicKey {} + | sed -n 1p)
	cp -p "$event" "$WORK/kept.gz"
	cp "$FIXTURE/events.json" "$event.json"
	zcat "$WORK/kept.gz" | sed 's/"eventID":"./&f/g' | gzip >"$event"
	store_of changes
	read_files "a file changed, another came" 2 1 0 '[0-9]+'
	check_same "a file changed, another came" report --format jsonl
	cp -p "$WORK/kept.gz" "$event"
	cp -p "$event" "${event%.json.gz}.again.json.gz"
	cp -p "$log" "$log.copy.jsonl"
	store_of changes
	read_files "the same by another name" 3 1 0 '[0-9]+'
	whole_answers "the same by another name"
	touch -d '2026-03-09' "$event"
	store_of changes
	read_files "another time of change" 1 1 0 '[0-9]+'
	check_same "another time of change" report --format jsonl
	# a link, and the directory by another path: the same place
	ln -s "$corpus" "$WORK/link"
	ingest changes --events "$WORK/link/events" --logins "$WORK/link/./logins"
	read_files "by another path" 0 0 0 '[0-9]+'
}

# sshd's logs, of which logins begin in one file and end in another, come one by one.
sshd_one_by_one() {
	local log fleet=$WORK/fleet-later
	mkdir "$fleet"
	FROM_FILES=(--logins "$fleet" --events "$WORK/truth/events")
	cp -al "$WORK/sshd/fleet/." "$fleet"
	find "$fleet" -name secure.1 -delete
	store_of later
	check_same "sshd's newer logs alone" report --format jsonl
	cp -aln "$WORK/sshd/fleet/." "$fleet"
	store_of later
	whole_answers "sshd's older logs later"
	question_answers "sshd's older logs later" 1
	content "$WORK/later.db" >"$WORK/later.content"
	store_of later-at-once
	same_content "sshd's logs at once" "$WORK/later.content" later-at-once
	log=$fleet/$BUSIEST/var/log/secure
	cp -p --remove-destination "$WORK/sshd/fleet/$BUSIEST/var/log/secure" "$log"
	sed -i '$d' "$log"
	store_of later
	read_files "sshd's log changes" 1 1 0 '[0-9]+'
	check_same "sshd's log changes" report --format jsonl
	# another set of options, whose logins are the same ones by other words
	FROM_FILES=(--logins "$fleet" --logins "$WORK/sshd/journal" --events "$WORK/truth/events")
	ingest later "${FROM_FILES[@]}" --instance-map "$WORK/sshd/map"
	FROM_FILES+=(--instance-map "$WORK/sshd/map")
	FROM_STORE+=(--instance-map "$WORK/sshd/map")
	both_answer report --format jsonl || true
	check "sshd's logs in two sets: the same rows" \
		cmp <(results "$WORK/answer.files") <(results "$WORK/answer.store")
}
