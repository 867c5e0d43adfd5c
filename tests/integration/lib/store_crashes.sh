# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Ends that no program can prepare for: killed at any moment, and a disk that is full.

# now_ms, took_ms: milliseconds.
now_ms() {
	local now=${EPOCHREALTIME/./}
	echo $((now / 1000))
}

# answers_or_is_none FILE: the store can be asked, and what adds up adds up; or there is none yet.
answers_or_is_none() {
	local out=$WORK/asked.$BASHPID status=0
	timeout --foreground "$DEADLINE_S" "$LOGINTRAIL" report --format jsonl --db "$1" >"$out" 2>"$out.err" || status=$?
	case $status in
	0) [[ $(jq -r 'select(.kind == "summary") | .invariants' "$out") == hold ]] ;;
	3) grep -qE ': (there is no store|is no store)$' "$out.err" ;;
	*) return 1 ;;
	esac
}

# is_as STORE NAME: the store holds what the store NAME did when expect_of saw it, and answers so.
is_as() {
	cmp -s "$WORK/$2.content" <(content "$1") && cmp -s "$WORK/$2.answer" \
		<("$LOGINTRAIL" report --format jsonl --db "$1" 2>&1)
}

expect_of() {
	content "$WORK/$1.db" >"$WORK/$1.content"
	"$LOGINTRAIL" report --format jsonl --db "$WORK/$1.db" >"$WORK/$1.answer"
}

# How a run is killed after so many seconds; STATUS as timeout(1) has it: 137 when it was killed, 124
# when it came to its end just then.
killed_after() {
	STATUS=0
	timeout --foreground -s KILL "$1" "$LOGINTRAIL" ingest --db "$2" "${@:3}" >"$2.out" 2>"$2.err" || STATUS=$?
}

# The same with a halt on the way, longer than a batch lasts: what came before it is committed.
killed_after_halt() {
	local pid half
	half=$(awk -v all="$1" 'BEGIN { printf "%.4f", all / 2 }')
	STATUS=0
	"$LOGINTRAIL" ingest --db "$2" "${@:3}" >"$2.out" 2>"$2.err" &
	pid=$!
	sleep "$half"
	if kill -STOP "$pid" 2>/dev/null; then
		sleep "$BATCH_S"
		kill -CONT "$pid" 2>/dev/null || true # it may have come to its end just before
		sleep "$half"
		kill -KILL "$pid" 2>/dev/null || true
	fi
	wait "$pid" 2>/dev/null || STATUS=$?
}
BATCH_S=1.05

# KILLED_BY=killed_after_halt: with halts.
# killed_until_done NAME COUNT SEED BASE WANTED ARGUMENT...: ingests into BASE (a store, or "") with the
# arguments are killed so many times in all, at moments spread over the time that one takes. Whenever
# one comes to its end the store must be as the store WANTED, and all begins anew.
killed_until_done() {
	local name=$1 count=$2 seed=$3 base=$4 wanted=$5 took moment kills=0 done=0 store wrong=()
	shift 5
	store=$WORK/killed-$name.db
	fresh_store "$store" "$base"
	took=$(now_ms)
	"$LOGINTRAIL" ingest --db "$store" "$@" >/dev/null 2>&1
	took=$(($(now_ms) - took))
	is_as "$store" "$wanted" || wrong+=("undisturbed: another store")
	fresh_store "$store" "$base"
	while IFS= read -r moment && ((kills < count)); do
		moment=$((2 + moment * took / 1000))
		moment=$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))
		"${KILLED_BY:-killed_after}" "$moment" "$store" "$@"
		if [[ $STATUS == 137 ]]; then
			kills=$((kills + 1)) took=$((took * 102 / 100 + 1))
			intact "$store" || wrong+=("killed after $moment s: damaged")
			((kills % 3)) || answers_or_is_none "$store" || wrong+=("killed after $moment s: no answer")
			((kills == count)) || continue
			"$LOGINTRAIL" ingest --db "$store" "$@" >"$store.out" 2>"$store.err" ||
				wrong+=("the last run: $(cat "$store.err")")
		elif [[ $STATUS == 124 ]]; then
			continue
		elif [[ $STATUS == 0 ]]; then
			# faster than the first one, since less else runs on the machine
			took=$((took * 95 / 100 + 1))
		else
			wrong+=("exit $STATUS: $(cat "$store.err")")
		fi
		done=$((done + 1))
		is_as "$store" "$wanted" || wrong+=("after kill $kills: another store")
		fresh_store "$store" "$base"
	done < <(awk -v seed="$seed" 'BEGIN { srand(seed); for (n = 0; n < 5000; n++) print int(rand() * 1000) }')
	[[ $kills == "$count" ]] || wrong+=("killed $kills times only")
	if [[ ${#wrong[@]} == 0 ]]; then
		ok "$name: killed $kills times in runs of $took ms (seed $seed), $done stores as undisturbed"
	else
		not_ok "$name: killed $kills times in runs of $took ms (seed $seed), $done stores" "${wrong[@]}"
	fi
}

fresh_store() {
	rm -f "$1" "$1"-*
	[[ -z $2 ]] || cp "$2" "$1"
}

# in_background FUNCTION ARGUMENT...: its lines come out, and are counted, by join_background.
in_background() {
	local file=$WORK/background.${#BACKGROUND[@]}
	"$@" >"$file" 2>&1 &
	BACKGROUND+=($!)
}

join_background() {
	local n line
	for n in "${!BACKGROUND[@]}"; do
		wait "${BACKGROUND[$n]}" || not_ok "background $n" "$(cat "$WORK/background.$n")"
		while IFS= read -r line; do
			case $line in
			'ok - '*) CHECK_PASSED=$((CHECK_PASSED + 1)) ;;
			'not ok - '*) CHECK_FAILED=$((CHECK_FAILED + 1)) ;;
			esac
			printf '%s\n' "$line"
		done <"$WORK/background.$n"
	done
	BACKGROUND=()
}

# A corpus whose ingest takes a good part of a second, with logs of sshd.
need_kill_corpus() {
	[[ ! -e $WORK/kill.content ]] || return 0
	"$CORPUS" --out "$WORK/kill" --logins "${STORE_KILL_LOGINS:-2000}" --days 3 --seed 9
	KILL_INPUTS=(--logins "$WORK/kill/logins" --logins "$WORK/sshd/fleet" --events "$WORK/kill/events")
	ingest kill "${KILL_INPUTS[@]}"
	ingested "the corpus to be killed over" 0
	expect_of kill
	check "the corpus to be killed over: the store holds all" test "$(wc -l <"$WORK/kill.content")" -gt 5000
	check "the corpus to be killed over: as from files" cmp "$WORK/kill.answer" \
		<("$LOGINTRAIL" report --format jsonl "${KILL_INPUTS[@]}")
}

killed_first() {
	need_kill_corpus
	KILLED_BY=killed_after_halt in_background killed_until_done halted "$((KILL_COUNT * 3 / 10))" 1 '' kill \
		"${KILL_INPUTS[@]}"
	in_background killed_until_done first "$((KILL_COUNT * 3 / 10))" 2 '' kill "${KILL_INPUTS[@]}"
}

# The store of every second file, and what all of them make of it.
need_kill_half() {
	local half=$WORK/kill-half
	need_kill_corpus
	[[ ! -e $WORK/kill-second.content ]] || return 0
	half_of "$WORK/kill" "$half"
	HALF_INPUTS=(--logins "$half/logins" --logins "$WORK/sshd/fleet" --events "$half/events")
	ingest kill-half "${HALF_INPUTS[@]}"
	rest_of "$WORK/kill" "$half"
	cp "$WORK/kill-half.db" "$WORK/kill-second.db"
	ingest kill-second "${HALF_INPUTS[@]}"
	expect_of kill-second
}

# On top of a store: the second half of the files, a prune, indexes that are not there.
killed_later() {
	local at=2026-04-01T12:00:00Z # drops what lies 30 days before
	need_kill_half
	cp "$WORK/kill.db" "$WORK/kill-pruned.db"
	ingest kill-pruned --prune-before "$at"
	expect_of kill-pruned

	cp "$WORK/kill.db" "$WORK/kill-bare.db"
	count "$WORK/kill-bare.db" "SELECT 'DROP INDEX \"' || name || '\";' FROM sqlite_master
		WHERE type = 'index' AND sql IS NOT NULL
		AND name NOT IN ('callers_mark', 'messages_source', 'texts_set')" | sqlite3 -batch "$WORK/kill-bare.db"
	in_background killed_until_done second "$((KILL_COUNT * 2 / 10))" 3 "$WORK/kill-half.db" \
		kill-second "${HALF_INPUTS[@]}"
	in_background killed_later_small "$at"
	without_indexes
}

killed_later_small() {
	killed_until_done prune "$((KILL_COUNT / 10))" 4 "$WORK/kill.db" kill-pruned --prune-before "$1"
	killed_until_done indexes "$((KILL_COUNT / 10))" 5 "$WORK/kill-bare.db" kill "${KILL_INPUTS[@]}"
}

# A run that ended between the last row and the indexes left a store that answers, if not as fast.
without_indexes() {
	cp "$WORK/kill-bare.db" "$WORK/bare.db"
	FROM_FILES=(--db "$WORK/kill.db")
	FROM_STORE=(--db "$WORK/bare.db")
	check_same "without indexes" report --format jsonl
	question_answers "without indexes" 1
	ingest bare "${KILL_INPUTS[@]}"
	check_equal "without indexes: the next ingest makes them" \
		"$(count "$WORK/bare.db" "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master ORDER BY name)")" \
		"$(count "$WORK/kill.db" "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master ORDER BY name)")"
}

# Killed just before a call that changes a file of the store.
killed_at_calls() {
	local call status n=0 kills=0 store=$WORK/calls.db wrong=()
	if ! strace -o /dev/null true 2>/dev/null; then
		echo "# no strace here: not killed at calls"
		return 0
	fi
	FROM_FILES=(--logins "$FIXTURE/chain-auth.log" --logins "$FIXTURE/logins.jsonl"
		--events "$FIXTURE/chain-events.json" --events "$FIXTURE/events.json")
	ingest fixtures "${FROM_FILES[@]}"
	expect_of fixtures
	for call in pwrite64 fdatasync ftruncate unlink; do
		for ((n = 1; n < 400; n += 1 + n / 3)); do
			fresh_store "$store" ''
			status=0
			# in a shell of its own, which says nothing of how it ended
			(strace -f -qq -o /dev/null -e "trace=$call" -e "inject=$call:signal=KILL:when=$n" \
				"$LOGINTRAIL" ingest --db "$store" "${FROM_FILES[@]}" || exit 1) >/dev/null 2>&1 || status=$?
			[[ $status != 0 ]] || break
			kills=$((kills + 1))
			intact "$store" || wrong+=("$call $n: damaged")
			answers_or_is_none "$store" || wrong+=("$call $n: no answer")
			ingest_file "$store" "${FROM_FILES[@]}"
			[[ $STATUS == 0 ]] || wrong+=("$call $n: $(cat "$WORK/ingest.err")")
			is_as "$store" fixtures || wrong+=("$call $n: another store")
		done
	done
	check "killed at calls: $kills times" test "$kills" -gt 20
	check_equal "killed at calls: each store is as undisturbed" "$(printf '%s\n' "${wrong[@]}")" ''
}

# Disks that are full -------------------------------------------------------------------------------
DISK_SAYS=': no space is left for it'

mount_disk() {
	mkdir -p "$WORK/disk"
	mount -t tmpfs -o "size=$1,mode=755" tmpfs "$WORK/disk"
}

unmount_disk() {
	! mountpoint -q "$WORK/disk" || umount "$WORK/disk"
}

# said_full NAME STORE: the last ingest ended for want of room.
said_full() {
	check_equal "$1: exit 4" "$STATUS" 4
	check_equal "$1: one line, which names the store" \
		"$(grep -cE "^logintrail: $2$DISK_SAYS" "$WORK/ingest.err") $(wc -l <"$WORK/ingest.err")" "1 1"
}

full_disk() {
	local size store=$WORK/disk/trail.db full=0
	need_kill_corpus
	if [[ -z ${STORE_MOUNTS:-} ]]; then
		echo "# nothing can be mounted here: no full disk"
		return 0
	fi
	for size in 16k 64k 200k 400k 1m 2m; do
		mount_disk "$size"
		ingest_file "$store" "${KILL_INPUTS[@]}"
		if [[ $STATUS != 0 ]]; then
			full=$((full + 1))
			said_full "a disk of $size" "$store"
			check "a disk of $size: the store is in order" intact "$store"
			check "a disk of $size: it answers, or is none yet" answers_or_is_none "$store"
		fi
		mount -o remount,size=512m "$WORK/disk"
		ingest_file "$store" "${KILL_INPUTS[@]}"
		ingested "more room than $size" 0
		check "more room than $size: as undisturbed" is_as "$store" kill
		unmount_disk
	done
	check "disks were full" test "$full" -ge 4
	disk_fills_up "$store"
}

# A store that has something: it answers as of its last commit, with not a byte left.
disk_fills_up() {
	local store=$1
	need_kill_half
	mount_disk 64m
	cp "$WORK/kill-half.db" "$store"
	answer "$WORK/wanted" report --format jsonl --db "$store"
	dd if=/dev/zero of="$WORK/disk/filler" bs=4k status=none 2>/dev/null || true
	answer "$WORK/given" report --format jsonl --db "$store"
	check "no room at all: an old store answers" cmp "$WORK/wanted" "$WORK/given"
	truncate -s -200k "$WORK/disk/filler"
	ingest_file "$store" "${HALF_INPUTS[@]}"
	said_full "the disk fills up" "$store"
	answer "$WORK/given" report --format jsonl --db "$store"
	check "the disk fills up: an answer as of a commit" answers_or_is_none "$store"
	ingest_file "$store" --prune-before 2026-04-01T12:00:00Z
	check_match "the disk fills up: a prune works, or says why not" \
		"$STATUS $(cat "$WORK/ingest.err")" "^(0 |4 logintrail: $store$DISK_SAYS)"
	rm "$WORK/disk/filler"
	cp "$WORK/kill-half.db" "$store"
	rm -f "$store"-*
	ingest_file "$store" "${HALF_INPUTS[@]}"
	check "room again: as undisturbed" is_as "$store" kill-second
	unmount_disk
}

# Files may be no larger than so many KiB.
quota() {
	local limit store=$WORK/quota.db
	need_kill_corpus
	for limit in 8 64 512; do
		rm -f "$store"*
		STATUS=0
		(
			trap '' XFSZ
			ulimit -f "$limit"
			exec "$LOGINTRAIL" ingest --db "$store" "${KILL_INPUTS[@]}"
		) >/dev/null 2>"$WORK/ingest.err" || STATUS=$?
		check_equal "files of at most $limit KiB: exit 4" "$STATUS" 4
		check_match "files of at most $limit KiB: it is said" "$(cat "$WORK/ingest.err")" \
			"^logintrail: $store: .*File too large"
		check "files of at most $limit KiB: the store is in order" intact "$store"
		ingest_file "$store" "${KILL_INPUTS[@]}"
		check "files of at most $limit KiB: then more, as undisturbed" is_as "$store" kill
	done
}
