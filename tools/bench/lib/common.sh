# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the parts of the benchmark share: corpora, medians, rows of tables, verdicts. Expects LOGINTRAIL,
# CORPUS, MEASURE, RUNS and WORK; sets `slow` to 1 when a figure is not met.

# is_small: sizes at which the start of programs is what is measured; nothing is judged then.
is_small() {
	[[ ${BENCH_SIZE:-full} == small ]]
}

# machine: what it ran on, without names.
machine() {
	printf '%s, %s cores, %s GiB, Linux %s, %s\n' \
		"$(sed -n 's/^model name[ \t]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
		"$(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)" \
		"$(uname -r | cut -d. -f1,2)" \
		"$(. /etc/os-release && printf '%s' "$PRETTY_NAME")"
}

# need_mib MIB: that much must be free for what comes.
need_mib() {
	local free
	free=$(df --output=avail -m "$WORK" | tail -n 1)
	((free > $1)) || { echo "run: $1 MiB needed in $WORK" >&2; exit 1; }
}

# make_corpus NAME PROFILE LOGINS OPTION...
make_corpus() {
	local directory=$WORK/$1
	[[ ! -e $directory/truth.jsonl ]] || return 0
	rm -rf "$directory"
	"$CORPUS" --profile "$2" --out "$directory" --logins "$3" --seed 1 "${@:4}"
}

# drop_corpus NAME...: unless what was made is to be kept.
drop_corpus() {
	local name
	[[ -z ${BENCH_KEEP:-} ]] || return 0
	for name in "$@"; do
		rm -rf "${WORK:?}/$name"
	done
}

# The trails in which key pushes are rare, of about 0.7, 2.7 and 11 GB of JSON. All have as much in a
# day, so that they differ in nothing but length; the 40 are the logins that every corpus begins with.
make_scan_corpus() {
	local days logins
	case "$1" in
	scan-short) days=4 ;;
	scan) days=16 ;;
	scan-long) days=64 ;;
	esac
	logins=$((40 + 80 * days))
	! is_small || { days=$((days / 4)); logins=$((40 + 10 * days)); }
	make_corpus "$1" scan "$logins" --days "$days" --totals-only
	[[ -e $WORK/$1/list ]] ||
		find "$WORK/$1/events" -name '*.json.gz' | sort >"$WORK/$1/list"
}

# median FILE COLUMN
median() {
	sort -g -k"$2,$2" "$1" | awk -v column="$2" '{ v[NR] = $column } END { print v[int((NR + 1) / 2)] }'
}

# busy FILE: user and system time, at the median.
busy() {
	awk '{ print $2 + $3 }' "$1" | sort -g | awk '{ v[NR] = $1 }
		END { printf "%.3f", v[int((NR + 1) / 2)] }'
}

# ratio SLOW FAST [DIGITS]: how many times as long, with one digit or so many.
ratio() {
	awk -v slow="$1" -v fast="$2" -v digits="${3:-1}" \
		'BEGIN { printf "%.*f", digits, slow / (fast > 0 ? fast : 0.001) }'
}

plural() {
	(($1 == 1)) || printf s
}

# beside NAME OTHER: how many times as long the one takes, at the median.
beside() {
	ratio "$(median "$WORK/time.$1" 1)" "$(median "$WORK/time.$2" 1)" 2
}

forget_times() {
	rm -f "$WORK"/time.*
}

# timed NAME COMMAND ARGUMENT...: one more line in the file of that name.
timed() {
	"$MEASURE" "${@:2}" >>"$WORK/time.$1"
}

# report NAME OPTION...: with one thread, as what it is compared with has.
report() {
	"$MEASURE" "$LOGINTRAIL" report --logins "$WORK/$1/logins" --events "$WORK/$1/events" \
		--threads 1 --progress none --format jsonl -o /dev/null "${@:2}"
}

# timed_report NAME CORPUS THREADS OPTION...: a report into a file.
timed_report() {
	timed "$1" "$LOGINTRAIL" report --logins "$WORK/$2/logins" --events "$WORK/$2/events" \
		--threads "$3" --progress none --format jsonl -o "$WORK/report.jsonl" "${@:4}"
}

# summary NAME: the last line of the report on a corpus.
summary() {
	"$LOGINTRAIL" report --logins "$WORK/$1/logins" --events "$WORK/$1/events" --progress none \
		--format jsonl | tail -n 1
}

# The counts of a report are the corpus's own: what is timed is right.
check_report() {
	local is should
	is=$(summary "$1" | jq -c '[.logins.in, .logins.attributed, .logins.unattributed, .pushes.in,
			.pushes.used, .pushes.unused, .invariants]')
	should=$(tail -n 1 "$WORK/$1/truth.jsonl" | jq -c '[.logins, .verdicts.attributed,
			.verdicts.unattributed, .pushes, .states.used, .states.unused, "hold"]')
	[[ $is == "$should" ]] || { echo "run: the report is wrong: $is should be $should" >&2; exit 1; }
}

# What a report had to read.
input_size() {
	summary "$1" | jq -r '.read | "\(.files) files, \(.file_bytes / 1e6 | round) MB on disk, "
		+ "\(.text_bytes / 1e6 | round) MB of JSON"'
}

# What its files of events are like; the median is of every 20th file.
input_shape() {
	local median_records file
	median_records=$(awk 'NR % 20 == 1' "$WORK/$1/list" | while read -r file; do
		gzip -dc -- "$file" | grep -o '"eventVersion":' | wc -l
	done | sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }')
	summary "$1" | jq -r --arg median "$median_records" '.read | "\(.records) records, "
		+ "\($median) in a file at the median, \(.issuing) (\(.issuing * 100 / .records | round) %) "
		+ "issued credentials; gzip makes it \(.text_bytes / .file_bytes * 10 | round / 10) times "
		+ "smaller."'
}

# table: the head of a table of rows.
table() {
	printf '| | seconds | user | system | peak MiB |\n| --- | --- | --- | --- | --- |\n'
}

# row TEXT FILE
row() {
	printf '| %s | %s | %s | %s | %s |\n' "$1" "$(median "$2" 1)" "$(median "$2" 2)" \
		"$(median "$2" 3)" "$(($(median "$2" 4) / 1024))"
}

# judge TEXT FIGURE "at most"|"at least" LIMIT [UNIT]: one line of a list. What is not met makes the
# benchmark fail, but not at sizes where the start of programs is measured.
judge() {
	local verdict=met
	awk -v is="$2" -v sign="$3" -v limit="$4" \
		'BEGIN { exit sign == "at most" ? is > limit : is < limit }' || verdict='NOT met'
	! is_small || verdict='not judged at this size'
	printf -- '- %s: %s%s (%s %s asked for): %s\n' "$1" "$2" "${5:-}" "$3" "$4" "$verdict"
	[[ $verdict != 'NOT met' ]] || slow=1
}
