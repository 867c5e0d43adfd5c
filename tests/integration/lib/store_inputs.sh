# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What store.sh reads: corpora, logs of sshd that tell of their logins, files with faults.

# Truth: every kind of login and push. People: every chain. Small ones, since each is read often.
make_inputs() {
	"$CORPUS" --out "$WORK/truth" --logins 300 --days 4 --seed 5
	"$CORPUS" --out "$WORK/people" --profile people --logins 200 --seed 1
	"$LOGINTRAIL" report --logins "$WORK/truth/logins" --events "$WORK/truth/events" --format jsonl \
		>"$WORK/truth.jsonl"
	tests/integration/lib/store_sshd_logs "$WORK/truth.jsonl" "$WORK/sshd"
	compact truth
	compact people
	BUSIEST=$(cat "$WORK/sshd/busiest")
	FIXTURE=$PWD/tests/data/golden
}

# compact NAME: NAME-compact, the same records in a file a region: what is asked often is read from
# these.
compact() {
	local directory to=$WORK/$1-compact
	mkdir -p "$to/events"
	cp -al "$WORK/$1/logins" "$to/"
	while IFS= read -r directory; do
		find "$directory" -type f | LC_ALL=C sort | xargs -d '\n' cat \
			>"$to/events/$(tr / - <<<"${directory#"$WORK/$1/events/"}").json.gz"
	done < <(find "$WORK/$1/events" -type d -regex '.*/CloudTrail/[^/]*')
}

# break_events DIR EVERY: of every so many files one is cut, one damaged, one empty, one of another kind
# with a line that is no record, one there twice.
break_events() {
	local file n=0
	while IFS= read -r file; do
		n=$((n + 1))
		case $((n % $2)) in
		1) truncate -s -7 "$file" ;;
		9) printf 'X' | dd of="$file" bs=1 seek=60 conv=notrunc status=none ;;
		17) zcat "$file" >"$file.json" && rm "$file" ;;
		33) zcat "$file" | jq -c '.Records[]' | sed '2s/}$//' >"$file.lines" ;;
		41) cp "$file" "${file%.json.gz}.again.json.gz" ;;
		49) : >"$file" ;;
		esac
	done < <(find "$1" -type f | LC_ALL=C sort)
}

# The same of login logs, and records in the role of others.
break_logins() {
	local file n=0 event='{"eventSource":"ec2-instance-connect.amazonaws.com","eventName":"SendSSHPublicKey"}'
	while IFS= read -r file; do
		n=$((n + 1))
		case $((n % $2)) in
		1) printf '{"v":1,"kind":"open","id":"torn\nno JSON\n\n{}\n' >>"$file" ;;
		3) truncate -s -9 "$file" ;;
		5) cp "$file" "$file.again" ;;
		7) printf '%s\n' "$event" >"$file.event" ;;
		esac
	done < <(find "$1" -type f | LC_ALL=C sort)
}

# make_broken NAME EVERY OF-LOGINS
make_broken() {
	cp -r "$WORK/truth" "$WORK/$1"
	break_events "$WORK/$1/events" "$2"
	break_logins "$WORK/$1/logins" "$3"
	printf '{"v":1,"kind":"open","id":"00"}\n' >"$WORK/$1/events/login.json"
}

# Part of a tree, then the rest of it, by hard links: sizes and times of change are those of the files.
# half_of FROM TO: every second file.
half_of() {
	mkdir -p "$2"
	(cd "$1" && find . -type f | LC_ALL=C sort | awk 'NR % 2' | xargs -d '\n' cp -al --parents -t "$2")
}

rest_of() {
	cp -aln "$1/." "$2/"
}
