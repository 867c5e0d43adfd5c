# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What sshd and others may put into SSH_AUTH_INFO_0 and SSH_CONNECTION: every such login is recorded
# under `required`, and the record says what is true, or that something is odd.
# shellcheck disable=SC2034 # the stack is read by fault_bed.sh

FORGED_KEY='AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

# auth_login NAME COMMAND...: the command logs in; AUTH_OPEN and AUTH_CLOSE are its records.
auth_login() {
	local name=$1 before status=0
	shift
	stack_set required
	syslog_mark
	before=$(log_lines)
	"$@" >"$OUT/auth" 2>"$OUT/auth.err" </dev/null || status=$?
	check_equal "$name: the login goes on" "$(cat "$OUT/auth"), status $status" "in, status 0"
	testbed_wait_for log_has $((before + 2)) || true
	AUTH_OPEN=$(log_since "$before" 'select(.kind == "open")')
	AUTH_CLOSE=$(log_since "$before" 'select(.kind == "close")')
	check_match "$name: its open is recorded, once" "$(jq -r .id <<<"$AUTH_OPEN")" '^[0-9a-f]{32}$'
	check_equal "$name: and its close" "$(jq -r .id <<<"$AUTH_CLOSE")" "$(jq -r .id <<<"$AUTH_OPEN")"
	check_equal "$name: the module said nothing in syslog" "$(syslog_ours)" ''
	check_equal "$name: no control character stands in the log" \
		"$(tail -n +$((before + 1)) "$TESTBED_LOG" | LC_ALL=C grep -c '[[:cntrl:]]' || true)" 0
	check_equal "$name: the records are bounded" \
		"$(tail -n +$((before + 1)) "$TESTBED_LOG" | awk 'length > 16384' | wc -l)" 0
}

# auth_is NAME METHODS NOTES: the authentication steps and notes of AUTH_OPEN, as JSON.
auth_is() {
	check_equal "$1: the record has the authentication" \
		"$(jq -c '[.auth // [] | .[] | [.method, .key_type, .fingerprint]]' <<<"$AUTH_OPEN")" "$2"
	check_equal "$1: the record has the notes" "$(jq -c '.notes // []' <<<"$AUTH_OPEN")" "$3"
}

user_step() {
	printf '["publickey","ssh-ed25519","%s"]' "$(testbed_fingerprint "$KEYS/user.pub")"
}

# The variable is what a module before ours makes of it.
auth_variable() {
	local conf=$TESTBED/before.conf
	STACK_BEFORE=("session required pam_env.so conffile=$conf readenv=0")
	echo 'SSH_AUTH_INFO_0' >"$conf"
	auth_login "SSH_AUTH_INFO_0 missing" bed_ssh echo in
	auth_is "SSH_AUTH_INFO_0 missing" '[]' '["auth_info_missing"]'
	echo 'SSH_AUTH_INFO_0 DEFAULT=""' >"$conf"
	auth_login "SSH_AUTH_INFO_0 empty" bed_ssh echo in
	auth_is "SSH_AUTH_INFO_0 empty" '[]' '["auth_info_empty"]'
	echo "SSH_AUTH_INFO_0 DEFAULT=\"publickey $(cut -d' ' -f1,2 "$KEYS/user.pub")\"" >"$conf"
	auth_login "SSH_AUTH_INFO_0 without final newline" bed_ssh echo in
	auth_is "SSH_AUTH_INFO_0 without final newline" "[$(user_step)]" '["auth_info_unterminated"]'
	stack_reset
}

# Debian's stock stack reads the user's own ~/.pam_environment behind our line.
auth_forged() {
	local home=$TESTBED/home/$BED_USER forged
	cat >"$home/.pam_environment" <<-FORGED
	SSH_AUTH_INFO_0 DEFAULT="publickey ssh-ed25519 $FORGED_KEY"
	SSH_CONNECTION DEFAULT="203.0.113.99 1 203.0.113.98 2"
	FORGED
	STACK_BEHIND=("session required pam_env.so user_readenv=1")
	auth_login "forged by ~/.pam_environment" bed_ssh echo in
	auth_is "forged by ~/.pam_environment" "[$(user_step)]" '[]'
	check_equal "forged by ~/.pam_environment: the address is the true one" \
		"$(jq -c '[.remote.host, .local.ip]' <<<"$AUTH_OPEN")" '["127.0.0.1","127.0.0.1"]'
	check_equal "forged by ~/.pam_environment: nothing of it is in the close" \
		"$(grep -cE "203\\.0\\.113|$FORGED_KEY" <<<"$AUTH_CLOSE" || true)" 0
	# In the wrong place the module is shown the forgery; it leaves a trace.
	STACK_BEHIND=() STACK_BEFORE=("session required pam_env.so user_readenv=1")
	auth_login "wrong place, forged by ~/.pam_environment" bed_ssh echo in
	forged=$(ssh-keygen -lf - <<<"ssh-ed25519 $FORGED_KEY" | cut -d' ' -f2)
	auth_is "wrong place, forged by ~/.pam_environment" \
		"[[\"publickey\",\"ssh-ed25519\",\"$forged\"]]" '["auth_info_unterminated"]'
	rm "$home/.pam_environment"
	stack_reset
}

auth_methods() {
	new_key first
	new_key second
	testbed_authorize twokeys "$KEYS/first.pub"
	testbed_authorize twokeys "$KEYS/second.pub"
	auth_login "two publickey steps" testbed_ssh -i "$KEYS/first" -i "$KEYS/second" twokeys@127.0.0.1 echo in
	auth_is "two publickey steps" "[$(key_step first),$(key_step second)]" '[]'
	auth_hostbased
}

new_key() {
	testbed_new_key "$KEYS/$1"
}

# key_step KEY [METHOD [TYPE]]
key_step() {
	printf '["%s","%s","%s"]' "${2:-publickey}" "${3:-ssh-ed25519}" "$(testbed_fingerprint "$KEYS/$1.pub")"
}

# The key is the client host's. ssh-keysign looks for it, and for its permission to run, in /etc/ssh.
auth_hostbased() {
	local sign=/usr/lib/openssh/ssh-keysign
	if [[ ! -x $sign ]]; then
		echo "# skip - hostbased: $sign is not there"
		return
	fi
	rm -f /etc/ssh/ssh_host_*_key*
	cp "$TESTBED/ssh/host_key" /etc/ssh/ssh_host_ed25519_key
	cp "$TESTBED/ssh/host_key.pub" /etc/ssh/ssh_host_ed25519_key.pub
	cp "$TESTBED/ssh/host_key.pub" "$KEYS/hostbased.pub"
	printf 'Host *\n\tEnableSSHKeysign yes\n\tHostbasedAuthentication yes\n' >/etc/ssh/ssh_config
	printf '%s,127.0.0.1,localhost %s\n' "$(uname -n)" "$(cat "$KEYS/hostbased.pub")" >/etc/ssh/ssh_known_hosts
	# The client is root at the host that 127.0.0.1 is called.
	echo "localhost root" >/etc/ssh/shosts.equiv
	auth_login "hostbased" testbed_ssh -o HostbasedAuthentication=yes \
		-o PreferredAuthentications=hostbased hosted@127.0.0.1 echo in
	auth_is "hostbased" "[$(key_step hostbased hostbased)]" '[]'
}

auth_hostile() {
	auth_certificate
	auth_long_key
}

# A certificate's key id is any text that its CA was talked into.
auth_certificate() {
	local id=$'eve\x1b[31m\x07\n\r\t\x7f"\\\xc2\x9b{}'
	new_key certificate
	ssh-keygen -q -s "$TESTBED/ssh/user_ca" -I "$id" -n "$BED_USER" -V +1h "$KEYS/certificate.pub"
	auth_login "control characters in a certificate's key id" \
		testbed_ssh -i "$KEYS/certificate" "$BED_USER@127.0.0.1" echo in
	auth_is "control characters in a certificate's key id" \
		"[$(key_step certificate publickey ssh-ed25519-cert-v01@openssh.com)]" '[]'
	check_equal "control characters in a certificate's key id: it is kept as it was" \
		"$(jq -c '.auth[0].cert.key_id' <<<"$AUTH_OPEN")" "$(jq -nc --arg id "$id" '$id')"
}

# A FIDO key's owner picks its application string. No device is needed: the authenticator is a small
# library that ssh loads.
auth_long_key() {
	local name="a FIDO key of 160 KB" provider=$TESTBED/lib/sk_provider.so application
	if ! cc -shared -fPIC -o "$provider" tests/lib/sk_provider.c -lcrypto 2>"$OUT/provider.err"; then
		printf '# skip - %s: %s\n' "$name" "$(head -n 1 "$OUT/provider.err")"
		return
	fi
	application=ssh:$(printf '%0119996d' 0)
	ssh-keygen -q -t ed25519-sk -N '' -w "$provider" -O "application=$application" -f "$KEYS/long"
	testbed_authorize "$BED_USER" "$KEYS/long.pub"
	auth_login "$name" testbed_ssh -o SecurityKeyProvider="$provider" -i "$KEYS/long" \
		"$BED_USER@127.0.0.1" echo in
	auth_is "$name" "[$(key_step long publickey sk-ssh-ed25519@openssh.com)]" '[]'
}

# Behind a pipe sshd does not know who calls.
auth_unknown_address() {
	local proxy="/usr/sbin/sshd -i -f $TESTBED/ssh/sshd_config"
	auth_login "address unknown" testbed_ssh -o "ProxyCommand=$proxy" \
		-o HostKeyAlias="[127.0.0.1]:$TESTBED_PORT" -i "$KEYS/user" "$BED_USER@127.0.0.1" echo in
	auth_is "address unknown" "[$(user_step)]" '[]'
	check_equal "address unknown: the record names none" \
		"$(jq -c '[.remote.host, .remote.port, .local.ip, .local.port]' <<<"$AUTH_OPEN")" '[null,null,null,null]'
}
