# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Limits that pam_limits gives sshd's monitor before our line, or behind it and so before the close.
# They are the user's, not the record's: the login is recorded all the same.
# shellcheck disable=SC2034 # the stack is read by fault_bed.sh

LIMITS=$TESTBED/limits.conf

# limited NAME LIMIT VALUE: as soft and as hard limit, before and behind our line.
limited() {
	local type place
	for type in soft -; do
		printf '* %s %s %s\n' "$type" "$2" "$3" >"$LIMITS"
		for place in before behind; do
			limited_at "$1 ($([[ $type == soft ]] && echo soft || echo hard), $place our line)" \
				"$type" "$place"
		done
	done
}

# limited_at NAME TYPE PLACE
limited_at() {
	local line="session required pam_limits.so conf=$LIMITS"
	STACK_BEFORE=() STACK_BEHIND=()
	if [[ $3 == before ]]; then STACK_BEFORE=("$line"); else STACK_BEHIND=("$line"); fi
	stack_without
	log_in_timed
	check_equal "$1: sshd itself bears the limit" "$LOGIN_OUTPUT, status $LOGIN_STATUS" "in, status 0"
	testbed_wait_for no_monitor_left || true
	if [[ $2 == soft ]] || can_raise_limits; then
		no_fault "$1"
	else
		limited_honestly "$1"
	fi
}

# Where root may not raise a hard limit, the record may fail, and then syslog says so.
limited_honestly() {
	local before
	stack_set optional
	syslog_mark
	before=$(log_lines)
	log_in_timed
	check_equal "$1: the login goes on" "$LOGIN_OUTPUT, status $LOGIN_STATUS" "in, status 0"
	testbed_wait_for no_monitor_left || true
	check_equal "$1: open and close are recorded, or syslog says that they are not" \
		"$(($(log_since "$before" | wc -l) + $(lines_about ': (open|close) not recorded: ')))" 2
}

# limit_least LIMIT FROM STEP: the least value with which sshd without our module opens a session.
limit_least() {
	local n
	STACK_BEFORE=("session required pam_limits.so conf=$LIMITS")
	stack_without
	for ((n = $2; n < $2 + 40 * $3; n += $3)); do
		printf '* - %s %s\n' "$1" "$n" >"$LIMITS"
		log_in_timed
		[[ $LOGIN_OUTPUT != in ]] || break
	done
	echo "$n"
}

# limited_least LIMIT FROM STEP
limited_least() {
	local n
	n=$(limit_least "$@")
	limited "RLIMIT_${1^^} $n" "$1" "$n"
}

# The stack's own pam_limits line would set soft limits back.
limits_alone() {
	STACK_WITHOUT=pam_limits.so
	"$@"
	STACK_WITHOUT=
	stack_reset
}

limits_of_files() {
	limits_alone limited_least nofile 6 1
}

# The log is longer than one kilobyte by now: no byte could be added to it.
limits_of_size() {
	limits_alone limited "RLIMIT_FSIZE 1 KB" fsize 1
	limits_alone limited "RLIMIT_FSIZE 0" fsize 0
}

limits_of_memory() {
	limits_alone limited_least as 6144 1024
	limits_alone limited_least data 256 256
	limits_alone limited "RLIMIT_STACK 1 MB" stack 1024
}

limits_of_others() {
	limits_alone limited_least nproc 1 1
	limits_alone limited "RLIMIT_CPU 1 minute" cpu 1
	limits_alone limited "RLIMIT_CORE 100 MB" core 100000
}
