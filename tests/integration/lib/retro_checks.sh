# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What retro.sh asserts of the reports. A login is known by user, address and port.

# shellcheck disable=SC2016 # jq's own
RETRO_VERDICTS='select(.kind == "login") | [.os_user, .remote, .remote_port, .verdict, .reason,
	(.pushes | sort), (.principals | sort), (.keys | map([.method, .fingerprint]))]'
# The test bed's ec2-instance-connect is no system account.
RETRO_EIC_UID=(--eic-uid 61005)

# retro_report OUTPUT ARGUMENT...
retro_report() {
	local output=$1
	shift
	"$LOGINTRAIL" report --events "$CLOUDTRAIL_EVENTS" --complete-until "$RETRO_UNTIL" \
		"$@" --format jsonl >"$OUT/$output" 2>"$OUT/$output.err" ||
		{ cat "$OUT/$output.err"; return 1; }
	[[ ! -s $OUT/$output.err ]] || { cat "$OUT/$output.err"; return 1; }
	retro_store "$OUT/$output" "$@"
}

# retro_store REPORT ARGUMENT...: the report from a store of the same inputs is the same, to the byte.
retro_store() {
	local report=$1 inputs=() options=()
	shift
	while [[ $# != 0 ]]; do
		case $1 in
		--logins | --events) inputs+=("$1" "$2") ;;
		*) options+=("$1" "$2") ;;
		esac
		shift 2
	done
	rm -f "$OUT/store.db"*
	"$LOGINTRAIL" ingest --db "$OUT/store.db" --events "$CLOUDTRAIL_EVENTS" "${inputs[@]}" "${options[@]}" \
		>/dev/null
	"$LOGINTRAIL" report --db "$OUT/store.db" --complete-until "$RETRO_UNTIL" "${options[@]}" --format jsonl |
		cmp - "$report"
}

retro_verdicts() {
	jq -c "$RETRO_VERDICTS" "$OUT/$1" | sort
}

# retro_same NAME ARGUMENT...: the report says what that on the module's records says, of each login.
retro_same() {
	local name=$1
	shift
	check "$name: the report runs without a complaint" \
		retro_report retro.jsonl "${RETRO_EIC_UID[@]}" "$@"
	check_equal "$name: verdicts, reasons, pushes and keys are those on the module's records" \
		"$(retro_verdicts retro.jsonl)" "$(retro_verdicts module.jsonl)"
	check_equal "$name: every login is from syslog, on the instance, and has ended" \
		"$(jq -c 'select(.kind == "login") | [.source, .instance_id, (.closed != null)]' \
			"$OUT/retro.jsonl" | sort -u)" "[\"syslog\",\"$SAMPLE_INSTANCE\",true]"
}

check_baseline() {
	RETRO_UNTIL=$(date -u -d '+10 minutes' +%Y-%m-%dT%H:%M:%SZ)
	check "the report on the module's records runs" retro_report module.jsonl --logins "$LOGS/logins.jsonl"
	check_equal "the module recorded every login" \
		"$(retro_verdicts module.jsonl | wc -l)" "${#SESSION_PORT[@]}"
	check_equal "sshd accepted as many" "$(accepted_count)" "${#SESSION_PORT[@]}"
}

check_formats() {
	local file
	for file in auth.log secure journal-json journal-short journal-short-iso journal-short-iso-precise \
		journal-short-full; do
		retro_same "$file" --instance "$SAMPLE_INSTANCE" --logins "$LOGS/$file"
	done
	gzip -k "$LOGS/auth.log" "$LOGS/journal-json"
	retro_same auth.log.gz --instance "$SAMPLE_INSTANCE" --logins "$LOGS/auth.log.gz"
	retro_same journal-json.gz --instance "$SAMPLE_INSTANCE" --logins "$LOGS/journal-json.gz"
}

# Where it is said which instance a log is of.
check_places() {
	local folder=$TESTBED/fleet
	mkdir -p "$folder/$SAMPLE_INSTANCE/var/log" "$folder/elsewhere"
	cp "$LOGS/auth.log" "$folder/$SAMPLE_INSTANCE/var/log"
	retro_same "a folder an instance" --logins "$folder"
	retro_same "the folder before --instance" --instance i-0fedcba9876543210 --logins "$folder"
	rm -r "${folder:?}/$SAMPLE_INSTANCE"
	cp "$LOGS/secure" "$folder/elsewhere"
	printf '# fleet\n%s %s %s %s\n' "$(uname -n)" "$SAMPLE_INSTANCE" "$SAMPLE_ACCOUNT" "$SAMPLE_REGION" \
		>"$TESTBED/map"
	retro_same "a map of host names" --instance-map "$TESTBED/map" --logins "$folder"
	printf 'elsewhere.example.com i-0fedcba9876543210\n%s %s\n' "$folder/elsewhere" "$SAMPLE_INSTANCE" \
		>"$TESTBED/map"
	retro_same "a map of paths" --instance-map "$TESTBED/map" --logins "$folder"
	check "a log of nobody knows where is read" \
		retro_report nowhere.jsonl "${RETRO_EIC_UID[@]}" --logins "$LOGS/auth.log"
	check_equal "a login of nobody knows where matches nothing" \
		"$(jq -c 'select(.kind == "login" and (.pushes | length) > 0)' "$OUT/nowhere.jsonl")" ''
}

# Stamps that leave out the year, or the zone.
check_stamps() {
	touch -d '2 years' "$LOGS/auth.log"
	retro_same "--year" --year "$(date -u +%Y)" --instance "$SAMPLE_INSTANCE" --logins "$LOGS/auth.log"
	touch "$LOGS/auth.log"
	retro_journal short America/New_York >"$LOGS/new-york"
	retro_same "--time-zone by name" --time-zone America/New_York --instance "$SAMPLE_INSTANCE" \
		--logins "$LOGS/new-york"
	retro_journal short Asia/Kolkata >"$LOGS/kolkata"
	retro_same "--time-zone by offset" --time-zone +05:30 --instance "$SAMPLE_INSTANCE" \
		--logins "$LOGS/kolkata"
	retro_journal short-full America/New_York >"$LOGS/new-york-full"
	retro_same "a zone that the stamps name" --time-zone America/New_York --instance "$SAMPLE_INSTANCE" \
		--logins "$LOGS/new-york-full"
}

# retro_strength FILE CASE...: the ports of the cases are those of the confirmed logins.
retro_confirmed() {
	jq -r 'select(.kind == "login" and .strength == "confirmed") | .remote_port' "$OUT/$1" | sort
}

# The key command served these, and said so. What stands in authorized_keys it was not asked for; of
# a key that two pushed it names both.
check_strength() {
	local name ports=() file
	for name in pushed pushed_again rsa repush second_factor two_keys root sftp no_command; do
		ports+=("${SESSION_PORT[$name]}")
	done
	for file in auth.log secure journal-json; do
		retro_report strength.jsonl "${RETRO_EIC_UID[@]}" --instance "$SAMPLE_INSTANCE" --logins "$LOGS/$file"
		check_equal "$file: the request ids confirm the logins whose keys were served" \
			"$(retro_confirmed strength.jsonl)" "$(printf '%s\n' "${ports[@]}" | sort)"
	done
	check_equal "the module's records alone confirm none" "$(retro_confirmed module.jsonl)" ''
	retro_report strength.jsonl --instance "$SAMPLE_INSTANCE" --logins "$LOGS/journal-json"
	check_equal "lines of an account that is not the system's confirm nothing" \
		"$(retro_confirmed strength.jsonl)" ''
	check_equal "and are counted" "$(jq -r 'select(.kind == "summary") | .read.notices_unproven > 0' \
		"$OUT/strength.jsonl")" true
	check_equal "and change no verdict" "$(retro_verdicts strength.jsonl)" "$(retro_verdicts module.jsonl)"
}

# Keys that were tried, and not there: with the last push of each. (The client offers a certificate's
# key without the certificate, too.)
check_refusals() {
	local file name
	for file in auth.log journal-json; do
		retro_report refusals.jsonl "${RETRO_EIC_UID[@]}" --instance "$SAMPLE_INSTANCE" --logins "$LOGS/$file"
		check_equal "$file: the refused keys are reported, with their last pushes" \
			"$(jq -c 'select(.kind == "key_refused") |
				[.instance_id, .fingerprint, .times, .last_push, .unproven]' "$OUT/refusals.jsonl" | sort)" \
			"$(for name in certificate wrong_user outdated unknown; do
				jq -nc --arg instance "$SAMPLE_INSTANCE" --arg push "${PUSH_ID[$name]:-}" \
					--arg key "$(testbed_fingerprint "$KEYS/$name.pub")" \
					'[$instance, $key, 1, (if $push == "" then null else $push end), null]'
			done | sort)"
	done
}

# retro_both NAME LOGS-THAT-TELL-OF-IT ARGUMENT...: the module's records beside so many others.
retro_both() {
	local name=$1 others=$2
	shift 2
	check "$name: the report runs" retro_report both.jsonl "${RETRO_EIC_UID[@]}" \
		--logins "$LOGS/logins.jsonl" "$@"
	check_equal "$name: each login is there once, and from the module" \
		"$(jq -c 'select(.kind == "login") | [.source, .session]' "$OUT/both.jsonl" | sort)" \
		"$(jq -c 'select(.kind == "login") | ["pam", .session]' "$OUT/module.jsonl" | sort)"
	check_equal "$name: the verdicts are the same" \
		"$(retro_verdicts both.jsonl)" "$(retro_verdicts module.jsonl)"
	check_equal "$name: the others are counted" \
		"$(jq -r 'select(.kind == "summary") | .read.syslog_duplicates' "$OUT/both.jsonl")" \
		"$((others * ${#SESSION_PORT[@]}))"
	check_equal "$name: the module's records learn the confirmation" \
		"$(retro_confirmed both.jsonl | wc -l)" 9
}

check_both() {
	retro_both "module and file" 1 --instance "$SAMPLE_INSTANCE" --logins "$LOGS/secure"
	retro_both "module, journal and files" 3 --instance "$SAMPLE_INSTANCE" --logins "$LOGS/auth.log" \
		--logins "$LOGS/journal-json" --logins "$LOGS/secure"
	retro_both "module and a file that names the host alone" 1 --logins "$LOGS/auth.log"
	retro_same "journal and file" --instance "$SAMPLE_INSTANCE" --logins "$LOGS/auth.log" \
		--logins "$LOGS/journal-json"
}

check_explain() {
	local session
	retro_report explain.jsonl "${RETRO_EIC_UID[@]}" --instance "$SAMPLE_INSTANCE" --logins "$LOGS/secure"
	session=$(jq -r --argjson port "${SESSION_PORT[root]}" \
		'select(.kind == "login" and .remote_port == $port) | .session' "$OUT/explain.jsonl")
	check_match "explain tells whose word names the request" \
		"$("$LOGINTRAIL" explain "$session" "${RETRO_EIC_UID[@]}" --instance "$SAMPLE_INSTANCE" \
			--events "$CLOUDTRAIL_EVENTS" --logins "$LOGS/secure" --complete-until "$RETRO_UNTIL" 2>&1)" \
		'request +equal'
}

# A user of the host writes lines: one that would make one of two pushers the one, and a login.
case_forged() {
	local request
	new_key forged
	testbed_authorize ec2-user "$KEYS/forged.pub"
	push forged:alice person=alice user=ec2-user
	push forged:bob person=bob user=ec2-user
	cloudtrail_deliver
	request=$(find "$CLOUDTRAIL_EVENTS" -name '*.json.gz' -exec zcat {} + | jq -r \
		--arg id "${PUSH_ID[forged:bob]}" '.Records[] | select(.eventID == $id) | .requestID')
	retro_as_user ec2-instance-connect "Providing ssh key from EC2 Instance Connect with fingerprint:" \
		"$(testbed_fingerprint "$KEYS/forged.pub"), request-id: $request," \
		"for IAM principal: $(principal_arn bob)"
	log_in_as ec2-user forged
	retro_as_user sshd "Accepted publickey for root from 203.0.113.66 port 4 ssh2: ED25519" \
		"$(testbed_fingerprint "$KEYS/root.pub")"
	mkdir "$LOGS/forged"
	retro_snapshot "$LOGS/forged"
}

# retro_as_user TAG WORD...
retro_as_user() {
	local tag=$1
	shift
	setpriv --reuid=61001 --regid=61001 --clear-groups logger -i -p authpriv.info -t "$tag" "$*"
}

forged_login() {
	jq -c --argjson port "${SESSION_PORT[forged]}" \
		'select(.kind == "login" and .remote_port == $port) | [.verdict, .strength]' "$OUT/$1"
}

# The journal knows who wrote a line. A file does not: its lines confirm and never decide.
check_forged() {
	retro_report forged.jsonl "${RETRO_EIC_UID[@]}" --instance "$SAMPLE_INSTANCE" \
		--logins "$LOGS/forged/journal-json"
	check_equal "a line that a user wrote decides nothing" "$(forged_login forged.jsonl)" '["ambiguous",null]'
	check_equal "a login that a user wrote is none" \
		"$(jq -c 'select(.kind == "login" and .remote == "203.0.113.66")' "$OUT/forged.jsonl")" ''
	check_object "both are counted" "$(jq -c 'select(.kind == "summary") | .read' "$OUT/forged.jsonl")" \
		'{"notices_unproven": 1, "syslog_unbelieved": 1}'
	retro_report forged.jsonl --instance "$SAMPLE_INSTANCE" --logins "$LOGS/forged/secure"
	check_equal "in a file, where it cannot be told from the script's, it decides nothing either" \
		"$(forged_login forged.jsonl)" '["ambiguous",null]'
	retro_report forged.jsonl "${RETRO_EIC_UID[@]}" --instance "$SAMPLE_INSTANCE" \
		--logins "$LOGS/forged/logins.jsonl" --logins "$LOGS/forged/journal-json"
	check_equal "nor does it change what the module's record says" \
		"$(forged_login forged.jsonl)" '["ambiguous",null]'
}

# What sshd says unless it is told otherwise: nothing of a first factor that was accepted.
case_default_level() {
	sed -i 's/^LogLevel .*/LogLevel INFO/' "$TESTBED/ssh/sshd_config"
	testbed_restart_sshd
	new_key unsaid
	push unsaid person=bob user=twofactor
	log_in unsaid testbed_ssh_password -i "$KEYS/unsaid" twofactor@127.0.0.1
	cloudtrail_deliver
	mkdir "$LOGS/default"
	retro_snapshot "$LOGS/default"
}

unsaid_login() {
	jq -c --argjson port "${SESSION_PORT[unsaid]}" \
		'select(.kind == "login" and .remote_port == $port) | [.source, .verdict, .strength]' "$OUT/unsaid.jsonl"
}

check_default_level() {
	retro_report unsaid.jsonl --instance "$SAMPLE_INSTANCE" --logins "$LOGS/default/secure"
	check_equal "a first factor that sshd does not log leaves its login unattributed" \
		"$(unsaid_login)" '["syslog","unattributed",null]'
	retro_report unsaid.jsonl --instance "$SAMPLE_INSTANCE" --logins "$LOGS/default/secure" \
		--logins "$LOGS/default/logins.jsonl"
	check_equal "the module knows it, and the script's line confirms it" \
		"$(unsaid_login)" '["pam","attributed","confirmed"]'
}
