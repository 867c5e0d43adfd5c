# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A log that is written, rotated and compressed all the time, a ship that is killed at random moments, and
# at each of its calls that leave something behind, a server that is killed. Sourced by ship.sh.

storm_write() {
	local i=0
	while [[ ! -e $BED/stop ]]; do
		ship_append open close
		((i % 12 != 11)) || "$HOST" rotate --log "$LOG" --state "$STATE"
		# what logrotate does behind our back
		[[ ! -e $LOG.3 ]] || gzip -f "$LOG.3"
		# a crash of the recorder
		((i % 25 != 24)) || printf '{"v":1,"kind":"open","id":"01' >>"$LOG"
		i=$((i + 1))
		sleep 0.02
	done
}

# Killed at its n-th call of a kind: what it did is done, what follows is not.
storm_kill_call() {
	strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:signal=SIGKILL:when=$2" \
		"$HOST" ship --to "$TO" --log "$LOG" --state "$STATE" --identity "$BED/identity.json" >/dev/null 2>&1
}

storm_kill_calls() {
	local call n
	for call in sendto recvfrom rename fsync; do
		for n in 1 2; do
			ship_append open
			storm_kill_call "$call" "$n" 2>/dev/null || KILLED=$((KILLED + 1))
		done
	done
}

storm_kill_ship() {
	local i
	for ((i = 0; i < ${SHIP_KILLS:-20}; i++)); do
		"$HOST" ship --to "$TO" --log "$LOG" --state "$STATE" --identity "$BED/identity.json" \
			>/dev/null 2>&1 &
		sleep "0.0$((RANDOM % 6))$((RANDOM % 10))"
		! kill -KILL $! 2>/dev/null || KILLED=$((KILLED + 1))
		wait $! 2>/dev/null || true
	done
}

# The proxy (4) or the server of objects (3) dies, and comes again a moment later.
storm_kill_server() {
	local which program conf
	for which in 4 3 4; do
		sleep "0.$((RANDOM % 5))"
		program=swift-object-server conf=object
		[[ $which != 4 ]] || program=tools/lib/s3-proxy-server conf=proxy
		kill -KILL "${S3_SERVER_PIDS[$which]}"
		wait "${S3_SERVER_PIDS[$which]}" 2>/dev/null || true
		ship >/dev/null 2>&1 &
		sleep 0.2
		"$program" "$WORK/s3/$conf.conf" verbose >>"$WORK/s3/$conf.out" 2>&1 &
		S3_SERVER_PIDS[which]=$!
		s3_server_wait "$WORK/s3"
		wait -n 2>/dev/null || true
	done
}

test_storm() {
	local writer
	ship_bed storm
	KILLED=0
	ship_append open
	storm_write &
	writer=$!
	storm_kill_ship
	storm_kill_calls
	storm_kill_server
	touch "$BED/stop"
	wait "$writer" || true
	ship_append close
	check_equal "storm: it was killed often enough" "$((KILLED >= 12))" 1
	check "storm: at last" ship_at_last
	ship_check "storm"
	check_equal "storm: enough came of it" "$(($(find "$BED/there" -name '*.gz' | wc -l) >= 10))" 1
	check_equal "storm: nothing left over in the state's directory" \
		"$(find "$BED/state" -type f -printf '%f\n' | sort | tr '\n' ' ')" 'ship.json ship.json.lock '
}

# Answers that are errors, cut off or late: what was sent again was there already, or was not.
test_faults() {
	local i tries url=$AWS_ENDPOINT_URL_S3
	ship_bed faults
	tools/lib/s3-fault-proxy "$BED" "${url#http://}" reset error_500 truncate slow_down 2>"$BED/proxy.err" &
	PROXY_PID=$!
	for ((tries = 0; tries < 50; tries++)); do
		[[ ! -s $BED/port ]] || break
		sleep 0.1
	done
	AWS_ENDPOINT_URL_S3=http://127.0.0.1:$(cat "$BED/port")
	for ((i = 0; i < 12; i++)); do
		ship_append open close
		ship >/dev/null 2>>"$BED/err" || true
	done
	check "faults: at last" ship_at_last
	AWS_ENDPOINT_URL_S3=$url
	kill "$PROXY_PID"
	PROXY_PID=
	check_match "faults: there were some" "$(wc -l <"$BED/faults")" '^([4-9]|[0-9]{2,})$'
	check_equal "faults: no name was taken twice" "$(grep -c 'another name taken' "$BED/err")" 0
	ship_check "faults"
}
