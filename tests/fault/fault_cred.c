/* tests/fault/fault_cred.c - gateway/cred when memory is short. */
#include <stdio.h>

#include "gateway/cred/cred_int.h"
#include "tests/fault/fault.h"

#define NOW ((fg_time)1763829431)

static fg_time
fixed_now(void *arg)
{
	(void)arg;
	return NOW;
}

struct set {
	struct cred_client *c;
	struct cred_worker *w;
	struct cred_keys *k;
	struct fg_arena *a;
	struct fg_buf b;
};

static void
set_free(struct set *s)
{
	cred_keys_unref(s->k);
	cred_worker_free(s->w);
	cred_client_close(s->c);
	fg_arena_free(s->a);
	fg_buf_free(&s->b);
}

static enum fg_rc
open_set(struct set *s, struct cred_key_row rows[CRED_RING_MAX], struct fg_err *reterr)
{
	struct cred_ring *ring = NULL;
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n;

	s->b = FG_BUF(8192);
	s->a = fg_arena_new(1 << 20);
	if (s->a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "fault.cred", NULL, "arena");
	FG_TRY(cred_ring_new(NOW, &ring, reterr));
	n = cred_ring_list(ring, e);
	for (size_t i = 0; i < n; i++)
		rows[i] = cred_key_row_of(&e[i], CRED_STATE_SEALING, NOW);
	FG_TRY(cred_client_local(ring, &s->c, reterr));
	client_server(s->c)->now = fixed_now;
	FG_TRY(cred_worker_new(NULL, NULL, &s->w, reterr));
	return cred_client_keys(s->c, rows, n, NOW, &s->k, reterr);
}

static enum fg_rc
mint_and_open(struct set *s, struct fg_err *reterr)
{
	static struct cred_opened o;
	struct cred_minted m;
	struct cred_session in = {
		.kind = CRED_KIND_ROLE,
		.issued = NOW,
		.expires = NOW + 3600,
		.account = FG_LIT("111122223333"),
		.principal = FG_LIT("AROAABCDEFGHIJKLMNOPQ"),
		.name = FG_LIT("run"),
		.method = CRED_METHOD_KEY,
		.subject = FG_LIT("arn:aws:iam::111122223333:user/ci"),
		.origin = NOW,
	};

	FG_TRY(cred_mint(s->w, s->k, &in, &m, reterr));
	return cred_open(s->w, s->k, fg_str_z(m.access_key_id), fg_str(m.token, m.token_n), NOW, &o,
	    reterr);
}

static enum fg_rc
whole(void *arg, struct fg_err *reterr)
{
	FG_AUTO(set_free) struct set s = { 0 };
	struct cred_key_row rows[CRED_RING_MAX];
	struct cred_where where = { CRED_SECRET_TOTP, FG_LIT("mfa"), FG_LIT("arn"),
		FG_LIT("111122223333"), FG_LIT("AIDAABCDEFGHIJKLMNOPQ") };
	struct cred_unwrap u = { .where = where };
	struct fg_str got;

	(void)arg;
	FG_TRY(open_set(&s, rows, reterr));
	FG_TRY(mint_and_open(&s, reterr));
	FG_TRY(cred_seal(s.w, s.k, CRED_P_STATE, FG_LIT("x"), FG_LIT("y"), NOW, 60, &s.b, reterr));
	if (s.b.bad != FG_OK)
		return fg_fail(reterr, s.b.bad, "fault.cred", NULL, "text");
	FG_TRY(cred_unseal(s.w, s.k, CRED_P_STATE, FG_LIT("x"), fg_buf_str(&s.b), NOW, s.a, &got,
	    reterr));
	FG_TRY(cred_client_wrap(s.c, rows[CRED_CLASS_WRAP - 1].id, &where, FG_LIT("secret"), s.a,
	    &u.blob, reterr));
	FG_TRY(cred_client_unwrap(s.c, &u, 1, s.a, reterr));
	return u.rc;
}

int
main(void)
{
	int runs = fault_run("cred", whole, NULL);

	printf("failed allocations survived: cred %d\n", runs);
	return runs > 0 ? 0 : 1;
}
