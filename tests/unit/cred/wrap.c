/* tests/unit/cred/wrap.c - long-lived secrets in their rows (rule 6). */
#include "tests/unit/cred/rig.h"

static const struct cred_where here = {
	CRED_SECRET_ACCESS_KEY, FG_LIT("access_key"), FG_LIT("AKIAQNZGKIQY56JQ7WML"),
	FG_LIT(RIG_ACCOUNT), FG_LIT("AIDAABCDEFGHIJKLMNOPQ"),
};

static void
a_wrapped_secret_opens_in_its_row(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 20);
	struct rig r;
	struct fg_str blob, again;
	struct cred_unwrap u = { .where = here };
	uint32_t id;

	rig_open(&r);
	id = rig_key(&r, CRED_CLASS_WRAP);
	CHECK_OK(cred_client_wrap(r.c, id, &here, FG_LIT("wJalrXUtnFEMI"), a, &blob, NULL));
	CHECK_OK(cred_client_wrap(r.c, id, &here, FG_LIT("wJalrXUtnFEMI"), a, &again, NULL));
	CHECK(!fg_eq(blob, again));
	CHECK(cred_wrap_key_id(blob) == id);
	CHECK(memmem(blob.p, blob.n, "wJalr", 5) == NULL);
	u.blob = blob;
	CHECK_OK(cred_client_unwrap(r.c, &u, 1, a, NULL));
	CHECK_OK(u.rc);
	CHECK_STR(u.plain, "wJalrXUtnFEMI");
	rig_close(&r);
}

/* Copied to another table, row, account, owner or kind it does not open. */
static void
a_copied_row_does_not_open(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 20);
	struct rig r;
	struct fg_str blob;
	struct cred_unwrap u[7];

	rig_open(&r);
	CHECK_OK(cred_client_wrap(r.c, rig_key(&r, CRED_CLASS_WRAP), &here, FG_LIT("secret"), a,
	    &blob, NULL));
	for (size_t i = 0; i < FG_COUNT(u); i++)
		u[i] = (struct cred_unwrap){ .where = here, .blob = blob };
	u[0].where.table = FG_LIT("access_kez");
	u[1].where.row = FG_LIT("AKIAQNZGKIQY56JQ7WMM");
	u[2].where.account = FG_LIT("444455556666");
	u[3].where.owner = FG_LIT("AIDAABCDEFGHIJKLMNOPR");
	u[4].where.kind = CRED_SECRET_TOTP;
	u[5].where.table = FG_LIT("access_keyA"); /* a byte moved between neighbours */
	u[5].where.row = FG_LIT("KIAQNZGKIQY56JQ7WML");
	CHECK_OK(cred_client_unwrap(r.c, u, FG_COUNT(u), a, NULL));
	for (size_t i = 0; i < 6; i++) {
		CHECK_RC(u[i].rc, FG_E_CREDENTIAL);
		CHECK(fg_str_null(u[i].plain));
	}
	CHECK_OK(u[6].rc); /* the others do not spoil it */
	rig_close(&r);
}

/* Store alone: no key.  Ring alone: no secret.  Another ring: not ours. */
static void
another_ring_opens_nothing(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 20);
	struct rig r, other;
	struct fg_str blob;
	struct cred_unwrap u = { .where = here };

	rig_open(&r);
	rig_open(&other);
	CHECK_OK(cred_client_wrap(r.c, rig_key(&r, CRED_CLASS_WRAP), &here, FG_LIT("secret"), a,
	    &blob, NULL));
	u.blob = blob;
	CHECK_OK(cred_client_unwrap(other.c, &u, 1, a, NULL));
	CHECK_RC(u.rc, FG_E_KEY);
	/* the same key in another installation */
	r.ring->installation[5] ^= 1;
	CHECK_OK(cred_client_unwrap(r.c, &u, 1, a, NULL));
	CHECK_RC(u.rc, FG_E_CREDENTIAL);
	r.ring->installation[5] ^= 1;
	CHECK_OK(cred_client_unwrap(r.c, &u, 1, a, NULL));
	CHECK_OK(u.rc);
	rig_close(&r);
	rig_close(&other);
}

static void
any_changed_bit_closes_it(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 22);
	struct rig r;
	struct fg_str blob;

	rig_open(&r);
	CHECK_OK(cred_client_wrap(r.c, rig_key(&r, CRED_CLASS_WRAP), &here, FG_LIT("secret"), a,
	    &blob, NULL));
	for (size_t bit = 0; bit < blob.n * 8; bit++) {
		char copy[128];
		struct cred_unwrap u = { .where = here, .blob = fg_str(copy, blob.n) };

		memcpy(copy, blob.p, blob.n);
		copy[bit / 8] = (char)((uint8_t)copy[bit / 8] ^ (1u << bit % 8));
		CHECK_OK(cred_client_unwrap(r.c, &u, 1, a, NULL));
		CHECK(u.rc == FG_E_CREDENTIAL || u.rc == FG_E_KEY);
	}
	rig_close(&r);
}

static void
bad_places_are_refused(void)
{
	static char big[FG_LIMIT_WRAP_BYTES + 1];
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 20);
	struct rig r;
	struct fg_str blob;
	struct cred_where w = here;
	uint32_t id;

	rig_open(&r);
	id = rig_key(&r, CRED_CLASS_WRAP);
	memset(big, 'x', sizeof(big));
	w.owner = FG_STR_NULL;
	CHECK(cred_client_wrap(r.c, id, &w, FG_LIT("s"), a, &blob, NULL) != FG_OK);
	w = here;
	w.kind = CRED_SECRET_MAX;
	CHECK(cred_client_wrap(r.c, id, &w, FG_LIT("s"), a, &blob, NULL) != FG_OK);
	CHECK(cred_client_wrap(r.c, id, &here, FG_STR_NULL, a, &blob, NULL) != FG_OK);
	CHECK(cred_client_wrap(r.c, id, &here, fg_str(big, sizeof(big)), a, &blob, NULL) != FG_OK);
	CHECK_OK(cred_client_wrap(r.c, id, &here, fg_str(big, sizeof(big) - 1), a, &blob, NULL));
	CHECK_RC(cred_client_wrap(r.c, rig_key(&r, CRED_CLASS_ROW), &here, FG_LIT("s"), a, &blob,
	    NULL), FG_E_KEY);
	CHECK(cred_wrap_key_id(FG_LIT("fg\x01\x01zzzzzzzz")) == 0);
	CHECK(cred_wrap_key_id(FG_STR_NULL) == 0);
	rig_close(&r);
}

/* More than one message can hold, with some that cannot be in between. */
static void
thousands_are_unwrapped_in_batches(void)
{
	enum { N = 3000 };
	static struct cred_unwrap u[N];
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 24);
	struct rig r;
	struct fg_str blob;
	size_t good = 0;

	rig_open(&r);
	CHECK_OK(cred_client_wrap(r.c, rig_key(&r, CRED_CLASS_WRAP), &here, FG_LIT("secret"), a,
	    &blob, NULL));
	for (size_t i = 0; i < N; i++) {
		u[i] = (struct cred_unwrap){ .where = here, .blob = blob };
		if (i % 100 == 7)
			u[i].where.owner = FG_STR_NULL;
		if (i % 100 == 8)
			u[i].blob = FG_LIT("nonsense");
	}
	CHECK_OK(cred_client_unwrap(r.c, u, N, a, NULL));
	for (size_t i = 0; i < N; i++) {
		CHECK((u[i].rc == FG_E_CREDENTIAL) == (i % 100 == 7 || i % 100 == 8));
		good += u[i].rc == FG_OK && fg_eq(u[i].plain, FG_LIT("secret"));
	}
	CHECK(good == N - 60);
	rig_close(&r);
}

CU_TestInfo wrap_tests[] = {
	CASE(a_wrapped_secret_opens_in_its_row),
	CASE(a_copied_row_does_not_open),
	CASE(another_ring_opens_nothing),
	CASE(any_changed_bit_closes_it),
	CASE(bad_places_are_refused),
	CASE(thousands_are_unwrapped_in_batches),
	CASES_END,
};
