/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_AUTH_INFO_H
#define PAM_MODULE_AUTH_INFO_H

#include "pam_module/login_record.h"

/*
 * sshd's SSH_AUTH_INFO_0 (auth2.c auth2_record_info, since OpenSSH 7.6): one line per completed
 * step, "method[/submethod][ SP keytype SP base64][ SP info] LF". Fills r->auth; fingerprints and
 * certificate facts are appended to storage (the spans of r point there and into text; storage
 * must have been initialised with AUTH_INFO_STORAGE_MAX and is reserved by this call, once).
 *
 * Nothing is refused: a key that does not parse keeps its type and has no fingerprint, steps over
 * LOGIN_RECORD_AUTH_MAX set r->truncated. Notes are added to r: "auth_info_missing" (text absent),
 * "auth_info_empty", "auth_info_unterminated" (no final LF: sshd always writes one, a forger may
 * not), "key_unparsed". 0, or -1 when storage has no memory.
 */
#define AUTH_INFO_STORAGE_MAX (4u * 1024 * 1024)
int auth_info_parse(struct span text, struct buf *storage, struct login_record *r);

#endif
