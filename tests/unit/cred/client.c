/* tests/unit/cred/client.c - the process, its requests and its permissions (rule 2). */
#include "tests/unit/cred/rig.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static enum fg_rc
ask(struct rig *r, enum cred_peer peer, enum cred_op op, struct fg_str payload, struct fg_buf *out)
{
	struct fg_buf q = FG_BUF(CRED_MSG_BYTES);
	struct fg_cur c;
	enum fg_rc rc;

	fg_buf_be32(&q, 77);
	fg_buf_be8(&q, (uint8_t)op);
	fg_buf_put(&q, payload);
	fg_buf_reset(out);
	server_answer(client_server(r->c), peer, fg_buf_str(&q), out);
	fg_buf_free(&q);
	c = fg_cur(fg_buf_str(out));
	CHECK(fg_cur_u32(&c) == 77);
	rc = (enum fg_rc)fg_cur_u8(&c);
	CHECK(!c.bad);
	return rc;
}

static struct fg_str
epochs(uint32_t id, uint32_t first, uint8_t n, char out[9])
{
	struct fg_buf b = { .p = out, .room = 9, .cap = 9, .fixed = true };

	fg_buf_be32(&b, id);
	fg_buf_be32(&b, first);
	fg_buf_be8(&b, n);
	return fg_str(out, 9);
}

/* The gateway cannot ask for keys of next month, nor of last week. */
static void
only_hours_near_the_present_are_handed_out(void)
{
	struct rig r;
	struct fg_buf out = FG_BUF(CRED_MSG_BYTES);
	char q[9];
	uint32_t id, e = epoch_of(RIG_NOW);

	rig_open(&r);
	id = rig_key(&r, CRED_CLASS_SESSION);
	CHECK_OK(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS, epochs(id, e, 1, q), &out));
	CHECK(out.n == 5 + EPOCH_WIRE_BYTES);
	CHECK_OK(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS,
	    epochs(id, e - EPOCH_BACK, EPOCH_COUNT, q), &out));
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS, epochs(id, e, EPOCH_AHEAD + 3, q), &out),
	    FG_E_CLOCK);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS, epochs(id, e + 1, 1, q), &out),
	    FG_E_CLOCK);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS, epochs(id, e - EPOCH_BACK - 2, 1, q),
	    &out), FG_E_CLOCK);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS, epochs(id, UINT32_MAX, 1, q), &out),
	    FG_E_CLOCK);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS, epochs(id, 0, 1, q), &out), FG_E_CLOCK);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS, epochs(id, e, 0, q), &out), FG_E_SYNTAX);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS, epochs(id, e, EPOCH_COUNT + 1, q), &out),
	    FG_E_SYNTAX);
	fg_buf_free(&out);
	rig_close(&r);
}

/* A key of one class is not taken for another: the wrap root makes no epoch keys. */
static void
keys_serve_their_class_only(void)
{
	struct rig r;
	struct fg_buf out = FG_BUF(CRED_MSG_BYTES);
	char q[9];
	uint8_t key[32], sig[64], chain[16] = { 0 };

	rig_open(&r);
	for (unsigned c = 1; c < CRED_CLASS_MAX; c++) {
		uint32_t id = rig_key(&r, (enum cred_class)c);

		CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_EPOCHS,
		    epochs(id, epoch_of(RIG_NOW), 1, q), &out),
		    c == CRED_CLASS_SESSION ? FG_OK : FG_E_KEY);
		CHECK_RC(cred_client_row_key(r.c, id, key, NULL),
		    c == CRED_CLASS_ROW ? FG_OK : FG_E_KEY);
		CHECK_RC(cred_client_audit_seed(r.c, id, chain, key, NULL),
		    c == CRED_CLASS_AUDIT ? FG_OK : FG_E_KEY);
		CHECK_RC(cred_client_audit_sign(r.c, id, FG_LIT("x"), sig, NULL),
		    c == CRED_CLASS_AUDIT ? FG_OK : FG_E_KEY);
	}
	fg_buf_free(&out);
	rig_close(&r);
}

/* What is not in the table, or not for this peer, or of a wrong size, does not run. */
static void
the_table_decides_who_may_ask_what(void)
{
	struct rig r;
	struct fg_buf out = FG_BUF(CRED_MSG_BYTES);
	char q[9];
	uint32_t id;

	rig_open(&r);
	id = rig_key(&r, CRED_CLASS_SESSION);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_NONE, FG_STR_NULL, &out), FG_E_UNSUPPORTED);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_MAX, FG_STR_NULL, &out), FG_E_UNSUPPORTED);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, (enum cred_op)255, FG_STR_NULL, &out), FG_E_UNSUPPORTED);
	for (unsigned op = 1; op < CRED_OP_MAX; op++)
		CHECK_RC(ask(&r, CRED_PEER_NONE, (enum cred_op)op, FG_STR_NULL, &out), FG_E_DENIED);
	CHECK_RC(ask(&r, CRED_PEER_CTL, CRED_OP_EPOCHS, epochs(id, epoch_of(RIG_NOW), 1, q), &out),
	    FG_E_DENIED);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_HELLO, FG_LIT("x"), &out), FG_E_SYNTAX);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_ROW_KEY, FG_LIT("abc"), &out), FG_E_SYNTAX);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_WRAP, FG_LIT("0123456789abcdefgh"), &out),
	    FG_E_SYNTAX);
	CHECK_RC(ask(&r, CRED_PEER_GATEWAY, CRED_OP_UNWRAP, FG_LIT("0123456789abcdefgh"), &out),
	    FG_E_SYNTAX);
	fg_buf_reset(&out);
	server_answer(client_server(r.c), CRED_PEER_GATEWAY, FG_LIT("abc"), &out);
	CHECK(out.n == 0);
	fg_buf_free(&out);
	rig_close(&r);
}

static bool
holds(struct fg_str hay, const uint8_t *needle, size_t n)
{
	return memmem(hay.p, hay.n, needle, n) != NULL;
}

/* No answer to any request holds a root. */
static void
no_answer_holds_a_root(void)
{
	struct rig r;
	struct fg_buf out = FG_BUF(CRED_MSG_BYTES);
	char q[20];

	rig_open(&r);
	for (unsigned op = 1; op < CRED_OP_MAX; op++)
		for (size_t k = 0; k < r.ring->n; k++)
			for (size_t n = 0; n <= 20; n++) {
				memset(q, 0, sizeof(q));
				(void)epochs(r.ring->key[k].entry.id, epoch_of(RIG_NOW), 1, q);
				(void)ask(&r, CRED_PEER_GATEWAY, (enum cred_op)op, fg_str(q, n),
				    &out);
				for (size_t i = 0; i < r.ring->n; i++)
					CHECK(!holds(fg_buf_str(&out), r.ring->key[i].root,
					    CRED_KEY_BYTES / 2));
			}
	fg_buf_free(&out);
	rig_close(&r);
}

static void
audit_seeds_and_checkpoints(void)
{
	struct rig r;
	uint8_t a[32], b[32], pub[32], sig[64], one[16] = { 1 }, two[16] = { 2 };
	uint32_t id;

	rig_open(&r);
	id = rig_key(&r, CRED_CLASS_AUDIT);
	CHECK_OK(cred_client_audit_seed(r.c, id, one, a, NULL));
	CHECK_OK(cred_client_audit_seed(r.c, id, one, b, NULL));
	CHECK(memcmp(a, b, 32) == 0);
	CHECK_OK(cred_client_audit_seed(r.c, id, two, b, NULL));
	CHECK(memcmp(a, b, 32) != 0);
	CHECK_OK(cred_client_audit_public(r.c, id, pub, NULL));
	CHECK_OK(cred_client_audit_sign(r.c, id, FG_LIT("seq 9 head ab"), sig, NULL));
	CHECK(cred_audit_verify(pub, FG_LIT("seq 9 head ab"), sig));
	CHECK(!cred_audit_verify(pub, FG_LIT("seq 9 head ac"), sig));
	sig[0] ^= 1;
	CHECK(!cred_audit_verify(pub, FG_LIT("seq 9 head ab"), sig));
	rig_close(&r);
}

/* ---- over a socket, with cred_main behind it ---- */

struct process {
	char ring[96];
	struct cred_serve serve;
	int status;
	unsigned readied;
};

static enum fg_rc
readied(void *arg, struct fg_err *reterr)
{
	(void)reterr;
	((struct process *)arg)->readied++;
	return FG_OK;
}

static void *
run_cred(void *arg)
{
	struct process *p = arg;

	p->status = cred_main(p->ring, &p->serve, 1, readied, p);
	close(p->serve.fd);
	return NULL;
}

static void
the_process_answers_over_a_socket(void)
{
	struct process p = { .serve.peer = CRED_PEER_GATEWAY, .status = -1 };
	struct cred_ring *r = NULL;
	struct cred_client *c = NULL;
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_key_row rows[4];
	struct cred_keys *k = NULL;
	struct cred_clock now;
	char dir[64];
	size_t n = 0;
	int fd[2];
	pthread_t t;

	rig_folder(dir);
	(void)snprintf(p.ring, sizeof(p.ring), "%s/keyring", dir);
	CHECK_OK(cred_clock_read(&now, NULL));
	CHECK_OK(cred_ring_new(now.wall_ns / 1000000000, &r, NULL));
	CHECK_OK(cred_ring_save(r, p.ring, CRED_SAVE_CREATE, NULL));
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	p.serve.fd = fd[1];
	CHECK(send(fd[1], "\0\0\0\0stale answer", 16, 0) == 16); /* passed over by the client */
	CHECK(pthread_create(&t, NULL, run_cred, &p) == 0);
	CU_ASSERT_FATAL(cred_client_open(fd[0], &c, NULL) == FG_OK);
	CHECK(memcmp(cred_client_installation(c), cred_ring_installation(r), 16) == 0);
	CHECK_OK(cred_client_list(c, e, &n, NULL));
	CHECK(n == r->n);
	for (size_t i = 0; i < n; i++) {
		CHECK(memcmp(e[i].fp, r->key[i].entry.fp, CRED_FP_BYTES) == 0);
		rows[i] = cred_key_row_of(&e[i], CRED_STATE_SEALING, 1);
	}
	CHECK_OK(cred_client_keys(c, rows, n, now.wall_ns / 1000000000, &k, NULL));
	CHECK(k != NULL && k->sets == 1 && k->set[0].n == EPOCH_COUNT);
	cred_keys_unref(k);
	cred_client_close(c); /* the process ends when its peer has hung up */
	CHECK(pthread_join(t, NULL) == 0);
	CHECK(p.status == 0 && p.readied == 1);
	cred_ring_free(r);
	rig_folder_gone(dir);
}

static void
a_process_that_is_gone_is_noticed(void)
{
	struct cred_client *c = NULL;
	struct fg_err err = { 0 };
	int fd[2];

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	close(fd[1]);
	CHECK_RC(cred_client_open(fd[0], &c, &err), FG_E_UNAVAILABLE);
	CHECK_STEP(err, "cred.client");
}

/* Greets like a cred process of the next version. */
static void *
run_newer(void *arg)
{
	int fd = *(int *)arg;
	char q[64], a[64];
	struct fg_buf b = FG_BUF_FIXED(a);
	ssize_t n = recv(fd, q, sizeof(q), 0);

	fg_buf_put(&b, fg_str(q, n == 5 ? 4 : 0));
	fg_buf_be8(&b, FG_OK);
	fg_buf_put(&b, FG_LIT("0123456789abcdef"));
	fg_buf_be8(&b, CRED_TOKEN_VERSION + 1);
	(void)send(fd, b.p, b.n, MSG_NOSIGNAL);
	return NULL;
}

/* Rule 22: processes of two versions do not work together by accident. */
static void
a_process_of_another_version_is_refused(void)
{
	struct cred_client *c = NULL;
	struct fg_err err = { 0 };
	pthread_t t;
	int fd[2];

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	CHECK(pthread_create(&t, NULL, run_newer, &fd[1]) == 0);
	CHECK_RC(cred_client_open(fd[0], &c, &err), FG_E_UNSUPPORTED);
	CHECK_STEP(err, "cred.client.version");
	CHECK(pthread_join(t, NULL) == 0);
	close(fd[1]);
}

static void
without_a_ring_the_process_does_not_start(void)
{
	struct process p = { .ring = "/nonexistent/keyring", .serve = { 0, CRED_PEER_GATEWAY } };

	CHECK(cred_main(p.ring, &p.serve, 1, readied, &p) != 0);
	CHECK(p.readied == 0);
}

CU_TestInfo client_tests[] = {
	CASE(only_hours_near_the_present_are_handed_out),
	CASE(keys_serve_their_class_only),
	CASE(the_table_decides_who_may_ask_what),
	CASE(no_answer_holds_a_root),
	CASE(audit_seeds_and_checkpoints),
	CASE(the_process_answers_over_a_socket),
	CASE(a_process_that_is_gone_is_noticed),
	CASE(a_process_of_another_version_is_refused),
	CASE(without_a_ring_the_process_does_not_start),
	CASES_END,
};
