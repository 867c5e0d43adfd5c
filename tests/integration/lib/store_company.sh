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

# one_reading STORE: a report as of now, and of how many files it is; "none" while there is no store, and
# when the ingest was halted at the one moment at which it has the file for itself.
one_reading() {
	local status=0
	"$LOGINTRAIL" report --format jsonl --db "$1" >"$WORK/meanwhile.jsonl" 2>"$WORK/meanwhile.err" || status=$?
	case $status in
	0) jq 'select(.kind == "summary") | if .invariants == "hold" then .read.files else -1 end' \
		"$WORK/meanwhile.jsonl" ;;
	*) sed -E 's/.*: (there is no store|is no store|another process has been writing to it for [0-9]+ s)$/none/' \
		"$WORK/meanwhile.err" ;;
	esac
}

# Readers while an ingest runs, and while it stands still for longer than a batch lasts: each answer is
# that of the first so many files, never less than before.
readers_meanwhile() {
	local store=$WORK/meanwhile.db status=0 files before=0 answers=0 halts=0 seen=0 states='' wrong=()
	need_kill_corpus
	from_corpus kill
	start_ingest "$store" "${FROM_FILES[@]}" --threads 1
	while is_running "$RUNNING"; do
		if ((seen < 4 && halts++ < 40)); then
			sleep 0.02
			kill -STOP "$RUNNING" 2>/dev/null || break
			sleep "$BATCH_S"
		fi
		files=$(one_reading "$store")
		kill -CONT "$RUNNING" 2>/dev/null || true
		if [[ $files != none ]]; then
			answers=$((answers + 1))
			if [[ ! $files =~ ^[0-9]+$ || $files -lt $before ]]; then
				wrong+=("$files files after $before")
			elif [[ $files -gt $before ]]; then
				cp "$WORK/meanwhile.jsonl" "$WORK/state.$files"
				states+=" $files"
				before=$files seen=$((seen + 1))
			fi
		fi
	done
	wait "$RUNNING" || status=$?
	check_equal "readers meanwhile: the ingest is not disturbed" "$status $(cat "$WORK/running.err")" "0 "
	check_equal "readers meanwhile: $answers answers, none wrong" "${wrong[*]}" ''
	check "readers meanwhile: there were several states" test "$seen" -gt 1
	echo "# states seen, by files:$states"
	states_are_real "$store" "$states"
	FROM_STORE=(--db "$store")
	check_same "readers meanwhile: in the end" report --format jsonl
}

# states_are_real STORE STATES: what was seen is what the first so many files say.
states_are_real() {
	local files role states
	read -r -a states <<<"$2"
	for files in "${states[@]}"; do
		rm -rf "$WORK/prefix"
		mkdir -p "$WORK/prefix/logins" "$WORK/prefix/events"
		count "$1" "SELECT CAST(place AS TEXT) FROM sources
			WHERE substr(CAST(place AS TEXT), 1, 6) <> 'input:' ORDER BY id LIMIT $files" >"$WORK/places"
		for role in logins events; do
			(cd "$WORK/kill/$role" && sed -n "s|.*/kill/$role/||p" "$WORK/places" |
				xargs -r -d '\n' cp -al --parents -t "$WORK/prefix/$role")
		done
		[[ -n $(ls "$WORK/prefix/events") ]] || continue
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
	check "together they did all" cmp <(but_inputs <"$WORK/kill.content") <(content "$store" | but_inputs)
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
