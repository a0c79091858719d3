/*
 * Target: cred/server.c, cred/wrap.c.  Whatever is asked, by whomever: the answer has the id of
 * the question, is whole, and holds no root.
 */
#include "gateway/cred/cred_int.h"
#include "tests/fuzz/fuzz.h"

static fg_time
fixed_now(void *arg)
{
	(void)arg;
	return 1763829431;
}

/* Keys 1 to 4, one of each class, with known bytes. */
static struct cred_server *
server(void)
{
	static struct cred_server *s;
	struct cred_ring *r;
	uint8_t root[CRED_KEY_BYTES];

	if (s != NULL)
		return s;
	r = ring_alloc();
	for (unsigned c = 1; r != NULL && c < CRED_CLASS_MAX; c++) {
		memset(root, (int)(0xa0 + c), sizeof(root));
		if (ring_insert(r, c, (enum cred_class)c, 1, root, NULL) != FG_OK)
			abort();
	}
	if (r == NULL || server_new(r, &s, NULL) != FG_OK)
		abort();
	s->now = fixed_now;
	return s;
}

static bool
has_root(const struct fg_buf *out)
{
	char root[CRED_KEY_BYTES / 2];

	for (unsigned c = 1; c < CRED_CLASS_MAX; c++) {
		memset(root, (int)(0xa0 + c), sizeof(root));
		if (out->n != 0 && memmem(out->p, out->n, root, sizeof(root)) != NULL)
			return true;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char reply[CRED_MSG_BYTES];
	struct fg_buf out = FG_BUF_FIXED(reply);
	enum cred_peer peer;

	if (size == 0 || size > 4096)
		return 0;
	peer = (enum cred_peer)(data[0] & 3);
	server_answer(server(), peer, fg_str(data + 1, size - 1), &out);
	FUZZ_ASSERT(out.bad == FG_OK);
	FUZZ_ASSERT((size - 1 < 5) == (out.n == 0));
	if (out.n == 0)
		return 0;
	FUZZ_ASSERT(out.n >= 5 && memcmp(out.p, data + 1, 4) == 0);
	/* a wrapped secret of the input's own choice may hold anything */
	FUZZ_ASSERT(data[5] == CRED_OP_UNWRAP || !has_root(&out));
	if (out.p[4] == FG_OK) {
		FUZZ_ASSERT(peer != CRED_PEER_NONE);
		FUZZ_ACCEPTED();
	}
	return 0;
}
