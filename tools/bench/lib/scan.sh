# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the report costs beside inflating the same files and nothing else, with one thread and with two.

SCAN_RATIO=1.15        # report --no-people: at most so many times the time of inflating
SCAN_RATIO_PEOPLE=1.35 # report: at most
SCAN_THREADS=1.7       # two threads: at least so many times as fast as one

# timed_inflate NAME CORPUS THREADS
timed_inflate() {
	timed "$1" --stdin "$WORK/$2/list" "$BUILD/bench/inflate" --threads "$3"
}

run_scan() {
	local round threads
	forget_times
	for ((round = 0; round <= RUNS; round++)); do
		for threads in 1 2; do
			timed_inflate "inflate-$threads" scan "$threads"
			timed_report "callers-$threads" scan "$threads" --no-people
			timed_report "people-$threads" scan "$threads"
		done
		[[ $round != 0 ]] || forget_times
	done
}

# Any number of threads writes the same.
check_threads() {
	local threads
	for threads in 1 2 3; do
		"$LOGINTRAIL" report --logins "$WORK/scan/logins" --events "$WORK/scan/events" \
			--threads "$threads" --progress none --format jsonl -o "$WORK/threads-$threads.jsonl"
		cmp "$WORK/threads-1.jsonl" "$WORK/threads-$threads.jsonl" || exit 1
	done
	rm -f "$WORK"/threads-*.jsonl
}

print_scan() {
	local threads
	printf '\n%s. %s Medians of %s interleaved runs:\n\n' "$(input_size scan)" \
		"$(input_shape scan)" "$RUNS"
	table
	for threads in 1 2; do
		row "inflating alone, $threads thread$(plural "$threads")" "$WORK/time.inflate-$threads"
		row "logintrail report --no-people, $threads thread$(plural "$threads")" \
			"$WORK/time.callers-$threads"
		row "logintrail report, $threads thread$(plural "$threads")" "$WORK/time.people-$threads"
	done
}

judge_scan() {
	printf '\n'
	judge 'one thread, report --no-people beside inflating alone' "$(beside callers-1 inflate-1)" \
		'at most' "$SCAN_RATIO" ' times'
	judge 'one thread, report beside inflating alone' "$(beside people-1 inflate-1)" \
		'at most' "$SCAN_RATIO_PEOPLE" ' times'
	if (($(nproc) < 2)); then
		printf -- '- two threads: not measured, there is one core\n'
		return
	fi
	judge 'two threads beside one, report --no-people' "$(beside callers-1 callers-2)" \
		'at least' "$SCAN_THREADS" ' times as fast'
	judge 'two threads beside one, report' "$(beside people-1 people-2)" \
		'at least' "$SCAN_THREADS" ' times as fast'
	printf -- '- two threads beside one, inflating alone: %s times as fast\n' \
		"$(beside inflate-1 inflate-2)"
}

bench_scan() {
	need_mib 1000
	make_scan_corpus scan
	check_report scan
	check_threads
	run_scan
	print_scan
	judge_scan
}
