/*
 * Where an account stands in the organisation: its id, and the path of units down to the account.
 * Every account of an installation that has an organisation is a member of it.
 */
#include "gateway/api/api_int.h"

/* A setting of the installation; null without one. */
static struct fg_str
setting(const struct api_call *c, const char *name)
{
	const struct fg_str part[] = { FG_LIT("\n"), fg_str_z(name) };
	struct fg_str key = fg_arena_join(c->arena, part, FG_COUNT(part));
	const struct store_setting *s = fg_str_null(key)
	    ? NULL : directory_row_find(api_directory(c), STORE_SETTING, key);

	return s == NULL ? FG_STR_NULL : s->value;
}

/* "o-.../r-.../ou-.../", from the account's unit up; "" when it does not lead to a root, null without memory. */
static struct fg_str
unit_path(const struct api_call *c, struct fg_str account, struct fg_str org)
{
	const struct directory_account *a = directory_account_find(api_directory(c), account);
	struct fg_str at = a == NULL ? FG_STR_NULL : a->unit, path = FG_LIT("");

	if (at.n == 0)
		at = setting(c, "organization.root");
	for (int level = 0; level < FG_LIMIT_API_LEVELS && !fg_str_null(at); level++) {
		const struct store_unit *u = directory_row_find(api_directory(c), STORE_UNIT, at);

		path = fg_arena_fmt(c->arena, "%.*s/%.*s", FG_PRI(at), (int)path.n, path.p);
		if (fg_str_null(path))
			return path;
		if (fg_starts(at, FG_LIT("r-")))
			return fg_arena_fmt(c->arena, "%.*s/%.*s", FG_PRI(org), (int)path.n, path.p);
		at = u == NULL ? FG_STR_NULL : u->parent;
	}
	return FG_LIT("");
}

enum fg_rc
api_organization(struct api_call *c, struct fg_str account, struct api_organization *ret)
{
	struct fg_str management = setting(c, DIRECTORY_ORG_MANAGEMENT);

	*ret = (struct api_organization){ .id = FG_LIT(""), .path = FG_LIT("") };
	if (management.n == 0)
		return FG_OK;
	ret->id = setting(c, "organization.id");
	if (fg_str_null(ret->id))
		ret->id = fg_arena_fmt(c->arena, "o-%.*s", FG_PRI(management));
	ret->path = fg_str_null(ret->id) ? FG_STR_NULL : unit_path(c, account, ret->id);
	/* a shorter path would be another unit's */
	return fg_str_null(ret->path) ? fg_fail(&c->err, FG_E_NOMEM, "api.organization", NULL, "arena")
				      : FG_OK;
}
