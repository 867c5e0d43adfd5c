# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Assertions for the integration scripts: each prints "ok - NAME" or "not ok - NAME" with the facts
# behind it; check_finish prints the closing line and returns 1 when something failed.

CHECK_PASSED=0
CHECK_FAILED=0

ok() {
	CHECK_PASSED=$((CHECK_PASSED + 1))
	printf 'ok - %s\n' "$1"
}

# not_ok NAME [DETAIL...]
not_ok() {
	CHECK_FAILED=$((CHECK_FAILED + 1))
	printf 'not ok - %s\n' "$1"
	shift
	[[ $# == 0 ]] || printf '%s\n' "$@" | sed 's/^/#   /'
}

# check NAME COMMAND...: the command succeeds.
check() {
	local name=$1 output
	shift
	if output=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "$*" "$output"
	fi
}

check_equal() {
	if [[ $2 == "$3" ]]; then
		ok "$1"
	else
		not_ok "$1" "is:        $2" "should be: $3"
	fi
}

# check_match NAME TEXT EXTENDED-REGEX
check_match() {
	if grep -Eq -e "$3" <<<"$2"; then
		ok "$1"
	else
		not_ok "$1" "is: $2" "should match: $3"
	fi
}

# check_object NAME JSON EXPECTED: every member of EXPECTED is equal in the object; a member that is
# null in EXPECTED may be absent.
check_object() {
	local wrong
	wrong=$(jq -rn --argjson is "${2:-null}" --argjson want "$3" '
		if ($is | type) != "object" then "no such object" else
		$want | to_entries[] | select($is[.key] != .value)
		| "\(.key): \($is[.key] | tojson) should be \(.value | tojson)" end' 2>&1) ||
		wrong="not one JSON object: $2 $wrong"
	if [[ -z $wrong ]]; then
		ok "$1"
	else
		not_ok "$1" "$wrong"
	fi
}

check_finish() {
	printf '%s passed, %s failed\n' "$CHECK_PASSED" "$CHECK_FAILED"
	[[ $CHECK_FAILED == 0 ]]
}
