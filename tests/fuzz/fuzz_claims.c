/*
 * Target: oidc/claims.c, keys.c, session.c, over a payload as if its signature had verified, for a
 * strict provider and one with AWS's rules.  Facts that come out keep every promise of oidc.h.
 */
#include "oidc/oidc_int.h"
#include "tests/fuzz/fuzz.h"

#define NOW 1790000000

static const struct fg_str clients[] = { { "sts.amazonaws.com", 17 }, { "other", 5 } };

static void
promises(const struct oidc_provider *p, const struct oidc_facts *f)
{
	FUZZ_ASSERT(fg_eq(f->issuer, p->issuer));
	FUZZ_ASSERT(f->subject.n > 0 && f->subject.n <= FG_LIMIT_SUBJECT_BYTES);
	FUZZ_ASSERT(fg_eq(f->audience, clients[0]) || fg_eq(f->audience, clients[1]));
	FUZZ_ASSERT(f->expires_at > f->issued_at && f->expires_at - f->issued_at <= FG_LIMIT_OIDC_LIFETIME_S);
	FUZZ_ASSERT(f->expires_at > NOW - 300 && f->issued_at <= NOW + 300 && f->not_before <= NOW + 300);
	FUZZ_ASSERT(f->nclaim >= 3 && fg_eq(f->claim[0].value, f->audience));
	for (size_t i = 0; i < f->nclaim; i++) {
		FUZZ_ASSERT(f->claim[i].name.n > 0 && fg_find(f->claim[i].name, ':') == f->claim[i].name.n);
		FUZZ_ASSERT(f->claim[i].type != OIDC_CLAIM_NONE);
		FUZZ_ASSERT(oidc_claim_find(f, f->claim[i].name) == &f->claim[i]);
	}
	for (size_t i = 0; i < f->nrole; i++)
		FUZZ_ASSERT(f->role[i].n > 0 && f->has_roles);
	for (size_t i = 0; i < f->ntag; i++)
		FUZZ_ASSERT(fg_utf8_ok(f->tag[i].key) && fg_utf8_ok(f->tag[i].value));
}

static bool
judge(struct fg_str bytes, unsigned flags)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(8u << 20);
	struct oidc_provider p = oidc_provider_default();
	struct oidc_jws jws = { .bytes = bytes, .alg = OIDC_RS256 };
	struct oidc_payload payload = { .provider = &p, .jws = &jws };
	struct fg_err err = { .rc = FG_OK };
	struct oidc_refusal why;
	struct oidc_facts f;
	char room[512];
	struct fg_buf words = FG_BUF_FIXED(room);

	FUZZ_ASSERT(a != NULL);
	p.issuer = FG_LIT("https://token.actions.example.com");
	p.client_id = clients;
	p.nclient_id = FG_COUNT(clients);
	p.flags = flags;
	if (oidc_claims_read(a, &payload, NOW, &f, &why, &err) != FG_OK) {
		oidc_wording(&err, &why, &words);
		FUZZ_ASSERT(err.step != NULL && words.n > 0 && words.bad == FG_OK);
		return false;
	}
	promises(&p, &f);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fg_str bytes = size == 0 ? FG_LIT("") : fg_str(data, size);
	bool strict = judge(bytes, 0);

	(void)judge(bytes, OIDC_AWS_PARITY);
	(void)judge(bytes, OIDC_ANY_AUDIENCE | OIDC_IGNORE_CNF);
	if (strict)
		FUZZ_ACCEPTED();
	return 0;
}
