# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The system's own loggers for the private sshd of retro.sh: journald behind /dev/log, which hands on
# to rsyslogd, which writes both of its usual formats. Nothing of them outlives the namespace.

RETRO_JOURNALD=/lib/systemd/systemd-journald
# shellcheck disable=SC2153 # set by the script that sources this
RETRO_RUN=$TESTBED/retro

retro_why() {
	local tool
	[[ -e /usr/share/zoneinfo/Asia/Kolkata ]] || { echo "no time zone data"; return; }
	for tool in rsyslogd journalctl setpriv logger "$RETRO_JOURNALD"; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
	done
}

# In place of the test bed's: what sshd says goes the way that it goes on a host.
testbed_start_syslog() {
	mkdir -p "$RETRO_RUN" /run/systemd/journal /run/log/journal
	[[ -s /etc/machine-id ]] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
	mkdir -p /etc/systemd
	rm -rf /etc/systemd/journald.conf.d
	cat >/etc/systemd/journald.conf <<-CONFIG
	[Journal]
	Storage=volatile
	ForwardToSyslog=yes
	RateLimitBurst=0
	ReadKMsg=no
	Audit=no
	CONFIG
	cat >"$RETRO_RUN/rsyslog.conf" <<-CONFIG
	module(load="imuxsock" SysSock.Use="off")
	input(type="imuxsock" Socket="/run/systemd/journal/syslog" RateLimit.Interval="0")
	action(type="omfile" File="$RETRO_RUN/auth.log" Template="RSYSLOG_TraditionalFileFormat")
	action(type="omfile" File="$RETRO_RUN/secure" Template="RSYSLOG_FileFormat")
	CONFIG
	TZ=UTC rsyslogd -n -i "$RETRO_RUN/rsyslogd.pid" -f "$RETRO_RUN/rsyslog.conf" \
		>"$RETRO_RUN/rsyslogd.out" 2>&1 &
	RETRO_RSYSLOGD_PID=$!
	testbed_wait_for test -S /run/systemd/journal/syslog || cat "$RETRO_RUN/rsyslogd.out" >&2
	"$RETRO_JOURNALD" >"$RETRO_RUN/journald.out" 2>&1 &
	RETRO_JOURNALD_PID=$!
	testbed_wait_for test -S /run/systemd/journal/dev-log || cat "$RETRO_RUN/journald.out" >&2
	ln -sf /run/systemd/journal/dev-log /dev/log
}

retro_stop_syslog() {
	local pid
	for pid in "${RETRO_JOURNALD_PID:-}" "${RETRO_RSYSLOGD_PID:-}"; do
		[[ -n $pid ]] || continue
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	RETRO_JOURNALD_PID='' RETRO_RSYSLOGD_PID=''
}

# Without what sshd says, at this level, of keys that it would accept.
testbed_syslog() {
	grep -avE ': Accepted (key|certificate) ' "$RETRO_RUN/auth.log" 2>/dev/null || true
}

# retro_journal FORMAT [ZONE]
retro_journal() {
	TZ=${2:-UTC} journalctl --no-pager -q -D "/run/log/journal/$(cat /etc/machine-id)" -o "$1"
}

retro_all_closed() {
	local opened closed
	opened=$(grep -c 'session opened for user' "$RETRO_RUN/auth.log")
	closed=$(grep -c 'session closed for user' "$RETRO_RUN/auth.log")
	[[ $opened == "$closed" ]]
}

# retro_snapshot DIR: the logs as they are now, one file a format, and the module's.
retro_snapshot() {
	testbed_wait_for retro_all_closed || not_ok "every session ends in sshd's own log"
	retro_mark
	cp "$RETRO_RUN/auth.log" "$RETRO_RUN/secure" "$TESTBED_LOG" "$1"
	for format in json short short-iso short-iso-precise short-full; do
		retro_journal "$format" >"$1/journal-$format"
	done
}

# A line of our own, and wait until both have it: then they have all that came before, too.
retro_mark() {
	local mark
	mark=mark-$(sample_uuid)
	logger -p authpriv.info -t retro "$mark"
	testbed_wait_for grep -q "$mark" "$RETRO_RUN/auth.log" "$RETRO_RUN/secure"
	testbed_wait_for retro_journal_has "$mark"
}

retro_journal_has() {
	retro_journal cat | grep -q "$1"
}
