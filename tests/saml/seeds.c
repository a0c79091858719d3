/*
 * tests/saml/seeds.c - writes the seeds of the SAML fuzz targets: `seeds FOLDER`, from the top of the
 * tree.  Run by hand when the forge changes; the seeds are kept.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/saml/forge.h"

static void
write_seed(const char *dir, const char *target, const char *name, struct fg_str s)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s/%s", dir, target, name);
	if ((f = fopen(path, "wb")) == NULL || fwrite(s.p, 1, s.n, f) != s.n || fclose(f) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
}

static const struct {
	const char *name;
	struct forge forge;
} seeds[] = {
	{ "assertion", { .roles = 1 } },
	{ "response", { .roles = 1, .sign = FORGE_SIGN_RESPONSE, .alg = { .no_key_info = true } } },
	{ "both", { .roles = 1, .sign = FORGE_SIGN_BOTH, .alg = { .no_key_info = true, .prefixes = "xs" } } },
	{ "sha1", { .roles = 1, .authn = "", .alg = { .last = true, .no_key_info = true,
	    .signature = "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
	    .digest = "http://www.w3.org/2000/09/xmldsig#sha1" } } },
	{ "gcm", { .roles = 1, .sign = FORGE_SIGN_RESPONSE, .enc = { .cipher = "aes256-gcm" },
	    .alg = { .no_key_info = true } } },
	{ "cbc", { .roles = 1, .enc = { .cipher = "aes128-cbc", .beside = true },
	    .alg = { .no_key_info = true } } },
};

int
main(int argc, char **argv)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);

	if (argc != 2 || a == NULL)
		return EXIT_FAILURE;
	forge_init(a, "tests/vectors/saml");
	for (size_t i = 0; i < FG_COUNT(seeds); i++) {
		struct fg_str xml = forge_response(a, &seeds[i].forge);

		write_seed(argv[1], "saml", seeds[i].name, i % 2 == 0 ? xml : forge_base64(a, xml));
		if (seeds[i].forge.enc.cipher == NULL)
			write_seed(argv[1], "samlsig", seeds[i].name, xml);
		write_seed(argv[1], "samlxml", seeds[i].name, xml);
	}
	return EXIT_SUCCESS;
}
