/* Tokens of the world's provider. */
#include "tests/unit/oidc/mint.h"

struct fg_str world_token(const char *more);
struct fg_str world_token_of(const char *alg, const char *payload);
struct fg_str world_payload(const char *iss, const char *sub, const char *aud, const char *iat,
    const char *exp, const char *more);
struct oidc_jwks *world_jwks(void);
struct fg_arena *world_arena(void);

_Static_assert(MINT_NOW == 1790000000, "the world's clock");

struct fg_str
world_token_of(const char *alg, const char *payload)
{
	return mint(world_arena(), alg, payload);
}

struct fg_str
world_payload(const char *iss, const char *sub, const char *aud, const char *iat, const char *exp,
    const char *more)
{
	return mint_payload(world_arena(), iss, sub, aud, iat, exp, more);
}

struct fg_str
world_token(const char *more)
{
	struct fg_str p = mint_payload(world_arena(), "\"" ISSUER "\"", "\"repo:acme/app:ref:main\"",
	    "\"" CLIENT "\"", "1789999990", "1790000290", more);

	return mint(world_arena(), "RS256", p.p);
}

struct oidc_jwks *
world_jwks(void)
{
	static const char *const keys[] = { "rsa2048", "ec256", "ec384", "ec521", "ed25519", NULL };

	return mint_set(keys);
}
