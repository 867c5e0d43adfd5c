# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Memory and time of the report as the trail grows sixteenfold, and the memory that the largest file
# needs which CloudTrail delivers.

SCALE_MIB=128      # a thread, at most
SCALE_SAME=1.10    # memory for four times the trail, at most
SCALE_LINEAR=1.05  # the dearest gigabyte beside the cheapest, at most
SCALE_RUNS=3
SCALE_CORPORA="scan-short scan scan-long"
LARGE_FILE=47000000 # bytes of JSON; CloudTrail's limit is 50 MB

# A trail with one file as large as they come: the records of the first files in one.
make_large_file() {
	local file text=$WORK/scan-large/text.json
	[[ ! -e $WORK/scan-large/done ]] || return 0
	rm -rf "$WORK/scan-large"
	mkdir -p "$WORK/scan-large"
	cp -r "$WORK/scan-short/logins" "$WORK/scan-short/events" "$WORK/scan-large"
	printf '{"Records":[' >"$text"
	while read -r file && (($(stat -c %s "$text") < LARGE_FILE)); do
		gzip -dc -- "$file" | sed -e 's/^{"Records":\[//' -e 's/\]}$/,/' | tr -d '\n' >>"$text"
	done <"$WORK/scan/list"
	truncate -s -1 "$text"
	printf ']}' >>"$text"
	gzip -c "$text" >"$(dirname "$(head -n 1 "$WORK/scan-short/list" |
		sed "s|^$WORK/scan-short/|$WORK/scan-large/|")")/large.json.gz"
	stat -c %s "$text" >"$WORK/scan-large/done"
	rm "$text"
}

run_scale() {
	local round corpus
	forget_times
	for ((round = 0; round <= SCALE_RUNS; round++)); do
		for corpus in $SCALE_CORPORA; do
			timed_inflate "inflate-$corpus" "$corpus" 1
			timed_report "people-1-$corpus" "$corpus" 1
			timed_report "people-2-$corpus" "$corpus" 2
			timed_report "callers-1-$corpus" "$corpus" 1 --no-people
			timed_report "callers-2-$corpus" "$corpus" 2 --no-people
		done
		timed_report people-1-large scan-large 1
		timed_report people-2-large scan-large 2
		[[ $round != 0 ]] || forget_times
	done
}

# gigabytes NAME: of JSON that inflating alone gives.
gigabytes() {
	"$BUILD/bench/inflate" <"$WORK/$1/list" | awk '{ printf "%.3f", $2 / 1e9 }'
}

# peak_mib NAME: the most memory of all the runs.
peak_mib() {
	awk '$4 > most { most = $4 } END { printf "%.1f", most / 1024 }' "$WORK/time.$1"
}

# a_gigabyte NAME GIGABYTES: seconds, at the median.
a_gigabyte() {
	ratio "$(median "$WORK/time.$1" 1)" "$2" 4
}

# scale_row CORPUS: its line of the table; what is judged is kept in the files gigabyte.*, a line each.
scale_row() {
	local size report beside busy
	size=$(gigabytes "$1")
	report=$(a_gigabyte "people-1-$1" "$size")
	beside=$(beside "people-1-$1" "inflate-$1")
	busy=$(ratio "$(busy "$WORK/time.people-1-$1")" "$size" 4)
	echo "$report" >>"$WORK/gigabyte.report"
	echo "$beside" >>"$WORK/gigabyte.beside"
	echo "$busy" >>"$WORK/gigabyte.busy"
	printf '| %.2f GB | %s | %s | %s | %s | %s | %s, %s | %s, %s |\n' "$size" \
		"$(wc -l <"$WORK/$1/list")" "$(a_gigabyte "inflate-$1" "$size")" "$report" "$beside" "$busy" \
		"$(peak_mib "people-1-$1")" "$(peak_mib "people-2-$1")" \
		"$(peak_mib "callers-1-$1")" "$(peak_mib "callers-2-$1")"
}

print_scale() {
	local corpus
	printf '\nSeconds a gigabyte of JSON, one thread, medians of %s interleaved runs; the most memory of any run, MiB:\n\n' \
		"$SCALE_RUNS"
	printf '| JSON | files | inflating alone | report | beside inflating | user and system | memory: report, 1 and 2 threads | report --no-people, 1 and 2 |\n'
	printf '| --- | --- | --- | --- | --- | --- | --- | --- |\n'
	rm -f "$WORK"/gigabyte.*
	for corpus in $SCALE_CORPORA; do
		scale_row "$corpus"
	done
	printf '\nThe shortest with one file of %s bytes of JSON among the others: %s MiB with one thread, %s with two.\n' \
		"$(cat "$WORK/scan-large/done")" "$(peak_mib people-1-large)" "$(peak_mib people-2-large)"
}

# spread FILE: the largest number of a file beside the smallest.
spread() {
	sort -g "$1" | awk 'NR == 1 { least = $1 } END { printf "%.3f", $1 / (least > 0 ? least : 1) }'
}

judge_scale() {
	local threads corpus
	printf '\n'
	for threads in 1 2; do
		for corpus in scan scan-long large; do
			judge "memory, $threads thread$(plural "$threads"), $corpus" \
				"$(peak_mib "people-$threads-$corpus")" 'at most' $((SCALE_MIB * threads)) ' MiB'
		done
		judge "memory for four times as long a trail, $threads thread$(plural "$threads")" \
			"$(ratio "$(peak_mib "people-$threads-scan-long")" "$(peak_mib "people-$threads-scan")" 2)" \
			'at most' "$SCALE_SAME" ' times'
		printf -- '- the same of report --no-people: %s times\n' \
			"$(ratio "$(peak_mib "callers-$threads-scan-long")" "$(peak_mib "callers-$threads-scan")" 2)"
	done
	judge 'seconds a gigabyte, the dearest trail beside the cheapest' \
		"$(spread "$WORK/gigabyte.report")" 'at most' "$SCALE_LINEAR" ' times'
	printf -- '- the same, each beside inflating alone in the same run: %s times; in user and system time: %s\n' \
		"$(spread "$WORK/gigabyte.beside")" "$(spread "$WORK/gigabyte.busy")"
	rm -f "$WORK"/gigabyte.*
}

bench_scale() {
	local corpus
	need_mib 3000
	for corpus in $SCALE_CORPORA; do
		make_scan_corpus "$corpus"
	done
	make_large_file
	run_scale
	print_scale
	judge_scale
	drop_corpus scan-long scan-large
}
