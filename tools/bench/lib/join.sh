# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# One million logins against one million key pushes, the report beside sqlite3 on the same rows in the
# same run, then ten million for the growth.

SIZE=1000000
! is_small || SIZE=10000
LARGE=$((SIZE * 10))
FACTOR=5 # the join must be so many times faster than sqlite3's

# The join that the matching is, as sqlite3 does it best: the index holds all that the join asks for.
SQL_SETTINGS='PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000;
PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 8000000000;'
# Both sides count what they find instead of printing it.
SQL_JOIN='SELECT count(*), sum(p.event_id IS NULL)
FROM logins AS l LEFT JOIN pushes AS p
ON p.instance = l.instance AND p.user = l.user AND p.fingerprint = l.fingerprint
AND p.time_us BETWEEN l.time_us - 66000000 AND l.time_us + 1000000;'
SQL_INDEX='CREATE INDEX pushes_key ON pushes
(instance, user, fingerprint, time_us, event_id, principal);'

write_sql() {
	cat >"$WORK/whole.sql" <<-SQL
	.bail on
	$SQL_SETTINGS
	CREATE TABLE logins(session TEXT, instance TEXT, user TEXT, fingerprint TEXT, time_us INTEGER);
	CREATE TABLE pushes(event_id TEXT, instance TEXT, user TEXT, fingerprint TEXT, time_us INTEGER,
		principal TEXT);
	.mode csv
	.import "$WORK/one/logins.csv" logins
	.import "$WORK/one/pushes.csv" pushes
	$SQL_INDEX
	.mode list
	$SQL_JOIN
	SQL
	cat >"$WORK/join.sql" <<-SQL
	.bail on
	$SQL_SETTINGS
	.mode list
	$SQL_JOIN
	SQL
}

# All find the same: as many logins without a push.
check_sqlite() {
	local unmatched
	local judged
	judged=$(awk 'END { print $4 }' "$WORK/time.judge")
	unmatched=$(sqlite3 "$WORK/bench.db" <"$WORK/join.sql" | tail -n 1 | cut -d '|' -f 2)
	[[ $unmatched == "$(jq .verdicts.unattributed "$WORK/one/truth.jsonl")" &&
		$judged == "$unmatched" ]] || {
		echo "run: sqlite3 finds $unmatched logins without a push, join $judged" >&2
		exit 1
	}
}

# One after the other, so that what else the machine does meets all of them.
run_rounds() {
	local round
	forget_times
	for ((round = 0; round <= RUNS; round++)); do
		rm -f "$WORK/bench.db"
		report one >>"$WORK/time.report"
		"$MEASURE" "$JOIN" "$WORK"/one/{logins,pushes}.csv >>"$WORK/time.rows"
		"$JOIN" "$WORK"/one/{logins,pushes}.csv >>"$WORK/time.judge"
		"$MEASURE" --stdin "$WORK/whole.sql" sqlite3 "$WORK/bench.db" >>"$WORK/time.whole"
		"$MEASURE" --stdin "$WORK/join.sql" sqlite3 "$WORK/bench.db" >>"$WORK/time.join"
		# The first round only warms the caches.
		[[ $round != 0 ]] || { check_sqlite; forget_times; }
	done
}

print_one() {
	printf '\n%s logins, %s pushes, medians of %s interleaved runs:\n\n' "$SIZE" "$SIZE" "$RUNS"
	table
	row 'logintrail report: CloudTrail and login logs in, jsonl out' "$WORK/time.report"
	row 'sqlite3: the rows from CSV in, index, join' "$WORK/time.whole"
	row 'the same rows from CSV in, joined and judged as the report does it' "$WORK/time.rows"
	row 'sqlite3: the join alone, tables and index there' "$WORK/time.join"
	printf '| the joining and judging alone, rows there | %s | | | |\n' "$(median "$WORK/time.judge" 2)"
	printf '\nInput of the report: %s; of sqlite3: %s of CSV.\n' "$(input_size one)" \
		"$(cat "$WORK"/one/*.csv | wc -c | awk '{ printf "%.0f MB", $1 / 1e6 }')"
}

print_growth() {
	report ten >"$WORK/time.ten"
	printf '\n%s logins, %s pushes (one run):\n\n' "$LARGE" "$LARGE"
	table
	row 'logintrail report' "$WORK/time.ten"
	awk -v small="$(median "$WORK/time.report" 1)" -v size="$SIZE" \
		-v small_kib="$(median "$WORK/time.report" 4)" '{
		printf "\n%.2f times the time of a tenth of it. ", $1 / small
		printf "Memory: %.0f bytes to a login and its push, by the difference.\n",
			($4 - small_kib) * 1024 / (size * 9) }' "$WORK/time.ten"
}

# Fails when the join is not as fast as it must be; small sizes measure the start of programs. The
# report as a whole reads the rows from JSON, which sqlite3 is spared: that ratio is said, not judged.
judge_speed() {
	local join
	join=$(ratio "$(median "$WORK/time.join" 1)" "$(median "$WORK/time.judge" 2)")
	printf '\nTimes as fast as sqlite3: %s at the join alone (at least %s asked for), ' "$join" "$FACTOR"
	printf '%s from the same CSV to the end, ' \
		"$(ratio "$(median "$WORK/time.whole" 1)" "$(median "$WORK/time.rows" 1)")"
	printf '%s when the report reads it all from gzipped JSON and sqlite3 from CSV.\n' \
		"$(ratio "$(median "$WORK/time.whole" 1)" "$(median "$WORK/time.report" 1)")"
	is_small || awk -v join="$join" -v factor="$FACTOR" 'BEGIN { exit join < factor }'
}

bench_join() {
	need_mib "$((SIZE * 12 / 1000))"
	make_corpus one bench "$SIZE" --csv
	write_sql
	check_report one
	run_rounds
	print_one
	judge_speed || slow=1
	rm -f "$WORK/bench.db"
	drop_corpus one
	make_corpus ten bench "$LARGE"
	print_growth
	drop_corpus ten
}
