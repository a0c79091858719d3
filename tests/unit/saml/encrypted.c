/*
 * tests/unit/saml/encrypted.c - EncryptedAssertion: what opens, and that whatever does not looks the
 * same from outside.
 */
#include "tests/saml/forge.h"
#include "tests/unit/saml/saml_test.h"

static enum fg_rc
run(const struct forge *f, unsigned allow, unsigned private_ops, struct saml_facts *facts,
    struct fg_err *err)
{
	static struct fg_arena *a; /* facts borrow from it until the next run */
	static struct saml_provider *p;
	struct saml_expect want = forge_expect(FORGE_NOW);
	struct saml_input in = { .form = SAML_FORM_BASE64, .private_ops = private_ops };

	fg_arena_free(a);
	saml_provider_free(p);
	a = NULL;
	p = NULL;
	if (f == NULL)
		return FG_OK;
	a = fg_arena_new(16u * 1024 * 1024);
	p = forge_provider(NULL, allow, true);
	in.body = forge_base64(a, forge_response(a, f));
	*err = (struct fg_err){ .rc = FG_OK };
	return saml_accept(a, p, &in, &want, facts, err);
}

static void
all_ciphers_and_transports_open(void)
{
	static const char *const ciphers[] = { "aes128-cbc", "aes192-cbc", "aes256-cbc", "aes128-gcm",
		"aes192-gcm", "aes256-gcm" };
	static const enum forge_transport transports[] = { FORGE_OAEP_SHA1, FORGE_OAEP_SHA256,
		FORGE_OAEP11_SHA256 };
	static const enum forge_sign signs[] = { FORGE_SIGN_RESPONSE, FORGE_SIGN_BOTH };

	for (size_t c = 0; c < FG_COUNT(ciphers); c++) {
		for (size_t t = 0; t < FG_COUNT(transports) * FG_COUNT(signs); t++) {
			struct forge f = { .roles = 1, .sign = signs[t % 2],
				.enc = { .cipher = ciphers[c], .transport = transports[t / 2] } };
			struct saml_facts facts = { .encrypted = false };
			struct fg_err err;

			CHECK_OK(run(&f, 0, 2, &facts, &err));
			CHECK(facts.encrypted && facts.legacy == 0);
			CHECK_STR(facts.subject, "alice@example.test");
			CHECK((facts.signed_parts & SAML_SIGNED_RESPONSE) != 0);
		}
	}
	CHECK_OK(run(NULL, 0, 0, NULL, NULL));
}

static void
shapes_of_real_providers_open(void)
{
	static const struct forge_cipher shapes[] = {
		{ .cipher = "aes256-cbc", .beside = true },    /* EncryptedKey beside the data */
		{ .cipher = "aes256-cbc", .no_digest = true }, /* DigestMethod left out: SHA-1 */
		{ .cipher = "aes128-cbc", .transport = FORGE_OAEP_SHA1 },
	};

	for (size_t i = 0; i < FG_COUNT(shapes); i++) {
		struct forge f = { .roles = 1, .sign = FORGE_SIGN_BOTH, .enc = shapes[i] };
		struct saml_facts facts;
		struct fg_err err;

		CHECK_OK(run(&f, 0, 2, &facts, &err));
	}
	CHECK_OK(run(NULL, 0, 0, NULL, NULL));
}

static void
cbc_needs_a_signed_response_or_the_switch_and_gcm_does_not(void)
{
	struct forge f = { .roles = 1, .enc = { .cipher = "aes256-cbc" } };
	struct saml_facts facts;
	struct fg_err err;

	CHECK(run(&f, 0, 2, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.encrypted.cbc");
	CHECK_OK(run(&f, SAML_ALLOW_BARE_CBC, 2, &facts, &err));
	CHECK(facts.legacy == SAML_ALLOW_BARE_CBC && facts.signed_parts == SAML_SIGNED_ASSERTION);
	f.enc.cipher = "aes256-gcm";
	CHECK_OK(run(&f, 0, 2, &facts, &err));
	CHECK(facts.signed_parts == SAML_SIGNED_ASSERTION);
	CHECK_OK(run(NULL, 0, 0, NULL, NULL));
}

static void
encrypted_never_replaces_signed(void)
{
	struct forge f = { .roles = 1, .sign = FORGE_SIGN_NONE, .enc = { .cipher = "aes256-gcm" } };
	struct saml_facts facts;
	struct fg_err err;

	/* anyone can encrypt to our public key */
	CHECK(run(&f, 0, 2, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.encrypted.open");
	f.sign = FORGE_SIGN_ASSERTION;
	f.alg.key = "other.key";
	CHECK(run(&f, 0, 2, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.encrypted.open");
	CHECK_OK(run(NULL, 0, 0, NULL, NULL));
}

static void
rsa15_needs_its_switch(void)
{
	struct forge f = { .roles = 1, .sign = FORGE_SIGN_RESPONSE,
		.enc = { .cipher = "aes128-cbc", .transport = FORGE_RSA15 } };
	struct saml_facts facts;
	struct fg_err err;

	CHECK_RC(run(&f, 0, 2, &facts, &err), FG_E_UNSUPPORTED);
	CHECK_STEP(err, "saml.encrypted.algorithm");
	CHECK_OK(run(&f, SAML_ALLOW_RSA15, 2, &facts, &err));
	CHECK(facts.legacy == SAML_ALLOW_RSA15);
	CHECK_OK(run(NULL, 0, 0, NULL, NULL));
}

static void
every_failure_to_open_looks_the_same(void)
{
	static const struct forge forges[] = {
		/* padding, tag, content, wrapped key, inner signature, inner shape */
		{ .enc = { .cipher = "aes256-cbc", .flip = 1 } },
		{ .enc = { .cipher = "aes256-cbc", .flip = 40 } },
		{ .enc = { .cipher = "aes256-cbc", .truncate = true } },
		{ .enc = { .cipher = "aes256-gcm", .flip = 1 } },
		{ .enc = { .cipher = "aes256-gcm", .flip = 2000 } },
		{ .enc = { .cipher = "aes256-gcm", .truncate = true } },
		{ .enc = { .cipher = "aes256-gcm", .cert = "other.crt" } },
		{ .enc = { .cipher = "aes256-cbc", .cert = "other.crt" } },
		{ .enc = { .cipher = "aes128-cbc", .cert = "other.crt", .transport = FORGE_RSA15 } },
		{ .enc = { .cipher = "aes256-cbc" }, .alg = { .key = "other.key" } },
		{ .enc = { .cipher = "aes256-gcm" }, .alg = { .signature = "urn:unknown" } },
		{ .enc = { .cipher = "aes256-gcm" }, .sign = FORGE_SIGN_NONE },
	};
	struct fg_err first = { .rc = FG_OK };

	for (size_t i = 0; i < FG_COUNT(forges); i++) {
		struct saml_facts facts;
		struct fg_err err;

		CHECK(run(&forges[i], SAML_ALLOW_BARE_CBC | SAML_ALLOW_RSA15, 2, &facts, &err) != FG_OK);
		if (i == 0)
			first = err;
		CHECK_STEP(err, "saml.encrypted.open");
		CHECK(err.rc == first.rc && strcmp(err.text, first.text) == 0);
	}
	CHECK_OK(run(NULL, 0, 0, NULL, NULL));
}

static void
what_was_encrypted_is_one_assertion_with_its_signature_in_place(void)
{
	static const struct forge forges[] = {
		{ .sign = FORGE_SIGN_RESPONSE, .enc = { .cipher = "aes256-gcm" }, .advice =
		    "<saml:Advice><saml:Assertion ID=\"_x\" Version=\"2.0\"></saml:Assertion></saml:Advice>" },
		{ .sign = FORGE_SIGN_RESPONSE, .enc = { .cipher = "aes256-gcm" }, .advice =
		    "<saml:Advice><saml:EncryptedAssertion></saml:EncryptedAssertion></saml:Advice>" },
		{ .sign = FORGE_SIGN_RESPONSE, .enc = { .cipher = "aes256-gcm" }, .advice = "<saml:Advice>"
		    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"></ds:Signature></saml:Advice>" },
		{ .sign = FORGE_SIGN_RESPONSE, .enc = { .cipher = "aes256-gcm" },
		    .before_sign_from = "saml:Assertion", .before_sign_to = "saml:Evidence" },
	};

	for (size_t i = 0; i < FG_COUNT(forges); i++) {
		struct saml_facts facts;
		struct fg_err err;

		CHECK(run(&forges[i], 0, 2, &facts, &err) != FG_OK);
		CHECK_STEP(err, "saml.encrypted.open");
	}
	CHECK_OK(run(NULL, 0, 0, NULL, NULL));
}

static void
the_private_key_is_used_only_when_admitted_and_after_the_outer_signature(void)
{
	struct forge f = { .roles = 1, .sign = FORGE_SIGN_RESPONSE, .enc = { .cipher = "aes256-gcm" } };
	struct saml_facts facts;
	struct fg_err err;

	CHECK_RC(run(&f, 0, 0, &facts, &err), FG_E_THROTTLED);
	CHECK_STEP(err, "saml.encrypted.admission");
	f.alg.key = "other.key";
	CHECK(run(&f, 0, 0, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.value");
	CHECK_OK(run(NULL, 0, 0, NULL, NULL));
}

static void
a_provider_may_require_encryption(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, true);
	struct forge f = { .roles = 1, .sign = FORGE_SIGN_BOTH };
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;

	p->encryption = SAML_ENCRYPTION_REQUIRED;
	CHECK(forge_accept(a, p, forge_response(a, &f), FORGE_NOW, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.encrypted.required");
	f.enc.cipher = "aes256-gcm";
	fg_err_clear(&err);
	CHECK_OK(forge_accept(a, p, forge_response(a, &f), FORGE_NOW, &facts, &err));
}

static void
without_a_private_key_nothing_is_tried(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .roles = 1, .sign = FORGE_SIGN_BOTH, .enc = { .cipher = "aes256-gcm" } };
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;

	CHECK_RC(forge_accept(a, p, forge_response(a, &f), FORGE_NOW, &facts, &err), FG_E_KEY);
	CHECK_STEP(err, "saml.encrypted.key");
}

static void
broken_envelopes_are_refused_for_their_shape(void)
{
	static const struct {
		const char *from, *to, *step;
	} rows[] = {
		{ "<xenc:CipherValue>", "<xenc:CipherReference URI=\"http://x/\"/><xenc:CipherValue>",
		    "saml.encrypted.shape" },
		{ "xmlenc11#aes256-gcm", "xmlenc11#aes256-xyz", "saml.encrypted.algorithm" },
		{ "rsa-oaep-mgf1p", "rsa-oaep-other", "saml.encrypted.algorithm" },
		{ "xmldsig#sha1", "xmldsig#sha0", "saml.encrypted.algorithm" },
		{ "xmlenc#Element", "xmlenc#Content", "saml.encrypted.shape" },
		{ "EncryptedKey", "EncryptedKex", "saml.encrypted.shape" },
		{ "</saml:EncryptedAssertion>", "x</saml:EncryptedAssertion>", "saml.encrypted.shape" },
		{ "</saml:EncryptedAssertion>", "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/>"
		    "</saml:EncryptedAssertion>", "saml.encrypted.shape" },
		{ "</saml:EncryptedAssertion>", "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/>"
		    "</saml:EncryptedAssertion>", "saml.encrypted.shape" },
		{ "</saml:EncryptedAssertion>", "<saml:Other/></saml:EncryptedAssertion>", "saml.encrypted.shape" },
		{ "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/>", "",
		    "saml.encrypted.shape" },
		{ " Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"", "", "saml.encrypted.shape" },
		{ "<xenc:CipherValue>", "<xenc:CipherValue>*", "saml.encrypted.shape" },
		{ "<xenc:CipherValue>", "<xenc:CipherValue><x/>", "saml.encrypted.shape" },
		{ "</xenc:CipherValue>", "</xenc:CipherValue><xenc:CipherValue/>", "saml.encrypted.shape" },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, true);
		struct forge f = { .roles = 1, .enc = { .cipher = "aes256-gcm" } };
		struct fg_err err = { .rc = FG_OK };
		struct saml_facts facts;
		struct fg_str x = forge_replace(a, forge_response(a, &f), fg_str_z(rows[i].from),
		    fg_str_z(rows[i].to));

		CHECK(forge_accept(a, p, x, FORGE_NOW, &facts, &err) != FG_OK);
		CHECK_EQ(fg_str_z(err.step), fg_str_z(rows[i].step));
	}
}

static void
private_keys_are_plain_rsa_of_the_right_size(void)
{
	static const char *const files[] = { "p256.key", "rsa1024.key", "idp.crt" };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct fg_str der[1];
	struct fg_err err = { .rc = FG_OK };
	size_t n = 0;

	CHECK_OK(saml_pem_read(a, forge_file(a, "idp.crt"), der, 1, &n, &err));
	for (size_t i = 0; i < FG_COUNT(files); i++) {
		struct fg_str pem = forge_file(a, files[i]);
		struct saml_provider *p = NULL;

		fg_err_clear(&err);
		CHECK_RC(saml_provider_new(&(struct saml_provider_conf){ .entity_id = FG_LIT("x"), .key = der,
		    .n_keys = 1, .decrypt_pem = &pem, .n_decrypt = 1 }, &p, &err), FG_E_KEY);
		CHECK_STEP(err, "saml.encrypted.key");
	}
}

static void
two_private_keys_overlap_for_rotation(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	struct fg_str der[1], keys[2] = { forge_file(a, "other.key"), forge_file(a, "sp.key") };
	struct forge f = { .roles = 1, .enc = { .cipher = "aes256-gcm" } };
	struct saml_expect want = forge_expect(FORGE_NOW);
	struct saml_input in = { .body = forge_response(a, &f), .form = SAML_FORM_EITHER, .private_ops = 2 };
	struct fg_err err = { .rc = FG_OK };
	struct saml_provider *p = NULL;
	struct saml_facts facts;
	size_t n = 0;

	CHECK_OK(saml_pem_read(a, forge_file(a, "idp.crt"), der, 1, &n, &err));
	CHECK_OK(saml_provider_new(&(struct saml_provider_conf){ .entity_id = FG_LIT(FORGE_ISSUER), .key = der,
	    .n_keys = 1, .decrypt_pem = keys, .n_decrypt = 2, .encryption = SAML_ENCRYPTION_ALLOWED }, &p,
	    &err));
	CHECK_OK(saml_accept(a, p, &in, &want, &facts, &err));
	in.private_ops = 1; /* the second key would be a second operation */
	CHECK(saml_accept(a, p, &in, &want, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.encrypted.open");
	saml_provider_free(p);
}

CU_TestInfo encrypted_tests[] = {
	CASE(private_keys_are_plain_rsa_of_the_right_size),
	CASE(two_private_keys_overlap_for_rotation),
	CASE(all_ciphers_and_transports_open),
	CASE(shapes_of_real_providers_open),
	CASE(cbc_needs_a_signed_response_or_the_switch_and_gcm_does_not),
	CASE(encrypted_never_replaces_signed),
	CASE(rsa15_needs_its_switch),
	CASE(every_failure_to_open_looks_the_same),
	CASE(what_was_encrypted_is_one_assertion_with_its_signature_in_place),
	CASE(the_private_key_is_used_only_when_admitted_and_after_the_outer_signature),
	CASE(a_provider_may_require_encryption),
	CASE(without_a_private_key_nothing_is_tried),
	CASE(broken_envelopes_are_refused_for_their_shape),
	CASES_END,
};
