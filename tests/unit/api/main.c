#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define WORLD(name, tests) { name, NULL, world_close, world_fresh, NULL, tests }

int
main(void)
{
	CU_SuiteInfo suites[] = {
		WORLD("gateway/api: forms and parameters", form_tests),
		WORLD("gateway/api: web identity", web_tests),
		WORLD("gateway/api: answers as AWS gives them", parity_tests),
		WORLD("gateway/api: GetCallerIdentity and callers", identity_tests),
		WORLD("gateway/api: AssumeRole and chains", role_tests),
		WORLD("gateway/api: GetSessionToken, GetFederationToken", session_tests),
		WORLD("gateway/api: AssumeRoleWithSAML", saml_tests),
		WORLD("gateway/api: AssumeRoot and organisations", root_tests),
		WORLD("gateway/api: captures of clients", capture_tests),
		WORLD("gateway/api: GetWebIdentityToken", outbound_tests),
		WORLD("gateway/api: tokens of our own issuers", link_tests),
		WORLD("gateway/api: what a chain by tokens of ours ends by", link_cut_tests),
		WORLD("gateway/api: oracles", oracle_tests),
		WORLD("gateway/api: edges", edge_tests),
		WORLD("gateway/api: replays", replay_tests),
		WORLD("gateway/api: encoded messages", message_tests),
		SUITES_END,
	};

	return unit_run(suites);
}
