/*
 * Actions that tell and do not mint: GetCallerIdentity, GetAccessKeyInfo,
 * DecodeAuthorizationMessage.
 */
#include "gateway/api/sts_int.h"

/* No policy can deny it: whoever holds a key may ask whose it is. */
enum fg_rc
api_run_caller_identity(struct api_call *c)
{
	const struct api_caller *k = &c->caller;

	api_xml_str(&c->xml, FG_LIT("Arn"), k->arn);
	api_xml_str(&c->xml, FG_LIT("UserId"), k->user_id);
	api_xml_str(&c->xml, FG_LIT("Account"), k->who.account);
	return FG_OK;
}

/* The account stands in the id; whether such a key exists is not said. */
enum fg_rc
api_run_access_key_info(struct api_call *c)
{
	struct fg_str id = api_arg(c, 0)->s;
	const struct directory_key *key;
	char account[13];

	FG_TRY(api_allow(c, FG_LIT("sts:GetAccessKeyInfo"), FG_LIT("*")));
	if (cred_key_id_read(id, account) != CRED_KEY_NONE) {
		api_xml_str(&c->xml, FG_LIT("Account"), fg_str(account, 12));
		return FG_OK;
	}
	key = directory_key_find(api_directory(c), id); /* imported with another layout */
	if (key == NULL || !fg_eq(key->account, c->caller.who.account))
		return api_refuse(c, API_F_VALIDATION, "api.key-info",
		    "Access key %.*s is not valid", FG_PRI(id));
	api_xml_str(&c->xml, FG_LIT("Account"), key->account);
	return FG_OK;
}

enum fg_rc
api_run_decode_message(struct api_call *c)
{
	struct fg_str text;

	FG_TRY(api_allow(c, FG_LIT("sts:DecodeAuthorizationMessage"), FG_LIT("*")));
	FG_TRY(api_authz_open(c, api_arg(c, 0)->s, &text));
	api_xml_str(&c->xml, FG_LIT("DecodedMessage"), text);
	return FG_OK;
}
