/* gateway/idp: the suites. */
#include <signal.h>

#include "tests/unit/idp/tests.h"

int
main(void)
{
	CU_SuiteInfo suites[] = {
		SUITE("idp/address.c", address_tests),
		SUITE("idp/wire.c", wire_tests),
		SUITE("idp/document.c", document_tests),
		SUITE("idp/saml_source.c", saml_tests),
		SUITE("idp/sched.c", sched_tests),
		SUITE("idp/source.c, table.c", source_tests),
		SUITE("idp/table.c: our own issuers", own_tests),
		SUITE("idp/waiters.c", waiter_tests),
		SUITE("idp/idp.c", thread_tests),
		SUITE("idp/fetch.c", fetch_tests),
		SUITES_END,
	};

	signal(SIGPIPE, SIG_IGN);
	return unit_run(suites);
}
