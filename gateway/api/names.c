/*
 * ARNs and account ids.
 */
#include "gateway/api/api_int.h"

bool
api_account_ok(struct fg_str id)
{
	if (id.n != 12)
		return false;
	for (size_t i = 0; i < id.n; i++) {
		if (!fg_digit(id.p[i]))
			return false;
	}
	return true;
}

bool
api_arn_read(struct fg_str arn, struct api_arn *ret)
{
	struct fg_cur c = fg_cur(arn);

	fg_cur_lit(&c, FG_LIT("arn:"));
	ret->partition = fg_cur_until(&c, ':');
	ret->service = fg_cur_until(&c, ':');
	ret->region = fg_cur_until(&c, ':');
	ret->account = fg_cur_until(&c, ':');
	ret->resource = fg_cur_rest(&c);
	return !c.bad && ret->partition.n > 0 && ret->service.n > 0 && ret->resource.n > 0;
}

enum fg_rc
api_role_arn(struct api_call *c, struct fg_str text, struct api_arn *ret)
{
	if (!api_arn_read(text, ret) || !fg_eq(ret->partition, FG_LIT("aws")) ||
	    !fg_eq(ret->service, FG_LIT("iam")) || ret->region.n != 0 ||
	    !api_account_ok(ret->account) || !fg_starts(ret->resource, FG_LIT("role/")))
		return api_refuse(c, API_F_VALIDATION, "api.role-arn", "Request ARN is invalid");
	return FG_OK;
}
