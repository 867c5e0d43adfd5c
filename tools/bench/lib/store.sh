# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034  # slow is run's
#
# A store of ten million logins and pushes: filling it, beside sqlite3's own .import of the same rows into
# the same tables with the same indexes; and what a question to it takes, the whole process.

STORE_ROUNDS=3     # of filling, of which the median counts; the questions are more
STORE_QUESTIONS=200
STORE_MS=10        # the median of a question
STORE_P99_MS=30
STORE_TABLES="logins login_keys pushes callers caller_keys caller_mentions issues issue_keys issue_mentions"

# fill THREADS
fill() {
	rm -f "$WORK"/store.db*
	"$MEASURE" "$LOGINTRAIL" ingest --db "$WORK/store.db" --logins "$WORK/store/logins" \
		--events "$WORK/store/events" --threads "$1" --progress none
}

# dump_rows: the store's rows as CSV. CSV has no blobs: a body becomes a text of the same length.
dump_rows() {
	local table columns
	for table in $STORE_TABLES; do
		columns=$(sqlite3 "$WORK/store.db" "SELECT group_concat(CASE name WHEN 'body'
			THEN 'substr(hex(body), 1, length(body))' ELSE name END) FROM pragma_table_info('$table')")
		sqlite3 -csv "$WORK/store.db" "SELECT $columns FROM $table" >"$WORK/$table.csv"
		sqlite3 "$WORK/store.db" "SELECT sql || ';' FROM sqlite_master WHERE type='table' AND name='$table'" \
			>>"$WORK/import.sql"
	done
	for table in $STORE_TABLES; do
		printf '.import "%s" %s\n' "$WORK/$table.csv" "$table" >>"$WORK/import.sql"
	done
	for table in $STORE_TABLES; do
		sqlite3 "$WORK/store.db" "SELECT sql || ';' FROM sqlite_master
			WHERE type='index' AND sql IS NOT NULL AND tbl_name='$table'" >>"$WORK/import.sql"
	done
}

# Its best form: no journal, nothing synced, indexes made behind the rows.
import_rows() {
	rm -f "$WORK/import.db"
	{
		printf 'PRAGMA journal_mode=OFF;\nPRAGMA synchronous=OFF;\nPRAGMA page_size=%s;\n.mode csv\n' \
			"$(sqlite3 "$WORK/store.db" 'PRAGMA page_size')"
		cat "$WORK/import.sql"
	} >"$WORK/import.all"
	"$MEASURE" --stdin "$WORK/import.all" sqlite3 "$WORK/import.db"
}

run_fill() {
	local round
	rm -f "$WORK"/{time.ingest1,time.ingest2,time.import,import.sql}
	fill 2 >/dev/null
	dump_rows
	for ((round = 0; round < STORE_ROUNDS; round++)); do
		import_rows >>"$WORK/time.import"
		fill 1 >>"$WORK/time.ingest1"
		fill 2 >>"$WORK/time.ingest2"
	done
}

# evenly ROOT: files below it, evenly spread, so many as there are questions.
evenly() {
	find "$1" -type f | sort | awk -v n="$STORE_QUESTIONS" '{ f[NR] = $0 } END {
		for (i = 0; i < n; i++) print f[int(i * NR / n) + 1] }'
}

# choose_questions: logins, access keys and people from files all over the corpus.
choose_questions() {
	local file words=$WORK/words
	evenly "$WORK/store/logins" | while read -r file; do
		gzip -dcf "$file" | grep '"kind":"open"' | sed -n '2p' ||:
	done | jq -rc '[.host.instance_id, .time, .id] | @tsv' >"$words"
	awk -F'\t' '{ print $1 "\t--at\t" $2 }' "$words" >"$words.at"
	awk -F'\t' '{ print "--session\t" $3 }' "$words" >"$words.session"
	evenly "$WORK/store/events" | while read -r file; do
		gzip -dcf "$file" | jq -rc '[.Records[] | select(.eventName == "SendSSHPublicKey").userIdentity][0]
			| select(. != null) | [.accessKeyId, (.arn | split("/")[-1])] | @tsv'
	done >"$words"
	cut -f1 "$words" >"$words.key"
	cut -f2 "$words" >"$words.person"
}

# question NAME WORDS COMMAND ARGUMENT...
question() {
	local median p99 max runs
	read -r median p99 max runs < <("$BUILD/bench/latency" "$WORK/words.$2" "$LOGINTRAIL" "${@:3}" \
		--db "$WORK/store.db" --format jsonl)
	printf '| %s | %s | %s | %s | %s |\n' "$1" "$median" "$p99" "$max" "$runs"
	is_small || awk -v m="$median" -v p="$p99" -v wanted="$STORE_MS" -v wanted99="$STORE_P99_MS" \
		'BEGIN { exit !(m < wanted && p < wanted99) }' || { slow=1; late="$late; $1"; }
}

print_fill() {
	printf '\n%s logins and pushes, %s files; store %s; medians of %s interleaved runs:\n\n' \
		"$(sqlite3 "$WORK/store.db" 'SELECT (SELECT count(*) FROM logins) + (SELECT count(*) FROM pushes)')" \
		"$(sqlite3 "$WORK/store.db" 'SELECT count(*) FROM sources')" \
		"$(du -m "$WORK/store.db" | awk '{ print $1 " MiB" }')" "$STORE_ROUNDS"
	table
	row 'logintrail ingest, one thread' "$WORK/time.ingest1"
	row 'logintrail ingest, two threads' "$WORK/time.ingest2"
	row 'sqlite3 .import of the same rows, then the same indexes' "$WORK/time.import"
	awk -v ingest="$(median "$WORK/time.ingest2" 1)" -v import="$(median "$WORK/time.import" 1)" \
		-v judged="$(is_small || echo 1)" 'BEGIN {
		printf "\nIngesting, which reads, inflates and parses the files first, takes %.2f times as long as ", ingest / import
		printf ".import (at most 1 asked for): %s.\n", ingest <= import ? "met" : "NOT met"
		exit judged && ingest > import }' || slow=1
}

bench_store() {
	local logins=5000000 late=
	! is_small || logins=20000
	is_small || need_mib 38000
	rm -f "$WORK"/import.* "$WORK"/*.csv
	make_corpus store store "$logins" --days 60 --totals-only
	run_fill
	print_fill
	choose_questions
	printf '\n| question, ms for the whole process | median | 99th percentile | longest | asked |\n| --- | --- | --- | --- | --- |\n'
	question 'who INSTANCE --at T' at who
	question 'who --session ID' session who
	question 'reach ACCESS-KEY' key reach
	question 'reach PERSON' person reach
	rm -f "$WORK"/import.* "$WORK"/*.csv
	drop_corpus store
	! is_small || return 0
	printf '\nLess than %s ms at the median and %s at the 99th percentile were asked for: %s.\n' \
		"$STORE_MS" "$STORE_P99_MS" "$([[ -z $late ]] && echo met || echo "NOT met by${late#;}")"
}
