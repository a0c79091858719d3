/*
 * tests/unit/saml/metadata.c - identity providers' metadata: what is read, refused, warned of; the
 * pipe; refresh; our own.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "tests/saml/forge.h"
#include "tests/unit/saml/saml_test.h"

#define MD "urn:oasis:names:tc:SAML:2.0:metadata"
#define NOW FORGE_NOW
#define DAY 86400

/* ---- documents ---- */

static struct fg_str
cert(struct fg_arena *a, const char *file)
{
	struct fg_str der[1];
	struct fg_err err = { .rc = FG_OK };
	size_t n = 0;

	CHECK_OK(saml_pem_read(a, forge_file(a, file), der, 1, &n, &err));
	return fg_arena_dup(a, forge_base64(a, der[0])); /* terminated, for formats */
}

static struct fg_str
descriptor(struct fg_arena *a, const char *use, const char *file)
{
	struct fg_str c = cert(a, file);

	return fg_arena_fmt(a, "<KeyDescriptor%s><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"
	    "<ds:X509Data><ds:X509Certificate>\n%s\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
	    "</KeyDescriptor>", use, c.p);
}

/* An EntityDescriptor; keys is a list of KeyDescriptors. */
static struct fg_str
entity(struct fg_arena *a, const char *id, const char *attrs, struct fg_str keys)
{
	return fg_arena_fmt(a, "<EntityDescriptor xmlns=\"" MD "\" entityID=\"%s\" %s>"
	    "<IDPSSODescriptor WantAuthnRequestsSigned=\"true\" protocolSupportEnumeration=\""
	    "urn:oasis:names:tc:SAML:1.1:protocol urn:oasis:names:tc:SAML:2.0:protocol\">%s"
	    "<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" "
	    "Location=\"https://idp.example.test/sso?a=1&amp;b=2\"/></IDPSSODescriptor>"
	    "</EntityDescriptor>", id, attrs, keys.p);
}

static enum fg_rc
read_md(struct fg_arena *a, struct fg_str xml, const char *want_id, struct saml_metadata *m,
    struct fg_err *err)
{
	struct saml_metadata_want want = { .now = NOW, .entity_id = fg_str_z(want_id) };

	*err = (struct fg_err){ .rc = FG_OK };
	return saml_metadata_parse(a, xml, &want, m, err);
}

static bool
warns(const struct saml_metadata *m, const char *id)
{
	for (size_t i = 0; i < m->n_warnings; i++) {
		if (fg_starts(m->warning[i], fg_str_z(id)))
			return true;
	}
	return false;
}

static struct fg_arena *
big(void)
{
	struct fg_arena *a = fg_arena_new(128u * 1024 * 1024);

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	return a;
}

static void
an_entity_is_read_with_its_keys_and_endpoints(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct fg_str keys = fg_arena_fmt(a, "%s%s%s%s", descriptor(a, " use=\"signing\"", "idp.crt").p,
	    descriptor(a, "", "p256.crt").p, descriptor(a, " use=\"encryption\"", "other.crt").p,
	    descriptor(a, " use=\"signing\"", "idp.crt").p);
	struct saml_metadata m;
	struct fg_err err;

	CHECK_OK(read_md(a, entity(a, FORGE_ISSUER, "validUntil=\"2026-06-01T00:00:00Z\"", keys), NULL, &m,
	    &err));
	CHECK_STR(m.entity_id, FORGE_ISSUER);
	CHECK(m.n_keys == 2 && m.n_sso == 1 && m.want_signed_requests && !m.signed_);
	CHECK(m.valid_until == test_time("2026-06-01T00:00:00Z"));
	CHECK_STR(m.sso[0].location, "https://idp.example.test/sso?a=1&b=2");
	CHECK(m.key[0].bits == 2048 && m.key[1].bits == 0 && m.key[0].id.n == 64);
	CHECK(warns(&m, "saml.metadata.future-certificate"));
}

static void
metadata_makes_a_provider_that_verifies(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	FG_AUTO(saml_provider_freep) struct saml_provider *p = NULL;
	struct forge f = { .roles = 1 };
	struct saml_metadata m;
	struct saml_facts facts;
	struct fg_err err;
	struct fg_str der[FG_LIMIT_SAML_KEYS];

	CHECK_OK(read_md(a, entity(a, FORGE_ISSUER, "", fg_arena_fmt(a, "%s%s", descriptor(a, "",
	    "other.crt").p, descriptor(a, "", "idp.crt").p)), NULL, &m, &err));
	for (size_t i = 0; i < m.n_keys; i++)
		der[i] = m.key[i].der;
	CHECK_OK(saml_provider_new(&(struct saml_provider_conf){ .id = FG_LIT("x"),
	    .entity_id = m.entity_id, .key = der, .n_keys = m.n_keys,
	    .encryption = SAML_ENCRYPTION_ALLOWED }, &p, &err));
	CHECK_OK(forge_accept(a, p, forge_response(a, &f), NOW, &facts, &err));
	CHECK_EQ(facts.key, m.key[1].id);
}

static void
one_entity_is_chosen_of_many(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct fg_str key = descriptor(a, "", "idp.crt");
	struct fg_str xml = fg_arena_fmt(a, "<EntitiesDescriptor xmlns=\"" MD "\" "
	    "validUntil=\"2026-03-01T00:00:00Z\"><!-- a comment -->%s<EntitiesDescriptor "
	    "validUntil=\"2026-02-01T00:00:00Z\">%s</EntitiesDescriptor>"
	    "<EntityDescriptor entityID=\"sp\"><SPSSODescriptor/></EntityDescriptor></EntitiesDescriptor>",
	    entity(a, "one", "", key).p, entity(a, "two", "validUntil=\"2026-04-01T00:00:00Z\"", key).p);
	struct saml_metadata m;
	struct fg_err err;

	CHECK_RC(read_md(a, xml, NULL, &m, &err), FG_E_NOT_FOUND);
	CHECK_STEP(err, "saml.metadata.entity");
	CHECK_OK(read_md(a, xml, "two", &m, &err));
	CHECK_STR(m.entity_id, "two");
	CHECK(m.valid_until == test_time("2026-02-01T00:00:00Z"));
	CHECK(warns(&m, "saml.metadata.future-certificate") && !warns(&m, "saml.metadata.expires-soon"));
	CHECK_RC(read_md(a, xml, "three", &m, &err), FG_E_NOT_FOUND);
	CHECK_RC(read_md(a, xml, "sp", &m, &err), FG_E_NOT_FOUND);
}

static void
documents_that_are_not_metadata_are_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct fg_str good = entity(a, "x", "", descriptor(a, "", "idp.crt"));
	const struct {
		struct fg_str xml;
		const char *step;
	} rows[] = {
		{ FG_LIT(""), "saml.metadata.size" },
		{ FG_LIT("<a/>"), "saml.metadata.xml" },
		{ FG_LIT("<EntityDescriptor entityID='x'/>"), "saml.metadata.xml" },
		{ FG_LIT("<EntityDescriptor xmlns='" MD "'/>"), "saml.metadata.entity" },
		{ fg_arena_fmt(a, "<!DOCTYPE x [<!ENTITY e 'v'>]>%s", good.p), "saml.metadata.xml" },
		{ fg_arena_fmt(a, "<?x y?>%s", good.p), "saml.metadata.xml" },
		{ fg_arena_fmt(a, "%s<x", good.p), "saml.metadata.xml" },
		{ fg_arena_fmt(a, "<?xml version='1.0' encoding='ISO-8859-1'?>%s", good.p), "saml.metadata.xml" },
		{ forge_replace(a, good, FG_LIT("entityID=\"x\""), FG_LIT("entityID=\"\xff\"")),
		    "saml.metadata.xml" },
		{ forge_replace(a, good, FG_LIT("SAML:2.0:protocol"), FG_LIT("SAML:2.1:protocol")),
		    "saml.metadata.entity" },
		{ forge_replace(a, good, FG_LIT("</ds:X509Certificate>"),
		    FG_LIT("<!-- x --></ds:X509Certificate>")), "saml.metadata.key" },
		{ forge_replace(a, good, FG_LIT("MII"), FG_LIT("*II")), "saml.metadata.key" },
		{ forge_replace(a, forge_replace(a, good, FG_LIT("<ds:X509Certificate>"),
		    FG_LIT("<ds:X509Certificate><!--")), FG_LIT("</ds:X509Certificate>"),
		    FG_LIT("--></ds:X509Certificate>")), "saml.metadata.key" },
		{ forge_replace(a, forge_replace(a, good, FG_LIT("<ds:X509Certificate>"),
		    FG_LIT("<ds:X509Certificate><![CDATA[")), FG_LIT("</ds:X509Certificate>"),
		    FG_LIT("]]></ds:X509Certificate>")), "saml.metadata.xml" },
		{ forge_replace(a, good, FG_LIT("<ds:X509Certificate>"), FG_LIT("<ds:X509Certificate/>"
		    "<ds:X509Certificate>")), "saml.metadata.key" },
		{ forge_replace(a, forge_replace(a, good, FG_LIT("<KeyDescriptor"), FG_LIT("<x:KeyDescriptor xmlns:x=\""
		    "urn:x\"")), FG_LIT("</KeyDescriptor"), FG_LIT("</x:KeyDescriptor")), "saml.metadata.key" },
		{ entity(a, "x", "validUntil=\"1960-01-01T00:00:00Z\"", descriptor(a, "", "idp.crt")),
		    "saml.metadata.xml" },
		{ entity(a, "x", "", descriptor(a, " use=\"encryption\"", "idp.crt")), "saml.metadata.key" },
		{ entity(a, "x", "", descriptor(a, "", "k256.crt")), "saml.metadata.key" },
		{ entity(a, "x", "validUntil=\"2026-01-15T10:00:30Z\"", descriptor(a, "", "idp.crt")),
		    "saml.metadata.expired" },
		{ entity(a, "x", "validUntil=\"soon\"", descriptor(a, "", "idp.crt")), "saml.metadata.xml" },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct saml_metadata m;
		struct fg_err err;

		CHECK(read_md(a, rows[i].xml, NULL, &m, &err) != FG_OK);
		CHECK_EQ(fg_str_z(err.step), fg_str_z(rows[i].step));
	}
}

static void
ten_megabytes_are_read_and_more_is_not(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct fg_buf b = FG_BUF_ARENA(a, 24u * 1024 * 1024);
	struct fg_str one = entity(a, "filler", "", FG_LIT("")), xml;
	struct saml_metadata m;
	struct fg_err err;

	fg_buf_put(&b, FG_LIT("<EntitiesDescriptor xmlns=\"" MD "\">"));
	fg_buf_put(&b, entity(a, "wanted", "", descriptor(a, "", "idp.crt")));
	while (b.n + one.n + 64 < FG_LIMIT_SAML_METADATA)
		fg_buf_put(&b, one);
	fg_buf_put(&b, FG_LIT("</EntitiesDescriptor>"));
	CHECK_OK(fg_buf_end(&b, &xml));
	CHECK_OK(read_md(a, xml, "wanted", &m, &err));
	CHECK(m.n_keys == 1);
	CHECK_RC(read_md(a, fg_str(xml.p, FG_LIMIT_SAML_METADATA + 1), "wanted", &m, &err), FG_E_LIMIT);
}

static void
keys_over_the_number_and_weak_ones_are_warned_of(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct fg_str keys = fg_arena_fmt(a, "%s%s%s%s%s%s", descriptor(a, "", "rsa1024.crt").p,
	    descriptor(a, "", "k256.crt").p, descriptor(a, "", "p256.crt").p, descriptor(a, "", "p384.crt").p,
	    descriptor(a, "", "p521.crt").p, descriptor(a, "", "idp.crt").p);
	struct saml_metadata m;
	struct fg_err err;

	CHECK_OK(read_md(a, entity(a, "x", "validUntil=\"2026-01-20T00:00:00Z\"", keys), NULL, &m, &err));
	CHECK(m.n_keys == FG_LIMIT_SAML_KEYS);
	CHECK(warns(&m, "saml.metadata.weak-key") && warns(&m, "saml.metadata.unusable-key"));
	CHECK(warns(&m, "saml.metadata.many-keys") && warns(&m, "saml.metadata.expires-soon"));
}

static void
expired_certificates_are_accepted_with_a_warning(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct saml_metadata_want want = { .now = test_time("2050-01-01T00:00:00Z") };
	struct saml_metadata m;
	struct fg_err err = { .rc = FG_OK };

	CHECK_OK(saml_metadata_parse(a, entity(a, "x", "", descriptor(a, "", "idp.crt")), &want, &m, &err));
	CHECK(warns(&m, "saml.metadata.expired-certificate"));
}

/* ---- signed metadata ---- */

/* Sign the root (which has ID="_m") with forge's machinery: it signs what it finds as root. */
static struct fg_str
signed_md(struct fg_arena *a, struct fg_str xml, const char *key)
{
	struct forge_alg alg = { .key = key };

	return forge_sign(a, xml, true, &alg);
}

static enum fg_rc
read_signed(struct fg_arena *a, struct fg_str xml, const char *pin, struct saml_metadata *m,
    struct fg_err *err)
{
	struct fg_str der[1];
	struct saml_metadata_want want = { .now = NOW };
	size_t n = 0;

	*err = (struct fg_err){ .rc = FG_OK };
	CHECK_OK(saml_pem_read(a, forge_file(a, pin), der, 1, &n, err));
	want.signer = der[0];
	return saml_metadata_parse(a, xml, &want, m, err);
}

static void
a_pinned_signature_is_verified(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct fg_str plain = entity(a, "x", "ID=\"_m\"", descriptor(a, "", "idp.crt"));
	struct fg_str xml = signed_md(a, plain, "other.key");
	struct saml_metadata m;
	struct fg_err err;

	CHECK_OK(read_signed(a, xml, "other.crt", &m, &err));
	CHECK(m.signed_ && m.n_keys == 1);
	CHECK_OK(read_md(a, xml, NULL, &m, &err));
	CHECK(!m.signed_);
	CHECK(read_signed(a, plain, "other.crt", &m, &err) != FG_OK);
	CHECK_STEP(err, "saml.metadata.signature");
	CHECK(read_signed(a, xml, "idp.crt", &m, &err) != FG_OK);
	CHECK_STEP(err, "saml.metadata.signature");
	CHECK(read_signed(a, forge_replace(a, xml, FG_LIT("/sso?"), FG_LIT("/evil?")), "other.crt", &m, &err) !=
	    FG_OK);
	CHECK_STEP(err, "saml.metadata.signature");
	CHECK(read_signed(a, forge_replace(a, xml, FG_LIT("\"#_m\""), FG_LIT("\"\"")), "other.crt", &m, &err) !=
	    FG_OK);
	/* comments do not belong to the canonical form, and do not hide in values */
	CHECK_OK(read_signed(a, forge_replace(a, xml, FG_LIT("<SingleSignOn"),
	    FG_LIT("<!-- c --><SingleSignOn")), "other.crt", &m, &err));
}

/* Signed so by the pinned key: what the signature says of itself is wrong, and nothing else. */
static void
a_signature_of_something_else_is_not_the_roots(void)
{
	static const struct forge_alg algs[] = {
		{ .key = "other.key", .uri = "" }, { .key = "other.key", .uri = "#" }, { .key = "other.key", .uri = "_m" },
		{ .key = "other.key", .uri = "x_m" }, { .key = "other.key", .uri = "#_x" },
		{ .key = "other.key", .c14n = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" },
	};

	for (size_t i = 0; i < FG_COUNT(algs); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
		struct fg_str plain = entity(a, "x", "ID=\"_m\"", descriptor(a, "", "idp.crt"));
		struct saml_metadata m;
		struct fg_err err;

		CHECK(read_signed(a, forge_sign(a, plain, true, &algs[i]), "other.crt", &m, &err) != FG_OK);
		CHECK_STEP(err, "saml.metadata.signature");
	}
}

/* ---- refresh ---- */

static void
a_refresh_must_not_get_worse(void)
{
	struct saml_metadata_key k1 = { .id = FG_LIT("k1") }, k2 = { .id = FG_LIT("k2") };
	struct saml_metadata old = { .entity_id = FG_LIT("x"), .valid_until = 100, .key = &k1, .n_keys = 1 };
	struct saml_metadata fresh = old;
	struct fg_err err = { .rc = FG_OK };

	CHECK_OK(saml_metadata_succeeds(&old, &fresh, &err));
	fresh.valid_until = 200;
	CHECK_OK(saml_metadata_succeeds(&old, &fresh, &err));
	fresh.valid_until = 99;
	CHECK_RC(saml_metadata_succeeds(&old, &fresh, &err), FG_E_CONFLICT);
	fresh.valid_until = 0;
	fg_err_clear(&err);
	CHECK_RC(saml_metadata_succeeds(&old, &fresh, &err), FG_E_CONFLICT);
	CHECK_STEP(err, "saml.metadata.worse");
	fresh.valid_until = 200;
	fresh.key = &k2;
	CHECK_RC(saml_metadata_succeeds(&old, &fresh, NULL), FG_E_CONFLICT);
	fresh.signed_ = true;
	CHECK_OK(saml_metadata_succeeds(&old, &fresh, &err));
	fresh.entity_id = FG_LIT("y");
	CHECK_RC(saml_metadata_succeeds(&old, &fresh, NULL), FG_E_CONFLICT);
}

/* ---- the pipe ---- */

static void
same_metadata(const struct saml_metadata *x, const struct saml_metadata *y)
{
	CHECK_EQ(x->entity_id, y->entity_id);
	CHECK(x->valid_until == y->valid_until && x->n_keys == y->n_keys && x->n_sso == y->n_sso);
	CHECK(x->n_warnings == y->n_warnings && x->want_signed_requests == y->want_signed_requests);
	for (size_t i = 0; i < x->n_keys && i < y->n_keys; i++) {
		CHECK_EQ(x->key[i].der, y->key[i].der);
		CHECK_EQ(x->key[i].id, y->key[i].id);
	}
}

static void
the_struct_crosses_a_pipe_and_no_prefix_of_it_does(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct fg_buf b = FG_BUF_ARENA(a, 1024u * 1024);
	struct saml_metadata m, back;
	struct fg_err err;
	struct fg_str bytes;

	CHECK_OK(read_md(a, entity(a, "x", "", descriptor(a, "", "idp.crt")), NULL, &m, &err));
	saml_metadata_put(&b, &m);
	CHECK_OK(fg_buf_end(&b, &bytes));
	CHECK_OK(saml_metadata_get(a, bytes, &back, &err));
	same_metadata(&m, &back);
	for (size_t i = 0; i < bytes.n; i++)
		CHECK(saml_metadata_get(a, fg_sub(bytes, 0, i), &back, NULL) != FG_OK);
}

/* saml_parse_main() in a child; its answer, read to the end. */
static struct fg_str
ask_child(struct fg_arena *a, struct fg_str request)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4u * 1024 * 1024);
	int in[2], out[2], status = -1;
	struct fg_str answer = FG_STR_NULL;
	size_t sent = 0;
	ssize_t n;
	pid_t pid;

	fflush(NULL);
	CU_ASSERT_FATAL(pipe(in) == 0 && pipe(out) == 0);
	if ((pid = fork()) == 0) {
		close(in[1]);
		close(out[0]);
		_exit(saml_parse_main(in[0], out[1]));
	}
	close(in[0]);
	close(out[1]);
	while (sent < request.n && (n = write(in[1], request.p + sent, request.n - sent)) > 0)
		sent += (size_t)n;
	close(in[1]);
	for (;;) {
		char *room = fg_buf_room(&b, 65536);

		if (room == NULL || (n = read(out[0], room, 65536)) <= 0)
			break;
		b.n += (size_t)n;
	}
	close(out[0]);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK_OK(fg_buf_end(&b, &answer));
	return answer;
}

static void
the_parse_process_answers_with_metadata_or_a_reason(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	struct fg_str xml = entity(a, "x", "", descriptor(a, "", "idp.crt")), request;
	struct saml_metadata_want want = { .now = NOW, .entity_id = FG_LIT("x") };
	struct saml_metadata direct, back;
	struct fg_err err;
	struct fg_buf b = FG_BUF_ARENA(a, 1024u * 1024), c = FG_BUF_ARENA(a, 1024u * 1024);

	CHECK_OK(read_md(a, xml, "x", &direct, &err));
	saml_parse_ask(&b, xml, &want);
	CHECK_OK(fg_buf_end(&b, &request));
	CHECK_OK(saml_parse_answer(a, ask_child(a, request), &back, &err));
	same_metadata(&direct, &back);
	want.entity_id = FG_LIT("y");
	saml_parse_ask(&c, xml, &want);
	CHECK_OK(fg_buf_end(&c, &request));
	CHECK_RC(saml_parse_answer(a, ask_child(a, request), &back, &err), FG_E_NOT_FOUND);
	CHECK_STEP(err, "saml.metadata.entity");
	fg_err_clear(&err);
	CHECK(saml_parse_answer(a, ask_child(a, FG_LIT("junk")), &back, &err) != FG_OK);
	CHECK_STEP(err, "saml.metadata.pipe");
	fg_err_clear(&err);
	CHECK(saml_parse_answer(a, FG_LIT(""), &back, &err) != FG_OK);
	CHECK_STEP(err, "saml.metadata.pipe");
}

/* ---- our own ---- */

static void
our_metadata_is_well_formed_and_escaped(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = big();
	const struct fg_str acs[] = { FG_LIT("https://gw/saml/acs"), FG_LIT("https://gw/saml/acs?a=1&b=\"2\"") };
	struct fg_str c = FG_LIT("der");
	struct saml_sp sp = { .entity_id = FG_LIT("https://gw/<x>"), .acs = acs, .n_acs = 2,
		.encryption_cert = &c, .n_encryption_certs = 1, .valid_until = NOW };
	struct fg_buf b = FG_BUF_ARENA(a, 65536);
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_err err = { .rc = FG_OK };
	struct fg_str xml, id;

	saml_sp_metadata_put(&b, &sp);
	CHECK_OK(fg_buf_end(&b, &xml));
	CHECK_OK(xml_parse(a, xml, doc, &err));
	CHECK(attr_get(a, doc->root, FG_LIT("entityID"), &id));
	CHECK_STR(id, "https://gw/<x>");
	CHECK(memmem(xml.p, xml.n, "index=\"1\"", 9) != NULL && memmem(xml.p, xml.n, "ZGVy", 4) != NULL);
	CHECK(memmem(xml.p, xml.n, "a=1&amp;b=&quot;2&quot;", 23) != NULL);
}

CU_TestInfo metadata_tests[] = {
	CASE(an_entity_is_read_with_its_keys_and_endpoints),
	CASE(metadata_makes_a_provider_that_verifies),
	CASE(one_entity_is_chosen_of_many),
	CASE(documents_that_are_not_metadata_are_refused),
	CASE(ten_megabytes_are_read_and_more_is_not),
	CASE(keys_over_the_number_and_weak_ones_are_warned_of),
	CASE(expired_certificates_are_accepted_with_a_warning),
	CASE(a_pinned_signature_is_verified),
	CASE(a_signature_of_something_else_is_not_the_roots),
	CASE(a_refresh_must_not_get_worse),
	CASE(the_struct_crosses_a_pipe_and_no_prefix_of_it_does),
	CASE(the_parse_process_answers_with_metadata_or_a_reason),
	CASE(our_metadata_is_well_formed_and_escaped),
	CASES_END,
};
