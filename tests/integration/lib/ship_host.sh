# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The rest of ship.sh: one host, its parts, their names and heads; identity; units; what is refused.

test_ship() {
	local key
	ship_bed plain
	check "nothing to ship" ship
	ship_append open close open
	check "ship" ship
	check_equal "again: nothing is sent" "$(ship)" ''
	ship_append close
	"$HOST" rotate --log "$LOG" --state "$STATE"
	ship_append open
	check_match "says what it shipped" "$(ship)" '^3 records shipped in 2 parts to s3://login-bucket/plain s\+$'
	ship_check "three parts"
	key=$(cd "$BED/there" && find . -name '*.gz' | sort | head -1)
	check_match "the name" "$key" \
		'^\./logins/111122223333/us-east-1/[0-9]{4}/[01][0-9]/[0-3][0-9]/i-0123456789abcdef0_[0-9]{8}T[0-9]{6}Z_000000000001_[0-9a-f]{16}\.jsonl\.gz$'
	check_equal "the hash in the name is the first line's" "${key: -25:16}" \
		"$(zcat "$BED/there/$key" | head -1 | tr -d '\n' | sha256sum | head -c 16)"
	check_equal "parts are the same gzip every time" "$(zcat "$BED/there/$key" | wc -l)" 3
	# without the state nothing is sent twice
	rm "$STATE"
	check_equal "the state is lost: nothing is sent twice" "$(ship)" ''
	echo damaged >"$STATE"
	ship_append close
	check_match "the state is damaged: only what is new is sent" "$(ship 2>/dev/null)" '^1 records shipped in 1 '
	ship_check "state lost and damaged"
}

test_heads() {
	local head metadata status=0
	metadata=$(ship_metadata '$')
	head=$(jq -r .head <<<"$metadata")
	check_equal "the head of the last part" "$head" \
		"$(tail -n 1 "$LOG" | tr -d '\n' | sha256sum | cut -d' ' -f1):$(tail -n 1 "$LOG" | jq .seq)"
	check_equal "what it continues" "$(jq -r .prev <<<"$metadata")" "$(tail -n 1 "$LOG" | jq -r .prev)"
	check "the host's log has it" "$LOGINTRAIL" verify --logins "$BED/log" --expect-head "$head"
	head -n -1 "$LOG" >"$BED/cut"
	cat "$BED/cut" >"$LOG"
	"$LOGINTRAIL" verify --logins "$BED/log" --expect-head "$head" >"$BED/verify" || status=$?
	check_equal "the host's log was cut: found out" "$status" 1
	ship_append close
	check_match "ship says so too" "$(ship 2>&1 || true)" 'which was shipped last, is not there any more'
}

# Another instance made of this one's image, log, state and all.
test_image() {
	local instance=i-0123456789abcdef1 before
	ship_bed image
	ship_append open close open
	check "image: the first instance" ship
	cp -a "$BED/log" "$BED/image.log"
	cp -a "$STATE" "$BED/image.json"
	ship_append close open
	check "image: goes on" ship
	before=$BED/log.$SHIP_INSTANCE
	mv "$BED/log" "$before"
	mv "$BED/image.log" "$BED/log"
	ship_append close close
	sed -i "s/$SHIP_INSTANCE/$instance/" "$BED/identity.json"
	check_match "image: another instance has all of its log under its own name" \
		"$(STATE=$BED/image.json && ship 2>&1 | tr '\n' ' ')" 'is of another instance.*5 records shipped in 1 parts'
	check_equal "image: and goes on there" "$(STATE=$BED/image.json && ship 2>&1)" ''
	ship_fetch
	check "image: each has its log" cmp "$LOG" <(find "$BED/there" -name "${instance}_*" -print0 | xargs -0 zcat)
	check_equal "image: neither is a fork" \
		"$("$LOGINTRAIL" verify --logins "$BED/there" --format json | jq -c '.summary | [.verdict, .chains]')" \
		'["intact",2]'
}

# identity FILE OPTION...
identity() {
	local file=$1
	shift
	"$HOST" identity --identity "$file" "$@"
}

test_identity() {
	local dir=$WORK/metadata url tries
	mkdir -p "$dir"
	printf '{\n  "accountId" : "111122223333",\n  "region" : "eu-central-1",\n  "instanceId" : "%s",\n  "imageId" : "ami-0"\n}' \
		"$SHIP_INSTANCE" >"$dir/document"
	echo unavailable_once >"$dir/mode"
	tools/lib/metadata-server "$dir" 2>"$dir/errors" &
	METADATA_PID=$!
	for ((tries = 0; tries < 50; tries++)); do
		[[ ! -s $dir/port ]] || break
		sleep 0.1
	done
	url=http://127.0.0.1:$(cat "$dir/port")
	check "identity, by no proxy" env http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
		AWS_EC2_METADATA_SERVICE_ENDPOINT="$url/" "$HOST" identity --identity "$dir/identity.json"
	check_equal "identity: what the recorder reads" "$(cat "$dir/identity.json")" \
		'{"instance_id":"i-0123456789abcdef0","account_id":"111122223333","region":"eu-central-1"}'
	check_equal "identity: for all to read" "$(stat -c %a "$dir/identity.json")" 644
	check_equal "identity: asked with a token" "$(sort "$dir/requests" | uniq -c | awk '{ print $2 $3 }' | tr '\n' ' ')" \
		'GET/latest/dynamic/instance-identity/document PUT/latest/api/token '
	cp "$dir/identity.json" "$dir/before"
	echo '{"accountId":"1","region":"eu-central-1","instanceId":"i-x"}' >"$dir/document"
	echo normal >"$dir/mode"
	check_match "identity: what is none" "$(identity "$dir/identity.json" --endpoint-url "$url" 2>&1)" \
		'does not answer with an instance identity document'
	echo forbidden >"$dir/mode"
	check_match "identity: switched off" "$(identity "$dir/identity.json" --endpoint-url "$url" 2>&1)" \
		'metadata_forbidden'
	SECONDS=0
	check_match "identity: nobody there" \
		"$(identity "$dir/identity.json" --endpoint-url http://127.0.0.1:1 --wait 1 2>&1)" metadata_unreachable
	check_equal "identity: waits no longer than it is told" "$((SECONDS <= 3))" 1
	check "identity: what was known stays" cmp "$dir/identity.json" "$dir/before"
}

# refuses NAME STATUS REGEX COMMAND...
refuses() {
	local name=$1 want=$2 regex=$3 output status=0
	shift 3
	output=$("$@" 2>&1) || status=$?
	check_equal "refused: $name: exit $want" "$status" "$want"
	check_match "refused: $name: said" "$output" "$regex"
}

test_refusals() {
	ln -sf "$LOG" "$BED/link.jsonl"
	refuses "no --to" 2 'needed: s3://BUCKET/PREFIX' "$HOST" ship
	refuses "not s3" 1 'is not s3://BUCKET/PREFIX' "$HOST" ship --to https://x --log "$LOG" --state "$STATE"
	refuses "a size that is none" 2 'is not a size' "$HOST" ship --to s3://b --max-spool 1T
	refuses "control characters" 2 'has control characters' "$HOST" ship --to "$TO"$'\e[31m' --log "$LOG"
	refuses "a log that is a link" 1 'its files cannot be listed: Too many levels of symbolic links' \
		"$HOST" ship --to "$TO" --log "$BED/link.jsonl" --state "$BED/link.json" --identity "$BED/identity.json"
	refuses "an option of another command" 2 'is not an option of this command' "$HOST" ship --keep 1
	refuses "who am I" 1 'run logintrail-host identity' \
		"$HOST" ship --to s3://bucket --log "$LOG" --state "$STATE" --identity "$BED/nothing"
	refuses "the state of another log" 1 'is of another log' "$HOST" ship --to "$TO" --log "$LOG.other" \
		--state "$STATE" --identity "$BED/identity.json"
	exec 9>"$STATE.lock"
	flock 9
	refuses "two at once" 1 'is being shipped already' ship
	exec 9>&-
	refuses "a key that is wrong" 1 'answered 403' env AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY \
		"$HOST" ship --to "$TO" --log "$LOG" --state "$BED/other.json" --identity "$BED/identity.json"
	refuses "no such bucket" 1 'NoSuchBucket' "$HOST" ship --to s3://not-there --log "$LOG" \
		--state "$BED/third.json" --identity "$BED/identity.json"
	check_equal "no secret is said" "$("$HOST" ship --to s3://not-there --log "$LOG" --state "$BED/third.json" \
		--identity "$BED/identity.json" 2>&1 | grep -c "$S3_SECRET")" 0
}

test_units() {
	local unit
	command -v systemd-analyze >/dev/null || return 0
	mkdir -p "$WORK/units"
	for unit in tools/packaging/*.service tools/packaging/*.timer; do
		sed -e "s|@SBINDIR@/logintrail-host|$HOST|g" -e 's|@LOGDIR@|/var/log/logintrail|g' \
			-e 's|@SYSCONFDIR@|/etc|g' "$unit" >"$WORK/units/$(basename "$unit")"
	done
	check_equal "units: nothing to complain of" \
		"$(systemd-analyze verify --man=no "$WORK"/units/* 2>&1 | grep logintrail || true)" ''
	check_equal "units: no place is left open" "$(cat "$WORK"/units/* | grep -c '@[A-Z]*@')" 0
}

# The JSON blocks of a document, one a line.
json_blocks() {
	awk '/^```json$/ { on = 1; next } /^```$/ { on = 0 } on' "$1" | jq -c .
}

# The policies are JSON, allow what the programs say they ask for, and nothing else.
test_policies() {
	local allowed asked blocks
	blocks=$(json_blocks docs/aws-policies.md)
	check_equal "policies: all are of the present version" "$(jq -r .Version <<<"$blocks" | sort -u)" 2012-10-17
	check_equal "policies: there are as many as blocks" "$(wc -l <<<"$blocks")" \
		"$(grep -c '^```json$' docs/aws-policies.md)"
	allowed=$(jq -r '.Statement[] | select(.Effect == "Allow") | .Action | if type == "array" then .[] else . end' \
		<<<"$blocks" | grep -v '^kms:' | sort -u)
	asked=$(strings "$LOGINTRAIL" "$HOST" | grep -E '^(s3|sts|logs|cloudtrail|kms):[A-Z][A-Za-z]+$' | sort -u)
	check_equal "policies: what is allowed is what is asked for" "$allowed" \
		"$(grep -vx -e sts:GetCallerIdentity -e sts:AssumeRoleWithWebIdentity -e 'kms:.*' <<<"$asked")"
	check_equal "policies: the rest is named" \
		"$(for action in $asked; do grep -q "$action" docs/aws-policies.md || echo "$action"; done)" ''
	check_equal "policies: the agent's configuration is JSON" "$(json_blocks docs/shipping.md | jq -r '.agent.run_as_user')" root
}
