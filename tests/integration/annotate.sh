#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# logintrail annotate: audit lines come out in order with a name where one is known, and nothing that
# a line says can pass for a name. ausearch (package auditd) reads the same records.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tools/lib/cloudtrail_sample.sh
. tools/lib/cloudtrail_sample.sh
# shellcheck source=tools/lib/login_log_sample.sh
. tools/lib/login_log_sample.sh
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tests/integration/lib/audit_sample.sh
. tests/integration/lib/audit_sample.sh

BUILD=${BUILD:-build}
LOGINTRAIL=$BUILD/logintrail
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
UNTIL=$(date -u -d '+10 minutes' +%Y-%m-%dT%H:%M:%SZ)
REAL=(--logins "$WORK/logins.jsonl" --events "$WORK/trail/events" --complete-until "$UNTIL")
NAMED='logintrail_verdict=attributed logintrail_person="alice" logintrail_sure=exact'
BOOT=5f0c6a1e2b1d4c8e9a537d1f0e4b6a21

# Session 1: a key that alice pushed. Session 3: one that nobody pushed. NOW is a moment later.
make_input() {
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/pushed"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/static"
	cloudtrail_init "$WORK/trail"
	login_log_init "$WORK/logins.jsonl"
	describe_event bob 3600
	push_event person=alice user=ec2-user key="$WORK/pushed.pub" >/dev/null
	ALICE=$(login_log_open user=ec2-user key="$WORK/pushed.pub")
	login_log_close "$ALICE"
	STATIC=$(login_log_open user=ec2-user key="$WORK/static.pub")
	cloudtrail_deliver
	NOW=$(($(date +%s) + 30))
	audit_log_sample "$NOW" 1 3 >"$WORK/audit.log"
}

# annotate ARGUMENT...: stdin's lines; STATUS, $WORK/out, $WORK/err.
annotate() {
	STATUS=0
	timeout --foreground 60 "$LOGINTRAIL" annotate "${REAL[@]}" "$@" >"$WORK/out" 2>"$WORK/err" ||
		STATUS=$?
}

# What a line would be without our words.
without_words() {
	sed -E 's/ logintrail_session=.*$//' "$1"
}

# counted NAME LINES ANNOTATED AMBIGUOUS WITHOUT UNKNOWN
counted() {
	local lines="$2 lines"
	[[ $2 != 1 ]] || lines="1 line"
	check_equal "$1: the counts" "$(cat "$WORK/err")" "$(printf \
		'logintrail: %s: %s annotated, %s ambiguous, %s without session, %s unknown' \
		"$lines" "${@:3}")"
}

# has_name NAME FILE PATTERN COUNT: so many lines with the pattern, all with alice's name.
has_name() {
	check_equal "$1" "$(grep -a -e "$3" "$2" | grep -acF -e "$NAMED" || true)" "$4"
}

test_raw() {
	annotate <"$WORK/audit.log"
	check_equal "auditd's log: exit 0" "$STATUS" 0
	check_equal "auditd's log: every byte stays" "$(without_words "$WORK/out" | sha256sum)" \
		"$(sha256sum <"$WORK/audit.log")"
	has_name "a command of alice's has her name" "$WORK/out" 'type=SYSCALL .*comm="cat"' 1
	check "with session and principal" grep -qF -e "logintrail_session=$ALICE $NAMED \
logintrail_principal=\"$(principal_arn alice)\"" "$WORK/out"
	has_name "so has her login" "$WORK/out" '^type=USER_LOGIN ' 1
	has_name "so has a command of sudo's, enriched" "$WORK/out" '^type=USER_CMD ' 1
	check_equal "a login that nobody explains has no name" \
		"$(grep -a 'comm="vi"' "$WORK/out" | sed 's/.* logintrail_s/logintrail_s/')" \
		"logintrail_session=$STATIC logintrail_verdict=unattributed"
	check_equal "records without a session have nothing" \
		"$(grep -acE '^type=(EXECVE|CWD|PATH|PROCTITLE|CRED_DISP) .* logintrail_' "$WORK/out" || true)" 0
	counted "auditd's log" "$(wc -l <"$WORK/audit.log")" 5 0 7 1
}

# Interpreted text is not quoted: what was typed stands there as it is.
test_ausearch() {
	if ! command -v ausearch >/dev/null; then
		echo "# skipped: no ausearch here (package auditd)"
		return
	fi
	ausearch -if "$WORK/audit.log" >"$WORK/found"
	annotate <"$WORK/found"
	check_equal "ausearch: every byte stays" "$(without_words "$WORK/out" | sha256sum)" \
		"$(sha256sum <"$WORK/found")"
	has_name "ausearch: alice's command" "$WORK/out" 'type=SYSCALL .*comm="cat"' 1
	TZ=Europe/Berlin LC_ALL=C ausearch -i -if "$WORK/audit.log" >"$WORK/found"
	check "the hostile command is there as text" grep -q '^type=PROCTITLE .*=cat ses=1 logintrail_person=' \
		"$WORK/found"
	annotate --time-zone Europe/Berlin <"$WORK/found"
	has_name "ausearch -i: alice's command" "$WORK/out" '^type=SYSCALL .* comm=cat ' 1
	has_name "ausearch -i: alice's login" "$WORK/out" '^type=USER_LOGIN ' 1
	check_equal "ausearch -i: a typed ses= names nobody" \
		"$(grep -acE '^type=(PROCTITLE|EXECVE|CWD) .* logintrail_(session|person)=' "$WORK/out" || true)" 0
	check "ausearch -i: typed words of ours are renamed" \
		grep -qF 'ses=1 logintrail_input_person="alice"' "$WORK/out"
	annotate --time-zone +05:00 <"$WORK/found"
	has_name "ausearch -i, read in a zone too far east: before the login" "$WORK/out" . 0
}

test_hosts() {
	local line node
	line=$(grep -a 'comm="cat"' "$WORK/audit.log")
	for node in ip-10-0-0-5.internal ip-10-0-0-6 "$SAMPLE_INSTANCE"; do
		printf 'node=%s %s\n' "$node" "$line"
	done >"$WORK/in"
	annotate <"$WORK/in"
	has_name "its host name, its instance id" "$WORK/out" . 2
	counted "hosts" 3 2 0 0 1
	annotate --instance i-00000000000000000 <<<"$line"
	counted "--instance of another" 1 0 0 0 1
	annotate --instance "$SAMPLE_INSTANCE" <<<"$line"
	counted "--instance" 1 1 0 0 0
	jq -c 'if .host then .host += {instance_id: "i-0fedcba9876543210", boot_id: null} else . end
		| .id = ("f" + .id[1:])' "$WORK/logins.jsonl" >"$WORK/other.jsonl"
	annotate --logins "$WORK/other.jsonl" <<<"$line"
	counted "two hosts, and none in the line" 1 0 1 0 0
	check "two hosts: no name" grep -q ' logintrail_session=? logintrail_verdict=ambiguous$' "$WORK/out"
}

# A line for every tool; each would have alice's name, the last ones not.
json_lines() {
	local iso
	iso=$(date -u -d "@$NOW" +%Y-%m-%dT%H:%M:%S.000Z)
	jq -nc --arg us "${NOW}000000" --arg boot "$BOOT" '{__CURSOR: "s=1", _BOOT_ID: $boot,
		__REALTIME_TIMESTAMP: $us, _HOSTNAME: "ip-10-0-0-5", _AUDIT_SESSION: "1", MESSAGE: "hi"}'
	jq -nc --arg id "$NOW.000:77" '{ID: $id, SYSCALL: {auid: 1000, ses: 1, comm: "cat"},
		EXECVE: {argc: 2, ARGV: ["cat", "ses=3"]}}'
	jq -nc --arg t "$iso" --arg i "$SAMPLE_INSTANCE" '{"@timestamp": $t, host: {name: "ip-10-0-0-5"},
		cloud: {instance: {id: $i}}, auditd: {session: "1", data: {ses: "3"}}}'
	jq -nc --arg t "$iso" '{"@timestamp": $t, "auditd.log.ses": "1"}'
	jq -nc --arg t "$iso" '{time: $t, ses: 1, logintrail: {person: "root"}}'
	printf ' { "ses" : 1, "time" : %s } \n' "$NOW"
	jq -nc --arg us "${NOW}000000" '{_BOOT_ID: "00000000000000000000000000000001",
		__REALTIME_TIMESTAMP: $us, _AUDIT_SESSION: "1"}'
	jq -nc --arg t "$iso" '{time: $t, ses: 1} | tojson | .[:-1] + ",\"ses\":3}"' -r
	jq -nc '{message: "{\"ses\":1}", logintrail: {person: "alice"}}'
}

test_json() {
	json_lines >"$WORK/in.json"
	annotate <"$WORK/in.json"
	check_equal "JSON lines: exit 0" "$STATUS" 0
	check "JSON lines stay JSON lines" jq -e . "$WORK/out"
	check_equal "JSON lines: the names" "$(jq -r '.logintrail.person // "-"' "$WORK/out" | paste -sd' ')" \
		"alice alice alice alice alice alice - - -"
	check_object "JSON lines: the member" "$(sed -n 1p "$WORK/out" | jq -c .logintrail)" \
		"$(jq -nc --arg session "$ALICE" --arg arn "$(principal_arn alice)" '{session: $session,
			verdict: "attributed", person: "alice", sure: "exact", principal: $arn}')"
	check_equal "JSON lines: a claim is renamed" \
		"$(jq -r 'select(.logintrail_input).logintrail_input.person' "$WORK/out" | paste -sd' ')" \
		"root alice"
	check_equal "JSON lines: every other byte stays" \
		"$(sed -E 's/,"logintrail":\{[^}]*\}//; s/logintrail_input/logintrail/' "$WORK/out" | sha256sum)" \
		"$(sha256sum <"$WORK/in.json")"
}

test_formats() {
	annotate --format jsonl <"$WORK/audit.log"
	check_equal "jsonl: a line each, as it came" "$(jq -r .line "$WORK/out" | tr -d '\035' | sha256sum)" \
		"$(tr -d '\035' <"$WORK/audit.log" | sha256sum)"
	check_equal "jsonl: alice's lines" "$(jq -r 'select(.person == "alice") | .audit_session' "$WORK/out" |
		paste -sd' ')" "1 1 1 1"
	annotate --format json <"$WORK/audit.log"
	check_equal "json: one document" "$(jq -c '[(.lines | length), .summary.annotated]' "$WORK/out")" \
		"[$(wc -l <"$WORK/audit.log"),5]"
	annotate --format json </dev/null
	check_equal "json: no lines" "$(jq -c .lines "$WORK/out")" '[]'
	annotate -o "$WORK/file" <"$WORK/audit.log"
	has_name "-o FILE" "$WORK/file" . 4
}

test_hostile() {
	printf 'x \033[31m logintrail_session=00 logintrail_verdict=attributed\n' >"$WORK/in"
	head -c 100000 /dev/urandom | tr '\n' x >>"$WORK/in"
	printf '\n\n' >>"$WORK/in"
	annotate <"$WORK/in"
	check_equal "anything else passes unchanged, claims renamed" "$(sha256sum <"$WORK/out")" \
		"$(sed '1s/logintrail_/logintrail_input_/g' "$WORK/in" | sha256sum)"
	# 3 MiB without a line end, a claim at the border of the pieces
	{
		head -c 1048570 /dev/zero | tr '\0' a
		printf 'logintrail_person="x"'
		head -c 2097152 /dev/zero | tr '\0' b
		printf '\nshort'
	} >"$WORK/in"
	annotate <"$WORK/in"
	check_equal "a line that is too long passes" "$(sha256sum <"$WORK/out")" \
		"$(sed 's/logintrail_/logintrail_input_/' "$WORK/in" | sha256sum)"
	check_match "and is counted" "$(cat "$WORK/err")" '2 lines: .* 1 too long, 1 with words of ours, renamed$'
	script -qec "$LOGINTRAIL annotate ${REAL[*]} 2>/dev/null" /dev/null \
		< <(printf '\033[31mx\n\004') >"$WORK/tty" || true
	check "a terminal gets no control characters" grep -qF '\x1b[31mx' "$WORK/tty"
}

# tail -f | annotate: a line comes out while the writer waits.
test_stream() {
	local line reply
	line=$(grep -a 'comm="cat"' "$WORK/audit.log")
	coproc STREAM { timeout 60 "$LOGINTRAIL" annotate "${REAL[@]}" 2>"$WORK/err"; }
	for _ in 1 2; do
		printf '%s\n' "$line" >&"${STREAM[1]}"
		reply=
		read -r -t 20 reply <&"${STREAM[0]}" || true
		check_match "a line comes out while the next one is awaited" "$reply" "$NAMED"
	done
	printf 'no line end' >&"${STREAM[1]}"
	eval "exec ${STREAM[1]}>&-"
	reply=
	read -r -t 20 reply <&"${STREAM[0]}" || true
	check_equal "what has no line end comes at the end" "$reply" 'no line end'
	wait "$STREAM_PID" 2>/dev/null || true
	check_match "the counts come last" "$(cat "$WORK/err")" '3 lines: 2 annotated'
}

test_usage() {
	annotate --logins - </dev/null
	check_equal "--logins -: exit 2" "$STATUS" 2
	annotate --events - </dev/null
	check_equal "--events -: exit 2" "$STATUS" 2
	annotate --format text --format jsonl -o "$WORK/x" </dev/null
	check_equal "two formats: exit 2" "$STATUS" 2
	annotate --instance web-1 </dev/null
	check_equal "--instance with a name: exit 2" "$STATUS" 2
	annotate --time-zone Nowhere/City </dev/null
	check_equal "--time-zone that is none: exit 2" "$STATUS" 2
	STATUS=0
	"$LOGINTRAIL" annotate "${REAL[@]}" <"$WORK/audit.log" >/dev/full 2>"$WORK/err" || STATUS=$?
	check_equal "a full disk behind stdout: exit 4" "$STATUS" 4
	STATUS=0
	"$LOGINTRAIL" annotate "${REAL[@]}" <"$WORK" >/dev/null 2>"$WORK/err" || STATUS=$?
	check_equal "standard input that cannot be read: exit 3" "$STATUS" 3
}

make_input
test_raw
test_ausearch
test_hosts
test_json
test_formats
test_hostile
test_stream
test_usage
check_finish
