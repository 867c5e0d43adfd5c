# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# logintrail-receipt by itself, against everything that instance metadata may answer.

PROGRAM_DEADLINE_MS=800

# ask_program USER FINGERPRINT...: what the program says, an item a line, in $ANSWER; ASK_MS: how long.
ask_program() {
	local start=$EPOCHREALTIME user=$1 fingerprint
	shift
	{
		printf 'user=%s\0endpoint=%s\0' "$user" "$METADATA_URL"
		for fingerprint; do
			printf 'fingerprint=%s\0' "$fingerprint"
		done
		printf 'deadline_ms=%s\0end=1\0' "$PROGRAM_DEADLINE_MS"
	} | http_proxy=http://127.0.0.1:1 "$BUILD/logintrail-receipt" | tr '\n\0' '|\n' >"$ANSWER" ||
		true
	ASK_MS=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
}

# answer_items KEY: how many items of that key
answer_items() {
	grep -c "^$1=" "$ANSWER" || true
}

answer_error() {
	sed -n 's/^error=//p' "$ANSWER"
}

# check_answer NAME ERROR ENTRIES CHAINS STAPLES
check_answer() {
	check_equal "$1" "$(answer_error) $(answer_items entry) $(answer_items chain) $(
		answer_items staple) $(answer_items end)" "$2 $3 $4 $5 1"
	if ((ASK_MS > PROGRAM_DEADLINE_MS + 300)); then
		not_ok "$1: ends by its deadline" "after $ASK_MS ms"
	fi
}

# check_mode MODE ERROR ENTRIES CHAINS STAPLES
check_mode() {
	metadata_mode "$1"
	ask_program ec2-user "$FINGERPRINT"
	check_answer "the metadata service is in mode $1" "${@:2}"
	metadata_mode normal
}

program_entries() {
	ask_program ec2-user "$FINGERPRINT"
	check_answer "the entry of the key, its signer and staples" '' 1 1 2
	check_equal "the entry is as it was served" "$(grep '^entry=' "$ANSWER")" \
		"entry=$(tr '\n' '|' <"$METADATA/keys/ec2-user" | sed 's/||$/|/')"
	ask_program ec2-user SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
	check_answer "another key" no_entry 0 0 0
	ask_program nobody "$FINGERPRINT"
	check_answer "another user" no_entry 0 0 0
}

program_two_principals() {
	metadata_entry user=ec2-user key="$KEYS/one.pub" request=r2 caller=arn:2
	metadata_entry user=ec2-user key="$KEYS/two.pub" request=r3 caller=arn:3
	ask_program ec2-user "$FINGERPRINT"
	check_answer "two entries of the key" '' 2 1 2
	ask_program ec2-user "$FINGERPRINT" "$(testbed_fingerprint "$KEYS/two.pub")"
	check_answer "two keys" '' 3 1 2
	metadata_forget ec2-user
}

program_odd_names() {
	metadata_entry user=_slash_.._slash_x key="$KEYS/one.pub" request=r caller=c
	ask_program /../x "$FINGERPRINT"
	check_answer "a user's name cannot leave its place in the path" '' 1 1 2
	metadata_entry user='DOMAIN\a b?c#d%e' key="$KEYS/one.pub" request=r caller=c
	ask_program 'DOMAIN\a b?c#d%e' "$FINGERPRINT"
	check_answer "a user's name of any characters" '' 1 1 2
}

program_modes() {
	metadata_entry user=ec2-user key="$KEYS/one.pub" request=r1 caller=arn:1
	check_mode v1_only metadata_v1_only 0 0 0
	check_mode unauthorized metadata_unauthorized 0 0 0
	check_mode unauthorized_once '' 1 1 2
	check_mode forbidden metadata_forbidden 0 0 0
	check_mode not_found no_entry 0 0 0
	check_mode unavailable metadata_unavailable 0 0 0
	check_mode unavailable_once '' 1 1 2
	check_mode slow metadata_timeout 0 0 0
	check_mode slow_signer no_signer 1 0 0
	check_mode drip metadata_timeout 0 0 0
	check_mode drip_signer no_signer 1 0 0
	check_mode huge metadata_too_long 0 0 0
	check_mode garbage metadata_unexpected 0 0 0
	check_mode bad_token metadata_unexpected 0 0 0
	check_mode redirect metadata_unexpected 0 0 0
	check_mode no_answer metadata_unreachable 0 0 0
	check_mode no_signer no_signer 1 0 0
	check_mode no_staples '' 1 1 0
	metadata_forget ec2-user
}

program_requests() {
	check_equal "only IMDSv2 is spoken: a token first" "$(head -n 1 "$METADATA/requests")" \
		"PUT /latest/api/token HTTP/1.1"
	check_equal "a request that was cut off is refused" \
		"$(printf 'user=a\0deadline_ms=100\0' | "$BUILD/logintrail-receipt" | wc -c)" 0
	METADATA_URL=file:///etc ask_program ec2-user "$FINGERPRINT"
	check_answer "nothing but http is spoken" metadata_unreachable 0 0 0
	METADATA_URL=http://127.0.0.1:1 ask_program ec2-user "$FINGERPRINT"
	check_answer "nobody listens" metadata_unreachable 0 0 0
}

cases_of_program() {
	ANSWER=$OUT/answer
	metadata_entry user=ec2-user key="$KEYS/one.pub" request=r1 caller=arn:1 lines='#New=a b'
	program_entries
	program_two_principals
	program_odd_names
	program_modes
	program_requests
}
