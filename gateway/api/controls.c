/*
 * Service and resource control policies: one set of documents a level of the organisation,
 * from the root down to the account, each of which must allow.
 *
 * A level to which nothing of a type was attached stands as AWS creates it: with full access
 * and nothing else.  One that has rows has exactly these; full access is then a row as well.
 * The management account is bound by neither type.
 */
#include "gateway/api/api_int.h"

#define FULL                                                                                     \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","     \
	"\"Resource\":\"*\"}]}"
#define FULL_RCP                                                                                 \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","  \
	"\"Action\":\"*\",\"Resource\":\"*\"}]}"

struct level {
	struct fg_str id; /* account, unit; "r-" stands for the root */
	const struct trust_program **v;
	size_t n;
};

struct walk {
	struct api_call *c;
	enum trust_kind kind;
	struct level level[FG_LIMIT_API_LEVELS];
	size_t n;
	bool nomem;
};

static struct fg_str
type_of(enum trust_kind kind)
{
	return kind == TRUST_SCP ? FG_LIT("SERVICE_CONTROL_POLICY")
				 : FG_LIT("RESOURCE_CONTROL_POLICY");
}

static bool
level_is(const struct level *l, struct fg_str target)
{
	if (fg_eq(l->id, FG_LIT("r-")))
		return fg_starts(target, l->id);
	return fg_eq(l->id, target);
}

static void
level_put(struct walk *w, struct level *l, const struct trust_program *p)
{
	if (l->v == NULL)
		l->v = FG_NEW_N(w->c->arena, const struct trust_program *, FG_LIMIT_API_LAYERS);
	if (l->v == NULL)
		w->nomem = true;
	else if (l->n < FG_LIMIT_API_LAYERS)
		l->v[l->n++] = p;
	else
		l->v[FG_LIMIT_API_LAYERS - 1] = NULL;
}

static bool
target_visit(void *arg, enum store_kind kind, const void *entity)
{
	const struct store_target *t = entity;
	const struct store_control *control;
	struct walk *w = arg;

	(void)kind;
	for (size_t i = 0; i < w->n && !w->nomem; i++) {
		if (!level_is(&w->level[i], t->target))
			continue;
		control = directory_row_find(api_directory(w->c), STORE_CONTROL, t->control);
		if (control != NULL && fg_eq(control->type, type_of(w->kind)))
			level_put(w, &w->level[i], api_policy(w->c->w->policies, control->document,
			    w->kind));
		else if (control == NULL && fg_eq(t->control, FG_LIT("p-FullAWSAccess")) &&
		    w->kind == TRUST_SCP)
			level_put(w, &w->level[i], api_policy(w->c->w->policies, FG_LIT(FULL),
			    TRUST_SCP));
		else if (control == NULL && !fg_eq(t->control, FG_LIT("p-FullAWSAccess")) &&
		    !fg_eq(t->control, FG_LIT("p-RCPFullAWSAccess")))
			level_put(w, &w->level[i], NULL); /* attached and not to be found: deny */
	}
	return !w->nomem;
}

static bool
any_visit(void *arg, enum store_kind kind, const void *entity)
{
	(void)kind;
	(void)entity;
	*(bool *)arg = true;
	return false;
}

/* The account, its unit, that one's parents, the root. */
static void
levels_find(struct walk *w, struct fg_str account)
{
	const struct directory_account *a = directory_account_find(api_directory(w->c), account);
	struct fg_str unit = a == NULL ? FG_STR_NULL : a->unit;

	w->level[w->n++].id = account;
	while (unit.n > 0 && !fg_starts(unit, FG_LIT("r-")) && w->n < FG_LIMIT_API_LEVELS - 1) {
		const struct store_unit *u = directory_row_find(api_directory(w->c), STORE_UNIT, unit);

		w->level[w->n++].id = unit;
		unit = u == NULL ? FG_STR_NULL : u->parent;
	}
	w->level[w->n++].id = FG_LIT("r-");
}

static bool
bound(const struct api_call *c, struct fg_str account)
{
	const struct store_setting *s = directory_row_find(api_directory(c), STORE_SETTING,
	    FG_LIT("\norganization.management"));

	return s != NULL && !fg_eq(s->value, account);
}

enum fg_rc
api_controls(struct api_call *c, struct fg_str account, enum trust_kind kind,
    const struct trust_policies **ret, size_t *ret_n)
{
	struct walk w = { .c = c, .kind = kind };
	struct trust_policies *p;
	bool any = false;

	*ret = NULL;
	*ret_n = 0;
	if (!bound(c, account))
		return FG_OK;
	directory_rows(api_directory(c), STORE_TARGET, any_visit, &any);
	if (!any)
		return FG_OK;
	levels_find(&w, account);
	directory_rows(api_directory(c), STORE_TARGET, target_visit, &w);
	if (w.nomem || (p = FG_NEW_N(c->arena, struct trust_policies, w.n)) == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.controls", NULL, "arena");
	for (size_t i = w.n; i > 0; i--) {
		struct level *l = &w.level[i - 1];

		if (l->n > 0 && kind == TRUST_RCP)
			level_put(&w, l, api_policy(c->w->policies, FG_LIT(FULL_RCP), TRUST_RCP));
		if (l->n > 0)
			p[(*ret_n)++] = (struct trust_policies){ l->v, l->n };
	}
	*ret = p;
	return FG_OK;
}
