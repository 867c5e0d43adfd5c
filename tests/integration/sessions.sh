#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Each kind of session on a private sshd has the records that it should have; and the processes of a
# session are the same with the module as without it.
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
# shellcheck source=tests/integration/lib/session_kinds.sh
. tests/integration/lib/session_kinds.sh
# shellcheck source=tests/integration/lib/session_state.sh
. tests/integration/lib/session_state.sh

testbed_enter "$root/tests/integration/sessions.sh" "$@" || { echo "skip - no private sshd here: $(testbed_why)"; exit 77; }

BUILD=$(cd "${BUILD:-build}" && pwd)
KEYS=$TESTBED/keys
OUT=$TESTBED/out
DEADLINE_MS=5000

trap testbed_stop EXIT
trap 'exit 130' INT TERM
bed_setup "${LOGINTRAIL_MODULE:-$BUILD/pam_logintrail.so}" "$BUILD/logintrail-record"
mkfifo -m 0666 "$TESTBED/home/$BED_USER/wait"
stack_reset

kinds_of_command
kinds_of_transfer
kinds_of_forwarding
kind_multiplexed
kind_client_killed
kind_monitor_killed
kind_listener_restarted
kind_refused_later
states_compared
check "the log is whole" log_is_whole "$TESTBED_LOG"
check_finish
