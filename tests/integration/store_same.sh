#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A question to a store reads only what its answer rests on: who, explain and reach must say the same
# as from the files, to the byte, of every login, host and identity.
#
# STORE_SAME_ALL=1   ask every question (an hour), not a sample of them (a minute)
# STORE_SAME_KEEP    a directory to work in, and to leave for looking at
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

BUILD=${BUILD:-build}
LOGINTRAIL=$BUILD/logintrail
CORPUS=$BUILD/logintrail-corpus
ALL=${STORE_SAME_ALL:-}
LOGINS=$([[ -n $ALL ]] && echo 2000 || echo 250)
WORK=${STORE_SAME_KEEP:-$(mktemp -d)}
[[ -n ${STORE_SAME_KEEP:-} ]] || trap 'rm -rf "$WORK"' EXIT

# sshd's own lines of the logins in the report: host by host as text, as the journal, as both, and
# with EC2 Instance Connect's lines among those of the journal. Prints PATH, a tab, the line.
host_lines() {
	jq -r 'select(.kind == "login" and .sshd_pid and .remote_port and .keys[-1].fingerprint
			and (.os_user | test("^[a-z0-9-]+$"))) |
		. as $l | (.instance_id | explode | add % 4) as $sort |
		(.keys[-1] | (if .key_type == "ssh-rsa" then "RSA " else "ED25519 " end) + .fingerprint) as $key |
		def us: (.[0:19] + "Z" | fromdateiso8601 | tostring) + .[20:26];
		def text($time; $message): if $sort == 2 then empty else
			"\($l.instance_id)/auth.log\t\($time) \($l.hostname) sshd[\($l.sshd_pid)]: \($message)" end;
		def entry($time; $tag; $uid; $message): if $sort == 1 then empty else
			"\($l.instance_id)/journal.json\t\({__REALTIME_TIMESTAMP: ($time | us), _HOSTNAME: $l.hostname,
				_BOOT_ID: ($l.boot_id // "" | gsub("-"; "")), SYSLOG_IDENTIFIER: $tag,
				_PID: ($l.sshd_pid | tostring), _UID: $uid, MESSAGE: $message} | tojson)" end;
		def both($time; $message): text($time; $message), entry($time; "sshd"; "0"; $message);
		select($sort != 0) |
		entry(.time; "ec2-instance-connect"; "998";
			"Querying EC2 Instance Connect keys for matching fingerprint: \(.keys[-1].fingerprint)"),
		entry(.time; "ec2-instance-connect"; (if .sshd_pid % 5 == 0 then "1000" else "998" end);
			"Providing ssh key from EC2 Instance Connect with fingerprint: \(.keys[-1].fingerprint), request-id: \(.request)"),
		both(.time; "Accepted publickey for \(.os_user) from \(.remote) port \(.remote_port) ssh2: \($key)"),
		(if .closed then both(.closed; "pam_unix(sshd:session): session closed for user \(.os_user)") else empty end)'
}

# Every login with the request of its first push.
with_requests() {
	jq -c -s '(map(select(.kind == "push" and .request_id) | {(.event_id // "-"): .request_id}) | add) as $of |
		.[] | select(.kind == "login") | .request = ($of[.pushes[0] // "-"] // "none")' "$1"
}

# A corpus whose hosts have other logs too, and a copy of a log that names another instance.
add_host_logs() {
	local corpus=$1 file path line
	while IFS=$'\t' read -r path line; do
		mkdir -p "$corpus/logins/${path%/*}"
		printf '%s\n' "$line" >>"$corpus/logins/$path"
	done < <("$LOGINTRAIL" report --logins "$corpus/logins" --events "$corpus/events" --format jsonl 2>/dev/null |
		with_requests /dev/stdin | host_lines | sort -s -t "$(printf '\t')" -k 1,1 -k 2,2)
	file=$(find "$corpus/logins" -name '*.jsonl' | sort | head -1)
	sed 's/"instance_id":"i-[0-9a-f]*"/"instance_id":"i-0123456789abcdef1"/' "$file" |
		head -40 >"$corpus/logins/twin.jsonl"
	# of every third host the module's log is lost
	find "$corpus/logins" -maxdepth 1 -name 'i-*.jsonl*' | sort | awk 'NR % 3 == 0' | xargs -r rm -f
}

# The questions about a corpus, one a line: arguments with tabs between.
questions() {
	local report=$1
	jq -r 'select(.kind == "login") | "explain\t\(.session)"' "$report"
	jq -r 'select(.kind == "login") | "who\t\(.instance_id // .hostname)", "who\t\(.hostname // .instance_id)"' \
		"$report" | sort -u
	jq -r 'select(.kind == "login") | (.instance_id // .hostname) as $host |
		"who\t\($host)\t--at\t\(.time)", (.closed // empty | "who\t\($host)\t--at\t\(.)"),
		(.hostname // empty | "who\t\(.)\t--at\t\($report_time // "-1h")")' \
		--arg report_time "$(jq -r 'select(.kind == "login") | .time' "$report" | sed -n 100p)" "$report"
	jq -r 'select(.kind == "login") | "who\t--ip\t\(.remote)\t--at\t\(.time)",
		"who\t--session\t\(.session[0:8])", "who\t--user\t\(.os_user)\t--from\t\(.time)",
		(.fingerprint // empty | "who\t--fingerprint\t\(.)"), (.audit_session // empty | "who\t--audit-session\t\(.)"),
		"who\t--at\t\(.time)"' "$report" | grep -v "$(printf '\033')" | awk 'NR % 7 < 2'
	jq -r 'select(.kind == "push" or .kind == "login") |
		[.principal, .access_key_id, .source_ip, .instance_id, (.person | objects | .name, .principal, .email, .user_id,
			.display_name, .session_name, .source_identity, (.chain[]? | .source_ip, .identity),
			(.candidates[]? | .name, .principal))] | .[] | strings | select(test("\\S")) | "reach\t\(.)"' "$report" | sort -u
}

# A sample that is always the same; all when asked for.
sample() {
	if [[ -n $ALL ]]; then cat; else shuf --random-source=<(yes) -n "$1"; fi
}

# ask OPTION... -- ARGUMENT...: what is printed, and the exit status.
ask() {
	local inputs=() status=0
	while [[ $1 != -- ]]; do
		inputs+=("$1")
		shift
	done
	"$LOGINTRAIL" "${@:2}" "${inputs[@]}" 2>/dev/null || status=$?
	echo "exit $status"
}

# check_questions NAME CORPUS COUNT OPTION...
check_questions() {
	local name=$1 corpus=$2 count=$3 n=0 wrong='' question format
	shift 3
	"$LOGINTRAIL" ingest --db "$WORK/$name.db" --logins "$corpus/logins" --events "$corpus/events" >/dev/null 2>&1 ||
		not_ok "$name: the corpus goes into a store"
	"$LOGINTRAIL" report --db "$WORK/$name.db" --format jsonl "$@" >"$WORK/$name.jsonl" 2>/dev/null
	while IFS=$'\t' read -r -a question; do
		format=$([[ $((n % 3)) == 2 ]] && echo text || echo jsonl)
		if [[ $(ask --db "$WORK/$name.db" --format "$format" "$@" -- "${question[@]}") != \
			"$(ask --logins "$corpus/logins" --events "$corpus/events" --format "$format" "$@" -- "${question[@]}")" ]]; then
			wrong+="${question[*]}"$'\n'
		fi
		n=$((n + 1))
	done < <(questions "$WORK/$name.jsonl" | sample "$count")
	check_equal "$name: $n questions have the answers that the files have" "$wrong" ''
	[[ $n -ge $count || -n $ALL ]] || not_ok "$name: there are questions" "$n"
}

"$CORPUS" --out "$WORK/truth" --logins "$LOGINS" --seed 1 --profile truth >/dev/null
"$CORPUS" --out "$WORK/people" --logins "$LOGINS" --seed 2 --profile people >/dev/null
cp -r "$WORK/truth" "$WORK/hosts"
cp -r "$WORK/people" "$WORK/roles"
add_host_logs "$WORK/hosts"
add_host_logs "$WORK/roles"
check_questions truth "$WORK/truth" 60
check_questions people "$WORK/people" 90 --identity-store "$WORK/people/identity-store.json"
check_questions hosts "$WORK/hosts" 90
check_questions roles "$WORK/roles" 60
check_questions wide "$WORK/hosts" 40 --grace 40 --login-grace 300 --skew 20
check_questions nobody "$WORK/people" 20 --no-people
check_finish
