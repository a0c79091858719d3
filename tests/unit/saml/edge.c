/*
 * tests/unit/saml/edge.c - refusals that only an input made for them reaches: lengths of signatures,
 * keys and ciphertexts, padding, and second copies that would be good ones.
 */
#include "tests/saml/forge_int.h"
#include "tests/unit/saml/saml_test.h"

static struct fg_arena *
arena(void)
{
	struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	return a;
}

/* What stands from the last `from` up to and with the next `to`. */
static struct fg_str
between(struct fg_str xml, const char *from, const char *to)
{
	const char *p = NULL, *q = xml.p, *end = xml.p + xml.n;

	while ((q = memmem(q, (size_t)(end - q), from, strlen(from))) != NULL)
		p = q++;
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	q = memmem(p, (size_t)(end - p), to, strlen(to));
	CU_ASSERT_PTR_NOT_NULL_FATAL(q);
	return fg_str(p, (size_t)(q - p) + strlen(to));
}

static void
refused(struct fg_arena *a, const struct saml_provider *p, struct fg_str xml, const char *step)
{
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts f;

	CHECK(forge_accept(a, p, xml, FORGE_NOW, &f, &err) != FG_OK);
	CHECK_EQ(fg_str_z(err.step), fg_str_z(step));
}

/* ---- signatures ---- */

static struct fg_str
signature_of(struct fg_arena *a, struct fg_str xml)
{
	struct fg_str text = between(xml, "<ds:SignatureValue>", "</ds:SignatureValue>"), octets;

	CHECK_OK(saml_base64(a, fg_sub(text, 19, text.n - 20), &octets));
	return octets;
}

static struct fg_str
with_signature(struct fg_arena *a, struct fg_str xml, struct fg_str octets)
{
	struct fg_str text = between(xml, "<ds:SignatureValue>", "</ds:SignatureValue>");

	text = fg_sub(text, 19, text.n - 20);
	return forge_replace(a, xml, text, forge_base64(a, octets));
}

static struct fg_str
joined(struct fg_arena *a, struct fg_str x, struct fg_str y, struct fg_str z)
{
	struct fg_buf b = FG_BUF_ARENA(a, 65536);

	fg_buf_put(&b, x);
	fg_buf_put(&b, y);
	fg_buf_put(&b, z);
	return forge_end(&b);
}

static void
an_ecdsa_signature_is_exactly_two_field_elements(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider("p256.crt", 0, false);
	struct forge f = { .roles = 1, .alg = { .key = "p256.key",
	    .signature = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" } };
	struct fg_str xml = forge_response(a, &f), rs = signature_of(a, xml), zero = fg_str("", 1);
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;

	CHECK_OK(forge_accept(a, p, with_signature(a, xml, rs), FORGE_NOW, &facts, &err));
	CHECK(rs.n == 64);
	refused(a, p, with_signature(a, xml, joined(a, rs, zero, FG_LIT(""))), "saml.signature.value");
	refused(a, p, with_signature(a, xml, joined(a, rs, rs, FG_LIT(""))), "saml.signature.value");
	refused(a, p, with_signature(a, xml, fg_sub(rs, 0, 63)), "saml.signature.value");
	refused(a, p, with_signature(a, xml, joined(a, fg_sub(rs, 0, 32), zero, fg_sub(rs, 32, 64))),
	    "saml.signature.value");
}

static void
der_length(struct fg_buf *b, size_t n)
{
	fg_buf_putc(b, (char)0x82);
	fg_buf_putc(b, (char)(n >> 8));
	fg_buf_putc(b, (char)n);
}

/* A SubjectPublicKeyInfo of an RSA key whose modulus has so many bits; nothing else of it is real. */
static struct fg_str
rsa_spki(struct fg_arena *a, size_t bits)
{
	static const unsigned char head[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1,
		5, 0 };
	static const unsigned char exponent[] = { 2, 3, 1, 0, 1 };
	struct fg_buf b = FG_BUF_ARENA(a, 4096);
	size_t n = bits / 8, integer = n + 1 + 4, sequence = integer + sizeof(exponent), string = sequence + 4 + 1;

	fg_buf_putc(&b, 0x30);
	der_length(&b, sizeof(head) + string + 4);
	fg_buf_put(&b, fg_str(head, sizeof(head)));
	fg_buf_putc(&b, 3);
	der_length(&b, string);
	fg_buf_putc(&b, 0);
	fg_buf_putc(&b, 0x30);
	der_length(&b, sequence);
	fg_buf_putc(&b, 2);
	der_length(&b, n + 1);
	fg_buf_putc(&b, 0);
	for (size_t i = 0; i < n; i++)
		fg_buf_putc(&b, i == 0 ? (char)0x80 : i + 1 == n ? 1 : 0x55);
	fg_buf_put(&b, fg_str(exponent, sizeof(exponent)));
	return forge_end(&b);
}

static void
rsa_keys_have_1024_to_4096_bits(void)
{
	static const struct {
		size_t bits;
		enum fg_rc rc;
	} rows[] = { { 1016, FG_E_KEY }, { 1024, FG_OK }, { 4096, FG_OK }, { 4104, FG_E_KEY } };

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
		FG_AUTO(saml_provider_freep) struct saml_provider *p = NULL;
		struct fg_str der = rsa_spki(a, rows[i].bits);
		struct fg_err err = { .rc = FG_OK };

		CHECK_RC(saml_provider_new(&(struct saml_provider_conf){ .entity_id = FG_LIT("x"), .key = &der,
		    .n_keys = 1 }, &p, &err), rows[i].rc);
	}
}

/* Signed so by the right key: only what the Signature says of itself is wrong. */
static void
a_signature_says_what_it_signs_and_how(void)
{
	static const struct {
		struct forge_alg alg;
		const char *step;
	} rows[] = {
		{ { .uri = "" }, "saml.signature.reference" }, { { .uri = "#" }, "saml.signature.reference" },
		{ { .uri = "_a1" }, "saml.signature.reference" }, { { .uri = "x_a1" }, "saml.signature.reference" },
		{ { .uri = "#_r1" }, "saml.signature.reference" },
		{ { .c14n = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" }, "saml.signature.c14n" },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
		struct forge f = { .roles = 1, .alg = rows[i].alg };

		refused(a, p, forge_response(a, &f), rows[i].step);
	}
}

static void
a_c14n_parameter_is_one_empty_prefix_list(void)
{
	static const char *const to[] = { "</ec:InclusiveNamespaces><ec:InclusiveNamespaces xmlns:ec=\"" EXC "\" "
	    "PrefixList=\"xs\"></ec:InclusiveNamespaces>", "<ec:x xmlns:ec=\"" EXC "\"/></ec:InclusiveNamespaces>",
		"x</ec:InclusiveNamespaces>" };

	for (size_t i = 0; i < FG_COUNT(to); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
		struct forge f = { .roles = 1, .alg = { .prefixes = "xs" } };

		refused(a, p, forge_replace(a, forge_response(a, &f), FG_LIT("</ec:InclusiveNamespaces>"),
		    fg_str_z(to[i])), "saml.signature.shape");
	}
}

/* ---- what is read ---- */

static void
base64_ends_on_a_group(void)
{
	static const char *const bad[] = { "QUJDR", "QUJDREE", "QUJDRA", "QUJDRA=", "QQ", "Q", "=", "QQ==Q" };

	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
		struct fg_str out;

		CHECK_RC(saml_base64(a, fg_str_z(bad[i]), &out), FG_E_SYNTAX);
	}
}

static void
a_value_is_one_text(void)
{
	static const struct {
		const char *xml;
		bool ok;
	} rows[] = { { "<a>x</a>", true }, { "<a/>", true }, { "<a><b/></a>", false }, { "<a>x<b/></a>", false },
		{ "<a><b/>x</a>", false } };

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
		struct xml_doc *doc = FG_NEW(a, struct xml_doc);
		struct fg_err err = { .rc = FG_OK };
		struct fg_str s;

		CHECK_OK(xml_parse(a, fg_str_z(rows[i].xml), doc, &err));
		CHECK(xml_text(a, doc->root, &s) == rows[i].ok);
	}
}

static enum fg_rc
parse_repeated(const char *head, char c, size_t n, const char *tail, struct fg_err *err)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
	struct fg_buf b = FG_BUF_ARENA(a, 2u * 1024 * 1024);
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);

	*err = (struct fg_err){ .rc = FG_OK };
	fg_buf_put(&b, fg_str_z(head));
	for (size_t i = 0; i < n; i++)
		fg_buf_putc(&b, c);
	fg_buf_put(&b, fg_str_z(tail));
	return xml_parse(a, forge_end(&b), doc, err);
}

static void
documents_and_names_have_a_length(void)
{
	struct fg_err err;

	CHECK_OK(parse_repeated("<a>", 'x', FG_LIMIT_SAML_CANONICAL - 7, "</a>", &err));
	CHECK(parse_repeated("<a>", 'x', FG_LIMIT_SAML_CANONICAL - 6, "</a>", &err) != FG_OK);
	CHECK_STEP(err, "saml.xml.limit");
	CHECK(parse_repeated("<", 'n', 70000, "/>", &err) != FG_OK);
	CHECK(parse_repeated("<p:", 'n', 70000, " xmlns:p='urn:p'/>", &err) != FG_OK);
}

/* ---- what is encrypted ---- */

static struct fg_str
encrypted(struct fg_arena *a, const char *cipher)
{
	struct forge f = { .roles = 1, .enc = { .cipher = cipher } };

	return forge_response(a, &f);
}

/* A whole signed Response where an Assertion belongs: a genuine signature, of something else. */
static void
what_was_encrypted_is_an_assertion(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, true);
	struct forge inner = { .roles = 1, .sign = FORGE_SIGN_RESPONSE };
	struct forge_cipher e = { .cipher = "aes256-gcm" };
	struct fg_buf b = FG_BUF_ARENA(a, 1024u * 1024);
	struct fg_str xml = encrypted(a, "aes256-gcm");
	struct fg_str part = between(xml, "<saml:EncryptedAssertion ", "</saml:EncryptedAssertion>");

	forge_put_encrypted(a, &b, &e, forge_response(a, &inner));
	refused(a, p, forge_replace(a, xml, part, forge_end(&b)), "saml.encrypted.open");
}

static void
a_second_good_envelope_is_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, true);
	struct fg_str xml = encrypted(a, "aes256-gcm"), part, x;
	struct saml_facts facts;
	struct fg_err err = { .rc = FG_OK };

	CHECK_OK(forge_accept(a, p, xml, FORGE_NOW, &facts, &err));
	part = between(xml, "<xenc:EncryptedKey ", "</xenc:EncryptedKey>");
	x = forge_replace(a, part, FG_LIT(" Id=\"_k1\""), FG_LIT(""));
	refused(a, p, forge_replace(a, xml, part, joined(a, part, x, FG_LIT(""))), "saml.encrypted.shape");
	part = between(xml, "<xenc:EncryptedData ", "</xenc:EncryptedData>");
	x = forge_replace(a, part, FG_LIT(" Id=\"_k1\""), FG_LIT(""));
	refused(a, p, forge_replace(a, xml, part, joined(a, part, x, FG_LIT(""))), "saml.encrypted.shape");
	x = forge_replace(a, xml, FG_LIT("xenc:CipherValue>"), FG_LIT("xenc:CipherText>"));
	refused(a, p, x, "saml.encrypted.shape");
}

static void
a_ciphertext_shorter_than_its_frame_is_refused(void)
{
	static const struct {
		const char *cipher;
		size_t n;
	} rows[] = { { "aes256-gcm", 3 }, { "aes256-gcm", 27 }, { "aes128-gcm", 28 }, { "aes128-cbc", 16 },
		{ "aes256-cbc", 3 }, { "aes256-cbc", 40 } };
	static const char zero[64];

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, SAML_ALLOW_BARE_CBC, true);
		struct fg_str xml = encrypted(a, rows[i].cipher);
		struct fg_str value = between(xml, "<xenc:CipherValue>", "</xenc:CipherValue>");

		xml = forge_replace(a, xml, value, fg_arena_fmt(a, "<xenc:CipherValue>%.*s</xenc:CipherValue>",
		    FG_PRI(forge_base64(a, fg_str(zero, rows[i].n)))));
		refused(a, p, xml, "saml.encrypted.open");
	}
}

/* One block of text and padding, so that a byte that tells too much reaches before its start. */
static void
cbc_padding_is_one_to_sixteen(void)
{
	static const unsigned pad[] = { 0, 17, 128, 255 };

	for (size_t i = 0; i < FG_COUNT(pad); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = arena();
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, SAML_ALLOW_BARE_CBC, true);
		struct forge_cipher e = { .cipher = "aes128-cbc", .pad = 1 + pad[i] };
		struct fg_buf b = FG_BUF_ARENA(a, 65536);
		struct fg_str xml = encrypted(a, "aes128-cbc");
		struct fg_str part = between(xml, "<saml:EncryptedAssertion ", "</saml:EncryptedAssertion>");

		forge_put_encrypted(a, &b, &e, FG_LIT("<a/>"));
		refused(a, p, forge_replace(a, xml, part, forge_end(&b)), "saml.encrypted.open");
	}
}

CU_TestInfo edge_tests[] = {
	CASE(an_ecdsa_signature_is_exactly_two_field_elements),
	CASE(rsa_keys_have_1024_to_4096_bits),
	CASE(a_signature_says_what_it_signs_and_how),
	CASE(a_c14n_parameter_is_one_empty_prefix_list),
	CASE(base64_ends_on_a_group),
	CASE(a_value_is_one_text),
	CASE(documents_and_names_have_a_length),
	CASE(what_was_encrypted_is_an_assertion),
	CASE(a_second_good_envelope_is_refused),
	CASE(a_ciphertext_shorter_than_its_frame_is_refused),
	CASE(cbc_padding_is_one_to_sixteen),
	CASES_END,
};
