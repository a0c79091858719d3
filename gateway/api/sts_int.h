/* gateway/api/sts_int.h - places of the parameters of STS actions; private to gateway/api. */
#ifndef GATEWAY_API_STS_INT_H
#define GATEWAY_API_STS_INT_H

#include "gateway/api/api_int.h"

enum {
	STS_AR_ROLE = 0,
	STS_AR_NAME,
	STS_AR_ARNS,
	STS_AR_POLICY,
	STS_AR_DURATION,
	STS_AR_TAGS,
	STS_AR_TRANSITIVE,
	STS_AR_EXTERNAL,
	STS_AR_SERIAL,
	STS_AR_CODE,
	STS_AR_SOURCE,
	STS_AR_CONTEXTS,
};

enum {
	STS_SA_ROLE = 0,
	STS_SA_PRINCIPAL,
	STS_SA_ASSERTION,
	STS_SA_ARNS,
	STS_SA_POLICY,
	STS_SA_DURATION,
};

enum {
	STS_WI_ROLE = 0,
	STS_WI_NAME,
	STS_WI_TOKEN,
	STS_WI_PROVIDER,
	STS_WI_ARNS,
	STS_WI_POLICY,
	STS_WI_DURATION,
};

enum { STS_RT_TARGET = 0, STS_RT_TASK, STS_RT_DURATION };
enum { STS_ST_DURATION = 0, STS_ST_SERIAL, STS_ST_CODE };
enum { STS_FT_NAME = 0, STS_FT_POLICY, STS_FT_ARNS, STS_FT_DURATION, STS_FT_TAGS };
enum { STS_WT_AUDIENCE = 0, STS_WT_ALGORITHM, STS_WT_DURATION, STS_WT_TAGS };
#define OUTBOUND_AUDIENCES 10 /* of one token */

/* Policy, PolicyArns and DurationSeconds of a call into w. */
enum fg_rc sts_session_args(struct api_call *c, const struct api_arg *policy,
    const struct api_arg *arns, const struct api_arg *duration, struct api_issue *w) FG_MUST;
/* Tags of a call into w. */
enum fg_rc sts_tag_args(struct api_call *c, const struct api_arg *tags, struct api_issue *w) FG_MUST;

/*
 * SerialNumber and TokenCode: FG_OK with c->waiting set while the code is checked, FG_OK when it
 * was right or none was given.
 */
enum fg_rc sts_mfa_args(struct api_call *c, const struct api_arg *serial,
    const struct api_arg *code) FG_MUST;
enum fg_rc sts_mfa_refused(struct api_call *c, const char *why);

#endif
