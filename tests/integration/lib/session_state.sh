# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# That the module leaves nothing in the processes: all that the kernel tells of sshd's monitor and of
# the user's shell is the same with the module as without it. Three looks: by pam_exec at the end of
# the stack, right behind our line's work at the open and at the close, and from inside the session.
# shellcheck disable=SC2034 # the stack is read by fault_bed.sh

# What is always new: numbers of processes, sockets and ports, use of time and memory.
state_write_probe() {
	cat >"$TESTBED/bin/state" <<-'SCRIPT'
	#!/bin/bash
	# state PID: all that stays the same from one process of a kind to the next
	echo "cwd $(readlink "/proc/$1/cwd") root $(readlink "/proc/$1/root")"
	cd "/proc/$1" || exit
	grep -E '^(Umask|Uid|Gid|Groups|Threads|SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt|Cap|NoNewPrivs|Seccomp):' status
	echo "oom_score_adj $(cat oom_score_adj) loginuid $(cat loginuid)"
	cat limits
	tr '\0' '\n' <environ | grep -a = | sort | sed 's/ [0-9]* /  /g'
	cut -d' ' -f5,8,18,19,41 stat | sed "s/^$1 /leader /"
	for fd in $(ls fd 2>/dev/null | sort -n); do
		echo "fd $fd $(readlink "fd/$fd" | sed 's/:\[.*//') $(grep flags "fdinfo/$fd")"
	done
	for child in $(cat task/*/children); do
		echo "child $(sed -n 's/^\(Name\|State\)://p' "/proc/$child/status" | tr '\n' ' ')"
	done | sort
	SCRIPT
	cat >"$TESTBED/bin/state-in-pam" <<-SCRIPT
	#!/bin/bash
	# Its parent is the monitor, which waits for it.
	$TESTBED/bin/state \$PPID | grep -v '^child' >"$OUT/state.\$PAM_TYPE"
	cat /proc/\$PPID/task/*/children | wc -w >>"$OUT/state.\$PAM_TYPE"
	SCRIPT
	chmod 0755 "$TESTBED/bin/state" "$TESTBED/bin/state-in-pam"
}

# What the shell sees of itself. It has no way to see a blocked signal but the kernel's word.
# shellcheck disable=SC2016 # expanded by the remote shell
STATE_IN_SHELL='umask; ulimit -a; ulimit -Ha; trap; env | sort | grep -v -e ^SSH_ -e ^_=; pwd
	echo "${!SSH_*}"; /run/testbed/bin/state $$; :'

# state_take NAME: all looks at one session, in $OUT/state.NAME.
state_take() {
	local monitor
	rm -f "$OUT"/state.{open,close}_session "$OUT/state.go"
	bed_ssh "until [[ -e $OUT/state.go ]]; do sleep 0.02; done; $STATE_IN_SHELL" >"$OUT/state.shell" 2>&1 &
	CLIENT=$!
	testbed_wait_for pgrep -u "$BED_USER" bash >/dev/null || true
	monitor=$(monitor_pids)
	"$TESTBED/bin/state" "${monitor:-none}" >"$OUT/state.monitor"
	touch "$OUT/state.go"
	wait "$CLIENT" || true
	testbed_wait_for no_monitor_left || true
	for part in open_session monitor shell close_session; do
		[[ ! -e $OUT/state.$part ]] || sed "s/^/$part: /" "$OUT/state.$part"
	done >"$OUT/state.$1"
}

# state_same NAME [OPTION...]: with our line in the stack everything is as without it.
state_same() {
	local name=$1
	shift
	stack_set optional "$@"
	state_take with
	check_equal "$name: sshd and the shell are as without the module" \
		"$(diff "$OUT/state.without" "$OUT/state.with")" ''
}

# shellcheck disable=SC2016 # expanded by the stand-ins
states_compared() {
	local script
	state_write_probe
	STACK_LAST=("session optional pam_exec.so quiet $TESTBED/bin/state-in-pam")
	stack_without
	state_take without
	check_equal "the looks see something" "$(cut -d: -f1 "$OUT/state.without" | uniq | tr '\n' ' ')" \
		'open_session monitor shell close_session '
	check_equal "the monitor has no zombie and no child but sshd's" \
		"$(grep -c '^monitor: child' "$OUT/state.without")" 1
	state_take again
	check_equal "two sessions without the module look the same" \
		"$(diff "$OUT/state.without" "$OUT/state.again")" ''
	state_same "recorded"
	state_same "recorded with debug" debug
	state_same "recorder missing" recorder=/nowhere/logintrail-record
	for script in 'exec sleep 1000' 'kill -SEGV $$' 'exec yes' 'printf o'; do
		printf '#!/bin/bash\n%s\n' "$script" >"$TESTBED/bin/bad-recorder"
		chmod 0755 "$TESTBED/bin/bad-recorder"
		state_same "recorder: $script" "recorder=$TESTBED/bin/bad-recorder" deadline_ms=300
	done
	check_equal "nothing is left behind" "$(testbed_wait_for nothing_adopted; adopted_processes)" ''
	stack_reset
}
