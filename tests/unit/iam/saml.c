/* SAML providers in the IAM API and in bundles: private keys, metadata. */
#include <stdio.h>

#include <urcu/urcu-memb.h>

#include "gateway/cred/cred_int.h"
#include "gateway/iam/bundle.h"
#include "gateway/iam/query.h"
#include "tests/unit/api/world.h"
#include "tests/unit/iam/tests.h"

#define CORP "arn:aws:iam::111122223333:saml-provider/corp"
#define CORP2 "arn:aws:iam::111122223333:saml-provider/read"
#define ALL "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"*\"}]}"

static struct reply
iam(const char *form)
{
	struct fg_str body = fg_arena_fmt(world.a, "Version=2010-05-08&Action=%s", form);

	static fg_time later;

	world.now = W_NOW + ++later; /* a request is taken once: each has a signature of its own */
	return world_scoped(&world.alice, "iam", "us-east-1", body.p);
}

static struct reply
iam_with(const char *form, const char *name, struct fg_str value)
{
	struct fg_str text = world_escape(value);

	return iam(fg_arena_fmt(world.a, "%s&%s=%.*s", form, name, (int)text.n, text.p).p);
}

static struct fg_str
vector(const char *name)
{
	return unit_vector(world.a, fg_arena_fmt(world.a, "saml/%s", name).p);
}

static bool
holds(struct fg_str s, const char *text)
{
	return s.n > 0 && memmem(s.p, s.n, text, strlen(text)) != NULL;
}

static void
alice_may_all(void)
{
	const struct store_inline row = { W_A1, FG_LIT("AIDA00000000000000001"), FG_LIT("iam"), FG_LIT(ALL) };
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = cred_ring_list(world.ring, e);

	world_put(STORE_INLINE, &row);
	for (size_t i = 0; i < n; i++) {
		if (e[i].cls == CRED_CLASS_WRAP)
			(void)!cred_rows_add(world.st, &e[i], CRED_STATE_SEALING, W_NOW - 86400, NULL);
	}
}

static void
corp(void)
{
	const struct store_saml p = { .account = W_A1, .arn = FG_LIT(CORP),
		.uid = FG_LIT("ASAM00000000000000001"), .name = FG_LIT("corp"),
		.metadata = FG_LIT(""), .url = FG_LIT(""), .allow = FG_LIT(""), .tags = FG_LIT(""),
		.generation = 1, .created = W_NOW, .updated = W_NOW };

	alice_may_all();
	world_put(STORE_SAML, &p);
}

/* ---- private keys ---- */

struct found {
	struct store_secret row;
	size_t n;
};

static bool
find(void *arg, enum store_kind kind, const void *row)
{
	struct found *f = arg;

	(void)kind;
	f->row = *(const struct store_secret *)row;
	f->n++;
	return true;
}

static struct found
secrets(void)
{
	struct found f = { .n = 0 };

	directory_enter();
	directory_rows(world.d, STORE_SECRET, find, &f);
	directory_leave();
	return f;
}

static enum fg_rc
opens(const struct store_secret *row, struct fg_str want)
{
	struct cred_unwrap u = { .where = cred_where_secret(row), .blob = row->blob };

	CHECK_OK(cred_client_unwrap(world.cred, &u, 1, world.a, NULL));
	CHECK(u.rc != FG_OK || fg_eq(u.plain, want));
	return u.rc;
}

#define UPDATE "UpdateSAMLProvider&SAMLProviderArn=" CORP
#define GET "GetSAMLProvider&SAMLProviderArn=" CORP

static void
a_private_key_is_wrapped_in_a_row_of_its_own(void)
{
	struct fg_str key = vector("sp.key");
	struct store_secret other;
	struct reply r;
	struct found f;

	corp();
	r = iam_with(UPDATE, "AddPrivateKey", key);
	CHECK_GRANTED(r);
	for (size_t i = 0; i < r.record.n_param; i++)
		CHECK(!holds(r.record.param[i].value, "PRIVATE"));
	f = secrets();
	CU_ASSERT_EQUAL_FATAL(f.n, 1);
	CHECK_STR(f.row.purpose, "saml-decrypt");
	CHECK_STR(f.row.owner, CORP);
	CHECK(!holds(f.row.blob, "PRIVATE"));
	CHECK_RC(opens(&f.row, key), FG_OK);
	other = f.row;
	other.owner = FG_LIT(CORP "2");
	CHECK(opens(&other, key) != FG_OK);
	other = f.row;
	other.id = FG_LIT("00000000000000000000000000000000");
	CHECK(opens(&other, key) != FG_OK);
	r = iam(GET);
	CHECK_GRANTED(r);
	CHECK(world_xml(&r, "KeyId").n == 32);
	CHECK_EQ(world_xml(&r, "KeyId"), f.row.id);
	CHECK(world_xml(&r, "Timestamp").n > 0);
	CHECK_STR(world_xml(&r, "SAMLProviderUUID"), "ASAM00000000000000001");
	CHECK_STR(world_xml(&r, "AssertionEncryptionMode"), "Allowed");
}

static void
two_private_keys_at_most_and_rotation_makes_room(void)
{
	struct reply r;
	struct fg_str id;

	corp();
	r = iam_with(UPDATE, "AddPrivateKey", vector("sp.key"));
	CHECK_GRANTED(r);
	r = iam(GET);
	id = world_xml(&r, "KeyId");
	r = iam_with(UPDATE, "AddPrivateKey", vector("sp.key"));
	CHECK_GRANTED(r);
	CHECK(secrets().n == 1);
	r = iam_with(UPDATE, "AddPrivateKey", vector("other.key"));
	CHECK_GRANTED(r);
	CHECK(secrets().n == 2);
	r = iam_with(UPDATE, "AddPrivateKey", vector("idp.key"));
	CHECK_FAULT(r, 409, "LimitExceeded");
	r = iam(UPDATE "&RemovePrivateKey=00000000000000000000000000000000");
	CHECK_FAULT(r, 404, "NoSuchEntity");
	r = iam_with(fg_arena_fmt(world.a, UPDATE "&RemovePrivateKey=%.*s", FG_PRI(id)).p, "AddPrivateKey", vector("idp.key"));
	CHECK_GRANTED(r);
	CHECK(secrets().n == 2);
	r = iam("DeleteSAMLProvider&SAMLProviderArn=" CORP);
	CHECK_GRANTED(r);
	CHECK(secrets().n == 0);
}

static void
keys_that_are_too_small_or_no_keys_are_refused(void)
{
	static const char *const bad[] = { "rsa1024.key", "p256.key", "sp.crt" };
	struct reply r;

	corp();
	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		r = iam_with(UPDATE, "AddPrivateKey", vector(bad[i]));
		CHECK_FAULT(r, 400, "InvalidInput");
	}
	CHECK(secrets().n == 0);
	r = iam(UPDATE "&AssertionEncryptionMode=Perhaps");
	CHECK_FAULT(r, 400, "ValidationError");
	r = iam(UPDATE "&AssertionEncryptionMode=Required");
	CHECK_GRANTED(r);
	r = iam(GET);
	CHECK_STR(world_xml(&r, "AssertionEncryptionMode"), "Required");
}

/* ---- metadata ---- */

/* An entity with the certificate of that file; attributes of its root. */
static struct fg_str
metadata(const char *cert, const char *attributes)
{
	struct fg_str pem = vector(cert), b64;
	const char *from = memmem(pem.p, pem.n, "-----\n", 6), *to;

	CU_ASSERT_PTR_NOT_NULL_FATAL(from);
	from += 6;
	to = memmem(from, (size_t)(pem.p + pem.n - from), "-----", 5);
	b64 = fg_str(from, (size_t)(to - from));
	return fg_arena_fmt(world.a, "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" "
	    "entityID=\"https://idp.example.test/metadata\"%s><md:IDPSSODescriptor "
	    "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><md:KeyDescriptor use=\"signing\">"
	    "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>%.*s"
	    "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService "
	    "Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.example.test/sso\"/>"
	    "</md:IDPSSODescriptor>%600s</md:EntityDescriptor>", attributes, (int)b64.n, b64.p, "");
}

static void
metadata_is_read_before_it_is_written(void)
{
	struct fg_str good = metadata("idp.crt", ""), bad = metadata("idp.crt", " validUntil=\"2001-01-01T00:00:00Z\"");
	const struct directory_saml *p;
	int64_t generation;
	struct reply r;

	alice_may_all();
	r = iam_with("CreateSAMLProvider&Name=read", "SAMLMetadataDocument", bad);
	CHECK_FAULT(r, 400, "InvalidInput");
	CHECK_STEP(r.err, "saml.metadata.expired");
	CHECK(holds(r.message, "Could not parse metadata: ") && holds(r.message, "(saml.metadata.expired)"));
	r = iam_with("CreateSAMLProvider&Name=read", "SAMLMetadataDocument", fg_arena_fmt(world.a, "<a>%01200d</a>", 0));
	CHECK_FAULT(r, 400, "InvalidInput");
	r = iam_with("CreateSAMLProvider&Name=read", "SAMLMetadataDocument", metadata("k256.crt", ""));
	CHECK_FAULT(r, 400, "InvalidInput");
	r = iam("GetSAMLProvider&SAMLProviderArn=" CORP2);
	CHECK_FAULT(r, 404, "NoSuchEntity");
	r = iam_with("CreateSAMLProvider&Name=read", "SAMLMetadataDocument", good);
	CHECK_GRANTED(r);
	CHECK(r.waited_for_disk);
	directory_enter();
	p = directory_saml_find(world.d, FG_LIT(CORP2));
	generation = p == NULL ? 0 : p->generation;
	directory_leave();
	r = iam_with("UpdateSAMLProvider&SAMLProviderArn=" CORP2, "SAMLMetadataDocument", bad);
	CHECK_FAULT(r, 400, "InvalidInput");
	directory_enter();
	p = directory_saml_find(world.d, FG_LIT(CORP2));
	CHECK(p != NULL && fg_eq(p->metadata, good) && p->generation == generation);
	directory_leave();
	r = iam_with("UpdateSAMLProvider&SAMLProviderArn=" CORP2, "SAMLMetadataDocument", metadata("other.crt", ""));
	CHECK_GRANTED(r);
}

#define LATE_UID "AROA00000000000000077"

static void
role_goes(void)
{
	const struct store_role r = { .account = W_A1, .uid = FG_LIT(LATE_UID) };

	world.meanwhile = NULL;
	world_drop(STORE_ROLE, &r);
	urcu_memb_barrier(); /* nobody reads it any more: its memory goes too */
}

/* The record of a call that waited is not written from what is gone. */
static void
a_role_that_goes_while_metadata_is_read_takes_its_session_along(void)
{
	struct signer s;
	struct reply r;

	alice_may_all();
	world_role(W_A1, LATE_UID, "late", "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
	    "\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},"
	    "\"Action\":\"sts:AssumeRole\"}]}", ALL);
	world.now++;
	r = world_signed(&world.alice, "Action=AssumeRole&Version=2011-06-15&RoleArn="
	    "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Flate&RoleSessionName=late");
	CHECK_GRANTED(r);
	s = world_signer(&r);
	world.now++;
	world.meanwhile = role_goes;
	r = world_scoped(&s, "iam", "us-east-1", fg_arena_fmt(world.a,
	    "Version=2010-05-08&Action=CreateSAMLProvider&Name=late&SAMLMetadataDocument=%01200d", 0).p);
	CHECK(world.meanwhile == NULL);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	CHECK_STEP(r.err, "api.session.role");
	CHECK_STR(r.record.who.account, "111122223333");
}

/* ---- bundles ---- */

static char said[8192];

static void
say(void *arg, struct fg_str line)
{
	size_t n = strlen(said);

	(void)arg;
	(void)snprintf(said + n, sizeof(said) - n, "%.*s\n", FG_PRI(line));
}

static enum fg_rc
file_of(void *arg, struct fg_str path, struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr)
{
	(void)arg;
	(void)a;
	*ret = vector(fg_arena_dup(world.a, path).p);
	return ret->p == NULL ? fg_fail(reterr, FG_E_NOT_FOUND, "test", NULL, "no file") : FG_OK;
}

static enum fg_rc
apply(const char *members)
{
	struct fg_err err = { .rc = FG_OK };
	const struct bundle_source src = { .file = file_of, .report = say,
		.bytes = fg_arena_fmt(world.a, "{\"Accounts\":[{\"Id\":\"111122223333\",\"SAMLProviders\":[{\"Name\":\"corp\","
		    "\"SAMLMetadataDocument\":\"%01200d\"%s}]}]}", 0, members) };
	const struct bundle_how how = { .now = W_NOW, .line = say, .warn = say, .cred = world.cred };
	struct bundle *b = NULL;
	enum fg_rc rc;

	said[0] = '\0';
	rc = bundle_parse(world.a, &src, &b, &err);
	return rc != FG_OK ? rc : bundle_apply(world.st, b, &how, world.a, &err);
}

static void
a_bundle_brings_private_keys_and_never_takes_them_out(void)
{
	struct fg_buf out = FG_BUF_ARENA(world.a, 1u << 20);

	alice_may_all();
	CHECK_RC(apply(",\"PrivateKeyFiles\":[\"sp.key\"]"), FG_OK);
	CHECK(secrets().n == 1);
	CHECK_RC(apply(",\"PrivateKeyFiles\":[\"sp.key\"]"), FG_OK);
	CHECK(said[0] == '\0');
	CHECK_RC(apply(",\"PrivateKeyFiles\":[\"other.key\",\"sp.key\"]"), FG_OK);
	CHECK(secrets().n == 2);
	CHECK(strcmp(said, "update " CORP "\n") == 0);
	CHECK_RC(apply(",\"PrivateKeyList\":[{\"KeyId\":\"x\"}]"), FG_OK);
	CHECK(secrets().n == 2);
	CHECK_OK(bundle_export(world.st, W_A1, world.a, &out, NULL));
	CHECK(holds(fg_buf_str(&out), "\"KeyId\""));
	CHECK(!holds(fg_buf_str(&out), "PRIVATE KEY"));
	CHECK(!holds(fg_buf_str(&out), "PrivateKeyFiles"));
	CHECK_RC(apply(",\"PrivateKeyFiles\":[\"other.key\"]"), FG_OK);
	CHECK(secrets().n == 1);
	CHECK_RC(apply(",\"PrivateKeyFiles\":[\"rsa1024.key\"]"), FG_E_PARAM);
	CHECK(strstr(said, "2048 to 3072 bits") != NULL);
	CHECK_RC(apply(",\"PrivateKeyFiles\":[\"sp.key\",\"other.key\",\"idp.key\"]"), FG_E_LIMIT);
	CHECK_RC(apply(",\"AssertionEncryptionMode\":\"Required\",\"PrivateKeyFiles\":[]"), FG_OK);
	CHECK(strstr(said, "every assertion is refused") != NULL);
	CHECK(secrets().n == 0);
}

static enum fg_rc
parse(void *app, struct fg_str xml, const struct saml_metadata_want *want, struct fg_arena *a, struct saml_metadata *ret,
    struct fg_err *reterr)
{
	++*(unsigned *)app;
	return saml_metadata_parse(a, xml, want, ret, reterr);
}

static enum fg_rc
bring(struct fg_str document, const struct bundle_how *how, struct fg_err *reterr)
{
	struct fg_buf json = FG_BUF_ARENA(world.a, 1u << 20);
	struct bundle_source src = { .file = file_of, .report = say };
	struct bundle *b = NULL;

	fg_buf_put(&json, FG_LIT("{\"Accounts\":[{\"Id\":\"111122223333\",\"SAMLProviders\":[{\"Name\":\"brought\",\"SAMLMetadataDocument\":"));
	fg_buf_json_str(&json, document);
	fg_buf_put(&json, FG_LIT("}]}]}"));
	src.bytes = fg_buf_str(&json);
	said[0] = '\0';
	fg_err_clear(reterr);
	FG_TRY(bundle_parse(world.a, &src, &b, reterr));
	return bundle_apply(world.st, b, how, world.a, reterr);
}

static void
a_bundle_brings_metadata_that_can_be_used(void)
{
	unsigned parsed = 0;
	struct fg_err err = { .rc = FG_OK };
	const struct bundle_how how = { .now = W_NOW, .line = say, .warn = say, .metadata = parse, .metadata_arg = &parsed };
	struct fg_str weak = metadata("rsa1024.crt", " validUntil=\"2026-09-22T00:00:00Z\"");

	CHECK(bring(metadata("k256.crt", ""), &how, &err) != FG_OK);
	CHECK(fg_starts(fg_str_z(err.step), FG_LIT("saml.")));
	CHECK(strstr(err.text, "SAMLProviders[0](brought): ") != NULL);
	CHECK_OK(bring(weak, &how, &err));
	CHECK(strstr(said, "saml.metadata.weak-key") != NULL);
	CHECK(strstr(said, "saml.metadata.expires-soon") != NULL);
	CHECK(strstr(said, "saml.metadata.future-certificate") != NULL);
	CHECK(parsed == 2);
	CHECK_OK(bring(weak, &how, &err));
	CHECK(parsed == 2); /* nothing new: not read again */
}

CU_TestInfo saml_tests[] = {
	CASE(a_private_key_is_wrapped_in_a_row_of_its_own),
	CASE(two_private_keys_at_most_and_rotation_makes_room),
	CASE(keys_that_are_too_small_or_no_keys_are_refused),
	CASE(a_bundle_brings_private_keys_and_never_takes_them_out),
	CASE(metadata_is_read_before_it_is_written),
	CASE(a_role_that_goes_while_metadata_is_read_takes_its_session_along),
	CASE(a_bundle_brings_metadata_that_can_be_used),
	CASES_END
};
