/*
 * tests/unit/front/main.c - the suites of gateway/front.
 */
#include "tests/unit/front/server.h"

static CU_SuiteInfo suites[] = {
	SUITE("front/bytes.c", front_bytes_tests),
	SUITE("front/head.c, request.c, body.c", front_head_tests),
	SUITE("front/conn.c, serve.c, reply.c, accept.c", front_conn_tests),
	SUITE("front/deadline.c", front_deadline_tests),
	SUITE("front/forwarded.c, proxy.c", front_peer_tests),
	SUITE("front/tls.c, ticket.c: keys", front_keys_tests),
	SUITE("front/tls.c, ticket.c: connections", front_tls_tests),
	SUITE("front/worker.c, post.c, bind.c, front.c", front_life_tests),
	SUITE("front/pool.c", front_pool_tests),
	SUITE("front: what is taken and what is refused", front_table_tests),
	SUITES_END,
};

int
main(void)
{
	return unit_run(suites);
}
