/*
 * gateway/iam/query_used.c - when keys and roles were last used.
 */
#include "gateway/iam/query_int.h"

void
iam_xml_role_used(struct api_call *c, const struct directory_role *r)
{
	struct directory_use use = directory_last_use(iam_dir(c), r->used);

	api_xml_open(&c->xml, FG_LIT("RoleLastUsed"));
	if (use.at > 0)
		api_xml_time(&c->xml, FG_LIT("LastUsedDate"), use.at);
	if (use.at > 0 && use.region.n > 0)
		api_xml_str(&c->xml, FG_LIT("Region"), use.region);
	api_xml_close(&c->xml, FG_LIT("RoleLastUsed"));
}

static struct fg_str
or_none(struct fg_str s)
{
	return s.n == 0 ? FG_LIT("N/A") : s;
}

static void
key_xml(struct api_call *c, const struct directory_user *u, const struct directory_key *k)
{
	struct directory_use use = directory_last_use(iam_dir(c), k->used);

	api_xml_str(&c->xml, FG_LIT("UserName"), u->name);
	api_xml_open(&c->xml, FG_LIT("AccessKeyLastUsed"));
	if (use.at > 0)
		api_xml_time(&c->xml, FG_LIT("LastUsedDate"), use.at);
	api_xml_str(&c->xml, FG_LIT("ServiceName"), or_none(use.service));
	api_xml_str(&c->xml, FG_LIT("Region"), or_none(use.region));
	api_xml_close(&c->xml, FG_LIT("AccessKeyLastUsed"));
}

/* The resource is the key's user; of a key that is not ours it is everything. */
enum fg_rc
iam_run_key_last_used(struct api_call *c)
{
	struct fg_str id = iam_str(c, "AccessKeyId");
	const struct directory_key *k = directory_key_find(iam_dir(c), id);
	const struct directory_user *u = k == NULL || !fg_eq(k->account, c->caller.who.account) ? NULL
	    : directory_user_by_uid(iam_dir(c), k->user);
	struct iam_target t;

	if (u == NULL) {
		FG_TRY(iam_allow_on(c, FG_LIT("*")));
		return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.key.no-such",
		    "The Access Key with id %.*s cannot be found.", FG_PRI(id));
	}
	t = iam_target_user(u);
	FG_TRY(iam_allow(c, &t));
	key_xml(c, u, k);
	return FG_OK;
}
