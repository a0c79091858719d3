#include "gateway/iam/query.h"
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

int
main(void)
{
	CU_SuiteInfo suites[] = {
		{ "gateway/iam: the Query API", NULL, world_close, world_fresh, NULL, query_tests },
		{ "gateway/iam: SAML providers", NULL, world_close, world_fresh, NULL, saml_tests },
		{ "gateway/iam/query_mfa.c", NULL, world_close, world_new, NULL, mfa_tests },
		{ "gateway/iam/mfa_code.c", NULL, world_close, world_fresh, NULL, mfa_code_tests },
		{ "gateway/iam: last use", NULL, world_close, world_new, NULL, used_tests },
		{ "gateway/iam: the rest of the API", NULL, world_close, world_new, NULL, breadth_tests },
		{ "gateway/iam/simulate.c, query_simulate.c", NULL, world_close, world_new, NULL, simulate_tests },
		{ "simulations of published cases", NULL, world_close, world_new, NULL, simulate_vector_tests },
		{ "gateway/iam: issuers of accounts", NULL, world_close, world_new, NULL, outbound_tests },
		{ "gateway/iam/trust_text.c", NULL, world_close, world_new, NULL, gone_tests },
		{ "gateway/iam/query_granting.c, query_features.c", NULL, world_close, world_new, NULL, granting_tests },
		{ "gateway/iam: what each action needs", NULL, world_close, world_new, NULL, permission_tests },
		{ "gateway/iam/query_write.c", NULL, world_close, world_new, NULL, meanwhile_tests },
		SUITES_END,
	};

	world_service = &api_iam;
	return unit_run(suites);
}
