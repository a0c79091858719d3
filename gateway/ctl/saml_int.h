/* gateway/ctl/saml_int.h - shared by saml.c (verify) and saml_explain.c. */
#ifndef GATEWAY_CTL_SAML_INT_H
#define GATEWAY_CTL_SAML_INT_H

#include "gateway/ctl/ctl.h"
#include "saml/saml.h"

/*
 * The provider that --metadata, or --issuer and --cert, describe.  FG_E_USAGE when neither is
 * given (*ret is NULL then); other errors are about a file, or a verdict on the metadata.
 */
enum fg_rc ctl_saml_provider(const struct ctl_args *args, fg_time now, struct saml_provider **ret,
    struct fg_err *reterr) FG_MUST;
/* The Response: a file, or standard input. */
enum fg_rc ctl_saml_input(const struct ctl_args *args, fg_time now, struct saml_input *ret,
    struct fg_err *reterr) FG_MUST;

extern const struct ctl_opt ctl_saml_verify_opts[];
extern const struct ctl_opt ctl_saml_explain_opts[];
int ctl_saml_verify(const struct ctl_args *args);
int ctl_saml_explain(const struct ctl_args *args);

#endif
