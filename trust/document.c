/*
 * trust/document.c - bytes to a tree, by the rules of shape.
 */
#include "trust/trust_int.h"

/* What a document of a kind must, may and must not hold. */
enum need { NO = 0, MAY, MUST };

struct shape {
	const char *name;
	enum need id, principal, resource;
	bool not_principal;
	bool all_only; /* the only principal is "*" */
};

static const struct shape shapes[TRUST_KIND_MAX] = {
	[TRUST_IDENTITY] = { "identity", NO, NO, MUST, false, false },
	[TRUST_SESSION] = { "session", NO, NO, MUST, false, false },
	[TRUST_BOUNDARY] = { "boundary", NO, NO, MUST, false, false },
	[TRUST_SCP] = { "scp", NO, NO, MUST, false, false },
	[TRUST_RCP] = { "rcp", NO, MUST, MUST, false, true },
	[TRUST_RESOURCE] = { "resource", MAY, MUST, MAY, true, false },
	[TRUST_ROLE] = { "trust", MAY, MUST, MAY, true, false },
	[TRUST_VPCE] = { "vpce", MAY, MAY, MAY, true, false },
};

static const char *const ptypes[TRUST_P_MAX] = {
	[TRUST_P_ALL] = "*",
	[TRUST_P_AWS] = "AWS",
	[TRUST_P_SERVICE] = "Service",
	[TRUST_P_FEDERATED] = "Federated",
	[TRUST_P_CANONICAL] = "CanonicalUser",
};

struct reader {
	struct fg_arena *a;
	struct trust_document *d;
	const struct shape *shape;
	struct trust_fault *fault;
	struct fg_err *err;
};

const char *
trust_kind_name(enum trust_kind kind)
{
	return (unsigned)kind < TRUST_KIND_MAX && shapes[kind].name != NULL ? shapes[kind].name
									    : "none";
}

const char *
trust_ptype_name(enum trust_ptype t)
{
	return (unsigned)t < TRUST_P_MAX ? ptypes[t] : "?";
}

static const struct fg_json_node *
node(const struct reader *r, uint32_t i)
{
	return &r->d->json.node[i];
}

#define REFUSE(r, off, rule, ...) \
	trust_refuse(&(r)->d->json, (r)->d->json.src, (off), (rule), (r)->fault, (r)->err, __VA_ARGS__)

static enum fg_rc
no_memory(const struct reader *r)
{
	return fg_fail(r->err, FG_E_NOMEM, "trust.document", NULL, "tree of a policy document");
}

static enum fg_rc
read_string(const struct reader *r, uint32_t i, const char *what, struct fg_str *ret)
{
	const struct fg_json_node *v = node(r, i);

	if (v->type != FG_JSON_STRING)
		return REFUSE(r, v->off, "trust.document.type", "%s is not a string", what);
	*ret = v->text;
	return FG_OK;
}

enum accept { STRINGS_ONLY = 0, SCALARS };

static enum fg_rc
read_scalar(const struct reader *r, uint32_t i, enum accept accept, const char *what,
    struct trust_text *ret)
{
	const struct fg_json_node *v = node(r, i);
	enum trust_text_type type = TRUST_T_STRING;

	if (v->type == FG_JSON_NUMBER)
		type = TRUST_T_NUMBER;
	else if (v->type == FG_JSON_TRUE || v->type == FG_JSON_FALSE)
		type = TRUST_T_BOOL;
	else if (v->type != FG_JSON_STRING)
		return REFUSE(r, v->off, "trust.document.type", "a value of %s is no scalar", what);
	if (type != TRUST_T_STRING && accept == STRINGS_ONLY)
		return REFUSE(r, v->off, "trust.document.type", "a value of %s is not a string",
		    what);
	*ret = (struct trust_text){ .s = v->text, .type = type, .off = v->off };
	return FG_OK;
}

/* Every list element may be a scalar or an array. */
static enum fg_rc
read_list(const struct reader *r, uint32_t i, enum accept accept, const char *what,
    struct trust_list *ret)
{
	const struct fg_json_node *v = node(r, i);
	bool array = v->type == FG_JSON_ARRAY;
	uint32_t n = array ? v->n : 1, at = array ? fg_json_first(i) : i;
	struct trust_text *t = FG_NEW_N(r->a, struct trust_text, n);

	if (t == NULL)
		return no_memory(r);
	for (uint32_t k = 0; k < n; k++, at = fg_json_after(&r->d->json, at))
		FG_TRY(read_scalar(r, at, accept, what, &t[k]));
	*ret = (struct trust_list){ .v = t, .n = n, .off = v->off, .present = true,
		.scalar = !array };
	return FG_OK;
}

/* ---- Principal ---- */

static enum fg_rc
ptype_of(const struct reader *r, uint32_t key, enum trust_ptype *ret)
{
	for (enum trust_ptype t = TRUST_P_AWS; t < TRUST_P_MAX; t++)
		if (fg_eq(node(r, key)->text, fg_str_z(ptypes[t]))) {
			*ret = t;
			return FG_OK;
		}
	return REFUSE(r, node(r, key)->off, "trust.principal.type",
	    "%.*s is no type of principal", FG_PRI(node(r, key)->text));
}

static enum fg_rc
read_principal_star(const struct reader *r, uint32_t i, struct trust_principal_block *b)
{
	if (!fg_eq(node(r, i)->text, FG_LIT("*")))
		return REFUSE(r, node(r, i)->off, "trust.principal.text",
		    "a principal that is not an object can only be \"*\"");
	b->type = TRUST_P_ALL;
	b->off = node(r, i)->off;
	return read_list(r, i, STRINGS_ONLY, "Principal", &b->values);
}

static enum fg_rc
read_principal_types(const struct reader *r, uint32_t i, struct trust_principal_block *b)
{
	uint32_t k = fg_json_first(i);

	for (; k < node(r, i)->next; k = fg_json_after(&r->d->json, k + 1), b++) {
		FG_TRY(ptype_of(r, k, &b->type));
		b->off = node(r, k)->off;
		FG_TRY(read_list(r, k + 1, STRINGS_ONLY, "Principal", &b->values));
	}
	return FG_OK;
}

static enum fg_rc
read_principal(const struct reader *r, uint32_t i, struct trust_statement *st)
{
	const struct fg_json_node *v = node(r, i);
	bool star = v->type == FG_JSON_STRING;
	struct trust_principal_block *b;

	if (!star && v->type != FG_JSON_OBJECT)
		return REFUSE(r, v->off, "trust.document.type",
		    "a principal is \"*\" or an object");
	if (r->shape->all_only && !star)
		return REFUSE(r, v->off, "trust.principal.all-only",
		    "the principal of this policy can only be \"*\"");
	st->nprincipal = star ? 1 : v->n;
	if ((b = FG_NEW_N(r->a, struct trust_principal_block, st->nprincipal)) == NULL)
		return no_memory(r);
	st->principal = b;
	return star ? read_principal_star(r, i, b) : read_principal_types(r, i, b);
}

/* ---- Condition ---- */

/* Keys of one operator differ without case, too. */
static enum fg_rc
check_twice(const struct reader *r, const struct trust_test *first, const struct trust_test *t)
{
	for (const struct trust_test *p = first; p < t; p++)
		if (fg_eq_icase(p->key, t->key))
			return REFUSE(r, t->key_off, "trust.condition.duplicate-key",
			    "%.*s stands twice under one operator", FG_PRI(t->key));
	return FG_OK;
}

static enum fg_rc
read_operator(const struct reader *r, uint32_t key, struct trust_test **at)
{
	const struct fg_json_node *name = node(r, key), *block = node(r, key + 1);
	struct trust_test *first = *at;
	uint32_t k = fg_json_first(key + 1);

	if (block->type != FG_JSON_OBJECT)
		return REFUSE(r, block->off, "trust.document.type",
		    "what an operator applies to is not an object");
	if (block->n > FG_LIMIT_POLICY_KEYS)
		return REFUSE(r, block->off, "trust.document.limit",
		    "more than %u keys under one operator", FG_LIMIT_POLICY_KEYS);
	for (; k < block->next; k = fg_json_after(&r->d->json, k + 1)) {
		struct trust_test *t = (*at)++;

		t->operator = name->text;
		t->operator_off = name->off;
		t->op = trust_op_parse(name->text);
		t->key = node(r, k)->text;
		t->key_off = node(r, k)->off;
		FG_TRY(check_twice(r, first, t));
		FG_TRY(read_list(r, k + 1, SCALARS, "a condition", &t->values));
	}
	return FG_OK;
}

static uint32_t
count_tests(const struct reader *r, uint32_t i)
{
	uint32_t n = 0, k = fg_json_first(i);

	for (; k < node(r, i)->next; k = fg_json_after(&r->d->json, k + 1))
		if (node(r, k + 1)->type == FG_JSON_OBJECT)
			n += node(r, k + 1)->n;
	return n;
}

static enum fg_rc
read_condition(const struct reader *r, uint32_t i, struct trust_statement *st)
{
	struct trust_test *t;
	uint32_t k = fg_json_first(i);

	if (node(r, i)->type != FG_JSON_OBJECT)
		return REFUSE(r, node(r, i)->off, "trust.document.type",
		    "Condition is not an object");
	st->has_condition = true;
	st->condition_off = node(r, i)->off;
	st->ntest = count_tests(r, i);
	if ((t = FG_NEW_N(r->a, struct trust_test, st->ntest)) == NULL)
		return no_memory(r);
	st->test = t;
	for (; k < node(r, i)->next; k = fg_json_after(&r->d->json, k + 1))
		FG_TRY(read_operator(r, k, &t));
	return FG_OK;
}

/* ---- Statement ---- */

static enum fg_rc
read_effect(const struct reader *r, uint32_t i, struct trust_statement *st)
{
	struct fg_str s;

	FG_TRY(read_string(r, i, "Effect", &s));
	st->effect_off = node(r, i)->off;
	st->deny = fg_eq(s, FG_LIT("Deny"));
	if (!st->deny && !fg_eq(s, FG_LIT("Allow")))
		return REFUSE(r, node(r, i)->off, "trust.statement.effect",
		    "Effect is neither Allow nor Deny");
	return FG_OK;
}

static enum fg_rc
read_sid(const struct reader *r, uint32_t i, struct trust_statement *st)
{
	st->sid_off = node(r, i)->off;
	return read_string(r, i, "Sid", &st->sid);
}

static enum fg_rc
read_action(const struct reader *r, uint32_t i, struct trust_statement *st)
{
	return read_list(r, i, STRINGS_ONLY, "Action", &st->action);
}

static enum fg_rc
read_resource(const struct reader *r, uint32_t i, struct trust_statement *st)
{
	return read_list(r, i, STRINGS_ONLY, "Resource", &st->resource);
}

enum part { SID = 0, EFFECT, PRINCIPAL, ACTION, RESOURCE, CONDITION, PARTS };

static const struct element {
	const char *name;
	enum part part;
	bool negated;
	enum fg_rc (*read)(const struct reader *r, uint32_t i, struct trust_statement *st);
} elements[] = {
	{ "Sid", SID, false, read_sid },
	{ "Effect", EFFECT, false, read_effect },
	{ "Principal", PRINCIPAL, false, read_principal },
	{ "NotPrincipal", PRINCIPAL, true, read_principal },
	{ "Action", ACTION, false, read_action },
	{ "NotAction", ACTION, true, read_action },
	{ "Resource", RESOURCE, false, read_resource },
	{ "NotResource", RESOURCE, true, read_resource },
	{ "Condition", CONDITION, false, read_condition },
};

static const struct element *
element_find(struct fg_str name)
{
	for (size_t i = 0; i < FG_COUNT(elements); i++)
		if (fg_eq(name, fg_str_z(elements[i].name)))
			return &elements[i];
	return NULL;
}

static enum fg_rc
check_allowed(const struct reader *r, uint32_t key, const struct element *e,
    const bool seen[PARTS])
{
	uint32_t off = node(r, key)->off;

	if (seen[e->part])
		return REFUSE(r, off, "trust.statement.both",
		    "an element and its Not form stand in one statement");
	if (e->part == PRINCIPAL && r->shape->principal == NO)
		return REFUSE(r, off, "trust.statement.principal",
		    "%s does not belong into this kind of policy", e->name);
	if (e->part == PRINCIPAL && e->negated && !r->shape->not_principal)
		return REFUSE(r, off, "trust.statement.not-principal",
		    "NotPrincipal does not belong into this kind of policy");
	return FG_OK;
}

static enum fg_rc
check_complete(const struct reader *r, const struct trust_statement *st, const bool seen[PARTS])
{
	const struct {
		enum part part;
		enum need need;
		const char *rule, *text;
	} musts[] = {
		{ EFFECT, MUST, "trust.statement.effect", "no Effect" },
		{ ACTION, MUST, "trust.statement.action", "neither Action nor NotAction" },
		{ PRINCIPAL, r->shape->principal, "trust.statement.principal",
		    "neither Principal nor NotPrincipal" },
		{ RESOURCE, r->shape->resource, "trust.statement.resource",
		    "neither Resource nor NotResource" },
	};

	for (size_t i = 0; i < FG_COUNT(musts); i++)
		if (musts[i].need == MUST && !seen[musts[i].part])
			return REFUSE(r, st->off, musts[i].rule, "%s", musts[i].text);
	return FG_OK;
}

static enum fg_rc
read_statement(const struct reader *r, uint32_t i, struct trust_statement *st)
{
	const struct fg_json_node *v = node(r, i);
	bool seen[PARTS] = { false };
	uint32_t k = fg_json_first(i);

	if (v->type != FG_JSON_OBJECT)
		return REFUSE(r, v->off, "trust.document.type", "a statement is not an object");
	st->off = v->off;
	for (; k < v->next; k = fg_json_after(&r->d->json, k + 1)) {
		const struct element *e = element_find(node(r, k)->text);

		if (e == NULL)
			return REFUSE(r, node(r, k)->off, "trust.statement.element",
			    "unknown element %.*s", FG_PRI(node(r, k)->text));
		FG_TRY(check_allowed(r, k, e, seen));
		seen[e->part] = true;
		st->not_action |= e->part == ACTION && e->negated;
		st->not_resource |= e->part == RESOURCE && e->negated;
		st->not_principal |= e->part == PRINCIPAL && e->negated;
		if (e->part == PRINCIPAL) {
			st->has_principal = true;
			st->principal_off = node(r, k)->off;
		}
		FG_TRY(e->read(r, k + 1, st));
	}
	return check_complete(r, st, seen);
}

/* ---- top level ---- */

static enum fg_rc
read_statements(struct reader *r, uint32_t i)
{
	const struct fg_json_node *v = node(r, i);
	bool array = v->type == FG_JSON_ARRAY;
	uint32_t n = array ? v->n : 1, at = array ? fg_json_first(i) : i;
	struct trust_statement *st;

	if (n > FG_LIMIT_POLICY_STATEMENTS)
		return REFUSE(r, v->off, "trust.document.limit", "more than %u statements",
		    FG_LIMIT_POLICY_STATEMENTS);
	if ((st = FG_NEW_N(r->a, struct trust_statement, n)) == NULL)
		return no_memory(r);
	r->d->statement_scalar = !array;
	r->d->statement = st;
	r->d->nstatement = n;
	for (uint32_t k = 0; k < n; k++, at = fg_json_after(&r->d->json, at)) {
		st[k].index = k;
		FG_TRY(read_statement(r, at, &st[k]));
	}
	return FG_OK;
}

static enum fg_rc
read_version(struct reader *r, uint32_t i)
{
	struct fg_str s;

	FG_TRY(read_string(r, i, "Version", &s));
	r->d->has_version = true;
	r->d->version_off = node(r, i)->off;
	r->d->variables = fg_eq(s, FG_LIT("2012-10-17"));
	if (!r->d->variables && !fg_eq(s, FG_LIT("2008-10-17")))
		return REFUSE(r, node(r, i)->off, "trust.document.version",
		    "Version is neither 2012-10-17 nor 2008-10-17");
	return FG_OK;
}

static enum fg_rc
read_id(struct reader *r, uint32_t key)
{
	if (r->shape->id == NO)
		return REFUSE(r, node(r, key)->off, "trust.document.id",
		    "Id does not belong into this kind of policy");
	return read_string(r, key + 1, "Id", &r->d->id);
}

static enum fg_rc
read_document(struct reader *r)
{
	uint32_t k = fg_json_first(0), statement = 0;

	if (node(r, 0)->type != FG_JSON_OBJECT)
		return REFUSE(r, node(r, 0)->off, "trust.document.type",
		    "a policy document is an object");
	for (; k < node(r, 0)->next; k = fg_json_after(&r->d->json, k + 1)) {
		struct fg_str name = node(r, k)->text;

		if (fg_eq(name, FG_LIT("Version")))
			FG_TRY(read_version(r, k + 1));
		else if (fg_eq(name, FG_LIT("Id")))
			FG_TRY(read_id(r, k));
		else if (fg_eq(name, FG_LIT("Statement")))
			statement = k + 1;
		else
			return REFUSE(r, node(r, k)->off, "trust.document.element",
			    "unknown element %.*s", FG_PRI(name));
	}
	if (statement == 0)
		return REFUSE(r, node(r, 0)->off, "trust.document.statement", "no Statement");
	return read_statements(r, statement);
}

enum fg_rc
trust_document_parse(struct fg_arena *a, struct fg_str src, enum trust_kind kind,
    struct trust_document **ret, struct trust_fault *retfault, struct fg_err *reterr)
{
	static const struct fg_json_limits limits = { .bytes = FG_LIMIT_POLICY_BYTES,
		.depth = FG_LIMIT_POLICY_DEPTH, .nodes = FG_LIMIT_POLICY_NODES };
	struct reader r = { .a = a, .fault = retfault, .err = reterr };
	struct fg_err e = { .rc = FG_OK };

	if ((unsigned)kind >= TRUST_KIND_MAX || shapes[kind].name == NULL)
		return fg_fail(reterr, FG_E_INTERNAL, "trust.document.kind", NULL, "no kind");
	if ((r.d = FG_NEW(a, struct trust_document)) == NULL)
		return no_memory(&r);
	r.d->kind = kind;
	r.shape = &shapes[kind];
	if (fg_json_parse(a, src, &limits, "trust.document.json", &r.d->json, &e) != FG_OK)
		return trust_refuse_json(src, &e, retfault, reterr);
	FG_TRY(read_document(&r));
	*ret = r.d;
	return FG_OK;
}
