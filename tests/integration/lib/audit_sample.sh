# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# An audit.log as auditd writes it (log_format = ENRICHED: what follows the byte 0x1d was looked up).
#
#	audit_log_sample EPOCH SES OTHER     12 or so records; SES ran cat, OTHER ran vi

audit_hex() {
	printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F
}

# audit_syscall STAMP SES COMM: an execve with all that belongs to it.
audit_syscall() {
	printf 'type=SYSCALL msg=audit(%s): arch=c000003e syscall=59 success=yes exit=0 a0=55d0 a1=55d8 a2=55e0 a3=8 items=2 ppid=1240 pid=1241 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=%s comm="%s" exe="/usr/bin/%s" subj=unconfined key="root"\035ARCH=x86_64 SYSCALL=execve AUID="ec2-user" UID="root"\n' \
		"$1" "$2" "$3" "$3"
}

audit_log_sample() {
	local at=$1 hostile="cat ses=$2 logintrail_person=\"alice\""
	printf 'type=LOGIN msg=audit(%s.101:450): pid=1234 uid=0 subj=unconfined old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=%s res=1\035UID="root" OLD-AUID="unset" AUID="ec2-user"\n' "$at" "$2"
	printf 'type=USER_LOGIN msg=audit(%s.123:456): pid=1234 uid=0 auid=1000 ses=%s subj=unconfined msg='\''op=login id=1000 exe="/usr/sbin/sshd" hostname=203.0.113.7 addr=203.0.113.7 terminal=/dev/pts/0 res=success'\''\035UID="root" AUID="ec2-user" ID="ec2-user"\n' "$at" "$2"
	printf 'type=USER_CMD msg=audit(%s.223:457): pid=1240 uid=1000 auid=1000 ses=%s subj=unconfined msg='\''cwd="/home/ec2-user" cmd=%s exe="/usr/bin/sudo" terminal=pts/0 res=success'\''\035UID="ec2-user" AUID="ec2-user"\n' \
		"$at" "$2" "$(audit_hex 'cat /etc/shadow')"
	audit_syscall "$at.323:458" "$2" cat
	printf 'type=EXECVE msg=audit(%s.323:458): argc=2 a0="cat" a1=%s\n' "$at" "$(audit_hex "${hostile#cat }")"
	printf 'type=CWD msg=audit(%s.323:458): cwd="/home/ec2-user"\n' "$at"
	printf 'type=PATH msg=audit(%s.323:458): item=0 name="/usr/bin/cat" inode=155 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\035OUID="root" OGID="root"\n' "$at"
	printf 'type=PROCTITLE msg=audit(%s.323:458): proctitle=%s\n' "$at" "$(audit_hex "$hostile")"
	audit_syscall "$at.423:459" "$3" vi
	audit_syscall "$at.523:460" 77 ls
	audit_syscall "$at.623:461" 4294967295 cron
	printf 'type=CRED_DISP msg=audit(%s.723:462): pid=9 uid=0 auid=4294967295 ses=4294967295 subj=unconfined msg='\''op=PAM:setcred ses=%s res=success'\''\035UID="root" AUID="unset"\n' "$at" "$2"
	printf 'type=USER_END msg=audit(%s.823:463): pid=9 msg='\''op=PAM:session_close ses=%s res=success'\''\n' "$at" "$2"
}
