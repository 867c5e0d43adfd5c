# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What is no store, or a damaged one, or cannot be written; names of any kind; command lines that
# cannot be.

COMMANDS=(report pushes 'who i-0123456789abcdef0' 'reach alice' 'explain 00000001')

# Text without control characters.
is_printable() {
	! LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f\x7f]' "$1"
}

# refused_by NAME FILE STATUS TEXT WORD...: the command with --db FILE ends so, with one line.
refused_by() {
	local name=$1 file=$2 status=$3 text=$4
	shift 4
	STATUS=0
	timeout --foreground 60 "$LOGINTRAIL" "$@" --db "$file" >"$WORK/refused.out" 2>"$WORK/refused.err" || STATUS=$?
	if [[ $STATUS == "$status" && ! -s $WORK/refused.out && $(wc -l <"$WORK/refused.err") == 1 ]] &&
		grep -aqE "^logintrail: .*: ($text)\$" "$WORK/refused.err" && is_printable "$WORK/refused.err"; then
		return 0
	fi
	WRONG+=("$1 $*: exit $STATUS: $(cat "$WORK/refused.err") $(head -n 3 "$WORK/refused.out")")
}

# no_store NAME FILE TEXT [TEXT-OF-INGEST]: every command says so, and the file stays as it is.
no_store() {
	local name=$1 file=$2 command before='' words
	WRONG=()
	[[ ! -f $file ]] || before=$(sha256sum <"$file")
	for command in "${COMMANDS[@]}"; do
		read -r -a words <<<"$command"
		refused_by "$name" "$file" 3 "$3" "${words[@]}"
	done
	[[ ${4:-} == - ]] || refused_by "$name" "$file" 4 "${4:-$3}" ingest --events "$FIXTURE/events.json"
	[[ ! -f $file || ${4:-} == - || $before == "$(sha256sum <"$file")" ]] || WRONG+=("the file was changed")
	[[ ! -e $file-wal && ! -e $file-shm && ! -e $file-journal ]] || WRONG+=("files lie beside it")
	check_equal "$name: every command says what is wrong" "$(printf '%s\n' "${WRONG[@]}")" ''
}

need_fixture() {
	[[ ! -e $WORK/none/fixture.db ]] || return 0
	mkdir "$WORK/none"
	"$LOGINTRAIL" ingest --db "$WORK/none/fixture.db" --logins "$FIXTURE/logins.jsonl" \
		--events "$FIXTURE/events.json" >/dev/null
}

no_stores() {
	local at=$WORK/none
	need_fixture
	mkdir "$at/directory"
	no_store "a file that is not there" "$at/missing" 'there is no store' -
	check "asking makes no store" test ! -e "$at/missing"
	no_store "a directory that is not there" "$at/missing/x" 'there is no store|No such file or directory' \
		'.*(No such file or directory|unable to open database file)'
	no_store "a directory" "$at/directory" 'is a directory'
	mkfifo "$at/pipe"
	no_store "a pipe" "$at/pipe" 'is no file'
	no_store "a device" /dev/zero 'is no file'
	echo "no store" >"$at/text"
	no_store "a short text" "$at/text" 'is no store'
	seq 1 5000 >"$at/text"
	no_store "a long text" "$at/text" 'is no store'
	cp "$FIXTURE/events.json" "$at/events"
	no_store "a file of events" "$at/events" 'is no store'
	gzip -c "$at/fixture.db" >"$at/gzip"
	no_store "a store that is compressed" "$at/gzip" 'is no store'
	: >"$at/empty"
	no_store "an empty file" "$at/empty" 'is no store' -
	ingest_file "$at/empty" --logins "$FIXTURE/logins.jsonl" --events "$FIXTURE/events.json"
	ingested "an empty file becomes a store" 0
	sqlite3 -batch "$at/other" 'CREATE TABLE logins(id); INSERT INTO logins VALUES(1)'
	no_store "another database" "$at/other" 'is no store, but a database of something else'
	sqlite3 -batch "$at/other" 'PRAGMA journal_mode=WAL; PRAGMA user_version=1' >/dev/null
	no_store "another database with a log" "$at/other" 'is no store, but a database of something else'
	cp "$at/fixture.db" "$at/later"
	sqlite3 -batch "$at/later" 'PRAGMA user_version=99'
	no_store "a store of a later version" "$at/later" 'is a store of version 99; this program knows versions up to [0-9]+'
	cp "$at/fixture.db" "$at/bare"
	sqlite3 -batch "$at/bare" 'DROP TABLE pushes'
	refuses_damage "a store without a table" "$at/bare"
	cp "$at/fixture.db" "$at/negative"
	sqlite3 -batch "$at/negative" 'PRAGMA user_version=-7'
	refuses_damage "a store of a version below zero" "$at/negative"
}

# refuses_damage NAME FILE: an error of one line.
refuses_damage() {
	local command words
	WRONG=()
	for command in "${COMMANDS[@]}"; do
		read -r -a words <<<"$command"
		refused_by "$1" "$2" 3 '.*' "${words[@]}"
	done
	check_equal "$1: every command says that something is wrong" "$(printf '%s\n' "${WRONG[@]}")" ''
}

# A store whose own words are against us: triggers and views run nothing, columns that are none.
hostile_schema() {
	local at=$WORK/hostile.db
	ingest hostile --logins "$FIXTURE/logins.jsonl" --events "$FIXTURE/events.json"
	sqlite3 -batch "$at" "CREATE TRIGGER grow AFTER INSERT ON logins BEGIN
		UPDATE totals SET value = zeroblob(10); DELETE FROM pushes; END;
		CREATE VIEW everything AS SELECT * FROM logins;"
	FROM_STORE=(--db "$at")
	FROM_FILES=(--logins "$FIXTURE/logins.jsonl" --events "$FIXTURE/events.json")
	check_same "a store with a trigger answers" report --format jsonl
	ingest hostile --rescan "${FROM_FILES[@]}"
	check_same "a trigger is not run" report --format jsonl
	sqlite3 -batch "$at" "DROP VIEW everything; DROP TRIGGER grow; ALTER TABLE logins RENAME TO logins_;
		CREATE VIEW logins AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id,
		x AS time, 0 AS kind, 0 AS source, x AS session, x AS instance, 0 AS host, x AS key, 0 AS address,
		zeroblob(99) AS body FROM n"
	refuses_damage "a view without an end in place of a table" "$at"
}

# damaged_run FILE N: one of the commands over a damaged store: any answer or error, but an end.
damaged_run() {
	local status=0 command words
	command=${COMMANDS[$2 % ${#COMMANDS[@]}]}
	read -r -a words <<<"$command"
	if (($2 % 7 == 6)); then
		words=(ingest --events "$FIXTURE/events.json" --logins "$FIXTURE/logins.jsonl" --rescan)
		(($2 % 2)) || words=(ingest --prune-before 2026-11-22T06:25:00Z)
	fi
	timeout --foreground 60 "$LOGINTRAIL" "${words[@]}" --db "$1" >"$WORK/damaged.out" 2>"$WORK/damaged.err" || status=$?
	ENDS[$status]=$((${ENDS[$status]:-0} + 1))
	[[ $status =~ ^[0234]$ ]] || WRONG+=("damage $2, ${words[*]}: exit $status $(head -n 20 "$WORK/damaged.err")")
	! grep -aqE 'Sanitizer|runtime error' "$WORK/damaged.err" ||
		WRONG+=("damage $2, ${words[*]}: $(head -n 20 "$WORK/damaged.err")")
	is_printable "$WORK/damaged.err" && is_printable "$WORK/damaged.out" ||
		WRONG+=("damage $2, ${words[*]}: control characters are printed")
	! grep -aq 'fault of this program' "$WORK/damaged.err" ||
		WRONG+=("damage $2, ${words[*]}: $(cat "$WORK/damaged.err")")
}

# make_damage STORE DIR COUNT SEED: copies with bits flipped, most of them where the store says what it
# is made of, and cut ones.
make_damage() {
	python3 -c 'if True:
		import os, random, sys
		store, directory, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
		with open(store, "rb") as file:
			good = file.read()
		chance = random.Random(seed)
		os.mkdir(directory)
		for n in range(count):
			bad = bytearray(good)
			for _ in range(chance.choice([1, 1, 1, 4, 40])):
				end = chance.choice([len(bad), len(bad), 4096, 16384])
				bad[chance.randrange(100, min(end, len(bad)))] ^= 1 << chance.randrange(8)
			if n % 8 == 7:
				bad = bad[:chance.randrange(len(bad))]
			with open(f"{directory}/{n:03}", "wb") as file:
				file.write(bad)' "$@"
}

damaged_stores() {
	local -A ENDS=()
	local file n=0 before=${DAMAGES:-200}
	WRONG=()
	ingest flips --logins "$FIXTURE/logins.jsonl" --logins "$FIXTURE/chain-auth.log" \
		--events "$FIXTURE/events.json" --events "$FIXTURE/chain-events.json" --instance i-0123456789abcdef0
	make_damage "$WORK/flips.db" "$WORK/damage" "$((before * 3 / 4))" 7
	from_corpus people
	store_of people
	make_damage "$WORK/people.db" "$WORK/damage-people" "$((before / 4))" 8
	for file in "$WORK"/damage/* "$WORK"/damage-people/*; do
		damaged_run "$file" "$n"
		n=$((n + 1))
	done
	check_equal "$n damaged stores: an answer or an error" "$(printf '%s\n' "${WRONG[@]:0:10}")" ''
	check "damaged stores: there were errors, and answers" test "${ENDS[3]:-0}" -gt 20 -a "${ENDS[0]:-0}" -gt 20
	echo "# damaged stores: exit 0 ${ENDS[0]:-0} times, 2 ${ENDS[2]:-0}, 3 ${ENDS[3]:-0}, 4 ${ENDS[4]:-0}"
	rm -r "$WORK/damage" "$WORK/damage-people"
}

# as_nobody ARGUMENT...: the command, run by a user who may do nothing.
as_nobody() {
	STATUS=0
	timeout --foreground 60 setpriv --reuid 65534 --regid 65534 --clear-groups "$LOGINTRAIL" "$@" \
		>"$WORK/nobody.out" 2>"$WORK/nobody.err" || STATUS=$?
}

# reads NAME: nobody's last run gave the answer.
reads() {
	check_equal "$1: it is read" "$STATUS $(cat "$WORK/nobody.err")" "0 "
	check "$1: the answer is right" cmp "$WORK/readonly.wanted" "$WORK/nobody.out"
}

# says NAME STATUS TEXT
says() {
	check_equal "$1: exit $2" "$STATUS" "$2"
	check_match "$1: it is said" "$(cat "$WORK/nobody.err")" "^logintrail: .*: $3"
}

read_only() {
	local at=$WORK/readonly store=$WORK/readonly/trail.db
	if [[ $(id -u) != 0 ]] || ! setpriv --reuid 65534 --regid 65534 --clear-groups true; then
		echo "# not root: stores of others not tested"
		return 0
	fi
	mkdir "$at"
	ingest_file "$store" --logins "$FIXTURE/logins.jsonl" --events "$FIXTURE/events.json"
	"$LOGINTRAIL" report --format jsonl --db "$store" >"$WORK/readonly.wanted"
	chmod 444 "$store"
	chmod 555 "$at"
	as_nobody report --format jsonl --db "$store"
	reads "a directory that cannot be written to"
	as_nobody ingest --db "$store" --events "$FIXTURE/chain-events.json"
	says "a directory that cannot be written to: ingest" 4 '.*(read-only|readonly|Permission denied|unable to open|cannot be written)'
	written_meanwhile "$store"
	chmod 777 "$at"
	as_nobody report --format jsonl --db "$store"
	reads "a file that cannot be written to"
	as_nobody ingest --db "$store" --events "$FIXTURE/chain-events.json"
	says "a file that cannot be written to: ingest" 4 '.*(read-only|readonly|Permission denied|unable to open|cannot be written)'
	chmod 000 "$store"
	as_nobody report --format jsonl --db "$store"
	says "a file that cannot be read" 3 '.*(Permission denied|unable to open)'
	chmod 444 "$store"
	chmod 000 "$at"
	as_nobody report --format jsonl --db "$store"
	says "a directory that cannot be entered" 3 '.*Permission denied'
	chmod 755 "$at"
	read_only_after_crash "$at" "$store"
	read_only_medium "$at" "$store"
}

# Read as it lies there, without locks: who writes to it meanwhile spoils the answer. The run has read
# the store when it opens its other input, a pipe.
written_meanwhile() {
	local pipe=$WORK/meanwhile run action
	mkfifo -m 644 "$pipe"
	for action in true touch; do
		(as_nobody report --format jsonl --db "$1" --events "$pipe"; exit "$STATUS") &
		run=$!
		timeout 60 bash -c 'exec >"$1"; "$2" "$3"; echo "{\"Records\":[]}"' - "$pipe" "$action" "$1"
		STATUS=0
		wait "$run" || STATUS=$?
		[[ $action != true ]] || check_equal "nobody writes to a store without locks: exit 0" "$STATUS" 0
	done
	says "somebody writes to a store without locks" 3 'was written to while it was read$'
	check "somebody writes to a store without locks: no answer" test ! -s "$WORK/nobody.out"
}

# What a run that was killed left is in the log beside the store: without it the answer would be old.
read_only_after_crash() {
	local at=$1-crashed writer
	mkdir "$at"
	cp "$2" "$at/trail.db"
	chmod 644 "$at/trail.db"
	# the store's last change stands in the log alone
	{
		printf 'PRAGMA wal_autocheckpoint=0;\nDELETE FROM messages;\nUPDATE inputs SET uri = x%s;\nSELECT 1;\n' "'2f78'"
		sleep 1
	} | sqlite3 -batch "$at/trail.db" >/dev/null &
	writer=$!
	sleep 0.5
	mkdir "$at/copy"
	cp "$at/trail.db" "$at/trail.db-wal" "$at/copy/"
	wait "$writer"
	"$LOGINTRAIL" report --format jsonl --db "$at/trail.db" >"$WORK/readonly.new"
	chmod 555 "$at/copy"
	as_nobody report --format jsonl --db "$at/copy/trail.db"
	if [[ $STATUS == 0 ]]; then
		check "a log that was left, nothing can be written: the new answer" \
			cmp "$WORK/readonly.new" "$WORK/nobody.out"
	else
		says "a log that was left, nothing can be written" 3 ''
	fi
	chmod 755 "$at/copy"
}

read_only_medium() {
	if [[ -z ${STORE_MOUNTS:-} ]]; then
		echo "# nothing can be mounted here: no medium that cannot be written to"
		return 0
	fi
	mount --bind "$1" "$1"
	mount -o remount,bind,ro "$1"
	STATUS=0
	"$LOGINTRAIL" report --format jsonl --db "$2" >"$WORK/nobody.out" 2>"$WORK/nobody.err" || STATUS=$?
	reads "a medium that cannot be written to"
	STATUS=0
	"$LOGINTRAIL" ingest --db "$2" --events "$FIXTURE/chain-events.json" >"$WORK/nobody.out" 2>"$WORK/nobody.err" || STATUS=$?
	says "a medium that cannot be written to: ingest" 4 '.*(read-only|readonly|Read-only|unable to open|cannot be written)'
	umount "$1"
}

# Names that SQLite, URIs or terminals take for something else.
names() {
	local at=$WORK/names name names=('a b' 'a?b' 'a#b' 'a%41b' 'a?mode=memory' ':memory:' $'new\nline' "quote'"
		'quote"' '-dash' $'\e[31mred' $'\xff' 'back\slash' 'ümlaut' 'trail.db-wal')
	mkdir "$at"
	FROM_FILES=(--logins "$FIXTURE/logins.jsonl" --events "$FIXTURE/events.json")
	pushd "$at" >/dev/null || return
	for name in "${names[@]}"; do
		ingest_file "$name" "${FROM_FILES[@]}"
		ingested "name ${name@Q}" 0
		check "name ${name@Q}: the file is called so" test -s "$name"
		FROM_STORE=(--db "$name")
		both_answer report --format jsonl || true
		check "name ${name@Q}: the same answer" cmp "$WORK/answer.files" "$WORK/answer.store"
		FROM_STORE=(--db "$at/$name")
		both_answer report --format jsonl || true
		check "name ${name@Q}, absolute: the same answer" cmp "$WORK/answer.files" "$WORK/answer.store"
		answer "$WORK/table" report --db "$name" --color never
		check "name ${name@Q}: what is printed is clean" is_printable "$WORK/table"
		echo "no store" >"$name"
		rm -f -- "$name-wal" "$name-shm"
		no_store "name ${name@Q}, a text" "$name" 'is no store'
	done
	check_equal "names: no other files" "$(find . -type f -printf x | wc -c)" "${#names[@]}"
	popd >/dev/null || return
	need_fixture
	ln -s "$WORK/none/fixture.db" "$at/link"
	FROM_STORE=(--db "$at/link")
	check_same "a link to a store" report --format jsonl
	read_only_names
}

# The same where the name has to go by a URI.
read_only_names() {
	local at=$WORK/names-readonly name
	[[ $(id -u) == 0 ]] || return 0
	"$LOGINTRAIL" report --format jsonl --db "$WORK/none/fixture.db" >"$WORK/readonly.wanted"
	mkdir "$at"
	for name in 'a?b#c%41d' $'new\nline' 'x?immutable=0&mode=rwc'; do
		cp "$WORK/none/fixture.db" "$at/$name"
	done
	chmod 555 "$at"
	for name in 'a?b#c%41d' $'new\nline' 'x?immutable=0&mode=rwc'; do
		as_nobody report --format jsonl --db "$at/$name"
		reads "name ${name@Q}, read-only"
	done
	chmod 755 "$at"
}

# usage NAME TEXT ARGUMENT...: exit 2, and one line that says why; no store is made.
usage() {
	local name=$1 text=$2 status=0
	shift 2
	rm -f "$WORK/usage.db"
	"$LOGINTRAIL" "$@" >"$WORK/usage.out" 2>"$WORK/usage.err" </dev/null || status=$?
	check_equal "$name: exit 2" "$status" 2
	check_match "$name: it is said" "$(cat "$WORK/usage.err")" "$text"
	check "$name: nothing is made" test ! -e "$WORK/usage.db"
}

usages() {
	local db=$WORK/usage.db events=$FIXTURE/events.json
	usage "no store named" '--db is missing' ingest --events "$events"
	usage "nothing to do" 'nothing to do: give --logins, --events or --prune-before' ingest --db "$db"
	usage "standard input" 'standard input has no name' ingest --db "$db" --events -
	usage "standard input of logins" 'standard input has no name' ingest --db "$db" --events "$events" --logins -
	usage "a time that is none" "prune-before" ingest --db "$db" --prune-before yesteryear
	usage "two stores" 'second store' ingest --db "$db" --db "$db.2" --events "$events"
	usage "an empty name" 'is empty' ingest --db '' --events "$events"
	usage "a store on standard input" 'is no file' report --db -
	usage "a store by a URI" 'is no file' report --db s3://bucket/trail.db
	usage "an option of others" 'fail-on' ingest --db "$db" --events "$events" --fail-on ambiguous
	usage "rescan without a store to fill" 'rescan' report --db "$db" --rescan
	usage "neither inputs nor store" '--db, a store' report
	usage "no such thing" 'db' verify --db "$db"
	check_match "help says what it does" "$("$LOGINTRAIL" ingest --help)" '--prune-before T'
	ingest usage --events "$WORK/nowhere"
	ingested "an input that is not there" 3 'nowhere: (cannot be opened: )?No such file'
}
