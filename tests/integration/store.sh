#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The store, through the command: the same answers as from files, however and in however many parts they
# were ingested; what is pruned takes nothing else with it; killed, out of room, in company, damaged:
# it is in order, or says what is wrong.
#
#	tests/integration/store.sh [PART...]
#
# STORE_KILLS        how often ingests are killed (100)
# STORE_KILL_LOGINS  logins of the corpus that they are killed over (2000)
# STORE_QUESTIONS    so many times the usual questions (1)
# STORE_KEEP         a directory to work in, and to leave for looking at
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# Mounts of ours are nobody else's.
if [[ -z ${STORE_MOUNTS+set} ]]; then
	export STORE_MOUNTS=
	if unshare --mount true 2>/dev/null; then
		STORE_MOUNTS=yes exec unshare --mount bash "$root/tests/integration/store.sh" "$@"
	fi
fi
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh
# shellcheck source=tests/integration/lib/store_runs.sh
. tests/integration/lib/store_runs.sh
# shellcheck source=tests/integration/lib/store_inputs.sh
. tests/integration/lib/store_inputs.sh
# shellcheck source=tests/integration/lib/store_answers.sh
. tests/integration/lib/store_answers.sh
# shellcheck source=tests/integration/lib/store_growth.sh
. tests/integration/lib/store_growth.sh
# shellcheck source=tests/integration/lib/store_retention.sh
. tests/integration/lib/store_retention.sh
# shellcheck source=tests/integration/lib/store_crashes.sh
. tests/integration/lib/store_crashes.sh
# shellcheck source=tests/integration/lib/store_company.sh
. tests/integration/lib/store_company.sh
# shellcheck source=tests/integration/lib/store_refusals.sh
. tests/integration/lib/store_refusals.sh

for tool in jq python3 sqlite3; do
	command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done

BUILD=${BUILD:-build}
CORPUS=${LOGINTRAIL_CORPUS:-$BUILD/logintrail-corpus}
KILL_COUNT=${STORE_KILLS:-100}
QUESTIONS=${STORE_QUESTIONS:-1}
WORK=${STORE_KEEP:-$(mktemp -d)}
BACKGROUND=()
cleanup() {
	local status=$? command=$BASH_COMMAND pid
	((BASHPID != $$)) || [[ -n ${CHECK_FINISHED:-} ]] || echo "# ended with $status at: $command"
	for pid in "${BACKGROUND[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	unmount_disk
	[[ -n ${STORE_KEEP:-} ]] || { chmod -Rf u+rwx "$WORK" || true; rm -rf "$WORK"; }
}
trap cleanup EXIT
chmod 755 "$WORK"
# A copy that another user may run, wherever the checkout lies.
install -m 0755 "$BUILD/logintrail" "$WORK/logintrail"
LOGINTRAIL=$WORK/logintrail

ANSWERS=(answers_of_truth answers_of_people answers_of_sshd answers_of_broken answers_beside)
GROWTH=(two_halves any_order events_first chains_later files_change sshd_one_by_one)
RETENTION=(retention_of_corpora gone_for_good prunes_add_up)
CRASHES=(killed_first killed_later killed_at_calls full_disk quota)
COMPANY=(readers_meanwhile second_waits at_once)
REFUSALS=(no_stores hostile_schema damaged_stores read_only names usages)

run_parts() {
	local part began
	for part; do
		began=$SECONDS
		"$part"
		echo "# $part: $((SECONDS - began)) s"
	done
}

# lane NAME PART...: in a place of its own, with the same inputs.
lane() {
	local from=$WORK
	WORK=$WORK/$1
	BACKGROUND=()
	shift
	mkdir "$WORK"
	cp -al "$from"/{truth,people}{,-compact} "$from/sshd" "$from/truth.jsonl" "$WORK/"
	run_parts "$@"
}

make_inputs
if [[ $# != 0 ]]; then
	run_parts "$@"
else
	start_held_locks
	in_background lane answers "${ANSWERS[@]}"
	in_background lane growth "${GROWTH[@]}" "${RETENTION[@]}"
	run_parts "${CRASHES[@]}" "${COMPANY[@]}" "${REFUSALS[@]}"
fi
join_background
CHECK_FINISHED=yes
check_finish
