# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What logins.sh asserts of the login log and of the report.

declare -A SESSION_ID

all_closed() {
	[[ $(grep -c '"kind":"close"' "$TESTBED_LOG") == $(grep -c '"kind":"open"' "$TESTBED_LOG") ]]
}

die_without_log() {
	not_ok "the module writes a log" "$(testbed_syslog | grep -a pam_logintrail | tail -n 3)"
	check_finish
	exit 1
}

# The log as a whole: one open and one close for each login, the chain, the modes.
check_log() {
	local name
	[[ -s $TESTBED_LOG ]] || die_without_log
	testbed_wait_for all_closed || true
	for name in "${!SESSION_PORT[@]}"; do
		SESSION_ID[$name]=$(record_of "$name" | jq -r .id || true)
	done
	check_equal "each login has one open record" \
		"$(jq -r 'select(.kind == "open") | .id' "$TESTBED_LOG" | sort -u | wc -l) ids of $(
			grep -c '"kind":"open"' "$TESTBED_LOG")" \
		"${#SESSION_PORT[@]} ids of ${#SESSION_PORT[@]}"
	check_equal "each open has one close" \
		"$(jq -r 'select(.kind == "close") | .id' "$TESTBED_LOG" | sort)" \
		"$(jq -r 'select(.kind == "open") | .id' "$TESTBED_LOG" | sort)"
	check_equal "the log is root's alone" "$(stat -c '%a %u' "$TESTBED_LOG")" "600 0"
	check_equal "sequence numbers run from 1 without a gap" \
		"$(jq -s 'map(.seq) == [range(1; length + 1)]' "$TESTBED_LOG")" true
	check_equal "times never go back" "$(jq -s 'map(.time) | . == sort' "$TESTBED_LOG")" true
	check "every record carries the hash of the line before it" chain_is_whole "$TESTBED_LOG"
	check_equal "the module said nothing in syslog" \
		"$(testbed_syslog | grep -a pam_logintrail || true)" ''
}

# By sha256sum and jq alone.
chain_is_whole() {
	local line prev expected
	expected=$(printf '%064d' 0)
	while IFS= read -r line; do
		prev=$(jq -r .prev <<<"$line")
		[[ $prev == "$expected" ]] || { echo "prev is $prev, should be $expected: $line"; return 1; }
		expected=$(printf '%s' "$line" | sha256sum | cut -d' ' -f1)
	done <"$1"
}

# What each record says of host, user, process and session.
check_sessions() {
	local name record
	for name in $(printf '%s\n' "${!SESSION_PORT[@]}" | sort); do
		record=$(record_of "$name" || true)
		check_object "$name: the record names host, service and sshd's pid" "$record" \
			"$(jq -nc --argjson pid "${SESSION_PID[$name]:-0}" \
				'{v: 1, service: "sshd", tty: "ssh", sshd_pid: $pid, truncated: null, notes: null}')"
		[[ ! -s $OUT/$name || $name == sftp ]] || check_own_words "$name" "$record"
	done
	check_equal "the host is named as identity.json, the kernel and hostname name it" \
		"$(jq -c 'select(.kind == "open") | .host | {instance_id, account_id, region, boot_id, hostname}' \
			"$TESTBED_LOG" | sort -u)" \
		"$(jq -c --arg boot "$(cat /proc/sys/kernel/random/boot_id)" --arg name "$(uname -n)" \
			'. + {boot_id: $boot, hostname: $name}' /run/logintrail/identity.json)"
	check_equal "every record tells the state of the clock" \
		"$(jq -c 'select(.kind == "open") | .clock | map_values(type)' "$TESTBED_LOG" | sort -u)" \
		'{"synchronized":"boolean","max_error_us":"number"}'
}

# check_own_words CASE RECORD: the session itself printed SSH_CONNECTION, its audit session and uid.
check_own_words() {
	local remote rport ip lport audit uid
	{ read -r remote rport ip lport; read -r audit; read -r uid; } <"$OUT/$1"
	[[ $audit != 4294967295 ]] || audit=null
	check_object "$1: addresses, ports, uid and audit session are the session's own" "$2" \
		"$(jq -nc --arg remote "$remote" --argjson rport "$rport" --arg ip "$ip" \
			--argjson lport "$lport" --argjson audit "$audit" --argjson uid "$uid" \
			'{remote: {host: $remote, port: $rport}, local: {ip: $ip, port: $lport},
			audit_session: $audit, uid: $uid, login_uid: (if $audit then $uid else null end)}')"
}

# check_steps CASE JSON: method, key type and fingerprint of each step.
check_steps() {
	check_equal "$1: authentication is recorded as it was" \
		"$(record_of "$1" |
			jq -c '.auth | map([.method, .key_type, .fingerprint])')" "$(jq -c . <<<"$2")"
}

# key_step KEY TYPE
key_step() {
	printf '["publickey","%s","%s"]' "$2" "$(testbed_fingerprint "$KEYS/$1.pub")"
}

check_auth() {
	check_steps pushed "[$(key_step pushed ssh-ed25519)]"
	check_steps rsa "[$(key_step rsa ssh-rsa)]"
	check_steps ecdsa "[$(key_step ecdsa ecdsa-sha2-nistp256)]"
	check_steps root "[$(key_step root ssh-ed25519)]"
	check_steps password '[["password",null,null]]'
	check_steps certificate "[$(key_step certificate ssh-ed25519-cert-v01@openssh.com)]"
	check_steps second_factor \
		"[$(key_step second_factor ssh-ed25519),[\"keyboard-interactive/pam\",null,null]]"
	check_steps two_keys "[$(key_step first_of_two ssh-ed25519),$(key_step second_of_two ssh-ed25519)]"
	check_object "certificate: key id, serial, CA and principals are recorded" \
		"$(record_of certificate | jq -c '.auth[0].cert')" \
		"$(jq -nc --arg id "$CERT_KEY_ID" --arg ca "$(testbed_fingerprint "$TESTBED/ssh/user_ca.pub")" \
			'{key_id: $id, serial: "4711", ca_fingerprint: $ca, principals: ["ec2-user", "operations"]}')"
}

check_connection() {
	local record
	record=$(cat "$OUT/no_command.record")
	check_object "no_command: ports are those of the client's socket, sshd_start the kernel's" "$record" \
		"$(jq -nc --argjson client "$(cat "$OUT/no_command.client_port")" --argjson port "$TESTBED_PORT" \
			--argjson start "$(cat "$OUT/no_command.start")" \
			'{remote: {host: "127.0.0.1", port: $client}, local: {ip: "127.0.0.1", port: $port},
			sshd_start: $start}')"
}

# Runs the report, and the other commands, on what came up.
check_reports() {
	local until
	until=$(date -u -d '+10 minutes' +%Y-%m-%dT%H:%M:%SZ)
	REPORT_INPUT=(--logins "$TESTBED_LOG" --events "$CLOUDTRAIL_EVENTS" --complete-until "$until")
	check "the report runs without a complaint" run_report
	check_equal "the report has one line for each login" \
		"$(jq -r 'select(.kind == "login") | .session' "$OUT/report.jsonl" | sort)" \
		"$(printf '%s\n' "${SESSION_ID[@]}" | sort)"
	check_equal "the report has one line for each push" \
		"$(jq -r 'select(.kind == "push") | .event_id' "$OUT/report.jsonl" | sort)" \
		"$(printf '%s\n' "${PUSH_ID[@]}" | sort)"
	check_match "who names the principal behind a session" \
		"$("$LOGINTRAIL" who --session "${SESSION_ID[root]}" "${REPORT_INPUT[@]}" 2>&1)" \
		"$(principal_arn bob)"
	check_match "explain names the event that explains a session" \
		"$("$LOGINTRAIL" explain "${SESSION_ID[root]}" "${REPORT_INPUT[@]}" 2>&1)" \
		"${PUSH_ID[root]}"
	check_equal "pushes --failed lists the failed ones" \
		"$("$LOGINTRAIL" pushes --failed --format jsonl "${REPORT_INPUT[@]}" |
			jq -r 'select(.kind == "push") | .event_id' | sort)" \
		"$(printf '%s\n' "${PUSH_ID[failed]}" "${PUSH_ID[denied]}" | sort)"
}

# What went in comes out, and nothing else: the invariants, counted here by other means.
check_summary() {
	local pushes=${#PUSH_ID[@]}
	check_object "the summary counts every login, push and record" \
		"$(jq -c 'select(.kind == "summary") | {
			logins: .logins.in, verdicts: (.logins | del(.in, .reasons) | add),
			pushes: .pushes.in, states: (.pushes | del(.in) | add),
			records: .read.records, kept_and_not: (.read | .kept + .skipped + .malformed),
			skipped: .read.skipped, duplicates: .read.duplicates, invariants}' "$OUT/report.jsonl")" \
		"$(jq -nc --argjson logins "${#SESSION_ID[@]}" --argjson pushes "$pushes" '{
			logins: $logins, verdicts: $logins, pushes: $pushes, states: $pushes,
			records: ($pushes + 3), kept_and_not: ($pushes + 3), skipped: 2, duplicates: 1,
			invariants: "hold"}')"
}

run_report() {
	"$LOGINTRAIL" report "${REPORT_INPUT[@]}" --format jsonl >"$OUT/report.jsonl" 2>"$OUT/report.err" ||
		{ cat "$OUT/report.err"; return 1; }
	[[ ! -s $OUT/report.err ]] || { cat "$OUT/report.err"; return 1; }
}

report_login() {
	jq -c --arg id "${SESSION_ID[$1]:-}" \
		'select(.kind == "login" and .session == $id) | .pushes |= ((. // []) | sort)
		| .principals |= ((. // []) | sort)' "$OUT/report.jsonl"
}

# json_list WORD...: as a sorted array.
json_list() {
	printf '%s\n' "$@" | jq -Rnc '[inputs | select(. != "")] | sort'
}

# explained CASE VERDICT USER PERSON-LIST PUSH-NAME...
explained() {
	local name=$1 verdict=$2 user=$3 people=$4 person push ids=() arns=()
	shift 4
	for person in $people; do arns+=("$(principal_arn "$person")"); done
	for push; do ids+=("${PUSH_ID[$push]}"); done
	check_object "$name is $verdict" "$(report_login "$name")" \
		"$(jq -nc --arg verdict "$verdict" --arg user "$user" --argjson pushes "$(json_list "${ids[@]}")" \
			--argjson arns "$(json_list "${arns[@]}")" --arg instance "$SAMPLE_INSTANCE" \
			'{verdict: $verdict, reason: null, principals: $arns,
			strength: (if $verdict == "attributed" then "matched" else null end),
			pushes: $pushes, source: "pam", instance_id: $instance, os_user: $user}')"
}

# unexplained CASE REASON
unexplained() {
	check_object "$1 is unattributed: $2" "$(report_login "$1")" \
		"$(jq -nc --arg reason "$2" '{verdict: "unattributed", strength: null, reason: $reason,
			principals: [], pushes: []}')"
}

check_verdicts() {
	explained pushed attributed ec2-user alice pushed
	explained pushed_again attributed ec2-user alice pushed
	explained rsa attributed alice bob rsa
	explained repush attributed ec2-user alice repush:first repush:second
	explained ambiguous ambiguous ec2-user 'alice bob' ambiguous:alice ambiguous:bob
	explained in_grace attributed ec2-user bob in_grace
	explained second_factor attributed twofactor bob second_factor
	explained slow_factor attributed twofactor alice slow_factor
	explained two_keys attributed twokeys alice first_of_two
	explained root attributed root bob root
	explained sftp attributed ec2-user alice sftp
	explained no_command attributed ec2-user alice no_command
	unexplained static key_never_pushed
	unexplained ecdsa key_never_pushed
	unexplained password no_key
	unexplained certificate certificate
	unexplained other_user pushed_for_other_user
	unexplained other_instance pushed_for_other_instance
	unexplained failed push_failed
	unexplained denied key_never_pushed
	unexplained expired push_expired
	unexplained just_expired push_expired
	check_equal "no login has another verdict" \
		"$(jq -sr 'map(select(.kind == "login")) | group_by(.verdict) | map("\(.[0].verdict) \(length)")
			| join(", ")' "$OUT/report.jsonl")" \
		"ambiguous 1, attributed 11, unattributed 10"
}

# push_is NAME STATE [CASE...]: the cases are the logins that it can explain.
push_is() {
	local name=$1 state=$2 login ids=()
	shift 2
	for login; do ids+=("${SESSION_ID[$login]:-}"); done
	check_object "push $name is $state" \
		"$(jq -c --arg id "${PUSH_ID[$name]}" 'select(.kind == "push" and .event_id == $id)
			| .sessions |= ((. // []) | sort)' "$OUT/report.jsonl")" \
		"$(jq -nc --arg state "$state" --argjson sessions "$(json_list "${ids[@]}")" \
			'{state: $state, sessions: $sessions, source_ip: "203.0.113.7"}')"
}

check_pushes() {
	local name
	push_is pushed used pushed pushed_again
	push_is repush:first used repush
	push_is repush:second used repush
	push_is ambiguous:alice used ambiguous
	push_is ambiguous:bob used ambiguous
	push_is first_of_two used two_keys
	for name in rsa in_grace second_factor slow_factor root sftp no_command; do
		push_is "$name" used "$name"
	done
	for name in unused wrong_user outdated other_user expired just_expired; do
		push_is "$name" unused
	done
	push_is other_instance uninstrumented
	push_is failed failed
	push_is denied failed
}
