#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Hosts without the module: the logins of logins.sh, which the module records here too, told by sshd's
# own lines, as journald and rsyslog keep them. The report on each kind of log must say of every login
# what it says on the module's records; given both, each login is there once.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tools/lib/cloudtrail_sample.sh
. tools/lib/cloudtrail_sample.sh
# shellcheck source=tools/lib/sshd_testbed.sh
. tools/lib/sshd_testbed.sh
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tests/integration/lib/login_cases.sh
. tests/integration/lib/login_cases.sh
# shellcheck source=tests/integration/lib/retro_logs.sh
. tests/integration/lib/retro_logs.sh
# shellcheck source=tests/integration/lib/retro_checks.sh
. tests/integration/lib/retro_checks.sh

why=$(retro_why)
[[ -z $why ]] || { echo "skip - $why"; exit 77; }
testbed_enter "$root/tests/integration/retro.sh" "$@" || { echo "skip - no private sshd here: $(testbed_why)"; exit 77; }

BUILD=$(cd "${BUILD:-build}" && pwd)
LOGINTRAIL=$BUILD/logintrail
KEYS=$TESTBED/keys
OUT=$TESTBED/out
LOGS=$TESTBED/logs

trap 'testbed_stop; retro_stop_syslog' EXIT
trap 'exit 130' INT TERM
# sshd names the earlier steps of a login ("Partial ...") from this level on.
TESTBED_LOG_LEVEL=VERBOSE
testbed_setup "${LOGINTRAIL_MODULE:-$BUILD/pam_logintrail.so}" "$BUILD/logintrail-record"
mkdir "$KEYS" "$OUT" "$LOGS"
cloudtrail_init "$TESTBED/trail"
describe_event alice 3600
testbed_start

cases_pushed
cases_several_pushes
cases_not_pushed
cases_pushed_elsewhere
cases_late
cases_certificate
cases_two_factors
cases_refused
cases_kinds_of_session
describe_event bob
cloudtrail_deliver
retro_snapshot "$LOGS"

check_baseline
check_formats
check_places
check_stamps
check_strength
check_refusals
check_both
check_explain
case_forged
check_forged
case_default_level
check_default_level
check_finish
