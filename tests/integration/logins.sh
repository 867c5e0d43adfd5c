#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Real logins on a private sshd with the module in the distribution's PAM stack. The records must say
# what sshd, the client and the session itself say; the report must say of each login what is true.
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
# shellcheck source=tests/integration/lib/login_checks.sh
. tests/integration/lib/login_checks.sh

testbed_enter "$root/tests/integration/logins.sh" "$@" || { echo "skip - no private sshd here: $(testbed_why)"; exit 77; }

BUILD=$(cd "${BUILD:-build}" && pwd)
LOGINTRAIL=$BUILD/logintrail
KEYS=$TESTBED/keys
OUT=$TESTBED/out

trap testbed_stop EXIT
trap 'exit 130' INT TERM
testbed_setup "${LOGINTRAIL_MODULE:-$BUILD/pam_logintrail.so}" "$BUILD/logintrail-record"
mkdir "$KEYS" "$OUT"
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
cases_delivered_twice

check_log
check_sessions
check_auth
check_connection
check_reports
check_verdicts
check_pushes
check_summary
check_finish
