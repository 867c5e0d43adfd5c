#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Receipts from end to end: a metadata service and a CA of our own that sign as AWS does,
# logintrail-receipt against all their moods, real logins that carry a receipt, and what the report
# makes of them.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tools/lib/cloudtrail_sample.sh
. tools/lib/cloudtrail_sample.sh
# shellcheck source=tools/lib/sshd_testbed.sh
. tools/lib/sshd_testbed.sh
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tools/lib/metadata_service.sh
. tools/lib/metadata_service.sh
# shellcheck source=tests/integration/lib/receipt_program.sh
. tests/integration/lib/receipt_program.sh
# shellcheck source=tests/integration/lib/receipt_logins.sh
. tests/integration/lib/receipt_logins.sh
# shellcheck source=tests/integration/lib/receipt_reports.sh
. tests/integration/lib/receipt_reports.sh

testbed_enter "$root/tests/integration/receipt.sh" "$@" || { echo "skip - no private sshd here: $(testbed_why)"; exit 77; }

BUILD=$(cd "${BUILD:-build}" && pwd)
KEYS=$TESTBED/keys
OUT=$TESTBED/out

trap 'metadata_stop; testbed_stop' EXIT
trap 'exit 130' INT TERM
TESTBED_DEADLINE_MS=2000
testbed_setup "${LOGINTRAIL_MODULE:-$BUILD/pam_logintrail.so}" "$BUILD/logintrail-record"
mkdir "$KEYS" "$OUT"
testbed_new_key "$KEYS/one"
testbed_new_key "$KEYS/two"
FINGERPRINT=$(testbed_fingerprint "$KEYS/one.pub")
metadata_setup "$TESTBED/metadata"

cases_of_program
cloudtrail_init "$TESTBED/trail"
describe_event alice 3600
testbed_start
cases_of_logins
cases_of_reports
check_finish
