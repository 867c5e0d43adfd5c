# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The faults of harmless.sh: of the recorder, of the log's place, of the log itself.

IN_TIME='the recorder (did not answer in time|ended without an answer)'
LOG_DIR=${TESTBED_LOG%/*}

# recorder_fault NAME REASON SCRIPT: a shell script in the recorder's place.
recorder_fault() {
	printf '#!/bin/bash\n%s\n' "$3" >"$BED_RECORDER"
	chmod 0755 "$BED_RECORDER"
	fault "recorder $1" "$2"
}

recorder_restore() {
	rm -rf "$BED_RECORDER"
	install -m 0755 "$BUILD/logintrail-record" "$BED_RECORDER"
}

faults_of_starting() {
	rm "$BED_RECORDER"
	fault "recorder missing" "cannot run $BED_RECORDER: No such file or directory"
	install -m 0644 "$BUILD/logintrail-record" "$BED_RECORDER"
	fault "recorder not executable" "cannot run $BED_RECORDER: Permission denied"
	rm "$BED_RECORDER"
	mkdir "$BED_RECORDER"
	fault "recorder is a directory" "cannot run $BED_RECORDER: Permission denied"
	rmdir "$BED_RECORDER"
	echo "no program" >"$BED_RECORDER"
	chmod 0755 "$BED_RECORDER"
	fault "recorder is no program" "cannot run $BED_RECORDER: Exec format error"
	recorder_restore
	healed "recorder could not be started"
}

# shellcheck disable=SC2016 # $$ is the stand-in's
faults_of_running() {
	recorder_fault "crashes" "the recorder ended without an answer" 'kill -SEGV $$'
	recorder_fault "killed in the middle" "the recorder ended without an answer" \
		'head -c 10 >/dev/null; kill -KILL $$'
	recorder_fault "hangs" "$IN_TIME" 'exec sleep 1000'
	recorder_fault "ends at once" "the recorder ended without an answer" 'exit 0'
	recorder_fault "fails with status 1" "the recorder ended without an answer" 'exit 1'
	recorder_restore
	healed "recorder crashed and hung"
}

# One that no timer's signal ends is abandoned: it holds neither sshd nor the client.
fault_deaf() {
	local name left
	while IFS=: read -r name script; do
		printf '#!/bin/bash\n%s\n' "$script" >"$BED_RECORDER"
		chmod 0755 "$BED_RECORDER"
		optional_goes_on "recorder $name" "$IN_TIME"
		required_refuses "recorder $name" "$IN_TIME"
		left=$(adopted_processes | awk '{ print $1 }')
		check_equal "recorder $name: it has none of sshd's descriptors" "$(for pid in $left; do
			find "/proc/$pid/fd" -type l -printf '%l\n'
		done | grep -v -e '^pipe:' -e "^$BED_RECORDER" -e '^/dev/null' | sed 's/:.*//' | sort -u)" socket
		# shellcheck disable=SC2086 # a list of pids
		kill -KILL $left
	done <<-'DEAF'
	ignores signals:trap '' TERM ALRM HUP INT PIPE; exec sleep 1000
	is stopped:kill -STOP $$
	DEAF
	recorder_restore
}

faults_of_answers() {
	recorder_fault "answers garbage" "the recorder's answer is not understood" \
		'cat >/dev/null; head -c 4096 /dev/urandom'
	recorder_fault "answers without end" "the recorder's answer is not understood" 'exec yes'
	recorder_fault "answers without end or line" "the recorder's answer is not understood" \
		'exec cat /dev/zero'
	recorder_fault "answers a byte at a time" "$IN_TIME" 'while printf o; do sleep 0.1; done'
	recorder_fault "answers half" "the recorder's answer is not understood" 'printf o'
	recorder_fault "answers ok and more" "the recorder's answer is not understood" 'echo ok, more'
	recorder_fault "answers with control characters" 'a\?\[31mb\?c' \
		'printf "error: a\033[31mb\007c\n"'
	recorder_fault "answers a long error" 'x{400,511}' \
		'printf "error: %09000d\n" 0 | tr 0 x'
	recorder_restore
	healed "recorder answered nonsense"
}

# The place of the log ------------------------------------------------------------------------------

# place_fault NAME REASON: the log's directory is what the caller has made of it.
place_fault() {
	fault "$1" "$TESTBED_LOG: $2"
	rm -rf "$LOG_DIR"
}

# The records are put aside while their directory is something else.
place_aside() {
	mv "$LOG_DIR" "$LOG_DIR.aside"
}

place_back() {
	rm -rf "$LOG_DIR"
	mv "$LOG_DIR.aside" "$LOG_DIR"
}

faults_of_directory() {
	local dir="its directory cannot be opened" mode="its directory is not ours or may be written by others"
	place_aside
	place_fault "log directory missing" "$dir: No such file or directory"
	touch "$LOG_DIR"
	place_fault "log directory is a file" "$dir: Not a directory"
	ln -s "$LOG_DIR.aside" "$LOG_DIR"
	place_fault "log directory is a symlink" "$dir: (Not a directory|Too many levels of symbolic links)"
	install -d -m 0700 -o alice "$LOG_DIR"
	place_fault "log directory is another user's" "$mode"
	install -d -m 0770 "$LOG_DIR"
	place_fault "log directory is writable by its group" "$mode"
	install -d -m 0777 "$LOG_DIR"
	place_fault "log directory is writable by all" "$mode"
	place_back
	healed "log directory was wrong"
}

fault_read_only() {
	mount --bind "$LOG_DIR" "$LOG_DIR"
	mount -o remount,bind,ro "$LOG_DIR"
	fault "read-only file system" "$TESTBED_LOG: it cannot be opened: Read-only file system"
	umount "$LOG_DIR"
	healed "read-only file system"
}

# bytes_left N: a file system whose last page has room for N more bytes of the log.
bytes_left() {
	local size
	mount -t tmpfs -o size=64k,mode=700 tmpfs "$LOG_DIR"
	head -n 4 "$LOG_DIR.aside/logins.jsonl" >"$TESTBED_LOG"
	chmod 0600 "$TESTBED_LOG"
	# Lines that are no records: the log's end is where the test wants it.
	size=$(stat -c %s "$TESTBED_LOG")
	printf '%0*d\n' $((16384 - size - $1 - 1)) 0 >>"$TESTBED_LOG"
	dd if=/dev/zero of="$LOG_DIR/filler" bs=4096 2>/dev/null || true
}

# A write that fails half-way is taken back under the lock: nothing of it is left.
fault_full() {
	local left before
	place_aside
	for left in 0 92; do
		mkdir -p "$LOG_DIR"
		bytes_left "$left"
		before=$(sha256sum <"$TESTBED_LOG")
		fault "file system full, $left bytes left" \
			"$TESTBED_LOG: it cannot be written: No space left on device"
		check_equal "file system full, $left bytes left: the log is as it was" \
			"$(sha256sum <"$TESTBED_LOG")" "$before"
		rm "$LOG_DIR/filler"
		no_fault "file system full, $left bytes left, afterwards"
		check_equal "file system full, $left bytes left, afterwards: the chain goes on" \
			"$(tail -n 2 "$TESTBED_LOG" | jq -r .prev)" \
			"$(tail -n 3 "$TESTBED_LOG" | head -n 2 | while IFS= read -r line; do
				printf '%s' "$line" | sha256sum | cut -d' ' -f1
			done)"
		umount "$LOG_DIR"
	done
	mount -t tmpfs -o nr_inodes=1,mode=700 tmpfs "$LOG_DIR"
	fault "file system without inodes" "$TESTBED_LOG: it cannot be opened: No space left on device"
	umount "$LOG_DIR"
	place_back
	healed "file system was full"
}

# The log itself ------------------------------------------------------------------------------------

# file_fault NAME REASON: the log is what the caller has made of it.
file_fault() {
	fault "log is $1" "$TESTBED_LOG: $2"
	rm -rf "$TESTBED_LOG"
}

faults_of_type() {
	local type="it is not a regular file with one link"
	mv "$TESTBED_LOG" "$TESTBED_LOG.aside"
	touch "$LOG_DIR/target"
	ln -s target "$TESTBED_LOG"
	file_fault "a symlink" "$type"
	ln -s nowhere "$TESTBED_LOG"
	file_fault "a symlink to nothing" "$type"
	mkfifo -m 0600 "$TESTBED_LOG"
	file_fault "a FIFO" "$type"
	mkdir "$TESTBED_LOG"
	file_fault "a directory" "$type"
	mknod -m 0600 "$TESTBED_LOG" c 1 3
	file_fault "a device" "$type"
	socat -u "UNIX-RECV:$TESTBED_LOG" OPEN:/dev/null &
	testbed_wait_for test -S "$TESTBED_LOG"
	file_fault "a socket" "(it cannot be opened: No such device or address|$type)"
	kill %%
	wait %% 2>/dev/null || true
	ln "$LOG_DIR/target" "$TESTBED_LOG"
	file_fault "hard-linked" "$type"
	check_equal "nothing was written through a link" "$(stat -c %s "$LOG_DIR/target")" 0
	rm "$LOG_DIR/target"
	mv "$TESTBED_LOG.aside" "$TESTBED_LOG"
	healed "log was no plain file"
}

faults_of_owner() {
	local owner="it is not ours or may be written by others"
	mv "$TESTBED_LOG" "$TESTBED_LOG.aside"
	install -m 0600 -o alice /dev/null "$TESTBED_LOG"
	file_fault "another user's" "$owner"
	install -m 0660 /dev/null "$TESTBED_LOG"
	file_fault "writable by its group" "$owner"
	install -m 0602 /dev/null "$TESTBED_LOG"
	file_fault "writable by all" "$owner"
	head -c 2000000 /dev/zero | tr '\0' x >"$TESTBED_LOG"
	chmod 0600 "$TESTBED_LOG"
	file_fault "one endless line" "its last line cannot be read"
	mv "$TESTBED_LOG.aside" "$TESTBED_LOG"
	healed "log was another's"
}

# Held for ever by somebody else, for writing or only for reading.
faults_of_lock() {
	local kind holder
	for kind in exclusive shared; do
		flock --"$kind" "$TESTBED_LOG" sleep 1000 &
		holder=$!
		testbed_wait_for pgrep -P "$holder" >/dev/null
		fault "$kind lock held by somebody else" "$TESTBED_LOG: its lock was not free in time"
		pkill -P "$holder" sleep
		wait "$holder" || true
	done
	healed "lock was held"
}
