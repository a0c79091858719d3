#include "oidc/oidc_int.h"

static const struct oidc_alg_row rows[OIDC_ALG_MAX] = {
	[OIDC_RS256] = { { "RS256", 5 }, OIDC_PKCS1, OIDC_SHA256, 0 },
	[OIDC_RS384] = { { "RS384", 5 }, OIDC_PKCS1, OIDC_SHA384, 0 },
	[OIDC_RS512] = { { "RS512", 5 }, OIDC_PKCS1, OIDC_SHA512, 0 },
	[OIDC_ES256] = { { "ES256", 5 }, OIDC_ECDSA, OIDC_SHA256, 32 },
	[OIDC_ES384] = { { "ES384", 5 }, OIDC_ECDSA, OIDC_SHA384, 48 },
	[OIDC_ES512] = { { "ES512", 5 }, OIDC_ECDSA, OIDC_SHA512, 66 },
	[OIDC_PS256] = { { "PS256", 5 }, OIDC_PSS, OIDC_SHA256, 0 },
	[OIDC_PS384] = { { "PS384", 5 }, OIDC_PSS, OIDC_SHA384, 0 },
	[OIDC_PS512] = { { "PS512", 5 }, OIDC_PSS, OIDC_SHA512, 0 },
	[OIDC_EDDSA] = { { "EdDSA", 5 }, OIDC_EDWARDS, OIDC_SHA512, 0 },
	[OIDC_ED25519] = { { "Ed25519", 7 }, OIDC_EDWARDS, OIDC_SHA512, 0 },
};

const struct oidc_alg_row *
oidc_alg_row(enum oidc_alg alg)
{
	if (alg <= OIDC_ALG_NONE || alg >= OIDC_ALG_MAX)
		return NULL;
	return &rows[alg];
}

enum oidc_alg
oidc_alg_find(struct fg_str name)
{
	for (unsigned i = OIDC_ALG_NONE + 1; i < OIDC_ALG_MAX; i++)
		if (fg_eq(name, rows[i].name))
			return (enum oidc_alg)i;
	return OIDC_ALG_NONE;
}

const char *
oidc_alg_name(enum oidc_alg alg)
{
	const struct oidc_alg_row *row = oidc_alg_row(alg);

	return row == NULL ? "none" : row->name.p;
}
