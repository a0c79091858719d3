/*
 * tests/unit/store/trust_double.c - stands in for trust/ where only the use of it is looked at:
 * counts compilations, refuses documents that begin with "bad", asks for one principal.
 */
#include <stdlib.h>

#include "tests/unit/store/trust_double.h"

struct trust_program {
	struct fg_str text;
	char bound[64];
};

unsigned double_compiled;

enum fg_rc
trust_compile(struct fg_str document, const struct trust_compile *how,
    struct trust_program **ret, struct trust_fault *retfault, struct fg_err *reterr)
{
	struct trust_program *p;

	(void)retfault;
	__atomic_fetch_add(&double_compiled, 1, __ATOMIC_RELAXED);
	if (fg_starts(document, FG_LIT("bad")))
		return fg_fail(reterr, FG_E_POLICY, "trust", NULL, "bad");
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "trust", NULL, "double");
	p->text = document;
	if (how->bind != NULL) {
		struct fg_str s = how->bind(how->bind_arg, FG_LIT("arn:aws:iam::1:user/u"));

		memcpy(p->bound, s.p, s.n < sizeof(p->bound) ? s.n : sizeof(p->bound));
	}
	*ret = p;
	return FG_OK;
}

void
trust_free(struct trust_program *p)
{
	free(p);
}

struct fg_str
double_bound(const struct trust_program *p)
{
	return fg_str_z(p->bound);
}
