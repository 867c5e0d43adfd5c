# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A synthetic login log in the form of docs/FORMAT.md, chain included, for where no real sshd can be
# run. Sourced by tools/demo and tests/integration/cli.sh.
#
#	login_log_init FILE
#	login_log_open user=NAME [key=FILE.pub] [age=SECONDS]     prints the session's id
#	login_log_close SESSION

login_log_init() {
	LOGIN_LOG=$1
	: >"$LOGIN_LOG"
}

login_log_time() {
	date -u -d "@$(($(date +%s) - $1))" +%Y-%m-%dT%H:%M:%S.250000Z
}

# Hash of the last line without its LF; zeros when there is none.
login_log_prev() {
	if [[ -s $LOGIN_LOG ]]; then
		tail -n 1 "$LOGIN_LOG" | tr -d '\n' | sha256sum | cut -d' ' -f1
	else
		printf '%064d\n' 0
	fi
}

# What sshd would have said of the authentication: the key, or a password.
login_log_auth() {
	[[ -n $1 ]] || { printf '[{"method":"password"}]\n'; return; }
	jq -nc --arg type "$(cut -d' ' -f1 "$1")" \
		--arg fingerprint "$(ssh-keygen -lf "$1" | cut -d' ' -f2)" \
		'[{method: "publickey", key_type: $type, fingerprint: $fingerprint}]'
}

login_log_open() {
	local user key='' age=0
	local "$@"
	local id seq
	id=$(tr -d - </proc/sys/kernel/random/uuid)
	seq=$(($(wc -l <"$LOGIN_LOG") + 1))
	jq -nc --arg id "$id" --argjson seq "$seq" --arg time "$(login_log_time "$age")" \
		--arg boot 5f0c6a1e-2b1d-4c8e-9a53-7d1f0e4b6a21 --arg user "$user" \
		--argjson auth "$(login_log_auth "$key")" --arg prev "$(login_log_prev)" \
		--arg instance "$SAMPLE_INSTANCE" --arg account "$SAMPLE_ACCOUNT" \
		--arg region "$SAMPLE_REGION" '{
		v: 1, kind: "open", id: $id, seq: $seq, time: $time,
		host: {instance_id: $instance, account_id: $account, region: $region,
			hostname: "ip-10-0-0-5", boot_id: $boot, ips: ["10.0.0.5"]},
		os_user: $user, uid: 1000, service: "sshd", tty: "ssh",
		remote: {host: "203.0.113.7", port: (51000 + $seq)}, local: {ip: "10.0.0.5", port: 22},
		auth: $auth,
		sshd_pid: (1200 + $seq), sshd_start: (560000 + $seq), audit_session: $seq, login_uid: 1000,
		clock: {synchronized: true, max_error_us: 1234},
		prev: $prev
	}' >>"$LOGIN_LOG"
	printf '%s\n' "$id"
}

login_log_close() {
	local seq
	seq=$(($(wc -l <"$LOGIN_LOG") + 1))
	jq -nc --arg id "$1" --argjson seq "$seq" --arg time "$(login_log_time 0)" \
		--arg prev "$(login_log_prev)" \
		'{v: 1, kind: "close", id: $id, seq: $seq, time: $time, prev: $prev}' >>"$LOGIN_LOG"
}
