# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# More logins, whose receipts decide or contradict, and what the report makes of all of them.

# Only one of two principals who pushed the key is named by a receipt.
login_decided() {
	new_key decided
	testbed_push person=alice user=ec2-user key="$KEYS/decided.pub" >/dev/null
	receipt_push decided person=bob user=ec2-user key="$KEYS/decided.pub"
	log_in decided ec2-user decided
}

# AWS's receipt may name the role alone.
login_role() {
	new_key role
	receipt_push role person=carol user=ec2-user key="$KEYS/role.pub" \
		caller="arn:aws:iam::$SAMPLE_ACCOUNT:role/team/Ops"
	log_in role ec2-user role
}

login_contradicted() {
	new_key differs
	receipt_push differs person=alice user=ec2-user key="$KEYS/differs.pub" \
		caller="arn:aws:iam::$SAMPLE_ACCOUNT:user/mallory"
	log_in differs ec2-user differs
	new_key unknown
	testbed_push person=alice user=ec2-user key="$KEYS/unknown.pub" >/dev/null
	metadata_entry user=ec2-user key="$KEYS/unknown.pub" request="$(sample_uuid)" \
		caller="$(principal_arn alice)"
	log_in unknown ec2-user unknown
}

# An old entry that root of the host put into another login's record, chain and all.
login_replayed() {
	new_key replayed
	receipt_push replayed person=alice user=ec2-user key="$KEYS/replayed.pub"
	log_in replayed ec2-user replayed
	testbed_wait_for has_receipts replayed 1 || true
	jq -c --arg id "${LOGIN_SESSION[planted]}" --arg from "${LOGIN_SESSION[replayed]}" \
		'select(.kind == "receipt" and .id == $from) | .id = $id' "$TESTBED_LOG" >"$OUT/forged"
}

make_report() {
	logintrail_report "$OUT/report.jsonl" --receipt-ca "$TESTBED/ca.pem"
	logintrail_report "$OUT/system.jsonl"
}

logintrail_report() {
	local to=$1
	shift
	"$BUILD/logintrail" report --logins "$TESTBED_LOG" --logins "$OUT/forged" --format jsonl \
		--events "$CLOUDTRAIL_EVENTS" --complete-until "$(date -u -d '+5 minutes' +%FT%TZ)" \
		"$@" >"$to" || not_ok "report" "status $?"
}

reported() {
	jq -c --arg id "${LOGIN_SESSION[$1]}" 'select(.kind == "login" and .session == $id)' \
		"${2:-$OUT/report.jsonl}"
}

# check_report CASE VERDICT STRENGTH REASON RECEIPTS: the receipts as "state[ check]", one a comma.
check_report() {
	check_equal "$1: the report" "$(reported "$1" | jq -r '[.verdict, .strength // "-", .reason // "-",
		([.receipts // [] | .[] | ([.state, .check, .error] | map(values) | join(" "))] |
			join(","))] | join("; ")')" "$2; $3; $4; $5"
}

check_receipt_reports() {
	check_report valid attributed confirmed - verified
	check_equal "valid: the receipt in the report" \
		"$(reported valid | jq -c '.receipts[0] | [.request_id, .caller, .instance_id]')" \
		"[\"${REQUEST[valid]}\",\"$(principal_arn alice)\",\"$SAMPLE_INSTANCE\"]"
	check_report both ambiguous - - verified,verified
	check_report decided attributed confirmed - verified
	check_equal "decided: to the principal of the receipt" \
		"$(reported decided | jq -c .principals)" "[\"$(principal_arn bob)\"]"
	check_report role attributed confirmed - verified
	check_report differs contradicted - receipt_principal_differs verified
	check_report unknown contradicted - receipt_request_unknown verified
	check_report planted unattributed - key_never_pushed 'none no_entry,replayed other_key'
	check_report stale attributed matched - 'replayed expired'
	check_report elsewhere attributed matched - 'replayed other_instance'
	check_report altered attributed matched - 'unverified wrong_signature'
	check_report region attributed matched - 'unverified signer_name'
	check_report slow attributed matched - 'none metadata_timeout'
	check_report dripping attributed matched - 'unverified no_signer no_signer'
	check_report session_only attributed matched - ''
	check_equal "without the CA nothing is verified, and said so" \
		"$(reported valid "$OUT/system.jsonl" | jq -c '[.strength, .receipts[0].check]')" \
		'["matched","signer_untrusted"]'
	check_equal "the receipts add up" "$(jq -c 'select(.kind == "summary").receipts |
		.in == .none + .unreadable + .orphan + .unverified + .replayed + .verified' \
		"$OUT/report.jsonl")" true
}

check_receipt_words() {
	local text
	text=$("$BUILD/logintrail" explain "${LOGIN_SESSION[decided]}" --logins "$TESTBED_LOG" \
		--events "$CLOUDTRAIL_EVENTS" --receipt-ca "$TESTBED/ca.pem")
	check_match "explain shows the receipt" "$text" 'receipt +verified: signed by AWS'
	check_match "explain shows the other push" "$text" 'request +different +[0-9a-f-]+, no receipt'
	check_match "explain shows the push of the receipt" "$text" "request +equal +${REQUEST[decided]}"
	check_match "a file without certificates is an error" "$("$BUILD/logintrail" report --logins \
		"$TESTBED_LOG" --events "$CLOUDTRAIL_EVENTS" --receipt-ca /dev/null 2>&1 >/dev/null)" \
		'/dev/null: no certificates'
}

# answer WHERE ARGUMENT...: of the files, or of the store that was made of them.
answer() {
	local where=$1 input=(--db "$OUT/receipts.db")
	shift
	[[ $where == store ]] || input=(--logins "$TESTBED_LOG" --logins "$OUT/forged"
		--events "$CLOUDTRAIL_EVENTS")
	"$BUILD/logintrail" "$@" "${input[@]}" --receipt-ca "$TESTBED/ca.pem" \
		--complete-until 2100-01-01 --format json || echo "status $?"
}

# A store keeps receipts and their signers: answers come to the same.
check_receipt_store() {
	local name
	"$BUILD/logintrail" ingest --db "$OUT/receipts.db" --logins "$TESTBED_LOG" \
		--logins "$OUT/forged" --events "$CLOUDTRAIL_EVENTS" >/dev/null ||
		not_ok "ingest" "status $?"
	check_equal "receipts from a store: the report" "$(answer store report)" "$(answer files report)"
	for name in "${!LOGIN_SESSION[@]}"; do
		check_equal "receipts from a store: $name explained" \
			"$(answer store explain "${LOGIN_SESSION[$name]}")" \
			"$(answer files explain "${LOGIN_SESSION[$name]}")"
	done
	for name in alice bob; do
		check_equal "receipts from a store: what $name reached" \
			"$(answer store reach "$(principal_arn $name)")" \
			"$(answer files reach "$(principal_arn $name)")"
	done
}

cases_of_reports() {
	login_decided
	login_role
	login_contradicted
	login_replayed
	cloudtrail_deliver
	make_report
	check_receipt_reports
	check_receipt_words
	check_receipt_store
}
