/* Responses of the world's SAML provider: forge.h and fixture.h do not meet. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/saml/forge.h"
#include "tests/unit/unit.h"

struct fg_arena *world_arena(void);
struct saml_provider *world_saml_provider(struct fg_str arn, unsigned allow);
struct fg_str world_assertion_sha1(fg_time issued, const char *attributes);
struct fg_str world_assertion(fg_time issued, const char *attributes);
struct fg_str world_assertion_of(fg_time issued, const char *attributes, bool encrypted);

static void
keys(void)
{
	const char *src = getenv("srcdir");
	static char dir[512];

	(void)snprintf(dir, sizeof(dir), "%s/tests/vectors/saml", src == NULL ? "." : src);
	forge_init(world_arena(), dir);
}

struct saml_provider *
world_saml_provider(struct fg_str arn, unsigned allow)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	struct fg_str der[FG_LIMIT_SAML_KEYS], key;
	struct saml_provider *p = NULL;
	struct fg_err err = { 0 };
	size_t n = 0;

	keys();
	key = forge_file(a, "sp.key");
	CHECK_OK(saml_pem_read(a, forge_file(a, "idp.crt"), der, FG_LIMIT_SAML_KEYS, &n, &err));
	CHECK_OK(saml_provider_new(&(struct saml_provider_conf){ .id = arn,
	    .entity_id = FG_LIT(FORGE_ISSUER), .key = der, .n_keys = n, .decrypt_pem = &key,
	    .n_decrypt = 1, .encryption = SAML_ENCRYPTION_ALLOWED, .allow = allow }, &p, &err));
	return p;
}

struct fg_str
world_assertion_of(fg_time issued, const char *attributes, bool encrypted)
{
	struct forge f = { .issued = issued, .attributes = attributes };

	keys();
	if (encrypted) {
		f.sign = FORGE_SIGN_BOTH;
		f.enc.cipher = "aes256-gcm";
	}
	return forge_base64(world_arena(), forge_response(world_arena(), &f));
}

struct fg_str
world_assertion(fg_time issued, const char *attributes)
{
	return world_assertion_of(issued, attributes, false);
}

struct fg_str
world_assertion_sha1(fg_time issued, const char *attributes)
{
	struct forge f = { .issued = issued, .attributes = attributes,
		.alg = { .signature = "http://www.w3.org/2000/09/xmldsig#rsa-sha1" } };

	keys();
	return forge_base64(world_arena(), forge_response(world_arena(), &f));
}
