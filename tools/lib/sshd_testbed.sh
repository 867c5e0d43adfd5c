# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A private sshd for real logins on a machine that stays as it was: own mount and process namespaces,
# /etc a copy in memory, own /run, /var/log and /dev, loopback only. When the script that made it
# ends, all of it is gone, processes included. Sourced by tools/demo and tests/integration.
#
#	testbed_enter SCRIPT "$@"         runs the calling script again inside the namespaces; returns 0
#	                                  there, non-zero when it is not possible (testbed_why says why)
#	testbed_setup MODULE RECORDER     users, keys, sshd_config and the PAM stack with our line
#	testbed_start, testbed_stop
#	testbed_restart_sshd              a new listener on the same port; sessions stay
#	testbed_ssh ARGUMENT...           ssh to it, with no identity and no configuration of the caller
#	testbed_ssh_password ARGUMENT...  the same, answering a question for the password
#	testbed_push OPTION=VALUE...      a key push: served for 60 s as EC2 Instance Connect does it,
#	                                  and recorded in CloudTrail; prints the eventID
#	testbed_syslog                    what sshd, PAM and the key command said
#	testbed_authorize USER FILE.pub   puts the key into the user's authorized_keys

TESTBED=/run/testbed
TESTBED_LOG=/var/log/logintrail/logins.jsonl
TESTBED_SYSLOG=$TESTBED/syslog
TESTBED_PASSWORD='correct horse battery staple'
# name:uid; all but root have the password
TESTBED_USERS=(root:0 ec2-user:61001 alice:61002 twofactor:61003 twokeys:61004
	ec2-instance-connect:61005 hosted:61006)
TESTBED_UNSHARE=(unshare --mount --propagation private --pid --fork --kill-child --mount-proc)

# Why no private sshd can be had here; empty when it can.
testbed_why() {
	local tool
	if [[ $(id -u) != 0 ]]; then
		echo "not root"
		return
	fi
	for tool in /usr/sbin/sshd unshare socat ssh ssh-keygen sshpass jq openssl; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
	done
	[[ -f /etc/pam.d/sshd ]] || { echo "/etc/pam.d/sshd is missing"; return; }
	"${TESTBED_UNSHARE[@]}" mount -t tmpfs tmpfs /run 2>/dev/null ||
		echo "private namespaces are not permitted"
}

# Names the namespace we came from, so that a variable left in somebody's environment is not enough.
testbed_enter() {
	local script=$1
	shift
	! testbed_is_inside || return 0
	[[ -z $(testbed_why) ]] || return 1
	LOGINTRAIL_TESTBED=$(readlink /proc/self/ns/mnt) exec "${TESTBED_UNSHARE[@]}" "$script" "$@"
}

testbed_is_inside() {
	[[ $$ == 1 && -n ${LOGINTRAIL_TESTBED:-} &&
		$LOGINTRAIL_TESTBED != "$(readlink /proc/self/ns/mnt)" ]]
}

testbed_setup() {
	testbed_is_inside || { echo "testbed_setup: not in namespaces of our own" >&2; return 1; }
	testbed_mount
	testbed_add_users
	testbed_make_keys
	testbed_write_key_command
	testbed_write_sshd_config
	testbed_install_module "$1" "$2"
	testbed_write_identity
}

# The private /run, /var/log, /etc and /dev. Nothing here outlives the namespace.
testbed_mount() {
	mount -t tmpfs -o mode=755 tmpfs /run
	mount -t tmpfs -o mode=755 tmpfs /var/log
	mkdir -p /run/sshd /run/logintrail "$TESTBED"/{bin,home,ssh,pushes,lib}
	install -d -m 0700 /var/log/logintrail
	cp -a /etc "$TESTBED/etc"
	mount --bind "$TESTBED/etc" /etc
	rm -f /etc/nologin
	testbed_mount_dev
}

# A /dev of our own, since /dev/log must be ours.
testbed_mount_dev() {
	local dev=$TESTBED/dev node
	mkdir -p "$dev"
	mount -t tmpfs -o mode=755 tmpfs "$dev"
	for node in null zero full random urandom tty; do
		: >"$dev/$node"
		mount --bind "/dev/$node" "$dev/$node"
	done
	mkdir "$dev/pts" "$dev/shm"
	mount --bind /dev/pts "$dev/pts"
	ln -s pts/ptmx "$dev/ptmx"
	ln -s /proc/self/fd "$dev/fd"
	ln -s fd/0 "$dev/stdin"
	ln -s fd/1 "$dev/stdout"
	ln -s fd/2 "$dev/stderr"
	mount --move "$dev" /dev
}

# Written by hand: useradd would also touch the machine's mail spool.
testbed_add_users() {
	local entry name uid hash file
	hash=$(openssl passwd -6 "$TESTBED_PASSWORD")
	for entry in "${TESTBED_USERS[@]}"; do
		name=${entry%:*} uid=${entry#*:}
		for file in passwd shadow group gshadow; do
			[[ ! -f /etc/$file ]] || sed -i "/^$name:/d" "/etc/$file"
		done
		printf '%s:x:%s:%s::%s:/bin/bash\n' "$name" "$uid" "$uid" "$TESTBED/home/$name" >>/etc/passwd
		printf '%s:%s:19000:0:99999:7:::\n' "$name" "$hash" >>/etc/shadow
		printf '%s:x:%s:\n' "$name" "$uid" >>/etc/group
		install -d -m 0700 -o "$uid" -g "$uid" "$TESTBED/home/$name" "$TESTBED/home/$name/.ssh"
		install -d -m 0755 "$TESTBED/pushes/$name"
	done
}

testbed_make_keys() {
	local name
	for name in host_key user_ca; do
		testbed_new_key "$TESTBED/ssh/$name"
	done
}

# testbed_new_key FILE [TYPE [COMMENT]]
testbed_new_key() {
	ssh-keygen -q -t "${2:-ed25519}" -N '' -C "${3:-}" -f "$1"
}

# A stand-in for EC2 Instance Connect's AuthorizedKeysCommand, which does the same with AWS's own data:
# keys pushed for this user, this instance, and not yet expired; one line in syslog for the question
# and one for each key.
testbed_write_key_command() {
	cat >"$TESTBED/bin/serve-pushed-keys" <<-SCRIPT
	#!/bin/bash
	# serve-pushed-keys USER FINGERPRINT
	shopt -s nullglob
	now=\$(date +%s)
	logger -i -p authpriv.info "Querying EC2 Instance Connect keys for matching fingerprint: \$2"
	for push in "$TESTBED/pushes/\$1"/*; do
		{ read -r expiry; read -r fingerprint; read -r request; read -r caller; read -r key; } <"\$push"
		[[ \$fingerprint == "\$2" ]] && ((expiry > now)) || continue
		logger -i -p authpriv.info "Providing ssh key from EC2 Instance Connect with" \\
			"fingerprint: \$fingerprint, request-id: \$request, for IAM principal: \$caller"
		printf '%s\n' "\$key"
	done
	SCRIPT
	chmod 0755 "$TESTBED/bin/serve-pushed-keys"
}

testbed_write_sshd_config() {
	cat >"$TESTBED/ssh/sshd_config" <<-CONFIG
	ListenAddress 127.0.0.1
	HostKey $TESTBED/ssh/host_key
	PidFile $TESTBED/sshd.pid
	UsePAM yes
	UseDNS no
	PrintMotd no
	LogLevel ${TESTBED_LOG_LEVEL:-INFO}
	PermitRootLogin prohibit-password
	PasswordAuthentication yes
	KbdInteractiveAuthentication no
	AuthorizedKeysFile .ssh/authorized_keys
	AuthorizedKeysCommand $TESTBED/bin/serve-pushed-keys %u %f
	AuthorizedKeysCommandUser ec2-instance-connect
	TrustedUserCAKeys $TESTBED/ssh/user_ca.pub
	Subsystem sftp internal-sftp
	CONFIG
	# OpenSSH 9.8 and later slow down an address with failures, which the tests cause on purpose.
	if /usr/sbin/sshd -t -f "$TESTBED/ssh/sshd_config" -o PerSourcePenalties=no 2>/dev/null; then
		echo "PerSourcePenalties no" >>"$TESTBED/ssh/sshd_config"
	fi
	cat >>"$TESTBED/ssh/sshd_config" <<-CONFIG
	Match User twofactor
		KbdInteractiveAuthentication yes
		AuthenticationMethods publickey,keyboard-interactive
	Match User hosted
		HostbasedAuthentication yes
		HostbasedUsesNameFromPacketOnly yes
		AuthenticationMethods hostbased
	Match User twokeys
		AuthenticationMethods publickey,publickey
	CONFIG
}

# The distribution's own stack with our line where it belongs: directly after pam_loginuid.
testbed_install_module() {
	local module=$TESTBED/lib/pam_logintrail.so recorder=$TESTBED/lib/logintrail-record line
	install -m 0644 "$1" "$module"
	install -m 0755 "$2" "$recorder"
	line="session optional $module log=$TESTBED_LOG recorder=$recorder deadline_ms=${TESTBED_DEADLINE_MS:-5000}"
	sed -i "/^session.*pam_loginuid\\.so/a $line" /etc/pam.d/sshd
	grep -qF "$module" /etc/pam.d/sshd || { echo "no pam_loginuid in /etc/pam.d/sshd" >&2; return 1; }
	# Where the kernel does not let us set a login uid, pam_loginuid would refuse every login.
	if ! (echo 0 >/proc/self/loginuid) 2>/dev/null; then
		sed -i 's/^session.*pam_loginuid\.so/session optional pam_loginuid.so/' /etc/pam.d/sshd
	fi
}

testbed_write_identity() {
	printf '{"instance_id":"%s","account_id":"%s","region":"%s"}\n' \
		"$SAMPLE_INSTANCE" "$SAMPLE_ACCOUNT" "$SAMPLE_REGION" >/run/logintrail/identity.json
}

testbed_start() {
	local try
	testbed_start_syslog
	for ((try = 0; try < 10; try++)); do
		TESTBED_PORT=$((20000 + RANDOM % 12000))
		testbed_start_sshd && return
	done
	echo "sshd does not start:" >&2
	cat "$TESTBED/sshd.out" >&2
	return 1
}

# A test may put other programs here, with testbed_syslog to match.
testbed_start_syslog() {
	socat -u UNIX-RECV:/dev/log,mode=666 OPEN:"$TESTBED_SYSLOG",creat,append &
	TESTBED_SYSLOG_PID=$!
	testbed_wait_for test -S /dev/log
}

testbed_start_sshd() {
	local before=()
	# A module built with AddressSanitizer needs its library loaded first.
	if grep -q __asan_init "$TESTBED/lib/pam_logintrail.so"; then
		before=(env "LD_PRELOAD=$(testbed_asan_library)" ASAN_OPTIONS=detect_leaks=0)
	fi
	"${before[@]}" /usr/sbin/sshd -D -f "$TESTBED/ssh/sshd_config" -p "$TESTBED_PORT" \
		>"$TESTBED/sshd.out" 2>&1 &
	TESTBED_SSHD_PID=$!
	rm -f "$TESTBED/sshd.pid"
	testbed_wait_for testbed_sshd_answered || return 1
	printf '[127.0.0.1]:%s %s\n' "$TESTBED_PORT" "$(cat "$TESTBED/ssh/host_key.pub")" \
		>"$TESTBED/ssh/known_hosts"
	testbed_set_ssh_options
	[[ -s $TESTBED/sshd.pid ]]
}

# gcc's, which the module names; clang's modules name none.
testbed_asan_library() {
	local library
	library=$(ldd "$TESTBED/lib/pam_logintrail.so" | awk '/libasan/ { print $3 }')
	if [[ -z $library ]]; then
		library=$(clang -print-runtime-dir)/libclang_rt.asan-$(uname -m).so
	fi
	printf '%s\n' "$library"
}

testbed_restart_sshd() {
	kill "$TESTBED_SSHD_PID"
	wait "$TESTBED_SSHD_PID" 2>/dev/null || true
	testbed_start_sshd
}

# True when sshd listens, or has given up.
testbed_sshd_answered() {
	[[ -s $TESTBED/sshd.pid ]] || ! kill -0 "$TESTBED_SSHD_PID" 2>/dev/null
}

testbed_stop() {
	local pid
	for pid in "${TESTBED_SSHD_PID:-}" "${TESTBED_SYSLOG_PID:-}"; do
		[[ -n $pid ]] || continue
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	TESTBED_SSHD_PID='' TESTBED_SYSLOG_PID=''
}

# testbed_wait_for COMMAND...: until it succeeds, 10 seconds at most.
testbed_wait_for() {
	local try
	for ((try = 0; try < 500; try++)); do
		"$@" && return
		sleep 0.02
	done
	return 1
}

# The options of every ssh and sftp client of the test bed.
testbed_set_ssh_options() {
	TESTBED_SSH_OPTIONS=(-F none -o "Port=$TESTBED_PORT" -o IdentitiesOnly=yes -o IdentityAgent=none
		-o "UserKnownHostsFile=$TESTBED/ssh/known_hosts" -o StrictHostKeyChecking=yes
		-o ConnectTimeout=10 -o NumberOfPasswordPrompts=1 -o LogLevel=ERROR)
}

# shellcheck disable=SC2029 # the command is meant to be put together here
testbed_ssh() {
	ssh "${TESTBED_SSH_OPTIONS[@]}" -n -o BatchMode=yes "$@"
}

# The same for a login that asks for the password.
testbed_ssh_password() {
	SSHPASS=$TESTBED_PASSWORD sshpass -e ssh "${TESTBED_SSH_OPTIONS[@]}" "$@" </dev/null
}

testbed_authorize() {
	cat "$2" >>"$TESTBED/home/$1/.ssh/authorized_keys"
}

# Syslog of the private sshd, one message a line.
testbed_syslog() {
	sed 's/<[0-9]*>/\n&/g' "$TESTBED_SYSLOG"
	echo
}

testbed_fingerprint() {
	ssh-keygen -lf "$1" | cut -d' ' -f2
}

# The options of push_event; a key is served until 60 s after the push unless the call failed or was
# for another instance.
testbed_push() {
	local person user key instance=$SAMPLE_INSTANCE age=0 error='' request
	local "$@"
	request=$(sample_uuid)
	if [[ -z $error && $instance == "$SAMPLE_INSTANCE" ]]; then
		printf '%s\n' $(($(date +%s) - age + 60)) "$(testbed_fingerprint "$key")" "$request" \
			"$(principal_arn "$person")" "$(cat "$key")" >"$TESTBED/pushes/$user/$request"
	fi
	push_event "$@" request="$request"
}
