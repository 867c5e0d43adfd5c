# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Several processes at one store: one writes, others read or wait.

# An ingest that stands still: it is stopped after so many seconds, unless it was done before.
start_ingest() {
	"$LOGINTRAIL" ingest --db "$1" "${@:2}" >"$WORK/running.out" 2>"$WORK/running.err" &
	RUNNING=$!
}

is_running() {
	[[ $(ps -o stat= -p "$1" 2>/dev/null) == [RSDT]* ]]
}

# Readers while an ingest runs: each answer is that of the first so many files, never less than before.
readers_meanwhile() {
	local store=$WORK/meanwhile.db status logins=0 before=0 answers=0 states='' wrong=()
	need_kill_corpus
	from_corpus kill
	start_ingest "$store" "${FROM_FILES[@]}" --threads 1
	while is_running "$RUNNING"; do
		sleep 0.03
		kill -STOP "$RUNNING" 2>/dev/null || break
		status=0
		"$LOGINTRAIL" report --format jsonl --db "$store" >"$WORK/meanwhile.jsonl" 2>"$WORK/meanwhile.err" || status=$?
		kill -CONT "$RUNNING"
		if [[ $status == 3 ]] && grep -qE ': (there is no store|is no store)$' "$WORK/meanwhile.err"; then
			[[ $answers == 0 ]] || wrong+=("there was a store and is none")
			continue
		fi
		answers=$((answers + 1))
		logins=$(jq 'select(.kind == "summary") | if .invariants == "hold" then .read.files else -1 end' \
			"$WORK/meanwhile.jsonl")
		[[ $status == 0 && $logins -ge $before ]] ||
			wrong+=("exit $status, $logins files after $before: $(head -n 3 "$WORK/meanwhile.err")")
		if [[ $logins -gt $before ]]; then
			cp "$WORK/meanwhile.jsonl" "$WORK/state.$logins"
			states+=" $logins"
		fi
		before=$logins
	done
	status=0
	wait "$RUNNING" || status=$?
	check_equal "readers meanwhile: the ingest is not disturbed" "$status $(cat "$WORK/running.err")" "0 "
	check_equal "readers meanwhile: $answers answers, none wrong" "${wrong[*]}" ''
	check "readers meanwhile: there were some" test "$answers" -gt 3
	echo "# states seen, by files:$states"
	states_are_real "$store" "$states"
	FROM_STORE=(--db "$store")
	check_same "readers meanwhile: in the end" report --format jsonl
}

# states_are_real STORE STATES: what was seen is what the first so many files say.
states_are_real() {
	local files place states
	read -r -a states <<<"$2"
	for files in "${states[@]:0:4}"; do
		[[ $files != 0 ]] || continue
		rm -rf "$WORK/prefix"
		mkdir -p "$WORK/prefix/logins" "$WORK/prefix/events"
		count "$1" "SELECT CAST(place AS TEXT) FROM sources ORDER BY id LIMIT $files" >"$WORK/places"
		while IFS= read -r place; do
			case $place in
			*/kill/logins/*) echo "$place" >>"$WORK/prefix.logins" ;;
			*) echo "$place" >>"$WORK/prefix.events" ;;
			esac
		done <"$WORK/places"
		(cd "$WORK/kill/logins" && sed "s|.*/kill/logins/||" "$WORK/prefix.logins" |
			xargs -d '\n' cp -al --parents -t "$WORK/prefix/logins")
		[[ ! -e $WORK/prefix.events ]] || (cd "$WORK/kill/events" && sed "s|.*/kill/events/||" "$WORK/prefix.events" |
			xargs -d '\n' cp -al --parents -t "$WORK/prefix/events")
		rm -f "$WORK/prefix.logins" "$WORK/prefix.events"
		"$LOGINTRAIL" report --format jsonl --logins "$WORK/prefix/logins" --events "$WORK/prefix/events" \
			>"$WORK/prefix.jsonl"
		check "readers meanwhile: the state of $files files" \
			cmp <(results "$WORK/prefix.jsonl") <(results "$WORK/state.$files")
	done
}

# The second waits while the first writes, then does its own work.
second_waits() {
	local store=$WORK/second.db status=0 second
	need_kill_corpus
	start_ingest "$store" --events "$WORK/kill/events" --threads 1
	sleep 0.15
	kill -STOP "$RUNNING"
	"$LOGINTRAIL" ingest --db "$store" --logins "$WORK/kill/logins" --logins "$WORK/sshd/fleet" \
		>"$WORK/second.out" 2>"$WORK/second.err" &
	second=$!
	sleep 0.7
	check "a second ingest waits" is_running "$second"
	kill -CONT "$RUNNING"
	wait "$RUNNING" || status=$?
	check_equal "the first one is done" "$status $(cat "$WORK/running.err")" "0 "
	wait "$second" || status=$?
	check_equal "then the second" "$status $(cat "$WORK/second.err")" "0 "
	check "together they did all" cmp <(grep -v '^input|' "$WORK/kill.content") \
		<(content "$store" | grep -v '^input|')
}

# The same files by two or three at once, into a store that none has made yet.
at_once() {
	local round n store=$WORK/at-once.db status pids
	need_kill_corpus
	for round in 1 2 3; do
		rm -f "$store"*
		pids=() status=''
		for n in 1 2 3; do
			"$LOGINTRAIL" ingest --db "$store" "${KILL_INPUTS[@]}" >"$WORK/at-once.$n" 2>&1 &
			pids+=($!)
		done
		for n in "${pids[@]}"; do
			wait "$n" || status+=" $?"
		done
		check_equal "three at once, round $round: all end well" "$status" ''
		[[ -z $status ]] || cat "$WORK"/at-once.?
		check "three at once, round $round: one store" cmp "$WORK/kill.content" <(content "$store")
	done
}

# Locks that nobody lets go: waited for, then an error. Takes as long as that, so in the background.
held_locks() {
	local store=$WORK/held.db other=$WORK/held-alone.db status took holder
	coproc HOLDER { sqlite3 -batch "$store" 2>&1; }
	holder=$HOLDER_PID
	printf 'BEGIN IMMEDIATE;\nSELECT 1;\n' >&"${HOLDER[1]}"
	read -r <&"${HOLDER[0]}"
	answer "$WORK/held.answer" report --format jsonl --db "$store"
	check "a store that is written to: readers do not wait" cmp "$WORK/held.wanted" "$WORK/held.answer"
	took=$SECONDS status=0
	"$LOGINTRAIL" ingest --db "$store" --events "$FIXTURE/events.json" >"$WORK/held.out" 2>"$WORK/held.err" || status=$?
	took=$((SECONDS - took))
	check_equal "a lock that is never let go: exit 4" "$status" 4
	check_match "a lock that is never let go: it is said" "$(cat "$WORK/held.err")" \
		"^logintrail: $store: .*(locked|another process)"
	check "a lock that is never let go: waited for ($took s)" test "$took" -ge 25 -a "$took" -le 45
	printf 'ROLLBACK;\n.quit\n' >&"${HOLDER[1]}"
	wait "$holder" || true
	status=0
	"$LOGINTRAIL" ingest --db "$store" --events "$FIXTURE/events.json" >/dev/null 2>&1 || status=$?
	check_equal "the lock is let go: it works" "$status" 0
}

# One that keeps readers out, too.
held_alone() {
	local store=$WORK/held-alone.db status=0 took holder
	coproc HOLDER { sqlite3 -batch "$store" 2>&1; }
	holder=$HOLDER_PID
	printf 'PRAGMA locking_mode=EXCLUSIVE;\nBEGIN IMMEDIATE;\nUPDATE inputs SET role=role;\nSELECT 1;\n' >&"${HOLDER[1]}"
	read -r <&"${HOLDER[0]}"
	read -r <&"${HOLDER[0]}"
	took=$SECONDS
	"$LOGINTRAIL" report --db "$store" >"$WORK/alone.out" 2>"$WORK/alone.err" || status=$?
	took=$((SECONDS - took))
	check_equal "a store that somebody keeps for himself: exit 3, nothing printed" \
		"$status $(cat "$WORK/alone.out")" "3 "
	check_match "a store that somebody keeps for himself: it is said" "$(cat "$WORK/alone.err")" \
		"^logintrail: $store: .*(locked|another process)"
	check "a store that somebody keeps for himself: waited for ($took s)" test "$took" -ge 25 -a "$took" -le 45
	printf 'ROLLBACK;\n.quit\n' >&"${HOLDER[1]}"
	wait "$holder" || true
}

start_held_locks() {
	FROM_FILES=(--logins "$FIXTURE/logins.jsonl" --events "$FIXTURE/events.json")
	ingest held "${FROM_FILES[@]}"
	ingest held-alone "${FROM_FILES[@]}"
	answer "$WORK/held.wanted" report --format jsonl --db "$WORK/held.db"
	in_background held_locks
	in_background held_alone
}
