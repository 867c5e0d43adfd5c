# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Files that change between being listed and being read, and before they are read again, for
# scan_faults.sh.

changing_tree() {
	fresh_tree
	record bad-1 >"$TREE/50.jsonl"
	gzip -c "$TREE/50.jsonl" >"$TREE/51.json.gz"
	mkdir "$TREE/60"
	record bad-2 >"$TREE/60/x.json"
}

vanish() {
	rm -r "$TREE/50.jsonl" "$TREE/51.json.gz" "$TREE/60"
}

# Of the five: cut, empty, longer, another, a directory.
change_all() {
	truncate -s 100 "$TREE/50.jsonl"
	: >"$TREE/51.json.gz"
	record bad-3 >>"$TREE/70.jsonl"
	record bad-4 >"$TREE/60/x.json"
	rm "$TREE/20.json"
	mkdir "$TREE/20.json"
}

become_links() {
	ln -sf 50.jsonl "$TREE/50.jsonl"
	ln -sf nowhere "$TREE/51.json.gz"
	ln -sf /dev/null "$TREE/60/x.json"
}

files_change() {
	both_held "files vanish" front changing_tree vanish --events "$TREE"
	ends "files vanish" 3 "50.jsonl: cannot be opened: No such file or directory"
	check_equal "files vanish: each is named" "$(grep -c ': cannot be opened: ' "$WORK/err")" 3
	check_equal "files vanish: each is counted" "$(counted files files_failed errors)" "13 3 3"
	check_equal "files vanish: the pipes are read" "$(pushed pipe-)" "1 2 3 4"
	all_good "files vanish"

	both_held "files change" front changing_tree change_all --events "$TREE"
	ends "files change" 3 "20.json: cannot be read: Is a directory"
	check "files change: what was cut is named" grep -q '/50.jsonl: .* at byte 100$' "$WORK/err"
	check_equal "files change: what is there when it is read counts" "$(pushed bad-)" "3 4"
	check_equal "files change: what is gone does not" "$(pushed good-)" "1 3 4 5 6"
	check_equal "files change: it is counted" "$(counted files files_failed malformed errors)" "13 1 1 2"

	both_held "files become links" front changing_tree become_links --events "$TREE"
	ends "files become links" 3 "50.jsonl: cannot be opened: Too many levels of symbolic links"
	check "files become links: to nowhere" \
		grep -q '/51.json.gz: cannot be opened: No such file or directory$' "$WORK/err"
	check_equal "files become links: nothing is made up" "$(pushed bad-)" ""
	all_good "files become links"
}

become_pipes() {
	rm "$TREE/50.jsonl"
	mkfifo "$TREE/50.jsonl"
}

# Nobody will ever write to it.
file_becomes_pipe() {
	local DEADLINE_S=4
	both_held "a file becomes a pipe" front changing_tree become_pipes --events "$TREE"
	ends "a file becomes a pipe" 3 "50.jsonl: "
	all_good "a file becomes a pipe"
}

# The event that leads to a person, between the first reading and the second.
chain_tree() {
	fresh_tree
	cp "$WORK/chain/push.json" "$TREE/50.json"
	cp "$WORK/chain/issue.json.gz" "$TREE/40.json.gz"
}

person() {
	jq -r 'select(.event_id == "good-7") | .person | "\(.name) \(.end)"' "$WORK/out"
}

remove_issue() {
	rm "$TREE/40.json.gz"
}

move_issue() {
	cp "$WORK/chain/moved" "$TREE/40.json.gz"
}

replace_issue() {
	cp "$WORK/chain/other" "$TREE/40.json.gz"
}

cut_issue() {
	truncate -s 60 "$TREE/40.json.gz"
}

damage_issue() {
	printf 'garbage' | dd of="$TREE/40.json.gz" bs=1 seek=200 conv=notrunc status=none
}

# second_reading NAME MISCHIEF STATUS PERSON TEXT
second_reading() {
	both_held "$1" back chain_tree "$2" --events "$TREE"
	ends "$1" "$3" "$5"
	check_equal "$1: the person" "$(person)" "$4"
	all_good "$1"
}

second_readings() {
	"$FILES" chain "$WORK/chain"
	second_reading "read again" true 0 "alice origin" ""
	second_reading "read again, the event elsewhere" move_issue 0 "alice origin" ""
	second_reading "read again and gone" remove_issue 3 "build missing" \
		"40.json.gz: cannot be read a second time: cannot be opened: No such file"
	second_reading "read again and another file" replace_issue 3 "build missing" \
		"40.json.gz: has changed while it was read"
	second_reading "read again and cut" cut_issue 3 "build missing" \
		"40.json.gz: has changed while it was read"
	second_reading "read again and damaged" damage_issue 3 "build missing" \
		"40.json.gz: has changed while it was read"
}
