#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Every provider of AWS credentials against a stand-in of its endpoint, and what botocore finds in the same
# environment and files beside it.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

BUILD=$(realpath "${BUILD:-build}")
PROGRAM=$BUILD/tests/test_aws_credentials_case
python3 -c 'import botocore.session' 2>/dev/null || { echo "skip - no python3-botocore here"; exit 77; }
[[ -x $PROGRAM ]] || make -s BUILD="$BUILD" "$PROGRAM" >&2

# In a network of our own the addresses that ECS and instance metadata have can be ours.
if [[ -z ${CREDENTIALS_NETWORK:-} ]] && unshare --net true 2>/dev/null; then
	CREDENTIALS_NETWORK=own exec unshare --net bash "$root/tests/integration/credentials.sh"
fi
if [[ ${CREDENTIALS_NETWORK:-} == own ]]; then
	ip link set lo up
	ip address add 169.254.170.2/32 dev lo
	ip address add 169.254.169.254/32 dev lo
fi

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
PYTHONDONTWRITEBYTECODE=1 python3 tests/integration/lib/credentials_compare "$PROGRAM" "$WORK"
