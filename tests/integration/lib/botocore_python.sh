# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sets BOTOCORE_PYTHON to a Python that has botocore, the distribution's before any other; ends with 77
# (cannot run here) when there is none.

for BOTOCORE_PYTHON in /usr/bin/python3 python3 ""; do
	[[ -n $BOTOCORE_PYTHON ]] || { echo "no python3-botocore"; exit 77; }
	! "$BOTOCORE_PYTHON" -c 'import botocore' 2>/dev/null || break
done
