# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The logins of logins.sh. Each case has a name; SESSION_PORT and SESSION_PID get what sshd's own
# "Accepted" line says of it, PUSH_ID the eventIDs of the pushes by their names. $OUT/CASE keeps
# what the session said of itself.

declare -A PUSH_ID SESSION_PORT SESSION_PID
CERT_KEY_ID=$'alice@example.com "laptop"\tnine'
# shellcheck disable=SC2016 # expanded by the remote shell
SESSION_FACTS='echo "$SSH_CONNECTION"; cat /proc/self/sessionid; echo; id -u'

new_key() {
	testbed_new_key "$KEYS/$1" "${2:-ed25519}"
}

# push NAME OPTION=VALUE...; the key is that of the name unless key= says another.
push() {
	local name=$1
	shift
	PUSH_ID[$name]=$(testbed_push key="$KEYS/${name%%:*}.pub" "$@")
}

accepted_lines() {
	testbed_syslog | grep -a ': Accepted ' || true
}

accepted_count() {
	accepted_lines | wc -l
}

accepted_more_than() {
	(($(accepted_count) > $1))
}

# note_session CASE COUNT-BEFORE: port and pid of the login that was just accepted.
note_session() {
	local line
	if ! testbed_wait_for accepted_more_than "$2"; then
		not_ok "$1: sshd accepts the login"
		return
	fi
	line=$(accepted_lines | tail -n 1)
	SESSION_PID[$1]=$(sed -E 's/.*\[([0-9]+)\]: Accepted .*/\1/' <<<"$line")
	SESSION_PORT[$1]=$(sed -E 's/.* port ([0-9]+).*/\1/' <<<"$line")
}

# log_in CASE COMMAND...: the command is an ssh that logs in; it is given the words to run there.
log_in() {
	local name=$1 before
	shift
	before=$(accepted_count)
	if "$@" "$SESSION_FACTS" >"$OUT/$name" 2>"$OUT/$name.err"; then
		note_session "$name" "$before"
	else
		not_ok "$name: the login succeeds" "$(cat "$OUT/$name.err")"
	fi
}

# log_in_as USER CASE [KEY]: with the key of the case's name.
log_in_as() {
	log_in "$2" testbed_ssh -i "$KEYS/${3:-$2}" "$1@127.0.0.1"
}

# refused NAME KEY USER
refused() {
	local before
	before=$(accepted_count)
	if testbed_ssh -i "$KEYS/$2" "$3@127.0.0.1" true 2>"$OUT/refused"; then
		not_ok "$1" "the login succeeded"
	elif accepted_more_than "$before"; then
		not_ok "$1" "sshd accepted it"
	else
		check_match "$1" "$(cat "$OUT/refused")" 'Permission denied'
	fi
}

cases_pushed() {
	new_key pushed
	push pushed person=alice user=ec2-user
	log_in_as ec2-user pushed
	log_in_as ec2-user pushed_again pushed
	new_key rsa rsa
	push rsa person=bob user=alice
	log_in_as alice rsa
	new_key unused
	push unused person=carol user=ec2-user
}

cases_several_pushes() {
	new_key repush
	push repush:first person=alice user=ec2-user age=3
	push repush:second person=alice user=ec2-user
	log_in_as ec2-user repush
	new_key ambiguous
	push ambiguous:alice person=alice user=ec2-user
	push ambiguous:bob person=bob user=ec2-user
	log_in_as ec2-user ambiguous
}

cases_not_pushed() {
	new_key static
	testbed_authorize ec2-user "$KEYS/static.pub"
	log_in_as ec2-user static
	new_key ecdsa ecdsa
	testbed_authorize ec2-user "$KEYS/ecdsa.pub"
	log_in_as ec2-user ecdsa
	log_in password testbed_ssh_password -o PubkeyAuthentication=no alice@127.0.0.1
}

# Keys that EC2 Instance Connect does not serve to this login; they stand in authorized_keys.
cases_pushed_elsewhere() {
	local name
	for name in other_user other_instance failed denied; do
		new_key "$name"
		testbed_authorize ec2-user "$KEYS/$name.pub"
	done
	push other_user person=alice user=alice
	push other_instance person=alice user=ec2-user instance=i-0fedcba9876543210
	push failed person=bob user=ec2-user error=ThrottlingException
	push denied person=carol user=ec2-user error=AccessDenied
	for name in other_user other_instance failed denied; do
		log_in_as ec2-user "$name"
	done
}

cases_late() {
	new_key expired
	testbed_authorize ec2-user "$KEYS/expired.pub"
	push expired person=bob user=ec2-user age=300
	log_in_as ec2-user expired
	new_key just_expired
	testbed_authorize ec2-user "$KEYS/just_expired.pub"
	push just_expired person=bob user=ec2-user age=90
	log_in_as ec2-user just_expired
	new_key in_grace
	testbed_authorize ec2-user "$KEYS/in_grace.pub"
	push in_grace person=bob user=ec2-user age=59
	log_in_as ec2-user in_grace
}

cases_certificate() {
	new_key certificate
	ssh-keygen -q -s "$TESTBED/ssh/user_ca" -I "$CERT_KEY_ID" -n ec2-user,operations -z 4711 \
		-V +1h "$KEYS/certificate.pub"
	log_in_as ec2-user certificate
}

cases_two_factors() {
	new_key second_factor
	push second_factor person=bob user=twofactor
	log_in second_factor testbed_ssh_password -i "$KEYS/second_factor" twofactor@127.0.0.1
	# The push of a user who took a minute and a half for the second factor.
	new_key slow_factor
	testbed_authorize twofactor "$KEYS/slow_factor.pub"
	push slow_factor person=alice user=twofactor age=90
	log_in slow_factor testbed_ssh_password -i "$KEYS/slow_factor" twofactor@127.0.0.1
	new_key first_of_two
	new_key second_of_two
	testbed_authorize twokeys "$KEYS/second_of_two.pub"
	push first_of_two person=alice user=twokeys
	log_in two_keys testbed_ssh -i "$KEYS/first_of_two" -i "$KEYS/second_of_two" twokeys@127.0.0.1
}

cases_refused() {
	new_key wrong_user
	push wrong_user person=alice user=alice
	refused "a key pushed for another user is refused" wrong_user ec2-user
	new_key outdated
	push outdated person=alice user=ec2-user age=120
	refused "a key pushed too long ago is refused" outdated ec2-user
	new_key unknown
	refused "an unknown key is refused" unknown ec2-user
}

cases_kinds_of_session() {
	local before
	new_key root
	push root person=bob user=root
	log_in_as root root
	new_key sftp
	push sftp person=alice user=ec2-user
	before=$(accepted_count)
	echo pwd | sftp -q -b - "${TESTBED_SSH_OPTIONS[@]}" -i "$KEYS/sftp" ec2-user@127.0.0.1 >"$OUT/sftp"
	note_session sftp "$before"
	case_no_command
}

# `ssh -N` stays until its client is ended: what the kernel says of both ends can be read meanwhile.
case_no_command() {
	local before client
	new_key no_command
	push no_command person=alice user=ec2-user
	before=$(accepted_count)
	ssh "${TESTBED_SSH_OPTIONS[@]}" -N -i "$KEYS/no_command" ec2-user@127.0.0.1 &
	client=$!
	note_session no_command "$before"
	testbed_wait_for record_of no_command >"$OUT/no_command.record" ||
		not_ok "no_command: the record is there while the session lasts"
	client_port "$client" >"$OUT/no_command.client_port"
	cut -d' ' -f22 "/proc/${SESSION_PID[no_command]:-self}/stat" >"$OUT/no_command.start"
	kill "$client"
	wait "$client" || true
}

# The open record of a case, which its client port tells from all others.
record_of() {
	[[ -s $TESTBED_LOG ]] || return 1
	jq -ce --argjson port "${SESSION_PORT[$1]:-0}" 'select(.kind == "open" and .remote.port == $port)' "$TESTBED_LOG"
}

# The local port of the process's TCP connection, from the kernel's table.
client_port() {
	local inode hex
	for inode in $(find "/proc/$1/fd" -printf '%l\n' | sed -n 's/^socket:\[\([0-9]*\)\]$/\1/p'); do
		hex=$(awk -v inode="$inode" '$10 == inode { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp)
		[[ -z $hex ]] || printf '%d\n' "$((16#$hex))"
	done
}

# CloudTrail delivers at least once: one of the pushes comes a second time.
cases_delivered_twice() {
	find "$CLOUDTRAIL_EVENTS" -name '*.json.gz' -exec zcat {} + |
		jq -c --arg id "${PUSH_ID[pushed]}" '.Records[] | select(.eventID == $id)' >"$CLOUDTRAIL_SPOOL"
	cloudtrail_deliver
}
