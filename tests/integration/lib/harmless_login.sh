# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# One fault, both control words: what harmless.sh asserts of every fault.

# Client times of logins without a fault, and what a fault may add to the deadline before it counts
# as a login that was held up: the machine may be busy with other things.
HEALTHY_MS=0
MARGIN_MS=1500
# A client that hears nothing for so long has been locked out.
PATIENCE_S=15

measure_healthy() {
	local i
	for ((i = 0; i < 5; i++)); do
		log_in_timed
		printf '%s\n' "$LOGIN_MS"
	done >"$OUT/healthy"
	HEALTHY_MS=$(median <"$OUT/healthy")
	printf '# a healthy login takes %s ms, the deadline is %s ms\n' "$HEALTHY_MS" "$DEADLINE_MS"
}

# LOGIN_MS, LOGIN_STATUS and LOGIN_OUTPUT of one login that says "in".
log_in_timed() {
	local start
	start=$(now_ms)
	LOGIN_STATUS=0
	LOGIN_OUTPUT=$(timeout "$PATIENCE_S" ssh "${TESTBED_SSH_OPTIONS[@]}" -n -o BatchMode=yes \
		-i "$KEYS/user" "$BED_USER@127.0.0.1" echo in 2>"$OUT/login.err") || LOGIN_STATUS=$?
	LOGIN_MS=$(($(now_ms) - start))
}

# The module answers within its deadline at the close too, and leaves nobody behind.
monitors_end() {
	local start
	start=$(now_ms)
	testbed_wait_for no_monitor_left || true
	check_in_time "$1: sshd's monitor ends within the deadline" $(($(now_ms) - start))
}

check_in_time() {
	if (($2 <= HEALTHY_MS + DEADLINE_MS + MARGIN_MS)); then
		ok "$1"
	else
		not_ok "$1" "$2 ms; healthy $HEALTHY_MS ms, deadline $DEADLINE_MS ms"
	fi
}

# lines_about WORD: how many of our lines since the mark say so.
lines_about() {
	syslog_ours | grep -acE "$1" || true
}

# optional_goes_on NAME REASON: the login goes on in time; one clear line says what was not recorded.
optional_goes_on() {
	stack_set optional
	syslog_mark
	log_in_timed
	check_equal "$1: optional: the login goes on" "$LOGIN_OUTPUT, status $LOGIN_STATUS" "in, status 0"
	check_in_time "$1: optional: within the deadline" "$LOGIN_MS"
	monitors_end "$1: optional"
	check_equal "$1: optional: syslog has one line about the open" \
		"$(lines_about ': open not recorded: ')" 1
	check_match "$1: optional: it says why" "$(syslog_ours)" \
		"pam_logintrail\\(sshd:session\\): session [0-9a-f]{32}: open not recorded: $2\$"
}

# required_refuses NAME REASON: no shell, no record, one clear line in all.
required_refuses() {
	stack_set required
	syslog_mark
	log_in_timed
	check_equal "$1: required: no shell" "$LOGIN_OUTPUT, status $LOGIN_STATUS" ", status 254"
	check_in_time "$1: required: refused within the deadline" "$LOGIN_MS"
	monitors_end "$1: required"
	check_equal "$1: required: syslog has one line in all" "$(syslog_ours | wc -l)" 1
	check_match "$1: required: it says why" "$(syslog_ours)" \
		"pam_logintrail\\(sshd:session\\): session [0-9a-f]{32}: open not recorded: $2\$"
}

# fault NAME REASON: the fault is there now; REASON is a regular expression.
fault() {
	optional_goes_on "$1" "$2"
	required_refuses "$1" "$2"
	check_equal "$1: no recorder is left" "$(testbed_wait_for nothing_adopted; adopted_processes)" ''
	stack_set optional
}

# no_fault NAME: as hostile as it looks, the login is recorded, open and close, under `required`.
no_fault() {
	local before
	stack_set required
	syslog_mark
	before=$(log_lines)
	log_in_timed
	check_equal "$1: the login goes on" "$LOGIN_OUTPUT, status $LOGIN_STATUS" "in, status 0"
	testbed_wait_for no_monitor_left || true
	check_equal "$1: open and close are recorded" "$(log_since "$before" '.kind' | tr '\n' ' ')" \
		'"open" "close" '
	check_equal "$1: the module said nothing in syslog" "$(syslog_ours)" ''
	stack_set optional
}

# healed NAME: the fault is gone; the log has taken no harm and takes the next record.
healed() {
	no_fault "$1, afterwards"
	check "$1, afterwards: the log is whole" log_is_whole "$TESTBED_LOG"
}
