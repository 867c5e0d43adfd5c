# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Real logins with the options `receipt` and `expose_principal`: what the log has of each, and what the
# session is told.

declare -A LOGIN_SESSION REQUEST

# receipt_line [OPTION...]: our PAM line, with these options behind the usual ones.
receipt_line() {
	sed -i "s|^\(session.*pam_logintrail\.so.* deadline_ms=[0-9]*\).*|\1 $*|" /etc/pam.d/sshd
}

# log_in CASE USER KEY: $OUT/CASE has the session's environment, LOGIN_SESSION[CASE] its id.
log_in() {
	local name=$1 start=$EPOCHREALTIME
	if ! testbed_ssh -i "$KEYS/$3" "$2@127.0.0.1" env >"$OUT/$name" 2>"$OUT/$name.err"; then
		not_ok "$name: the login succeeds" "$(cat "$OUT/$name.err")"
		return
	fi
	LOGIN_MS=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	LOGIN_SESSION[$name]=$(jq -r 'select(.kind == "open") | .id' "$TESTBED_LOG" | tail -n 1)
}

exposed() {
	sed -n "s/^LOGINTRAIL_$2=//p" "$OUT/$1"
}

# The receipts of a case, as they are written: behind the answer to the module.
receipts_of() {
	jq -c --arg id "${LOGIN_SESSION[$1]}" 'select(.kind == "receipt" and .id == $id)' "$TESTBED_LOG"
}

has_receipts() {
	(($(receipts_of "$1" | wc -l) >= $2))
}

# check_login CASE RECEIPTS ERROR [PRINCIPAL]
check_login() {
	testbed_wait_for has_receipts "$1" "$2" || true
	check_equal "$1: receipts" "$(receipts_of "$1" | jq -r '.error // "ok"' | sort | uniq -c |
		awk '{ print $1, $2 }')" "$2 ${3:-ok}"
	check_equal "$1: LOGINTRAIL_SESSION" "$(exposed "$1" SESSION)" "${LOGIN_SESSION[$1]}"
	check_equal "$1: LOGINTRAIL_PRINCIPAL" "$(exposed "$1" PRINCIPAL)" "${4:-}"
}

# receipt_push NAME person= user= key=FILE.pub [entry option...]: in CloudTrail, on the host, and in
# metadata.
receipt_push() {
	local name=$1 person user key caller='' event option options=()
	shift
	for option; do
		case $option in
		person=* | user=* | key=*) local "$option" ;;
		caller=*) caller=${option#*=} ;;
		*) options+=("$option") ;;
		esac
	done
	event=$(testbed_push person="$person" user="$user" key="$key")
	REQUEST[$name]=$(jq -r --arg id "$event" 'select(.eventID == $id).requestID' "$CLOUDTRAIL_SPOOL")
	metadata_entry user="$user" key="$key" request="${REQUEST[$name]}" \
		caller="${caller:-$(principal_arn "$person")}" "${options[@]}"
}

new_key() {
	testbed_new_key "$KEYS/$1"
}

login_valid() {
	new_key valid
	receipt_push valid person=alice user=ec2-user key="$KEYS/valid.pub" lines='#Unknown=line'
	log_in valid ec2-user valid
	check_login valid 1 '' "$(principal_arn alice)"
	check_equal "valid: the record has the entry as it was served" \
		"$(receipts_of valid | jq -r .entry | base64 -d)" "$(cat "$METADATA/keys/ec2-user")"
	check_equal "valid: the signer is on record, by the name that the receipt gives it" \
		"$(jq -r 'select(.kind == "signer") | .sha256' "$TESTBED_LOG")" \
		"$(receipts_of valid | jq -r .signer)"
	check_equal "valid: its certificates are those served" \
		"$(jq -r 'select(.kind == "signer") | .chain' "$TESTBED_LOG")" \
		"$(cat "$METADATA/authority/chain.pem")"
	check_equal "valid: the signer's name is the SHA-256 of its certificates" \
		"$(jq -r 'select(.kind == "signer") | .sha256' "$TESTBED_LOG")" \
		"$(sha256sum <"$METADATA/authority/chain.pem" | cut -d' ' -f1)"
	log_in again ec2-user valid
	check_login again 1 '' "$(principal_arn alice)"
	check_equal "again: the same signer is not recorded twice" \
		"$(grep -c '"kind":"signer"' "$TESTBED_LOG")" 1
}

login_two_principals() {
	new_key both
	receipt_push both:1 person=alice user=ec2-user key="$KEYS/both.pub"
	receipt_push both:2 person=bob user=ec2-user key="$KEYS/both.pub"
	log_in both ec2-user both
	check_login both 2 ''
}

login_not_pushed() {
	new_key planted
	testbed_authorize ec2-user "$KEYS/planted.pub"
	log_in planted ec2-user planted
	check_login planted 1 no_entry
}

# Entries that must not name anybody.
login_not_verified() {
	new_key stale
	receipt_push stale person=alice user=ec2-user key="$KEYS/stale.pub" expires=-100
	log_in stale ec2-user stale
	check_login stale 1 ''
	new_key elsewhere
	receipt_push elsewhere person=alice user=ec2-user key="$KEYS/elsewhere.pub" \
		instance=i-0fedcba9876543210
	log_in elsewhere ec2-user elsewhere
	check_login elsewhere 1 ''
	new_key altered
	receipt_push altered person=alice user=alice key="$KEYS/altered.pub"
	metadata_alter alice
	log_in altered alice altered
	check_login altered 1 ''
	metadata_forget alice
}

login_signer_of_other_region() {
	mv "$METADATA/authority" "$METADATA/kept"
	cp -a "$METADATA/kept" "$METADATA/authority"
	tools/lib/receipt-authority make "$METADATA/authority" managed-ssh-signer.us-west-2.amazonaws.com
	new_key region
	receipt_push region person=alice user=alice key="$KEYS/region.pub"
	log_in region alice region
	check_login region 1 ''
	rm -r "$METADATA/authority"
	mv "$METADATA/kept" "$METADATA/authority"
	metadata_forget alice
}

# A service that does not answer costs a note and a wait within the deadline, never the login.
login_slow() {
	new_key slow
	receipt_push slow person=alice user=alice key="$KEYS/slow.pub"
	metadata_mode slow
	log_in slow alice slow
	check_login slow 1 metadata_timeout
	if ((LOGIN_MS > TESTBED_DEADLINE_MS + 3000)); then
		not_ok "slow: the login waits no longer than the deadline" "$LOGIN_MS ms"
	fi
	receipt_line receipt "$RECEIPT_OPTIONS"
	log_in unwaited alice slow
	testbed_wait_for has_receipts unwaited 1 || true
	check_equal "unwaited: the note is there" "$(receipts_of unwaited | jq -r .error)" metadata_timeout
	check_equal "unwaited: nothing is exposed" "$(grep -c LOGINTRAIL "$OUT/unwaited" || true)" 0
	metadata_mode drip_signer
	receipt_line receipt expose_principal "$RECEIPT_OPTIONS"
	log_in dripping alice slow
	check_login dripping 1 no_signer
	metadata_mode normal
}

login_without_program() {
	mv "$TESTBED/lib/logintrail-receipt" "$TESTBED/lib/away"
	log_in missing alice slow
	check_login missing 1 program_failed
	printf '#!/bin/sh\nkill -SEGV $$\n' >"$TESTBED/lib/logintrail-receipt"
	chmod 0755 "$TESTBED/lib/logintrail-receipt"
	log_in crashing alice slow
	check_login crashing 1 program_failed
	printf '#!/bin/sh\nexec yes\n' >"$TESTBED/lib/logintrail-receipt"
	log_in flooding alice slow
	check_login flooding 1 metadata_timeout
	mv "$TESTBED/lib/away" "$TESTBED/lib/logintrail-receipt"
}

login_without_option() {
	receipt_line expose_principal "$RECEIPT_OPTIONS"
	log_in session_only alice slow
	check_equal "session_only: LOGINTRAIL_SESSION" "$(exposed session_only SESSION)" \
		"${LOGIN_SESSION[session_only]}"
	check_equal "session_only: no receipt" "$(receipts_of session_only | wc -l)" 0
	receipt_line receipt expose_principal "$RECEIPT_OPTIONS"
}

cases_of_logins() {
	install -m 0755 "$BUILD/logintrail-receipt" "$TESTBED/lib/logintrail-receipt"
	install -m 0644 "$BUILD/logintrail-receipt-check.so" "$TESTBED/lib/logintrail-receipt-check.so"
	cp "$METADATA/authority/ca.pem" "$TESTBED/ca.pem"
	RECEIPT_OPTIONS="metadata=$METADATA_URL receipt_ca=$TESTBED/ca.pem"
	receipt_line receipt expose_principal "$RECEIPT_OPTIONS"
	login_valid
	login_two_principals
	login_not_pushed
	login_not_verified
	login_signer_of_other_region
	login_slow
	login_without_program
	login_without_option
	check_equal "the module said nothing in syslog" \
		"$(testbed_syslog | grep -a pam_logintrail || true)" ''
	check_equal "the chain has no gap" \
		"$(jq -s 'map(.seq) == [range(1; length + 1)]' "$TESTBED_LOG")" true
}
