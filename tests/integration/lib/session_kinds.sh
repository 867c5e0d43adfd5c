# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The kinds of session of sessions.sh: what each does, and that its records are right and as many as
# they should be.
# shellcheck disable=SC2034 # the stack is read by fault_bed.sh

# kind_begin NAME, kind_end [KINDS-OF-RECORD]: between them one session is opened and, unless the
# expected kinds say otherwise, closed.
kind_begin() {
	KIND=$1
	KIND_BEFORE=$(log_lines)
	syslog_mark
	stack_set required
}

kind_end() {
	local want=${1:-open close} user=${2:-$BED_USER} open
	testbed_wait_for log_has $((KIND_BEFORE + $(wc -w <<<"$want"))) || true
	# One record too many would come late.
	testbed_wait_for no_monitor_left || true
	check_equal "$KIND: records" "$(log_since "$KIND_BEFORE" .kind | jq -sr 'join(" ")')" "$want"
	open=$(log_since "$KIND_BEFORE" 'select(.kind == "open")')
	check_object "$KIND: user, service and key" "$(jq -c '. + .auth[0]' <<<"$open")" "$(jq -nc \
		--arg user "$user" --argjson uid "$(id -u "$user")" \
		--arg key "$(testbed_fingerprint "$KEYS/user.pub")" '{os_user: $user, uid: $uid,
		service: "sshd", method: "publickey", fingerprint: $key, truncated: null, notes: null}')"
	check_equal "$KIND: all records are of one session" \
		"$(log_since "$KIND_BEFORE" .id | sort -u | wc -l)" 1
	check_equal "$KIND: the module said nothing in syslog" "$(syslog_ours)" ''
}

# said NAME: what the session gave its client.
said() {
	check_match "$KIND: the session does its work" "$(tr -d '\r' <"$OUT/kind")" "$1"
}

# shellcheck disable=SC2016 # expanded by the remote shell
kinds_of_command() {
	kind_begin "exec"
	bed_ssh 'echo done' >"$OUT/kind"
	said '^done$'
	kind_end
	kind_begin "pty"
	bed_ssh -tt 'tty; echo done' >"$OUT/kind"
	said '^/dev/pts/'
	kind_end
	kind_begin "login shell"
	ssh "${TESTBED_SSH_OPTIONS[@]}" -o BatchMode=yes -i "$KEYS/user" "$BED_USER@127.0.0.1" \
		<<<'echo "$0"' >"$OUT/kind" 2>/dev/null
	said '^-bash$'
	kind_end
	kind_begin "root"
	testbed_ssh -i "$KEYS/user" root@127.0.0.1 id -un >"$OUT/kind"
	said '^root$'
	kind_end "open close" root
}

kinds_of_transfer() {
	local options=("${TESTBED_SSH_OPTIONS[@]}" -o BatchMode=yes -i "$KEYS/user")
	kind_begin "sftp"
	sftp -q -b - "${options[@]}" "$BED_USER@127.0.0.1" <<<"put $KEYS/user.pub by_sftp" >"$OUT/kind"
	cp "$TESTBED/home/$BED_USER/by_sftp" "$OUT/kind"
	said '^ssh-ed25519 '
	kind_end
	kind_begin "scp"
	scp -q "${options[@]}" "$KEYS/user.pub" "$BED_USER@127.0.0.1:by_scp"
	cp "$TESTBED/home/$BED_USER/by_scp" "$OUT/kind"
	said '^ssh-ed25519 '
	kind_end
}

# A client that stays until it is ended; CLIENT is its pid.
client_start() {
	ssh "${TESTBED_SSH_OPTIONS[@]}" -o BatchMode=yes -i "$KEYS/user" "$BED_USER@127.0.0.1" "$@" \
		</dev/null >"$OUT/kind" 2>/dev/null &
	CLIENT=$!
	testbed_wait_for log_has $((KIND_BEFORE + 1)) || true
}

client_end() {
	kill "-${1:-TERM}" "$CLIENT" 2>/dev/null || true
	wait "$CLIENT" 2>/dev/null || true
}

kinds_of_forwarding() {
	kind_begin "-N"
	client_start -N
	: >"$OUT/kind"
	said ''
	client_end
	kind_end
	# The banner of sshd itself comes through the tunnel.
	kind_begin "-W"
	client_start -W "127.0.0.1:$TESTBED_PORT"
	testbed_wait_for test -s "$OUT/kind" || true
	said '^SSH-2.0-'
	client_end
	kind_end
}

kind_multiplexed() {
	local i socket=$OUT/mux
	kind_begin "ControlMaster with three channels and a tunnel"
	client_start -N -M -S "$socket"
	testbed_wait_for test -S "$socket"
	for i in 1 2 3; do
		testbed_ssh -S "$socket" "$BED_USER@127.0.0.1" "echo channel $i"
	done >"$OUT/kind.mux"
	testbed_ssh -S "$socket" -O forward -L "$OUT/tunnel:127.0.0.1:$TESTBED_PORT" "$BED_USER@127.0.0.1"
	check_equal "$KIND: all channels work" "$(cat "$OUT/kind.mux")" $'channel 1\nchannel 2\nchannel 3'
	testbed_ssh -S "$socket" -O exit "$BED_USER@127.0.0.1" 2>/dev/null
	wait "$CLIENT" || true
	kind_end
}

kind_client_killed() {
	kind_begin "client killed"
	client_start 'echo done; exec sleep 1000'
	testbed_wait_for test -s "$OUT/kind"
	said '^done$'
	client_end KILL
	kind_end
	testbed_wait_for sleep_of_user && pkill -u "$BED_USER" sleep
}

sleep_of_user() {
	pgrep -u "$BED_USER" sleep >/dev/null
}

# No one is left to close the session: the open stands alone, and the chain goes on behind it.
kind_monitor_killed() {
	kind_begin "monitor killed"
	client_start 'echo done; exec sleep 1000'
	testbed_wait_for test -s "$OUT/kind"
	said '^done$'
	kill -KILL "$(monitor_pids)"
	testbed_wait_for no_monitor_left
	pkill -u "$BED_USER" sleep || true
	client_end
	kind_end "open"
	kind_begin "the session after it"
	bed_ssh 'echo done' >"$OUT/kind"
	said '^done$'
	kind_end
	check "the session after it: the log is whole" log_is_whole "$TESTBED_LOG"
}

# shellcheck disable=SC2016 # expanded by the remote shell
kind_listener_restarted() {
	local monitor
	kind_begin "listener restarted in mid-session"
	client_start 'echo begun; read -r line <wait; echo "$line"'
	testbed_wait_for grep -q begun "$OUT/kind"
	monitor=$(monitor_pids)
	testbed_restart_sshd
	check_equal "$KIND: the session lasts" "$(log_since "$KIND_BEFORE" .kind)" '"open"'
	echo "done" >"$TESTBED/home/$BED_USER/wait"
	wait "$CLIENT" || true
	said '^done$'
	testbed_wait_for is_gone "$monitor" || true
	kind_end
}

is_gone() {
	! kill -0 "$1" 2>/dev/null
}

kind_refused_later() {
	kind_begin "a later required module refuses"
	STACK_LAST=("session required pam_deny.so")
	stack_set required
	bed_ssh 'echo done' >"$OUT/kind" 2>/dev/null || true
	check_equal "$KIND: no shell" "$(cat "$OUT/kind")" ''
	kind_end "open"
	stack_reset
}
