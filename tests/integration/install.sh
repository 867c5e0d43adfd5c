#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# make install puts the right files with the right modes below DESTDIR; make uninstall takes them away
# again and leaves the records.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck source=tests/integration/lib/check.sh
. tests/integration/lib/check.sh

BUILD=${BUILD:-build}
DESTDIR=$(mktemp -d)
trap 'rm -rf "$DESTDIR"' EXIT
PLACES=(PREFIX=/usr/local PAMDIR=/lib/security LOGDIR=/var/log/logintrail)

run_make() {
	env -u MAKELEVEL make --no-print-directory -C "$root" "$1" BUILD="$BUILD" DESTDIR="$DESTDIR" \
		"${PLACES[@]}"
}

# is_installed PATH MODE
is_installed() {
	check_equal "installed: $1" "$(stat -c '%F %a' "$DESTDIR$1" 2>&1)" "$2"
}

check_installed() {
	is_installed /usr/local/bin/logintrail 'regular file 755'
	is_installed /usr/local/libexec/logintrail/logintrail-record 'regular file 755'
	is_installed /usr/local/sbin/logintrail-host 'regular file 755'
	is_installed /etc/logrotate.d/logintrail 'regular file 644'
	check_equal "logrotate's file has no place left open" "$(grep -c '@' "$DESTDIR/etc/logrotate.d/logintrail")" 0
	is_installed /usr/local/lib/systemd/system/logintrail-ship.service 'regular file 644'
	is_installed /usr/local/lib/systemd/system/logintrail-ship.timer 'regular file 644'
	is_installed /usr/local/lib/systemd/system/logintrail-identity.service 'regular file 644'
	check_equal "the units have no place left open" \
		"$(cat "$DESTDIR"/usr/local/lib/systemd/system/* | grep -c '@[A-Z]*@')" 0
	is_installed /lib/security/pam_logintrail.so 'regular file 644'
	is_installed /usr/local/share/man/man1/logintrail.1 'regular file 644'
	is_installed /usr/local/share/man/man8/pam_logintrail.8 'regular file 644'
	is_installed /usr/local/share/man/man8/logintrail-record.8 'regular file 644'
	is_installed /usr/local/share/man/man8/logintrail-host.8 'regular file 644'
	is_installed /var/log/logintrail 'directory 700'
	check "the installed logintrail runs" "$DESTDIR/usr/local/bin/logintrail" --version
	check "the module knows where the recorder is" \
		grep -q /usr/local/libexec/logintrail/logintrail-record "$DESTDIR/lib/security/pam_logintrail.so"
	check "the module knows where the log is" \
		grep -q /var/log/logintrail/logins.jsonl "$DESTDIR/lib/security/pam_logintrail.so"
	check_equal "nothing is writable for others" "$(find "$DESTDIR" ! -type l -perm /022)" ''
}

check "make install" run_make install
[[ $CHECK_FAILED == 0 ]] || { check_finish; exit; }
check_installed
check "make install again" run_make install
echo record >"$DESTDIR/var/log/logintrail/logins.jsonl"
check "make uninstall" run_make uninstall
check_equal "only the records are left" "$(find "$DESTDIR" -type f)" \
	"$DESTDIR/var/log/logintrail/logins.jsonl"
check "make uninstall again" run_make uninstall
check_finish
