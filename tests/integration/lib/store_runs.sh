# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Runs of the command with a store, for store.sh, and what they must agree in. Stores are $WORK/NAME.db;
# what the last ingest printed is in $WORK/ingest.out, what it said in $WORK/ingest.err, how it ended
# in STATUS.

DEADLINE_S=120

fails() {
	! "$@" >/dev/null 2>&1
}

# ingest_file FILE ARGUMENT...
ingest_file() {
	local file=$1
	shift
	STATUS=0
	timeout --foreground "$DEADLINE_S" "$LOGINTRAIL" ingest --db "$file" "$@" \
		>"$WORK/ingest.out" 2>"$WORK/ingest.err" || STATUS=$?
}

# ingest NAME ARGUMENT...
ingest() {
	local name=$1
	shift
	ingest_file "$WORK/$name.db" "$@"
}

# ingested NAME STATUS [TEXT]: the last ingest ended so and said the text, or nothing.
ingested() {
	check_equal "$1: ingest ends with $2" "$STATUS" "$2"
	if [[ -n ${3:-} ]]; then
		check "$1: it is said" grep -aqE -e "$3" "$WORK/ingest.err"
	else
		check_equal "$1: nothing is said" "$(cat "$WORK/ingest.err")" ''
	fi
}

# read_files NAME FILES CHANGED BROKEN KNOWN: what the last ingest tells of them.
read_files() {
	check_match "$1: files read ($2), changed ($3), broken ($4), known ($5)" \
		"$(cat "$WORK/ingest.out")" \
		"^${2} files? read \(${3} changed, ${4} not as a whole\), ${5} known already: "
}

# answer FILE COMMAND ARGUMENT...: standard output, then standard error, then the status.
answer() {
	local file=$1 status=0
	shift
	timeout --foreground "$DEADLINE_S" "$LOGINTRAIL" "$@" >"$file" 2>"$file.err" || status=$?
	{
		echo '--- standard error'
		cat "$file.err"
		echo "--- exit $status"
	} >>"$file"
}

# Where the answers to compare come from. What to type next names it.
FROM_FILES=() FROM_STORE=()

without_hint() {
	local file=$1 words
	shift
	words=" $*"
	words=$(sed 's/[][\.*^$/]/\\&/g' <<<"$words")
	sed -i "s/^\(next: .*\)$words/\1/" "$file"
}

# both_answer COMMAND ARGUMENT...: 0 when files and store give the same answer, to the byte.
both_answer() {
	answer "$WORK/answer.files" "$@" "${FROM_FILES[@]}"
	answer "$WORK/answer.store" "$@" "${FROM_STORE[@]}"
	! cmp -s "$WORK/answer.files" "$WORK/answer.store" || return 0
	without_hint "$WORK/answer.files" "${FROM_FILES[@]}"
	without_hint "$WORK/answer.store" "${FROM_STORE[@]}"
	cmp -s "$WORK/answer.files" "$WORK/answer.store"
}

show_difference() {
	diff <(sed 's/,"/\n,"/g' "$WORK/answer.files") <(sed 's/,"/\n,"/g' "$WORK/answer.store") | head -n 30 || true
}

# check_same NAME COMMAND ARGUMENT...
check_same() {
	local name=$1
	shift
	if both_answer "$@"; then
		ok "$name"
	else
		not_ok "$name" "$*" "$(show_difference)"
	fi
}

# whole_answers NAME [ARGUMENT...]: what is judged over everything, in every form.
whole_answers() {
	local name=$1 format
	shift
	for format in jsonl json table csv; do
		check_same "$name: report as $format" report --format "$format" "$@"
	done
	check_same "$name: pushes as jsonl" pushes --format jsonl "$@"
	check_same "$name: pushes as a table" pushes "$@"
	check_same "$name: unused pushes as csv" pushes --unused --format csv "$@"
}

# The first COUNT different values that a jq filter gives for lines of the whole report, one a line.
some_of() {
	jq -r "$2" "$WORK/questions.jsonl" | awk '!seen[$0]++' | head -n "$1" || true
}

# questions_on COMMAND: arguments, one question a line, a tab between words. All kinds of logins and
# persons are among them.
questions_on() {
	# shellcheck disable=SC2016 # jq's own variable
	local kinds='select(.kind == "login") | [.verdict, .reason, .strength, .person.sure, .person.type,
		.person.end, (.person.chain // [] | map(.rule)), .provisional, .source] as $kind'
	case $1 in
	explain)
		jq -r "$kinds | [(\$kind | tojson), .session[0:12]] | @tsv" "$WORK/questions.jsonl" |
			awk -F '\t' 'count[$1]++ < 1 { print $2 }' | head -n "$(($2 * 3))" || true
		;;
	who)
		some_of "$2" 'select(.kind == "login") | .instance_id // empty'
		some_of 3 'select(.kind == "login") | .hostname // empty | ascii_upcase'
		some_of "$2" 'select(.kind == "login") | ["--user", .os_user] | @tsv'
		some_of "$2" 'select(.kind == "login") | ["--ip", .remote // empty] | @tsv'
		some_of "$2" 'select(.kind == "login") | .keys[] | ["--fingerprint", .fingerprint // empty] | @tsv'
		some_of "$2" 'select(.kind == "login") | ["--pid", .sshd_pid // empty] | @tsv'
		some_of "$2" 'select(.kind == "login") | ["--audit-session", .audit_session // empty] | @tsv'
		some_of "$2" 'select(.kind == "login") | ["--session", .session[0:8]] | @tsv'
		some_of "$2" 'select(.kind == "login") | ["--at", .time] | @tsv'
		some_of 2 'select(.kind == "login") | [.instance_id // empty, "--from", .time] | @tsv'
		printf '%s\n' i-0fedcba9876543210 nowhere
		;;
	reach)
		some_of "$2" 'select(.kind == "login") | .person.name // empty'
		some_of "$2" 'select(.kind == "login") | .principals[]?'
		some_of "$2" 'select(.kind == "login") | .person | (.user_id, .email, .display_name) // empty'
		some_of "$2" 'select(.kind == "push") | .access_key_id // empty'
		some_of "$2" 'select(.kind == "push") | .source_ip // empty'
		some_of "$2" 'select(.kind == "login") | .person.chain[]?.identity // empty'
		some_of "$2" 'select(.kind == "push") | .principal // empty | capture("role/(?<s>.*/.*)$").s'
		printf '%s\n' nobody.at.all AKIAIOSFODNN7EXAMPLE
		;;
	esac
}

# question_answers NAME COUNT [ARGUMENT...]: samples of the commands that load a part of a store.
question_answers() {
	local name=$1 count=$(($2 * QUESTIONS)) command line asked format
	local -a words wrong
	shift 2
	"$LOGINTRAIL" report --format jsonl "$@" "${FROM_FILES[@]}" >"$WORK/questions.jsonl" 2>/dev/null || true
	for command in who reach explain; do
		asked=0 wrong=()
		while IFS= read -r line; do
			IFS=$'\t' read -r -a words <<<"$line"
			format=text
			((asked % 2 == 0)) || format=jsonl
			[[ $command$format != reachtext ]] || format=table
			asked=$((asked + 1))
			both_answer "$command" "${words[@]}" --format "$format" "$@" ||
				wrong+=("$command ${words[*]} --format $format" "$(show_difference)")
		done < <(questions_on "$command" "$count")
		if [[ $asked == 0 ]]; then
			not_ok "$name: $command" "nothing to ask"
		elif [[ ${#wrong[@]} == 0 ]]; then
			ok "$name: $command, asked $asked times"
		else
			not_ok "$name: $command, $((${#wrong[@]} / 2)) of $asked differ" "${wrong[@]:0:8}"
		fi
	done
}

# results FILE: the lines of a report that do not depend on what the inputs were called.
results() {
	grep -a -v '^{"kind":"summary"' "$1" || true
}

# content FILE: what the store holds, without the numbers of its rows.
content() {
	sqlite3 -batch -bail "$1" <tests/integration/lib/store_content.sql | LC_ALL=C sort
}

# but_inputs: the same without what was typed, and what was said when that was listed ("input:...").
but_inputs() {
	grep -v -e '^input|' -e '^source|[01]|696E7075743A'
}

# intact FILE: SQLite finds nothing wrong with the store. A copy is looked at: whoever opens it next
# finds what the last one left.
intact() {
	local copy=$WORK/intact.$BASHPID suffix
	rm -f "$copy" "$copy"-*
	[[ -e $1 ]] || return 0
	for suffix in '' -wal -journal; do
		[[ ! -e $1$suffix ]] || cp "$1$suffix" "$copy$suffix"
	done
	[[ $(sqlite3 -batch "$copy" 'PRAGMA integrity_check' 2>&1) == ok ]]
}
