#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What can be wrong with files of events while they are scanned: damaged gzip, bombs, files that
# vanish or change, that cannot be read, that are no files, names of any bytes. What is wrong is named
# and counted, the rest is reported. And one push written in every way that JSON allows is one push.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tests/integration/lib/scan_fault_runs.sh
. tests/integration/lib/scan_fault_runs.sh
# shellcheck source=tests/integration/lib/scan_fault_changes.sh
. tests/integration/lib/scan_fault_changes.sh
# shellcheck source=tests/integration/lib/scan_fault_progress.sh
. tests/integration/lib/scan_fault_progress.sh
# shellcheck source=tests/integration/lib/scan_fault_calls.sh
. tests/integration/lib/scan_fault_calls.sh

BUILD=${BUILD:-build}
FILES=$root/tests/integration/lib/scan_fault_files
WORK=$(mktemp -d)
cleanup() {
	chmod -R u+rwx "$WORK" && rm -rf "$WORK"
}
trap cleanup EXIT
chmod 755 "$WORK"
# A copy that another user may run, wherever the checkout lies.
LOGINTRAIL=$WORK/logintrail
install -m 0755 "$BUILD/logintrail" "$LOGINTRAIL"
TREE=$WORK/tree
AS_OTHER=()

is_sanitized() {
	grep -aqE '__[at]san_init' "$LOGINTRAIL"
}

fresh_tree() {
	rm -rf "$TREE"
	cp -r "$WORK/good" "$TREE"
}

make_good() {
	RECORD=$("$FILES" record @)
	"$FILES" good "$WORK/good"
	both "good files" --events "$WORK/good"
	ends "good files" 0 ''
	check_equal "good files: every push is there" "$(pushed good-)" "1 2 3 4 5 6"
	grep -a '"event_id":"good-' "$WORK/out" >"$WORK/good.rows"
}

# names_file NAME FILE: what the last run said, it said of that file.
names_file() {
	check_equal "$1: the file is named, and no other" \
		"$(sed -n 's/^logintrail: \(.*\.[jx][a-z.]*\): .*/\1/p' "$WORK/err" | sort -u)" "$2"
}

# gzip
# of_bad NAME WANTED: the pushes of the bad file that were saved.
of_bad() {
	local is
	is=$(pushed bad-)
	case $2 in
	some) check_match "$1: what comes before the end is reported" "$is;" '^1( 2)?( 3)?( 4)?;' ;;
	*) check_equal "$1: of the file itself is reported" "$is" "$2" ;;
	esac
}

gzip_faults() {
	local name status pushes said
	"$FILES" gzip "$WORK/gzip"
	fresh_tree
	while IFS=';' read -r name status pushes said; do
		cp "$WORK/gzip/$name" "$TREE/50.json.gz"
		both "$name" --events "$TREE"
		ends "$name" "$status" "$said"
		of_bad "$name" "$pushes"
		all_good "$name"
		if [[ $said == *gzip* ]]; then
			names_file "$name" "$TREE/50.json.gz"
			check_equal "$name: it is counted" "$(counted files files_failed errors)" "7 1 1"
		fi
	done <"$WORK/gzip/list"
	check "the table has been run" test "$(wc -l <"$WORK/gzip/list")" -gt 30
}

# Each in the middle of the directory, all at once.
gzip_faults_together() {
	local n=0 name status pushes said bad=0
	fresh_tree
	while IFS=';' read -r name status pushes said; do
		[[ $said == *gzip* ]] || continue
		bad=$((bad + 1))
		cp "$WORK/gzip/$name" "$TREE/50-$name.json.gz"
	done <"$WORK/gzip/list"
	both "every fault at once" --events "$TREE"
	ends "every fault at once" 3 "the gzip data are damaged"
	all_good "every fault at once"
	check_equal "every fault at once: each is counted" "$(counted files_failed errors)" "$bad $bad"
	check_equal "every fault at once: each has its line" \
		"$(grep -c '50-.*the gzip data' "$WORK/err")" "$bad"
}

# peak_kib ARGUMENT...: the most memory that a run had resident.
peak_kib() {
	python3 -c 'if True:
		import resource, subprocess, sys
		subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$LOGINTRAIL" pushes "$@"
}

# A buffer a thread, no larger than what is allowed, and what a program needs.
bounded_memory() {
	local threads limit
	if is_sanitized; then
		echo "# a sanitizer has memory of its own"
		return 0
	fi
	for threads in 1 4; do
		limit=$((threads * (16 + 4) * 1024 + 24 * 1024))
		check "bombs: at most $limit KiB with threads: $threads" test "$(peak_kib --max-inflate 16M \
			--events "$TREE" --threads "$threads")" -le "$limit"
	done
	check "the measure of memory can fail" test "$(peak_kib --max-inflate 100M \
		--events "$TREE/50-1.json.gz" --threads 1)" -gt $((90 * 1024))
	check_equal "bombs: a limit of the address space is enough" "$(prlimit --as=$((80 << 20)) \
		"$LOGINTRAIL" pushes --max-inflate 16M --threads 1 --events "$TREE" --format jsonl \
		2>/dev/null | grep -c '"event_id":"good-')" 6
}

bombs() {
	local file n=0
	"$FILES" bombs "$WORK/bombs"
	fresh_tree
	for file in "$WORK"/bombs/*; do
		n=$((n + 1))
		cp "$file" "$TREE/50-$n.json.gz"
	done
	both "bombs" --max-inflate 16M --events "$TREE"
	ends "bombs" 3 "50-1.json.gz: inflates to more than is allowed"
	check_equal "bombs: each is named" \
		"$(grep -cE '/50-[1-6]\.json\.gz: inflates to more than is allowed$' "$WORK/err")" "$n"
	check_equal "bombs: each is counted" "$(counted files files_failed errors)" "$((6 + n)) $n $n"
	all_good "bombs"
	bounded_memory
	rm -r "$WORK/bombs"
}

# The bound itself: what inflates to just as much is read.
bound_is_exact() {
	local size
	fresh_tree
	size=$(record bad-1 | tee "$WORK/record" | wc -c)
	gzip -c "$WORK/record" >"$TREE/50.json.gz"
	rm "$TREE/70.jsonl" "$TREE"/[12389]0.*
	both "as large as allowed" --max-inflate "$size" --events "$TREE" --events "$TREE/50.json.gz"
	check_equal "as large as allowed: it is read" "$STATUS $(pushed bad-)" "0 1"
	both "one byte larger" --max-inflate "$((size - 1))" --events "$TREE" --events "$TREE/50.json.gz"
	ends "one byte larger" 3 "inflates to more than is allowed"
	check_equal "one byte larger: it is not read" "$(pushed bad-)" ""
}

# What cannot be read
unreadable() {
	fresh_tree
	mkdir "$TREE/40-closed" "$TREE/41-blind"
	record bad-1 | tee "$TREE/50.jsonl" "$TREE/41-blind/x.json" >"$TREE/40-closed/x.json"
	chmod 000 "$TREE/50.jsonl" "$TREE/40-closed"
	chmod 444 "$TREE/41-blind" # its names can be read, its files cannot
	if [[ $(id -u) == 0 ]]; then
		AS_OTHER=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	fi
	both "unreadable" --events "$TREE"
	AS_OTHER=()
	ends "unreadable" 3 "50.jsonl: cannot be opened: Permission denied"
	check "unreadable: a directory" grep -q '/40-closed: Permission denied$' "$WORK/err"
	check "unreadable: a file in a directory" grep -q '/41-blind/x.json: Permission denied$' "$WORK/err"
	check_equal "unreadable: it is counted" "$(counted files files_failed errors)" "7 1 3"
	check_equal "unreadable: it is not read" "$(pushed bad-)" ""
	all_good "unreadable"
	chmod -R u+rwx "$TREE"
}

special_files() {
	fresh_tree
	mkfifo "$TREE/40-pipe.json.gz"
	python3 -c 'import os, socket, sys
os.chdir(sys.argv[1])
socket.socket(socket.AF_UNIX).bind("41-socket.json")' "$TREE"
	ln -s /dev/zero "$TREE/42-zero.json"
	ln -s ../tree "$TREE/43-circle"
	ln -s . "$TREE/44-here"
	both "no files" --events "$TREE"
	ends "no files" 0 ''
	check_equal "no files: they are counted" "$(counted files files_special files_failed)" "6 5 0"
	all_good "no files"

	ln -s nowhere "$TREE/45-dangling.json"
	ln -s 46-circle.json "$TREE/46-circle.json"
	ln -s 48-circle.json "$TREE/47-circle.json"
	ln -s 47-circle.json "$TREE/48-circle.json"
	both "links to nothing" --events "$TREE"
	ends "links to nothing" 3 "45-dangling.json: No such file or directory"
	check_equal "links to nothing: each circle is named" \
		"$(grep -c '/4[678]-circle.json: Too many levels of symbolic links$' "$WORK/err")" 3
	check_equal "links to nothing: they are counted" "$(counted files files_special errors)" "6 5 4"
	all_good "links to nothing"
}

odd_files() {
	fresh_tree
	: >"$TREE/40-empty.json"
	: >"$TREE/41-empty.json.gz"
	printf '\xef\xbb\xbf' >"$TREE/42-mark.json"
	printf '\xef\xbb\xbf' | gzip >"$TREE/43-mark.json.gz"
	mkdir "$TREE/44.json.gz"
	record bad-1 >"$TREE/44.json.gz/45"
	cp "$TREE/20.json" "$TREE/46-again.json"
	ln "$TREE/20.json" "$TREE/47-hard.json"
	ln -s "$TREE/20.json" "$TREE/48-soft.json"
	both "odd files" --events "$TREE"
	check_equal "odd files: exit 0" "$STATUS" 0
	check_equal "odd files: a directory called as a file is one" "$(pushed bad-)" 1
	check_equal "odd files: what is read again is counted" \
		"$(counted files pushes duplicates conflicting errors)" "14 7 3 0 0"
	check_equal "odd files: nothing is said but of those without records" \
		"$(grep -vcE '/4[23]-mark.json[.gz]*: no CloudTrail records in it$' "$WORK/err")" 0
	all_good "odd files"
	both "the directory twice" --events "$TREE" --events "$TREE/."
	check_equal "the directory twice: every push once" "$(pushed good-)" "1 2 3 4 5 6"
	all_good "the directory twice"
}

deep_tree() {
	local deep
	fresh_tree
	deep=$TREE$(printf '/d%.0s' {1..200})
	mkdir -p "$deep"
	record bad-1 >"$deep/50.json"
	both "a deep tree" --events "$TREE"
	ends "a deep tree" 0 ''
	check_equal "a deep tree: what is in it is read" "$(pushed bad-)" 1
	all_good "a deep tree"
	# further down than a path can name
	python3 -c 'import os, sys
os.chdir(sys.argv[1])
for n in range(60):
	os.mkdir("e" * 200)
	os.chdir("e" * 200)' "$TREE"
	both "a tree too deep" --events "$TREE"
	ends "a tree too deep" 3 ": File name too long"
	check_equal "a tree too deep: once" "$(wc -l <"$WORK/err")" 1
	check_equal "a tree too deep: the rest is read" "$(pushed bad-)" 1
	all_good "a tree too deep"
	python3 -c 'import os, sys
os.chdir(sys.argv[1])
os.system("rm -rf eeee*")' "$TREE"
}

# Names of any bytes, each of a file that something must be said of, and of one that is good.
names() {
	local n=0 name odd=$TREE/$'50-\xff\n"\'\\\e]0;owned\a\e[2J\xc2\x9b\xe2\x80\xae'
	local names=($'new\nline' $'lines\r\n\n' 'quote"' "quote'" 'back\slash' $'\e[31mred' $'\e]0;title\a'
		$'\xff\xfe' $'half \xe2\x80' $'\xed\xa0\x80' $'\xc2\x9b31m' $'\xe2\x80\xaegzj' $'\x7f\b\t' '%s%n%m'
		' ' '-' '--help' '{"kind":"read"}' $'logintrail: x\nlogintrail: y')
	fresh_tree
	mkdir "$odd"
	for name in "${names[@]}"; do
		n=$((n + 1))
		printf 'no JSON' >"$odd/$name"
		record "bad-$n" >"$odd/$name.good"
	done
	both "names of any bytes" --events "$TREE" --events "$odd" --progress none
	ends "names of any bytes" 3 '50-\xff\x0a"'
	check_equal "names of any bytes: a line for each" "$(grep -ac ' at byte 0$' "$WORK/err")" $((2 * n))
	check_equal "names of any bytes: and no other" "$(wc -l <"$WORK/err")" $((2 * n))
	check "names of any bytes: what is said is clean" is_clean "$WORK/err"
	check "names of any bytes: so is the report" is_clean "$WORK/out"
	check_equal "names of any bytes: every line of it is JSON" \
		"$(jq -r .kind "$WORK/out" | sort | uniq -c | xargs)" "$((6 + n)) push 1 summary"
	check_equal "names of any bytes: all are read" "$(pushed bad- | wc -w)" "$n"
	all_good "names of any bytes"
	both_forms_clean "$odd"
}

# The summary names the inputs as they were given, in every form.
both_forms_clean() {
	local form
	for form in table json csv; do
		"$LOGINTRAIL" pushes --events "$1" --format "$form" >"$WORK/form" 2>"$WORK/err" || true
		check "names of any bytes as $form: clean" is_clean "$WORK/form"
	done
}

# One push in many spellings
spellings() {
	local name status row
	"$FILES" spellings "$WORK/spellings"
	row=$(head -n 1 "$WORK/good.rows")
	while IFS=';' read -r name status; do
		both "$name" --events "$WORK/spellings/$name"
		check_equal "$name: exit $status" "$STATUS" "$status"
		check_equal "$name: the one row" "$(grep -v '^{"kind":"summary"' "$WORK/out")" "$row"
		check_equal "$name: one push, read once" "$(counted pushes kept duplicates)" "1 1 0"
	done <"$WORK/spellings/list"
	check "the table of spellings has been run" test "$(wc -l <"$WORK/spellings/list")" -gt 50
	both "every spelling at once" --events "$WORK/spellings"
	check_equal "every spelling at once: the one row" \
		"$(grep -v '^{"kind":"summary"' "$WORK/out")" "$row"
}

places() {
	"$FILES" offsets "$WORK/offsets"
	both "at every place of a block" --events "$WORK/offsets"
	ends "at every place of a block" 0 ''
	check_equal "at every place of a block: found" "$(pushed at-)" "$(seq -s' ' 0 127)"
	check_equal "at every place of a block: and nothing else" \
		"$(counted records kept skipped malformed)" "256 128 128 0"
	"$FILES" decoys "$WORK/decoys"
	both "no push" --events "$WORK/decoys"
	ends "no push" 0 ''
	check_equal "no push: found is none" "$(counted records kept skipped malformed)" "10 0 10 0"
}

command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
make_good
gzip_faults
gzip_faults_together
bombs
bound_is_exact
files_change
file_becomes_pipe
second_readings
changes_at_calls
unreadable
special_files
odd_files
deep_tree
names
progress_as_json
progress_on_a_pipe
progress_on_a_terminal
spellings
places
check_finish
