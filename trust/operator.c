/*
 * trust/operator.c - the names of condition operators.
 */
#include "trust/trust_int.h"

struct row {
	const char *name; /* lower case */
	enum trust_family family;
	enum trust_relation relation;
	bool negated;
};

static const struct row rows[] = {
	{ "stringequals", TRUST_OP_STRING, TRUST_EQ, false },
	{ "stringnotequals", TRUST_OP_STRING, TRUST_EQ, true },
	{ "stringequalsignorecase", TRUST_OP_STRING_FOLD, TRUST_EQ, false },
	{ "stringnotequalsignorecase", TRUST_OP_STRING_FOLD, TRUST_EQ, true },
	{ "stringlike", TRUST_OP_LIKE, TRUST_EQ, false },
	{ "stringnotlike", TRUST_OP_LIKE, TRUST_EQ, true },
	{ "arnequals", TRUST_OP_ARN, TRUST_EQ, false },
	{ "arnlike", TRUST_OP_ARN, TRUST_EQ, false },
	{ "arnnotequals", TRUST_OP_ARN, TRUST_EQ, true },
	{ "arnnotlike", TRUST_OP_ARN, TRUST_EQ, true },
	{ "numericequals", TRUST_OP_NUMBER, TRUST_EQ, false },
	{ "numericnotequals", TRUST_OP_NUMBER, TRUST_EQ, true },
	{ "numericlessthan", TRUST_OP_NUMBER, TRUST_LT, false },
	{ "numericlessthanequals", TRUST_OP_NUMBER, TRUST_LE, false },
	{ "numericgreaterthan", TRUST_OP_NUMBER, TRUST_GT, false },
	{ "numericgreaterthanequals", TRUST_OP_NUMBER, TRUST_GE, false },
	{ "dateequals", TRUST_OP_DATE, TRUST_EQ, false },
	{ "datenotequals", TRUST_OP_DATE, TRUST_EQ, true },
	{ "datelessthan", TRUST_OP_DATE, TRUST_LT, false },
	{ "datelessthanequals", TRUST_OP_DATE, TRUST_LE, false },
	{ "dategreaterthan", TRUST_OP_DATE, TRUST_GT, false },
	{ "dategreaterthanequals", TRUST_OP_DATE, TRUST_GE, false },
	{ "bool", TRUST_OP_BOOL, TRUST_EQ, false },
	{ "binaryequals", TRUST_OP_BINARY, TRUST_EQ, false },
	{ "ipaddress", TRUST_OP_IP, TRUST_EQ, false },
	{ "notipaddress", TRUST_OP_IP, TRUST_EQ, true },
	{ "null", TRUST_OP_NULL, TRUST_EQ, false },
};

static enum trust_set
set_prefix(struct fg_str *name)
{
	static const struct {
		struct fg_str prefix;
		enum trust_set set;
	} sets[] = {
		{ { "forallvalues:", 13 }, TRUST_SET_ALL },
		{ { "foranyvalue:", 12 }, TRUST_SET_ANY },
	};

	for (size_t i = 0; i < FG_COUNT(sets); i++)
		if (fg_starts_icase(*name, sets[i].prefix)) {
			*name = fg_sub(*name, sets[i].prefix.n, name->n);
			return sets[i].set;
		}
	return TRUST_SET_NONE;
}

static const struct row *
row_find(struct fg_str name)
{
	for (size_t i = 0; i < FG_COUNT(rows); i++)
		if (fg_eq_icase(name, fg_str_z(rows[i].name)))
			return &rows[i];
	return NULL;
}

struct trust_op
trust_op_parse(struct fg_str name)
{
	const struct fg_str suffix = FG_LIT("ifexists");
	struct trust_op op = { .set = set_prefix(&name) };
	const struct row *r;

	if (name.n > suffix.n &&
	    fg_eq_icase(fg_sub(name, name.n - suffix.n, name.n), suffix)) {
		op.if_exists = true;
		name.n -= suffix.n;
	}
	r = row_find(name);
	/* NullIfExists is no operator: Null is about existence itself. */
	if (r == NULL || (r->family == TRUST_OP_NULL && op.if_exists))
		return (struct trust_op){ .set = op.set, .if_exists = op.if_exists };
	op.family = r->family;
	op.relation = r->relation;
	op.negated = r->negated;
	return op;
}

bool
trust_op_expands(enum trust_family family)
{
	return family == TRUST_OP_STRING || family == TRUST_OP_STRING_FOLD ||
	    family == TRUST_OP_LIKE || family == TRUST_OP_ARN;
}
