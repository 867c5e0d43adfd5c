# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Runs of the command over files that are at fault, for scan_faults.sh. Every run is one of one thread
# and one of four, which must print and say the same bytes. What the last one printed is in $WORK/out,
# what it said in $WORK/err, how it ended in STATUS.
#
# A held run stands still while the files are changed: four pipes are among its inputs, so that each
# of its threads waits for one. In front of the others they hold it when all files are listed and none
# is read; behind them, when all were read once.

PIPES=4
DEADLINE_S=30

# record ID: a line with one push. RECORD is that of the push "@".
record() {
	printf '%s\n' "${RECORD//@/$1}"
}

# run_threads THREADS ARGUMENT...
run_threads() {
	local threads=$1
	shift
	STATUS=0
	timeout --foreground "$DEADLINE_S" "${AS_OTHER[@]}" "$LOGINTRAIL" pushes --format jsonl \
		--threads "$threads" "$@" >"$WORK/out.$threads" 2>"$WORK/err.$threads" || STATUS=$?
	STATUSES+=" $STATUS"
}

# agree NAME: the runs with one thread and with four did.
agree() {
	cp "$WORK/out.4" "$WORK/out"
	cp "$WORK/err.4" "$WORK/err"
	if [[ $STATUSES != " $STATUS $STATUS" ]]; then
		not_ok "$1: one thread and four end the same" "exit:$STATUSES" "$(cat "$WORK/err.1")"
	elif ! cmp -s "$WORK/out.1" "$WORK/out.4" || ! cmp -s "$WORK/err.1" "$WORK/err.4"; then
		not_ok "$1: one thread and four print the same" "$(diff "$WORK/out.1" "$WORK/out.4")" \
			"$(diff "$WORK/err.1" "$WORK/err.4")"
	else
		ok "$1: one thread and four print the same"
	fi
}

# both NAME ARGUMENT...
both() {
	local name=$1
	shift
	STATUSES=''
	run_threads 1 "$@"
	run_threads 4 "$@"
	agree "$name"
}

# pushed PREFIX: the ids of the pushes in the report that begin so, without it, in their order.
pushed() {
	jq -r --arg prefix "$1" 'select(.kind == "push" and (.event_id | startswith($prefix)))
		| .event_id[($prefix | length):]' "$WORK/out" | sort -n | paste -sd' '
}

# counted NAME...: counters of the summary.
counted() {
	jq -r 'select(.kind == "summary") | .read | [.[$ARGS.positional[]]] | join(" ")' "$WORK/out" \
		--args "$@"
}

# all_good NAME: the pushes of the good files are in the report, as if there were no others.
all_good() {
	check "$1: the good files are reported" \
		cmp <(grep -a '"event_id":"good-[1-6]"' "$WORK/out") "$WORK/good.rows"
}

# ends NAME STATUS TEXT: the last run ended so and said the text, or nothing where there is none.
ends() {
	check_equal "$1: exit $2" "$STATUS" "$2"
	if [[ -n $3 ]]; then
		check "$1: it is said" grep -aqF -e "$3" "$WORK/err"
	else
		check_equal "$1: nothing is said" "$(cat "$WORK/err")" ''
	fi
}

# Text in UTF-8 without control characters, C1 and line ends of Unicode included.
is_clean() {
	if LC_ALL=C grep -aPn '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]' "$1"; then
		return 1
	fi
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
}

# Holds the pipe $1 open until it may write its record.
hold_pipe() {
	local waited
	exec 7>"$WORK/pipes/$1"
	: >"$WORK/pipes/$1.open"
	for ((waited = 0; waited < DEADLINE_S * 50; waited++)); do
		[[ ! -e $WORK/pipes/go ]] || break
		sleep 0.02
	done
	record "pipe-$1" >&7
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < until)) || return 1
		sleep 0.005
	done
}

pipes_are_open() {
	local n
	for ((n = 1; n <= $1; n++)); do
		[[ -e $WORK/pipes/$n.open ]] || return 1
	done
}

# run_held PLACE MISCHIEF THREADS ARGUMENT...: the files are changed by the command MISCHIEF while the
# run is held at PLACE (front, back).
run_held() {
	local place=$1 mischief=$2 threads=$3 n pid arguments=() holders=()
	shift 3
	rm -rf "$WORK/pipes"
	mkdir "$WORK/pipes"
	for ((n = 1; n <= PIPES; n++)); do
		mkfifo "$WORK/pipes/$n"
		arguments+=(--events "$WORK/pipes/$n")
		hold_pipe "$n" &
		holders+=($!)
	done
	if [[ $place == front ]]; then
		arguments+=("$@")
	else
		arguments=("$@" "${arguments[@]}")
	fi
	{
		run_threads "$threads" "${arguments[@]}"
		echo "$STATUS" >"$WORK/status"
	} &
	pid=$!
	wait_for "$DEADLINE_S" pipes_are_open "$threads" || echo "# the run never came to the pipes"
	"$mischief"
	: >"$WORK/pipes/go"
	wait "$pid"
	STATUS=$(cat "$WORK/status")
	STATUSES+=" $STATUS"
	kill "${holders[@]}" 2>/dev/null || true
	wait "${holders[@]}" 2>/dev/null || true
}

# both_held NAME PLACE SETUP MISCHIEF ARGUMENT...: SETUP makes the files anew for each run.
both_held() {
	local name=$1 place=$2 setup=$3 mischief=$4 threads
	shift 4
	STATUSES=''
	for threads in 1 "$PIPES"; do
		"$setup"
		run_held "$place" "$mischief" "$threads" "$@"
	done
	agree "$name"
}
