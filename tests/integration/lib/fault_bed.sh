# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What harmless.sh, sessions.sh and sshd_storm.sh share: the PAM stack with our line as a test wants
# it, a user whose key stands in authorized_keys, what our module said in syslog, and the log.

BED_USER=ec2-user
BED_RECORDER=$TESTBED/lib/logintrail-record
BED_MODULE=$TESTBED/lib/pam_logintrail.so
# Other lines of the session stack: directly before and behind ours, and at its end.
STACK_BEFORE=() STACK_BEHIND=() STACK_LAST=()
# A module whose lines are left out of the distribution's stack.
STACK_WITHOUT=

# bed_setup MODULE RECORDER: a test bed that runs, and $KEYS/user, which logs in as BED_USER and root.
bed_setup() {
	testbed_setup "$1" "$2"
	# Without the message of the day, which a refused login gets too.
	grep -vF -e "$BED_MODULE" -e pam_motd.so -e pam_mail.so /etc/pam.d/sshd >"$TESTBED/pam.base"
	mkdir -p "$KEYS" "$OUT"
	testbed_new_key "$KEYS/user"
	testbed_authorize "$BED_USER" "$KEYS/user.pub"
	testbed_authorize root "$KEYS/user.pub"
	testbed_start
}

# stack_set CONTROL [OPTION...]: our line directly behind pam_loginuid; the last of two equal options
# is the one that counts.
stack_set() {
	local ours="session $1 $BED_MODULE log=$TESTBED_LOG recorder=$BED_RECORDER deadline_ms=$DEADLINE_MS"
	shift
	stack_write "$ours $*"
}

stack_without() {
	stack_write ""
}

stack_write() {
	local line
	while IFS= read -r line; do
		[[ -z $STACK_WITHOUT || $line != *"$STACK_WITHOUT"* ]] || continue
		printf '%s\n' "$line"
		[[ $line =~ ^session.*pam_loginuid ]] || continue
		[[ ${#STACK_BEFORE[@]} == 0 ]] || printf '%s\n' "${STACK_BEFORE[@]}"
		printf '%s\n' "$1"
		[[ ${#STACK_BEHIND[@]} == 0 ]] || printf '%s\n' "${STACK_BEHIND[@]}"
	done <"$TESTBED/pam.base" >"$TESTBED/pam.new"
	[[ ${#STACK_LAST[@]} == 0 ]] || printf '%s\n' "${STACK_LAST[@]}" >>"$TESTBED/pam.new"
	# In place of the old file at once: sshd reads it at every login.
	install -m 0644 "$TESTBED/pam.new" /etc/pam.d/sshd.new
	mv /etc/pam.d/sshd.new /etc/pam.d/sshd
}

stack_reset() {
	STACK_BEFORE=() STACK_BEHIND=() STACK_LAST=()
	stack_set optional
}

bed_ssh() {
	testbed_ssh -i "$KEYS/user" "$BED_USER@127.0.0.1" "$@"
}

syslog_mark() {
	SYSLOG_MARK=$(stat -c %s "$TESTBED_SYSLOG" 2>/dev/null || echo 0)
}

# What our module said since syslog_mark, one message a line. Messages come without a newline between
# them, so each is looked for by its priority.
syslog_ours() {
	tail -c +$((SYSLOG_MARK + 1)) "$TESTBED_SYSLOG" | tr -d '\0' | sed 's/<[0-9]*>/\n&/g' |
		grep -a 'pam_logintrail' || true
}

# "milliseconds since some time"
now_ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# The listener's children: a monitor for each connection.
monitor_pids() {
	pgrep -P "$TESTBED_SSHD_PID" || true
}

no_monitor_left() {
	[[ -z $(monitor_pids) ]]
}

# What has been left to init: the recorder leads a session of its own, and so does what stands in its
# place.
adopted_processes() {
	ps --no-headers -o pid,sid,stat,args --ppid 1 | awk '$1 == $2'
}

nothing_adopted() {
	[[ -z $(adopted_processes) ]]
}

log_lines() {
	if [[ -f $TESTBED_LOG ]]; then wc -l <"$TESTBED_LOG"; else echo 0; fi
}

# log_since LINES [JQ-FILTER]: the records behind the first LINES lines.
log_since() {
	[[ ! -f $TESTBED_LOG ]] || tail -n +$(($1 + 1)) "$TESTBED_LOG" | jq -c "${2:-.}"
}

# log_has N: at least so many lines.
log_has() {
	(($(log_lines) >= $1))
}

# By sha256sum and jq alone: every line names the hash of the one before it, the numbers run from 1,
# and the last line is whole. Says what is wrong.
log_is_whole() {
	[[ -z $(tail -c 1 "$1") ]] || { echo "the last line is torn"; return 1; }
	diff <(log_expected_chain <"$1") <(jq -r '"\(.seq) \(.prev)"' "$1")
}

log_expected_chain() {
	local line seq=1 prev
	prev=$(printf '%064d' 0)
	while IFS= read -r line; do
		echo "$seq $prev"
		seq=$((seq + 1))
		read -r prev _ < <(printf '%s' "$line" | sha256sum)
	done
}

# True when root here may do what root may do on a host: raise a hard limit.
can_raise_limits() {
	(ulimit -Hn 1000 && ulimit -Hn 2000) 2>/dev/null
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
