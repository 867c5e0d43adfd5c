# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Others on the same files for the same answer: which SendSSHPublicKey events there are (tools/bench/peer).
# One thread is one core for all that takes part (taskset), two are two; so gzip beside jq does not count
# as a second thread for nothing. jq reads the short trail, which suffices to measure it; so does the
# report that it is compared with.

PEER_NAMES="duckdb rg cjson jq"

# peer_factor NAME: it takes at least so many times as long as report --no-people.
peer_factor() {
	case "$1" in
	duckdb | cjson) echo 8 ;;
	rg) echo 5 ;;
	jq) echo 20 ;;
	esac
}

peer_corpus() {
	case "$1" in
	jq) echo scan-short ;;
	*) echo scan ;;
	esac
}

# cores THREADS: the first so many cores that this process may run on, as taskset wants them.
cores() {
	local range list=()
	for range in $(taskset -cp $$ | sed 's/.*: //; s/,/ /g'); do
		mapfile -t -O "${#list[@]}" list < <(seq "${range%-*}" "${range#*-}")
	done
	(IFS=,; echo "${list[*]:0:$1}")
}

# peers_there: those that are installed; the others are said to be missing.
peers_there() {
	local peer
	for peer in $PEER_NAMES; do
		if tools/bench/peer "$peer" --there; then
			echo "$peer"
		else
			echo "run: $peer is not installed and left out (tools/install-deps --bench)" >&2
		fi
	done
}

# All find the same pushes as the report does; rg, which counts lines that match, as many files' worth.
check_peers() {
	local peer corpus
	for peer in "$@"; do
		corpus=$(peer_corpus "$peer")
		"$LOGINTRAIL" pushes --logins "$WORK/$corpus/logins" --events "$WORK/$corpus/events" --no-people \
			--progress none --format jsonl | jq -r 'select(.kind == "push") |
				[(.time | sub("\\.[0-9]+"; "")), .principal, .instance_id, .os_user] | @tsv' |
			sort >"$WORK/peers.is"
		if [[ $peer == rg ]]; then
			check_count "$corpus"
			continue
		fi
		tools/bench/peer "$peer" 2 "$WORK/$corpus" | sort >"$WORK/peers.$peer"
		cmp "$WORK/peers.is" "$WORK/peers.$peer" ||
			{ echo "run: $peer finds other pushes than the report" >&2; exit 1; }
	done
	rm -f "$WORK"/peers.*
}

# A file is one line: rg is asked once more, for every match.
check_count() {
	local is
	is=$(rg -z --count-matches -F '"eventName":"SendSSHPublicKey"' "$WORK/$1/events" |
		awk -F : '{ n += $NF } END { print n + 0 }')
	[[ $is == "$(wc -l <"$WORK/peers.is")" ]] ||
		{ echo "run: rg finds $is pushes, not those of the report" >&2; exit 1; }
}

# timed_pinned NAME THREADS COMMAND...
timed_pinned() {
	timed "$1" taskset -c "$(cores "$2")" "${@:3}"
}

run_ours() {
	local corpus=$1 threads=$2
	timed_pinned "callers-$threads-$corpus" "$threads" "$LOGINTRAIL" report \
		--logins "$WORK/$corpus/logins" --events "$WORK/$corpus/events" --threads "$threads" \
		--progress none --format jsonl -o "$WORK/report.jsonl" --no-people
	timed_pinned "people-$threads-$corpus" "$threads" "$LOGINTRAIL" report \
		--logins "$WORK/$corpus/logins" --events "$WORK/$corpus/events" --threads "$threads" \
		--progress none --format jsonl -o "$WORK/report.jsonl"
}

run_peers() {
	local round threads peer
	forget_times
	for ((round = 0; round <= RUNS; round++)); do
		for threads in 1 2; do
			run_ours scan "$threads"
			run_ours scan-short "$threads"
			for peer in "$@"; do
				timed_pinned "$peer-$threads" "$threads" tools/bench/peer "$peer" "$threads" \
					"$WORK/$(peer_corpus "$peer")"
			done
		done
		[[ $round != 0 ]] || forget_times
	done
}

# peer_row NAME THREADS
peer_row() {
	local corpus seconds=$WORK/time.$1-$2
	corpus=$(peer_corpus "$1")
	printf '| %s | %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$2" "$corpus" "$(median "$seconds" 1)" \
		"$(busy "$seconds")" "$(($(median "$seconds" 4) / 1024))" \
		"$(beside "$1-$2" "callers-$2-$corpus")" "$(beside "$1-$2" "people-$2-$corpus")"
}

# our_row TEXT NAME THREADS CORPUS
our_row() {
	local seconds=$WORK/time.$2-$3-$4
	printf '| %s | %s | %s | %s | %s | %s | | |\n' "$1" "$3" "$4" "$(median "$seconds" 1)" \
		"$(busy "$seconds")" "$(($(median "$seconds" 4) / 1024))"
}

print_peers() {
	local peer threads corpus
	printf '\nscan: %s; scan-short: %s. Medians of %s interleaved runs:\n\n' "$(input_size scan)" \
		"$(input_size scan-short)" "$RUNS"
	printf '| | threads | files | seconds | user and system | peak MiB | beside report --no-people | beside report |\n'
	printf '| --- | --- | --- | --- | --- | --- | --- | --- |\n'
	for threads in 1 2; do
		for corpus in scan scan-short; do
			our_row 'logintrail report --no-people' callers "$threads" "$corpus"
			our_row 'logintrail report' people "$threads" "$corpus"
		done
		for peer in "$@"; do
			peer_row "$peer" "$threads"
		done
	done
	for peer in "$@"; do
		printf '\n%s:\n\n' "$peer"
		tools/bench/peer "$peer" | sed 's/^/    /'
	done
}

judge_peers() {
	local peer threads
	printf '\n'
	for threads in 1 2; do
		for peer in "$@"; do
			judge "$peer, $threads thread$(plural "$threads"), beside report --no-people" \
				"$(beside "$peer-$threads" "callers-$threads-$(peer_corpus "$peer")")" \
				'at least' "$(peer_factor "$peer")" ' times as long'
		done
	done
}

bench_peers() {
	local there
	need_mib 1500
	make_scan_corpus scan
	make_scan_corpus scan-short
	mapfile -t there < <(peers_there)
	check_peers "${there[@]}"
	run_peers "${there[@]}"
	print_peers "${there[@]}"
	judge_peers "${there[@]}"
}
