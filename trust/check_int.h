/*
 * trust/check_int.h - what the rules of writing share.
 */
#ifndef TRUST_CHECK_INT_H
#define TRUST_CHECK_INT_H

#include "trust/program_int.h"

struct trust_checker {
	const struct trust_document *d;
	struct trust_fault *fault;
	struct fg_err *err;
};

#define TRUST_REFUSE(c, off, rule, ...)                                                       \
	trust_refuse(&(c)->d->json, (c)->d->json.src, (off), (rule), (c)->fault, (c)->err,    \
	    __VA_ARGS__)

/*
 * A Federated principal: a provider's ARN or a built-in domain.  *ret_issuer: URL without its
 * scheme, or the domain; what follows the type for SAML.
 */
bool trust_check_provider(struct fg_str s, struct fg_str *ret_issuer, bool *ret_saml);
/* The rules of a role's trust policy. */
enum fg_rc trust_check_role(const struct trust_checker *c, const struct trust_statement *st) FG_MUST;

#endif
