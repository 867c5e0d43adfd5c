# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What is said of progress over files that are at fault, for scan_faults.sh.

faulty_tree() {
	changing_tree
	cp "$WORK/gzip/cut-in-half" "$TREE/52.json.gz"
	cp "$WORK/gzip/wrong-crc" "$TREE/53.json.gz"
	printf 'no JSON' >"$TREE/54"$'\e[2J\n{"kind":"x"}'
}

slow_vanish() {
	sleep 0.4
	vanish
}

# Of the faulty tree: its files and the pipes, and those of them that are gone, cut or damaged. One more
# is no JSON.
FAULTS="16 5"

progress_as_json() {
	local threads lines=$WORK/progress
	for threads in 1 4; do
		faulty_tree
		run_held front slow_vanish "$threads" --events "$TREE" --progress json
		grep -av '^logintrail: ' "$WORK/err.$threads" >"$lines"
		check_equal "progress as JSON, threads $threads: lines while it reads, one at the end" \
			"$(jq -r .kind "$lines" | uniq | paste -sd' ')" "progress read"
		check_equal "progress as JSON, threads $threads: the last has all" \
			"$(jq -c 'select(.kind == "read") | [.files == .files_total, .files, .files_failed]' "$lines")" \
			"[true,${FAULTS/ /,}]"
		check "progress as JSON, threads $threads: all of it is clean" is_clean "$WORK/err.$threads"
		grep -a '^logintrail: ' "$WORK/err.$threads" >"$WORK/said.$threads"
	done
	check "progress as JSON: the same messages" cmp "$WORK/said.1" "$WORK/said.4"
	check_equal "progress as JSON: a message for each fault" "$(wc -l <"$WORK/said.1")" 6
}

progress_on_a_pipe() {
	local threads counts
	for threads in 1 4; do
		faulty_tree
		run_held front slow_vanish "$threads" --events "$TREE"
		check "no terminal, threads $threads: messages and nothing else" \
			cmp "$WORK/err.$threads" "$WORK/said.1"
		faulty_tree
		run_held front slow_vanish "$threads" --events "$TREE" --progress auto
		counts=$(jq -r 'select(.kind == "summary") | .read
			| ".* \(.records) records in .* s; skipped \(.skipped) records of no use"' "$WORK/out.$threads")
		check_match "asked for, threads $threads: one line at the end" \
			"$(tail -n 1 "$WORK/err.$threads")" \
			"^logintrail: read ${FAULTS% *} files, $counts; ${FAULTS#* } files could not be read, or not as a whole$"
		check "asked for, threads $threads: behind the messages" \
			cmp <(head -n -1 "$WORK/err.$threads") "$WORK/said.1"
		check "asked for, threads $threads: no bar" is_clean "$WORK/err.$threads"
	done
}

# A bar that is drawn, makes room for messages, and is gone.
progress_on_a_terminal() {
	local threads screen=$WORK/screen
	if ! command -v script >/dev/null; then
		echo "# no script(1): no terminal to show a bar on"
		return 0
	fi
	cat >"$WORK/on-terminal" <<-'END'
		#!/bin/bash
		TERM=xterm exec script -qec "$(printf '%q ' "$@")" /dev/null
	END
	chmod +x "$WORK/on-terminal"
	for threads in 1 4; do
		faulty_tree
		AS_OTHER=("$WORK/on-terminal")
		run_held front slow_vanish "$threads" --events "$TREE" -o "$WORK/shown"
		AS_OTHER=()
		check "terminal, threads $threads: a bar is drawn" \
			grep -aqE '\[[#.]{12}\] [0-9]+/16 files, ' "$WORK/out.$threads"
		check "terminal, threads $threads: nothing but the bar moves the cursor" \
			tests/integration/lib/terminal_screen "$WORK/out.$threads"
		tests/integration/lib/terminal_screen "$WORK/out.$threads" >"$screen" || true
		check "terminal, threads $threads: what stays is the messages" \
			cmp <(head -n -1 "$screen") "$WORK/said.1"
		check_match "terminal, threads $threads: and the line at the end" "$(tail -n 1 "$screen")" \
			"^logintrail: read 16 files, .* not as a whole$"
		check_equal "terminal, threads $threads: the report is whole" \
			"$(grep -c '"event_id":"good-' "$WORK/shown")" 6
	done
}
