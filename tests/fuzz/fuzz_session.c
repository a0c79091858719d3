/*
 * Target: cred/session.c, cred/blob.c, cred/mint.c.  A session that is read is written back to the
 * same bytes, and keeps the rules of sessions; as a token the bytes never open.
 */
#include "gateway/cred/cred_int.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t installation[CRED_INSTALLATION_BYTES] = { 1, 2, 3 };
#define NOW ((fg_time)1763829431)

static struct cred_keys *
keys(struct cred_worker *w)
{
	static uint8_t wire[EPOCH_WIRE_BYTES];
	struct cred_keys *k = keys_new(installation);

	if (k == NULL ||
	    keys_add(k, w, 7, epoch_of(NOW), fg_str(wire, sizeof(wire)), NULL) != FG_OK)
		abort();
	return k;
}

static void
as_token(struct fg_str in)
{
	static struct cred_worker *w;
	static struct cred_keys *k;
	static struct cred_opened o;
	char text[FG_LIMIT_TOKEN_CHARS];
	struct fg_buf b = FG_BUF_FIXED(text);

	if (w == NULL) {
		if (cred_worker_new(NULL, NULL, &w, NULL) != FG_OK)
			abort();
		k = keys(w);
	}
	FUZZ_ASSERT(cred_open(w, k, FG_LIT("ASIAQNZGKIQY56JQ7WML"), in, NOW, &o, NULL) != FG_OK);
	fg_buf_base64url(&b, in);
	if (b.bad == FG_OK)
		FUZZ_ASSERT(cred_open(w, k, FG_LIT("ASIAQNZGKIQY56JQ7WML"), fg_buf_str(&b), NOW, &o,
		    NULL) != FG_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char again[1 << 20];
	struct fg_buf b = FG_BUF_FIXED(again);
	struct fg_str in = fg_str(data, size);
	struct cred_session s;
	size_t policies, tags;

	as_token(in);
	if (session_parse(in, &s, NULL) != FG_OK)
		return 0;
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(session_check(&s, FG_E_PARAM, NULL) == FG_OK);
	FUZZ_ASSERT(session_size(&s, &policies, &tags) == size);
	session_put(&s, &b);
	FUZZ_ASSERT(fg_eq(fg_buf_str(&b), in));
	return 0;
}
