#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Thousands of random requests are signed as botocore signs them: canonical request, string to sign,
# signature and header are compared, and that what goes on the wire means what was asked for.
#
# SIGV4_COUNT  requests of each kind (3000)
# SIGV4_SEED   of the random numbers (1)
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tests/integration/lib/botocore_python.sh
. tests/integration/lib/botocore_python.sh

DRIVER=${BUILD:-build}/drivers/sigv4

for kind in services s3; do
	check "requests to $kind are signed as botocore signs them" \
		"$BOTOCORE_PYTHON" tests/integration/lib/sigv4_oracle "$DRIVER" "$kind" \
		"${SIGV4_COUNT:-3000}" "${SIGV4_SEED:-1}"
done

check_finish
