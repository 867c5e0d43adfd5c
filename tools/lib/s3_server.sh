# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# An S3 server on the loopback interface for tests and benchmarks: OpenStack Swift with its s3api, as the
# distribution packages it. It checks signatures (version 4), pages its listings and knows conditional
# requests. One process each for accounts, containers, objects, the proxy in front of them, and memcached,
# all below one directory. Source it, then:
#
#	s3_server_start DIR [REGION]	sets S3_URL, S3_KEY, S3_SECRET, S3_REGION (us-east-1), S3_SERVER_PIDS
#	s3_server_environment		exports them as the AWS CLI and this project read them
#	s3_upload BUCKET DIR [PREFIX]	makes the bucket if there is none; all files below DIR, by the AWS CLI
#	s3_server_stop

S3_KEY=test:tester
S3_SECRET=testing

s3_server_ports() {
	python3 - "$1" <<'PYTHON'
import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in held:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))
PYTHON
}

s3_server_rings() {
	local dir=$1 kind port
	shift
	for kind in account container object; do
		port=$1
		shift
		(
			cd "$dir" || exit 1
			swift-ring-builder "$kind.builder" create 2 1 0
			swift-ring-builder "$kind.builder" add "r1z1-127.0.0.1:$port/disk" 1
			swift-ring-builder "$kind.builder" rebalance
		) >>"$dir/rings.log" 2>&1
	done
}

s3_server_storage_conf() {
	local dir=$1 kind=$2 port=$3
	cat >"$dir/$kind.conf" <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
user = $(id -un)
swift_dir = $dir
devices = $dir/devices
mount_check = false
disable_fallocate = true
workers = 0
log_address = $dir/nolog
fallocate_reserve = 0
[pipeline:main]
pipeline = $kind-server
[app:$kind-server]
use = egg:swift#$kind
allow_open_expired = false
CONF
}

s3_server_proxy_conf() {
	local dir=$1 port=$2 cache=$3
	cat >"$dir/proxy.conf" <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
user = $(id -un)
swift_dir = $dir
workers = 0
log_address = $dir/nolog
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth copy proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 30
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$cache
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:copy]
use = egg:swift#copy
[filter:s3api]
use = egg:swift#s3api
location = $S3_REGION
allow_multipart_uploads = false
max_bucket_listing = ${S3_LISTING_MAX:-1000}
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = $S3_SECRET .admin
CONF
}

s3_server_wait() {
	local tries
	for ((tries = 0; tries < 300; tries++)); do
		[[ $(curl -s --noproxy '*' "$S3_URL/healthcheck") != OK ]] || return 0
		sleep 0.1
	done
	echo "s3_server: Swift did not answer" >&2
	cat "$1"/*.out >&2
	return 1
}

s3_server_start() {
	local dir=$1 kind ports n=0
	S3_REGION=${2:-us-east-1}
	mkdir -p "$dir/devices/disk"
	read -r -a ports < <(s3_server_ports 5)
	printf '[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n[storage-policy:0]\nname = all\ndefault = yes\n' \
		>"$dir/swift.conf"
	s3_server_rings "$dir" "${ports[@]:0:3}"
	S3_URL=http://127.0.0.1:${ports[3]}
	S3_SERVER_PIDS=()
	for kind in account container object; do
		s3_server_storage_conf "$dir" "$kind" "${ports[n++]}"
	done
	s3_server_proxy_conf "$dir" "${ports[3]}" "${ports[4]}"
	memcached -l 127.0.0.1 -p "${ports[4]}" -U 0 -m 64 -u "$(id -un)" >"$dir/memcached.out" 2>&1 &
	S3_SERVER_PIDS+=($!)
	for kind in account container object; do
		"swift-$kind-server" "$dir/$kind.conf" verbose >"$dir/$kind.out" 2>&1 &
		S3_SERVER_PIDS+=($!)
	done
	tools/lib/s3-proxy-server "$dir/proxy.conf" verbose >"$dir/proxy.out" 2>&1 &
	S3_SERVER_PIDS+=($!)
	s3_server_wait "$dir"
}

s3_server_stop() {
	kill "${S3_SERVER_PIDS[@]}" 2>/dev/null || true
	wait "${S3_SERVER_PIDS[@]}" 2>/dev/null || true
	S3_SERVER_PIDS=()
}

s3_server_environment() {
	export AWS_ACCESS_KEY_ID=$S3_KEY AWS_SECRET_ACCESS_KEY=$S3_SECRET AWS_REGION=$S3_REGION
	export AWS_ENDPOINT_URL_S3=$S3_URL AWS_EC2_METADATA_DISABLED=true
	export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
	unset AWS_PROFILE AWS_SESSION_TOKEN
}

s3_upload() (
	s3_server_environment
	export AWS_DEFAULT_REGION=$S3_REGION AWS_PAGER=
	aws=(aws --endpoint-url "$S3_URL")
	"${aws[@]}" s3api head-bucket --bucket "$1" 2>/dev/null ||
		"${aws[@]}" s3api create-bucket --bucket "$1" >/dev/null
	"${aws[@]}" s3 cp --recursive --only-show-errors --no-guess-mime-type "$2" "s3://$1/${3:-}"
)
