/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/ssh_cert.h"

#include "pam_module/ssh_wire.h"

bool
ssh_cert_principal(struct span *principals, struct span *name)
{
	return ssh_wire_string(principals, name);
}

static bool
is_string_list(struct span list)
{
	struct span item;

	while (ssh_wire_string(&list, &item))
		;
	return list.len == 0;
}

/* Serial number to signature; *ca gets the key that signed. */
static bool
take_statement(struct span *rest, struct ssh_cert *cert, struct span *ca)
{
	struct span options, extensions, reserved, signature;
	uint64_t after, before;

	return ssh_wire_u64(rest, &cert->serial) && ssh_wire_u32(rest, &cert->type) &&
	    ssh_wire_string(rest, &cert->key_id) && ssh_wire_string(rest, &cert->principals) &&
	    is_string_list(cert->principals) && ssh_wire_u64(rest, &after) &&
	    ssh_wire_u64(rest, &before) && ssh_wire_string(rest, &options) &&
	    ssh_wire_string(rest, &extensions) && ssh_wire_string(rest, &reserved) &&
	    ssh_wire_string(rest, ca) && ssh_wire_string(rest, &signature);
}

enum ssh_key_error
ssh_cert_parse(struct span rest, const struct ssh_key_form *form, struct ssh_key *key)
{
	struct ssh_key_fields fields;
	struct span nonce, ca;
	enum ssh_key_error r;

	if (!ssh_wire_string(&rest, &nonce) || !ssh_key_fields_take(&rest, form, &fields) ||
	    !take_statement(&rest, &key->cert, &ca) || rest.len != 0)
		return SSH_KEY_ERROR_BLOB;
	r = ssh_key_plain_fingerprint(ca, key->cert.ca_fingerprint);
	if (r != SSH_KEY_OK)
		return r;
	return ssh_key_fields_hash(&fields, key->fingerprint);
}
