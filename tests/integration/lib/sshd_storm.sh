# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The storm of sshd_storm.sh and what is asserted behind it.

# Every session says so here, under its own client port: what the log must have is known without it.
SAID=/run/testbed/said

storm_prepare() {
	bed_setup "$1" "$2"
	{
		# A quick login, and none turned away.
		echo "MaxStartups 1000:1:1000"
		echo "KexAlgorithms curve25519-sha256"
		cat "$TESTBED/ssh/sshd_config"
	} >"$TESTBED/ssh/sshd_config.new"
	mv "$TESTBED/ssh/sshd_config.new" "$TESTBED/ssh/sshd_config"
	testbed_restart_sshd
	install -d -m 1777 "$SAID"
	stack_set required
}

# storm_client NAME LOGINS
storm_client() {
	local i failed=0
	for ((i = 0; i < $2; i++)); do
		# shellcheck disable=SC2016 # expanded by the remote shell
		testbed_ssh -o ControlMaster=no -i "$KEYS/user" "$BED_USER@127.0.0.1" \
			'set -- $SSH_CONNECTION; : >'"$SAID/$1.$i."'$2' 2>>"$OUT/client.$1" || failed=$((failed + 1))
	done
	echo "$failed" >"$OUT/failed.$1"
}

# What sshd and its libraries allocate once, they have by then.
storm_warm_up() {
	storm_client warm 5
	testbed_wait_for no_monitor_left
}

storm_rage() {
	local i clients=() start=$SECONDS
	for ((i = 0; i < STORM_CLIENTS; i++)); do
		storm_client "$i" "$STORM_LOGINS" &
		clients+=($!)
	done
	wait "${clients[@]}"
	STORM_S=$((SECONDS - start))
	testbed_wait_for no_monitor_left || true
}

# Of the listener: descriptors, resident and private memory in KB, children, zombies.
listener_note() {
	local proc=/proc/$TESTBED_SSHD_PID
	LISTENER_NOTE="descriptors $(find "$proc/fd" -type l | wc -l), children $(monitor_pids | wc -l)"
	printf '%s\n' "$LISTENER_NOTE" >"$OUT/listener.$1"
	awk '/^(RssAnon|VmData):/ { sum += $2 } END { print sum }' "$proc/status" >"$OUT/memory.$1"
}

check_storm() {
	local total=$((STORM_CLIENTS * STORM_LOGINS + 5)) sessions
	printf '# %s logins by %s clients in %s s\n' $((STORM_CLIENTS * STORM_LOGINS)) "$STORM_CLIENTS" "$STORM_S"
	check_equal "every login had its session" "$(find "$SAID" -type f | wc -l) sessions, $(cat "$OUT"/failed.* |
		awk '{ sum += $1 } END { print sum }') failed" "$total sessions, 0 failed"
	check_equal "every record is one JSON object on one line" "$(jq -c . "$TESTBED_LOG" 2>&1 | wc -l)" \
		"$(wc -l <"$TESTBED_LOG")"
	check_equal "as many opens as logins" "$(grep -c '"kind":"open"' "$TESTBED_LOG")" "$total"
	check_equal "as many closes as logins" "$(grep -c '"kind":"close"' "$TESTBED_LOG")" "$total"
	check_equal "each session has one open and one close, the open first" \
		"$(jq -r '"\(.id) \(.kind)"' "$TESTBED_LOG" | sort -s -k 1,1 | uniq -c |
			awk '{ print $1, $3 }' | uniq | sort | uniq -c | awk '{ print $2, $3 }' | tr '\n' ' ')$(
			jq -r '"\(.id) \(.kind)"' "$TESTBED_LOG" | sort -s -k 1,1 | awk '{ print $2 }' | paste - - | sort -u)" \
		"1 close 1 open open"$'\t'"close"
	sessions=$(find "$SAID" -type f -printf '%f\n' | sed 's/.*\.//' | sort)
	check_equal "the opens are those of the sessions, port by port" \
		"$(jq -r 'select(.kind == "open") | .remote.port' "$TESTBED_LOG" | sort)" "$sessions"
	check_equal "times never go back" "$(jq -s 'map(.time) | . == sort' "$TESTBED_LOG")" true
	check "the chain is whole, the sequence without a gap" log_is_whole "$TESTBED_LOG"
	check_equal "the module said nothing in syslog" "$(SYSLOG_MARK=0 syslog_ours)" ''
}

check_listener() {
	local grown
	check_equal "the listener has the descriptors and children that it had" \
		"$(cat "$OUT/listener.after")" "$(cat "$OUT/listener.before")"
	check_equal "no zombie is left" "$(ps --no-headers -eo stat,args | awk '/^Z/')" ''
	check_equal "no recorder is left" "$(testbed_wait_for nothing_adopted; adopted_processes)" ''
	grown=$(($(cat "$OUT/memory.after") - $(cat "$OUT/memory.before")))
	printf '# the listener has grown by %s KB\n' "$grown"
	# A page for each login would be more than this.
	check "the listener has not grown" test "$grown" -lt 64
}
