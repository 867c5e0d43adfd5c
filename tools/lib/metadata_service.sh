# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# An instance metadata service of our own (tools/lib/metadata-server), with an authority that
# signs entries as AWS does. Sourced by the demo and receipt.sh, within the test bed.
#
#	metadata_setup DIR             makes the authority and starts the service: METADATA_URL
#	metadata_stop
#	metadata_mode MODE             how it behaves from now on
#	metadata_entry OPTION=VALUE... adds a signed entry: user= key=FILE.pub request= caller= [lines=]
#	                               [instance=] [expires=SECONDS-FROM-NOW]; SAMPLE_INSTANCE, 60 s
#	metadata_forget USER           takes the user's entries away
#	metadata_alter USER            changes a signed byte of the user's entries

METADATA_SIGNER=managed-ssh-signer.$SAMPLE_REGION.amazonaws.com

metadata_setup() {
	METADATA=$1
	mkdir -p "$METADATA/keys"
	tools/lib/receipt-authority make "$METADATA/authority" "$METADATA_SIGNER"
	metadata_mode normal
	tools/lib/metadata-server "$METADATA" 2>"$METADATA/errors" &
	METADATA_PID=$!
	testbed_wait_for test -s "$METADATA/port"
	METADATA_URL=http://127.0.0.1:$(cat "$METADATA/port")
}

metadata_stop() {
	[[ -n ${METADATA_PID:-} ]] || return 0
	kill "$METADATA_PID" 2>/dev/null || true
	wait "$METADATA_PID" 2>/dev/null || true
	METADATA_PID=''
}

metadata_mode() {
	printf '%s\n' "$1" >"$METADATA/mode.new"
	mv "$METADATA/mode.new" "$METADATA/mode"
}

metadata_entry() {
	local user key request caller lines='' instance=$SAMPLE_INSTANCE expires=60
	local "$@"
	{
		printf '#Timestamp=%s\n' $(($(date +%s) + expires))
		printf '#Instance=%s\n' "$instance"
		[[ -z $caller ]] || printf '#Caller=%s\n' "$caller"
		printf '#Request=%s\n' "$request"
		[[ -z $lines ]] || printf '%s\n' "$lines"
		cat "$key"
	} | tools/lib/receipt-authority sign "$METADATA/authority" >>"$METADATA/keys/$user"
	echo >>"$METADATA/keys/$user"
}

metadata_forget() {
	rm -f "$METADATA/keys/$1"
}

metadata_alter() {
	sed -i 's/^#Caller=arn:aws:/&x/' "$METADATA/keys/$1"
}
