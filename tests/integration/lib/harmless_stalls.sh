# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# File systems that do not answer: FUSE without a daemon (waits that a signal ends), FUSE with a daemon
# that takes requests and never answers (waits that nothing ends), and a frozen ext4 (the same in the
# middle of a write, with the log's lock held).

IN_TIME_OR_LOCK="($IN_TIME|$TESTBED_LOG: its lock was not free in time)"

# The daemon's side of a file system at $LOG_DIR. It ends with the process, and all waits with it.
# fuse_hold [init]: with init it answers the first request, reads all others and says nothing.
fuse_hold() {
	local fuse unique
	exec {fuse}<>"$TESTBED/fuse"
	mount -i -t fuse -o "fd=$fuse,rootmode=40700,user_id=0,group_id=0" stalled "$LOG_DIR"
	if [[ ${1:-} == init ]]; then
		unique=$(dd bs=64k count=1 <&"$fuse" 2>/dev/null | od -An -tx1 -j8 -N8 | sed 's/ /\\x/g')
		# fuse_out_header and fuse_init_out: version 7.31, writes of up to 4096 bytes
		{
			printf '\x50\0\0\0\0\0\0\0%b\x07\0\0\0\x1f\0\0\0' "$unique"
			printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\0'
			head -c 40 /dev/zero
		} >"$TESTBED/fuse.init"
		dd bs=4096 count=1 if="$TESTBED/fuse.init" status=none 1>&"$fuse"
		touch "$TESTBED/fuse.ready"
		exec cat <&"$fuse" >/dev/null
	fi
	touch "$TESTBED/fuse.ready"
	exec sleep 1000 <&"$fuse"
}

# fuse_start [init]: false where FUSE cannot be had.
fuse_start() {
	rm -f "$TESTBED/fuse.ready"
	[[ -e $TESTBED/fuse ]] || mknod "$TESTBED/fuse" c 10 229 || return 1
	place_aside
	mkdir "$LOG_DIR"
	fuse_hold "$@" 2>"$OUT/fuse.err" &
	FUSE_PID=$!
	testbed_wait_for fuse_settled
	[[ -e $TESTBED/fuse.ready ]] && return
	place_back
	return 1
}

fuse_settled() {
	[[ -e $TESTBED/fuse.ready ]] || ! kill -0 "$FUSE_PID" 2>/dev/null
}

fuse_stop() {
	kill "$FUSE_PID"
	wait "$FUSE_PID" 2>/dev/null || true
	# Recorders that wake up now still stand in it.
	testbed_wait_for nothing_adopted
	umount "$LOG_DIR"
	place_back
}

# Without FUSE all that can be shown is a recorder that does not come back, which faults_of_running
# and fault_deaf have shown.
stalled_skip() {
	printf '# skip - %s: not possible here: %s\n' "$1" "$(cat "$2")"
}

stalled_before_start() {
	fuse_start || { stalled_skip "file system without an answer" "$OUT/fuse.err"; return; }
	fault "file system without an answer" "$IN_TIME"
	fuse_stop
	healed "file system without an answer"
}

in_disk_wait() {
	adopted_processes | awk '$3 ~ /^D/' | grep -q .
}

stalled_in_disk() {
	local name="stalled file system, the recorder in the disk"
	fuse_start init || { stalled_skip "$name" "$OUT/fuse.err"; return; }
	optional_goes_on "$name" "$IN_TIME"
	required_refuses "$name" "$IN_TIME"
	check "$name: nothing can end the recorder, and nobody waits for it" in_disk_wait
	fuse_stop
	check_equal "$name: it ends when the disk answers" "$(adopted_processes)" ''
	healed "$name"
}

# The private /dev has none.
loop_nodes() {
	local n
	[[ -e /dev/loop-control ]] || mknod /dev/loop-control c 10 237
	for ((n = 0; n < 32; n++)); do
		[[ -e /dev/loop$n ]] || mknod "/dev/loop$n" b 7 "$n"
	done
}

# ext4_mount: a small file system on a file at $LOG_DIR, with the records so far.
ext4_mount() {
	truncate -s 8M "$TESTBED/ext4"
	mkfs.ext4 -q -F "$TESTBED/ext4" || return 1
	loop_nodes
	cp -p "$TESTBED_LOG" "$OUT/so_far"
	mount -o loop "$TESTBED/ext4" "$LOG_DIR" || return 1
	chmod 0700 "$LOG_DIR"
	cp -p "$OUT/so_far" "$TESTBED_LOG"
}

ext4_thaw() {
	[[ ! -e $TESTBED/frozen ]] || fsfreeze -u "$LOG_DIR"
	rm -f "$TESTBED/frozen"
}

stalled_in_write() {
	local name="file system frozen in the middle of a write"
	if ! command -v fsfreeze mkfs.ext4 >"$OUT/ext4.err" 2>&1 || ! ext4_mount 2>"$OUT/ext4.err"; then
		stalled_skip "$name" "$OUT/ext4.err"
		return
	fi
	touch "$TESTBED/frozen"
	fsfreeze -f "$LOG_DIR"
	optional_goes_on "$name" "$IN_TIME_OR_LOCK"
	required_refuses "$name" "$IN_TIME_OR_LOCK"
	check "$name: a recorder waits in its write" in_disk_wait
	ext4_thaw
	check_equal "$name: it ends when the disk answers" \
		"$(testbed_wait_for nothing_adopted; adopted_processes)" ''
	healed "$name"
	cp -p "$TESTBED_LOG" "$OUT/thawed"
	umount "$LOG_DIR"
	cp -p "$OUT/thawed" "$TESTBED_LOG"
}
