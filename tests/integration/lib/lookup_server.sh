# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# tools/lib/cloudtrail-server over a corpus, two profiles, and reports that ask it. Sourced by
# lookup.sh; wants WORK, LOGINTRAIL, CORPUS.

PLACES=(--region us-east-1 --region eu-west-1)
LOOKUP=(--events lookup-events: --profile one --profile two "${PLACES[@]}")

lookup_setup() {
	SERVER=$WORK/server STORE_SERVER=$WORK/store_server
	SERVER_PIDS=()
	mkdir -p "$SERVER" "$STORE_SERVER" "$WORK/tmp"
	"$CORPUS" --out "$WORK/corpus" --logins 150 --background 2 --seed 7
	tests/integration/lib/lookup_data "$WORK/corpus" "$WORK" us-east-1 eu-west-1
	ln -s "$WORK/events" "$SERVER/data"
	cat >"$SERVER/accounts" <<-END
		AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY 111122223333
		AKIAI44QH8DHBEXAMPLE je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY 444455556666
	END
	printf '444455556666 eu-west-1 /trails/all\n' >"$SERVER/groups"
	: >"$SERVER/faults"
	cat >"$WORK/config" <<-END
		[profile one]
		aws_access_key_id = AKIAIOSFODNN7EXAMPLE
		aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
		[profile two]
		aws_access_key_id = AKIAI44QH8DHBEXAMPLE
		aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY
		[profile wrong]
		aws_access_key_id = AKIAIOSFODNN7EXAMPLE
		aws_secret_access_key = it/is/another/EXAMPLEKEY
	END
	cp -a "$SERVER/." "$STORE_SERVER"
	server_start "$SERVER"
	server_start "$STORE_SERVER"
	unset "${!AWS_@}"
	export AWS_CONFIG_FILE=$WORK/config AWS_SHARED_CREDENTIALS_FILE=$WORK/none TMPDIR=$WORK/tmp
	export AWS_EC2_METADATA_DISABLED=true AWS_ENDPOINT_URL
	AWS_ENDPOINT_URL=http://127.0.0.1:$(cat "$SERVER/port")
}

server_start() {
	tools/lib/cloudtrail-server "$1" 2>"$1/errors" &
	SERVER_PIDS+=($!)
	for ((i = 0; i < 150; i++)); do
		[[ ! -s $1/port ]] || break
		sleep 0.1
	done
}

lookup_teardown() {
	[[ -z ${STORE_RUNS:-} ]] || kill "$STORE_RUNS" 2>/dev/null || true
	[[ -z ${SERVER_PIDS:-} ]] || kill "${SERVER_PIDS[@]}" 2>/dev/null || true
	rm -rf "$WORK"
}

# faults LINE...: from now on; what was asked before is forgotten.
faults() {
	printf '%s\n' "$@" >"$SERVER/faults.new"
	mv "$SERVER/faults.new" "$SERVER/faults"
	: >"$SERVER/requests"
}

# report NAME ARGUMENT...: into $WORK/NAME.jsonl, with the messages in $WORK/NAME.err; STATUS.
report() {
	local name=$1
	shift
	STATUS=0
	timeout --foreground 100 "$LOGINTRAIL" report --logins "$WORK/logins" --format jsonl \
		-o "$WORK/$name.jsonl" "$@" 2>"$WORK/$name.err" || STATUS=$?
}

# requests FILTER: what the server was asked, by jq.
requests() {
	jq -r "select(.operation == \"LookupEvents\") | $1" "$SERVER/requests"
}

# covered NAME: the accounts and regions that the report says it has data of.
covered() {
	jq -r 'select(.kind == "summary").coverage[] | .account_id + "/" + .region' "$WORK/$1.jsonl" |
		tr '\n' ' '
}

errors() {
	grep -v 'the event history begins 90 days ago' "$WORK/$1.err"
}
