/*
 * tests/unit/saml/cut.h - a signed document taken apart, to be put together wrongly.
 */
#ifndef TESTS_SAML_CUT_H
#define TESTS_SAML_CUT_H

#include "tests/saml/forge.h"
#include "tests/unit/saml/saml_test.h"

struct cut {
	struct fg_arena *a;
	struct fg_str head;      /* up to the Assertion */
	struct fg_str assertion; /* with its Signature */
	struct fg_str tail;      /* after the Assertion */
	struct fg_str bare;      /* the Assertion without Signature */
	struct fg_str signature; /* of the Assertion or, failing that, of the Response */
	struct fg_str whole;
	struct fg_str response_bare; /* the Response without its own Signature */
	bool response_signed;
};

struct fg_str cut_join(struct fg_arena *a, const struct fg_str *v, size_t n);

#define JOIN(a, ...)                                                          \
	cut_join((a), (const struct fg_str[]){ __VA_ARGS__ },                     \
	    FG_COUNT(((const struct fg_str[]){ __VA_ARGS__ })))

struct cut cut_apart(struct fg_arena *a, struct fg_str xml);
/* `what` right after the start tag of xml's root. */
struct fg_str cut_inside_first(struct fg_arena *a, struct fg_str xml, struct fg_str what);
/* The three steps, on a vector of the public suite or on a forged document. */
enum fg_rc cut_judge(const struct saml_provider *p, struct fg_str body, bool vector,
    struct fg_err *err);

#endif
