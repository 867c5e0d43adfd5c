#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The shared config files and the endpoints of services, against botocore: random files mean the same,
# and requests go to the same places.
#
# AWS_CONFIG_COUNT  random files (400)
# AWS_CONFIG_SEED   of the random numbers (1)
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tests/integration/lib/botocore_python.sh
. tests/integration/lib/botocore_python.sh

DRIVER=${BUILD:-build}/drivers/aws_settings

# Nothing of the user's own settings.
clean() {
	env -i PATH="$PATH" HOME=/nonexistent AWS_EC2_METADATA_DISABLED=true "$@"
}

check "config and credentials files are read as botocore reads them" \
	clean "$BOTOCORE_PYTHON" tests/integration/lib/aws_config_oracle "$DRIVER" \
	"${AWS_CONFIG_COUNT:-400}" "${AWS_CONFIG_SEED:-1}"
# The second version of the AWS CLI has a botocore of its own, with another precedence.
if clean "$BOTOCORE_PYTHON" -c 'import awscli.botocore.session' 2>/dev/null; then
	check "environment and profile are in force as the AWS CLI has them" \
		clean "$BOTOCORE_PYTHON" tests/integration/lib/aws_settings_oracle "$DRIVER" \
		"${AWS_CONFIG_COUNT:-400}" "${AWS_CONFIG_SEED:-1}"
else
	echo "no AWS CLI of version 2: its order of precedence is not compared"
fi
check "requests go where botocore sends them, for the same region" \
	clean "$BOTOCORE_PYTHON" tests/integration/lib/aws_endpoint_oracle "$DRIVER"

check_finish
