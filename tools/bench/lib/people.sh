# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What following callers back to people costs, on a trail in which key pushes are rare.

PEOPLE_RATIO=1.20 # following people takes at most so many times as long
PEOPLE_MIB=200    # and less memory than this

run_people() {
	local round
	forget_times
	for ((round = 0; round <= RUNS; round++)); do
		report scan >>"$WORK/time.people"
		report scan --no-people >>"$WORK/time.callers"
		[[ $round != 0 ]] || forget_times
	done
}

print_people() {
	printf '\n%s; medians of %s interleaved runs:\n\n' \
		"$(input_size scan)" "$RUNS"
	table
	row 'logintrail report: callers followed to people' "$WORK/time.people"
	row 'logintrail report --no-people' "$WORK/time.callers"
	summary scan | jq -r '"\n\(.read.issuing) of \(.read.records) records issued credentials, "
			+ "\(.read.issues_kept) of them are links of a chain. \(.people.persons) persons.",
			if .people.persons == 0 then error("nobody was found") else empty end'
}

# Fails when following people takes more than it may; small sizes measure the start of programs.
judge_people() {
	awk -v people="$(median "$WORK/time.people" 1)" -v callers="$(median "$WORK/time.callers" 1)" \
		-v kib="$(median "$WORK/time.people" 4)" -v ratio="$PEOPLE_RATIO" -v mib="$PEOPLE_MIB" \
		-v judged="$(is_small || echo 1)" 'BEGIN {
		printf "\nFollowing people takes %.2f times as long (at most %s asked for) and %.0f MiB ",
			people / callers, ratio, kib / 1024
		printf "(less than %s asked for).\n", mib
		exit judged && (people / callers > ratio || kib / 1024 >= mib) }'
}

bench_people() {
	make_scan_corpus scan
	check_report scan
	run_people
	print_people
	judge_people || slow=1
}
