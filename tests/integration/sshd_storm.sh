#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Many clients log in at once, again and again, through a private sshd, with `session required`: every
# open and every close is recorded once, in order, in one whole chain; and the logins leave nothing in
# sshd's listener.
#
# STORM_CLIENTS   clients at once (32; the full storm is 64)
# STORM_LOGINS    logins of each, one behind the other (10; the full storm is 20)
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
# shellcheck source=tests/integration/lib/sshd_storm.sh
. tests/integration/lib/sshd_storm.sh

testbed_enter "$root/tests/integration/sshd_storm.sh" "$@" || { echo "skip - no private sshd here: $(testbed_why)"; exit 77; }

BUILD=$(cd "${BUILD:-build}" && pwd)
KEYS=$TESTBED/keys
OUT=$TESTBED/out
STORM_CLIENTS=${STORM_CLIENTS:-32}
STORM_LOGINS=${STORM_LOGINS:-10}
# Not the subject here: under this load all of a login is slow.
DEADLINE_MS=30000

trap testbed_stop EXIT
trap 'exit 130' INT TERM
storm_prepare "${LOGINTRAIL_MODULE:-$BUILD/pam_logintrail.so}" "$BUILD/logintrail-record"
storm_warm_up
listener_note before
storm_rage
listener_note after
check_storm
check_listener
check_finish
