#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The module cannot harm a login: whatever is broken, with `session optional` the login goes on within
# the deadline, and with `session required` it gets no shell and one clear line in syslog. Faults one
# by one on a private sshd; behind each the log must be whole.
#
# HARMLESS_ONLY   an extended regular expression: only the groups of faults that it matches
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tools/lib/cloudtrail_sample.sh
. tools/lib/cloudtrail_sample.sh
# shellcheck source=tools/lib/sshd_testbed.sh
. tools/lib/sshd_testbed.sh
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tests/integration/lib/fault_bed.sh
. tests/integration/lib/fault_bed.sh
# shellcheck source=tests/integration/lib/harmless_login.sh
. tests/integration/lib/harmless_login.sh
# shellcheck source=tests/integration/lib/harmless_faults.sh
. tests/integration/lib/harmless_faults.sh
# shellcheck source=tests/integration/lib/harmless_stalls.sh
. tests/integration/lib/harmless_stalls.sh
# shellcheck source=tests/integration/lib/harmless_limits.sh
. tests/integration/lib/harmless_limits.sh
# shellcheck source=tests/integration/lib/harmless_auth.sh
. tests/integration/lib/harmless_auth.sh

testbed_enter "$root/tests/integration/harmless.sh" "$@" || { echo "skip - no private sshd here: $(testbed_why)"; exit 77; }

BUILD=$(cd "${BUILD:-build}" && pwd)
KEYS=$TESTBED/keys
OUT=$TESTBED/out
DEADLINE_MS=700

# group FUNCTION...: each begins with a sound log and our line in its place.
group() {
	local name
	for name in "$@"; do
		[[ $name =~ ${HARMLESS_ONLY:-.} ]] || continue
		stack_reset
		"$name"
	done
}

trap 'ext4_thaw; testbed_stop' EXIT
trap 'exit 130' INT TERM
bed_setup "${LOGINTRAIL_MODULE:-$BUILD/pam_logintrail.so}" "$BUILD/logintrail-record"
stack_reset
measure_healthy
check_equal "no recorder is left behind a healthy login" \
	"$(testbed_wait_for nothing_adopted; adopted_processes)" ''

group faults_of_starting faults_of_running fault_deaf faults_of_answers
group faults_of_directory fault_read_only fault_full
group faults_of_type faults_of_owner faults_of_lock
group stalled_before_start stalled_in_disk stalled_in_write
group limits_of_files limits_of_size limits_of_memory limits_of_others
group auth_variable auth_forged auth_methods auth_hostile auth_unknown_address
check "the log is whole" log_is_whole "$TESTBED_LOG"
check_finish
