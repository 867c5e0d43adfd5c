# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Files that are cut and grow while they are read, for scan_faults.sh: strace stops the run behind each
# system call that concerns the file, and the file is changed before it goes on.

CALLS='?openat,?newfstatat,?fstat,?statx,?read,?pread64,?mmap'

# stops: how often the traced run has stood still, and its thread that did so last. The others are
# told of it too.
stops() {
	awk '/--- SIGSTOP \{/ { due[$1] = 1 } /--- stopped by SIGSTOP/ && due[$1] { due[$1] = 0; n++; tid = $1 }
		END { print n + 0, tid }' "$WORK/trace"
}

stood_still_or_ended() {
	[[ $(stops) != "$1 "* ]] || ! kill -0 "$2" 2>/dev/null
}

# run_stopped CALL THREADS FILE MISCHIEF: the run stands still behind each call that concerns the
# file; after the CALLth it is changed. 1 when there is no such call.
run_stopped() {
	local call=$1 threads=$2 file=$3 mischief=$4 pid n=0 thread=''
	: >"$WORK/trace"
	# a sanitizer cannot look for leaks under strace
	AS_OTHER=(env "ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0"
		strace -f -qq -o "$WORK/trace" -P "$file" -e "inject=$CALLS:signal=STOP")
	{
		run_threads "$threads" --events "$TREE"
		echo "$STATUS" >"$WORK/status"
	} &
	pid=$!
	while wait_for "$DEADLINE_S" stood_still_or_ended "$n" "$pid" && kill -0 "$pid" 2>/dev/null; do
		read -r n thread < <(stops)
		[[ $n != "$call" ]] || "$mischief"
		kill -CONT "$thread"
	done
	if kill -0 "$pid" 2>/dev/null; then
		echo "# the run came to no end"
		[[ -z $thread ]] || kill -KILL "$thread"
	fi
	wait "$pid"
	AS_OTHER=()
	STATUS=$(cat "$WORK/status")
	STATUSES+=" $STATUS"
	((n >= call))
}

cut_file() {
	truncate -s $(($(stat -c %s "$CHANGED") / 2)) "$CHANGED"
}

grow_file() {
	record bad-9 >>"$CHANGED"
}

empty_file() {
	: >"$CHANGED"
}

plain_file() {
	local n
	fresh_tree
	CHANGED=$TREE/50.jsonl
	for n in 1 2 3; do
		cat "$WORK/records/$n"
	done >"$CHANGED"
}

gzip_file() {
	plain_file
	gzip -1 "$CHANGED"
	CHANGED=$CHANGED.gz
}

# One that is mapped.
large_file() {
	plain_file
	truncate -s 260M "$CHANGED"
}

# at_every_call NAME SETUP MISCHIEF STATUSES: whatever came of the file, the rest is reported.
at_every_call() {
	local call=0 threads there=yes
	while [[ $there == yes ]]; do
		call=$((call + 1))
		STATUSES=''
		for threads in 1 4; do
			"$2"
			run_stopped "$call" "$threads" "$CHANGED" "$3" || there=no
		done
		[[ $there == yes ]] || break
		agree "$1, call $call"
		check_match "$1, call $call: the run comes to its end" "$STATUS" "$4"
		check_match "$1, call $call: of the file, what it had" "$(pushed bad-);" \
			'^(1( 2( 3( 9)?)?)?)?;'
		all_good "$1, call $call"
	done
	check "$1: there were calls" test "$call" -gt 2
}

changes_at_calls() {
	local n
	if ! strace -o /dev/null true 2>/dev/null; then
		echo "# no strace here: changes within a reading not tested"
		return 0
	fi
	mkdir "$WORK/records"
	for n in 1 2 3; do
		record "bad-$n" >"$WORK/records/$n"
	done
	at_every_call "cut while it is read" plain_file cut_file '^[03]$'
	at_every_call "cut while it is inflated" gzip_file cut_file '^[03]$'
	at_every_call "grows while it is read" plain_file grow_file '^[03]$'
	CALLS=${CALLS/,\?read/} # of these it may take thousands
	at_every_call "emptied while it is mapped" large_file empty_file '^[03]$'
}
