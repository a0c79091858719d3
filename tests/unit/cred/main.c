/* tests/unit/cred/main.c - unit tests of gateway/cred. */
#include "tests/unit/cred/rig.h"

int
main(void)
{
	CU_SuiteInfo suites[] = {
		SUITE("cred/crypt.c", crypt_tests),
		SUITE("cred/id.c", id_tests),
		SUITE("cred/session.c", session_tests),
		SUITE("cred/mint.c", mint_tests),
		SUITE("cred/epoch.c", epoch_tests),
		SUITE("cred/blob.c, seal.c", purpose_tests),
		SUITE("cred/state.c", state_tests),
		SUITE("cred/clock.c", clock_tests),
		SUITE("cred/ring.c, ringfile.c", ring_tests),
		SUITE("cred/files.c", files_tests),
		SUITE("cred/wrap.c", wrap_tests),
		SUITE("cred/server.c, client.c, main.c", client_tests),
		SUITES_END,
	};

	return unit_run(suites);
}
