/*
 * gateway/iam/parse_provider.c - OIDC and SAML providers of a bundle.
 */
#include "gateway/iam/bundle_int.h"
#include "oidc/oidc.h"

enum { CLIENTS_MAX = 100, THUMBPRINTS_MAX = 5, METADATA_MIN = 1000, METADATA_MAX = 10000000 };

/* ---- members that hold a text or name a file ---- */

static void
read_named(struct bn_reader *r, uint32_t node, struct fg_str path, void *at)
{
	struct fg_err err = { .rc = FG_OK };

	if (path.n == 0)
		return;
	if (r->src->file == NULL)
		bn_oops(r, node, FG_E_PARAM, "files cannot be named here");
	else if (r->src->file(r->src->file_arg, path, r->a, at, &err) != FG_OK)
		bn_oops(r, node, FG_E_PARAM, "%s", err.text);
}

static void
read_file(struct bn_reader *r, uint32_t node, void *at)
{
	struct fg_str path = FG_LIT("");

	bn_str(r, node, &path);
	read_named(r, node, path, at);
}

/* A key set: an object as it stands, or a string that holds one. */
static void
read_jwks(struct bn_reader *r, uint32_t node, void *at)
{
	if (r->j->node[node].type == FG_JSON_OBJECT)
		*(struct fg_str *)at = bn_compact(r->a, fg_json_raw(r->j, node));
	else
		bn_str(r, node, at);
}

static void
check_jwks(struct bn_reader *r, uint32_t node, struct fg_str jwks)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	struct fg_err err = { .rc = FG_OK };

	/* Which of its keys are too large is for the gateway's configuration to say. */
	if (jwks.n > 0 && oidc_jwks_parse(jwks, OIDC_JWKS_BIG_RSA, &set, &err) != FG_OK)
		bn_oops(r, node, FG_E_PARAM, "key set: %s", err.text);
}

/* ---- lists ---- */

static void
check_list(struct bn_reader *r, uint32_t node, struct fg_str list, size_t max, size_t bytes,
    const char *what)
{
	struct fg_str s;

	if (store_list_count(list) > max)
		bn_oops(r, node, FG_E_LIMIT, "more than %zu of %s", max, what);
	while (store_list_next(&list, &s))
		if (s.n == 0 || s.n > bytes)
			bn_oops(r, node, FG_E_PARAM, "%s has an element that is empty or too long", what);
}

bool
bn_thumbprint_ok(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = fg_lower(s.p[i]);

		if (!fg_digit(c) && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return s.n == 40;
}

static void
check_thumbprints(struct bn_reader *r, uint32_t node, struct fg_str list)
{
	struct fg_str s;

	check_list(r, node, list, THUMBPRINTS_MAX, 40, "ThumbprintList");
	while (store_list_next(&list, &s))
		if (s.n > 0 && !bn_thumbprint_ok(s))
			bn_oops(r, node, FG_E_PARAM, "a thumbprint is 40 hex digits");
}

static void
check_algorithms(struct bn_reader *r, uint32_t node, struct fg_str list)
{
	struct fg_str s;

	while (store_list_next(&list, &s))
		if (oidc_alg_find(s) == OIDC_ALG_NONE)
			bn_oops(r, node, FG_E_PARAM, "no such algorithm: %.*s", FG_PRI(s));
}

/* ---- OIDC ---- */

struct oidc {
	struct fg_str arn, url, clients, thumbprints, jwks, ca, algorithms, tags;
	bool parity, single;
	struct bn_word dropped, stale;
	fg_time created;
};

/* May be an issuer, and may own condition keys. */
enum fg_rc
bn_oidc_url_check(struct fg_str url, struct fg_err *reterr)
{
	FG_TRY(oidc_issuer_check(url, 0, reterr));
	if (!trust_issuer_ok(oidc_issuer_bare(url)))
		return fg_fail(reterr, FG_E_PARAM, "iam.oidc.url", "security 11",
		    "condition keys cannot be named after this issuer");
	return FG_OK;
}

static void
oidc_row(struct bn_reader *r, uint32_t node, const struct oidc *o, struct bn_oidc *p)
{
	struct fg_err err = { .rc = FG_OK };

	p->row = (struct store_oidc){ .arn = o->arn, .url = o->url, .client_ids = o->clients,
		.thumbprints = o->thumbprints, .algorithms = o->algorithms, .jwks = bn_compact(r->a, o->jwks),
		.ca = o->ca, .tags = o->tags, .created = o->created };
	p->row.flags = (o->parity ? STORE_OIDC_PARITY : 0) |
	    (o->single ? STORE_OIDC_SINGLE_USE : 0) | (o->jwks.n > 0 ? STORE_OIDC_UPLOADED : 0);
	p->dropped = o->dropped;
	p->stale = o->stale;
	p->place = bn_place(r);
	if (bn_oidc_url_check(o->url, &err) != FG_OK)
		bn_oops(r, node, FG_E_PARAM, "Url is https://HOST[:PORT][/PATH], at most 255 bytes: %s",
		    err.text);
	check_list(r, node, o->clients, CLIENTS_MAX, 255, "ClientIDList");
	check_thumbprints(r, node, o->thumbprints);
	check_algorithms(r, node, o->algorithms);
	check_jwks(r, node, o->jwks);
	if (o->ca.n > 0 && (o->ca.n > FG_LIMIT_BUNDLE_CA_BYTES ||
	                       !fg_starts(fg_trim(o->ca), FG_LIT("-----BEGIN CERTIFICATE-----"))))
		bn_oops(r, node, FG_E_PARAM, "the CA is not one or more PEM certificates");
}

void
bn_read_oidc(struct bn_reader *r, uint32_t node, void *at)
{
#define O(m) offsetof(struct oidc, m)
	static const struct bn_member members[] = {
		{ "Url", bn_str, O(url), true },
		{ "Arn", bn_str, O(arn), false },
		{ "ClientIDList", bn_list, O(clients), true },
		{ "ThumbprintList", bn_list, O(thumbprints), false },
		{ "Jwks", read_jwks, O(jwks), false },
		{ "JwksFile", read_file, O(jwks), false },
		{ "Ca", bn_str, O(ca), false },
		{ "CaFile", read_file, O(ca), false },
		{ "Algorithms", bn_list, O(algorithms), false },
		{ "AwsParity", bn_bool, O(parity), false },
		{ "SingleUse", bn_bool, O(single), false },
		{ "DroppedKids", bn_read_dropped, O(dropped), false },
		{ "StaleBound", bn_read_stale, O(stale), false },
		{ "Tags", bn_tags, O(tags), false },
		{ "CreateDate", bn_time, O(created), false },
	};
#undef O
	struct oidc o = { .url = FG_LIT("") };

	bn_object(r, node, members, FG_COUNT(members), &o);
	oidc_row(r, node, &o, at);
}

/* ---- SAML ---- */

struct saml {
	struct fg_str arn, name, metadata, url, allow, tags, encryption;
	struct fg_str signer, entity_id, ca;
	struct fg_str pem[FG_LIMIT_SAML_DECRYPT_KEYS];
	size_t npem;
	bool keyed;
	fg_time created;
};

/* Private keys come as files only: a bundle is kept where many read it. */
static void
read_keys(struct bn_reader *r, uint32_t node, void *at)
{
	struct saml *s = at;
	struct fg_str list = FG_LIT(""), path;
	struct saml_private k;
	struct fg_err err = { .rc = FG_OK };

	bn_list(r, node, &list);
	s->keyed = true;
	if (store_list_count(list) > FG_COUNT(s->pem)) {
		bn_oops(r, node, FG_E_LIMIT, "more than %zu private keys", FG_COUNT(s->pem));
		return;
	}
	while (store_list_next(&list, &path)) {
		s->pem[s->npem] = FG_LIT("");
		read_named(r, node, path, &s->pem[s->npem]);
		if (s->pem[s->npem].n == 0)
			return;
		if (saml_private_read(r->a, s->pem[s->npem++], FG_LIT("fedgate"), 0, &k, &err) != FG_OK)
			bn_oops(r, node, FG_E_PARAM, "%.*s: %s", FG_PRI(path), err.text);
	}
}

/* What `fedgate saml verify --allow` takes, but stale: that one is for looking at old files. */
static const char *const allowed[] = { "sha1", "rsa1024", "rsa15", "no-authn-statement", NULL };

static void
check_allow(struct bn_reader *r, uint32_t node, struct fg_str list)
{
	struct fg_str s;
	size_t i;

	while (store_list_next(&list, &s)) {
		for (i = 0; allowed[i] != NULL && !fg_eq(fg_str_z(allowed[i]), s); i++)
			;
		if (allowed[i] == NULL)
			bn_oops(r, node, FG_E_PARAM, "Allow has no \"%.*s\"", FG_PRI(s));
	}
}

/* [\w._-]{1,128} */
bool
bn_saml_name_ok(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr("+=,@", s.p[i], 4) != NULL)
			return false;
	return bn_name_ok(s, 128);
}

/* Who vouches for the metadata, and what of it is meant. */
static void
saml_source(struct bn_reader *r, uint32_t node, const struct saml *s, struct bn_saml *p)
{
	struct fg_buf b = FG_BUF_ARENA(r->a, FG_LIMIT_BUNDLE_LIST_BYTES);
	struct fg_str der;
	struct fg_err err = { .rc = FG_OK };
	size_t n;

	p->source = FG_LIT("");
	if (s->signer.n == 0 && s->entity_id.n == 0 && s->ca.n == 0)
		return;
	if (s->signer.n > 0 && saml_pem_read(r->a, s->signer, &der, 1, &n, &err) != FG_OK)
		bn_oops(r, node, FG_E_PARAM, "MetadataSigner: %s", err.text);
	if (s->ca.n > FG_LIMIT_BUNDLE_CA_BYTES)
		bn_oops(r, node, FG_E_LIMIT, "MetadataCa is too long");
	if (s->entity_id.n > 1024)
		bn_oops(r, node, FG_E_LIMIT, "MetadataEntityId has more than 1,024 bytes");
	store_list_put(&b, s->signer);
	store_list_put(&b, s->entity_id);
	store_list_put(&b, s->ca);
	if (fg_buf_end(&b, &p->source) != FG_OK)
		bn_oops(r, node, FG_E_LIMIT, "too long");
}

static void
saml_row(struct bn_reader *r, uint32_t node, const struct saml *s, struct bn_saml *p)
{
	p->row = (struct store_saml){ .arn = s->arn, .name = s->name, .metadata = s->metadata,
		.url = s->url, .allow = s->allow, .tags = s->tags, .created = s->created,
		.encryption = fg_eq(s->encryption, FG_LIT("Required")) };
	memcpy(p->pem, s->pem, sizeof(p->pem));
	p->npem = s->npem;
	p->keyed = s->keyed;
	p->place = bn_place(r);
	saml_source(r, node, s, p);
	if (!bn_saml_name_ok(s->name))
		bn_oops(r, node, FG_E_PARAM, "Name is not valid");
	if ((s->metadata.n > 0) == (s->url.n > 0))
		bn_oops(r, node, FG_E_PARAM,
		    "one of SAMLMetadataDocument, MetadataFile and MetadataUrl is needed");
	if (s->metadata.n > 0 && (s->metadata.n < METADATA_MIN || s->metadata.n > METADATA_MAX))
		bn_oops(r, node, FG_E_LIMIT, "metadata has 1,000 to 10,000,000 bytes");
	if (s->url.n > 0 && (!fg_starts(s->url, FG_LIT("https://")) || s->url.n > 2048))
		bn_oops(r, node, FG_E_PARAM, "MetadataUrl is not an https URL");
	if (s->encryption.n > 0 && p->row.encryption == 0 &&
	    !fg_eq(s->encryption, FG_LIT("Allowed")))
		bn_oops(r, node, FG_E_PARAM, "AssertionEncryptionMode is Required or Allowed");
	check_allow(r, node, s->allow);
}

void
bn_read_saml(struct bn_reader *r, uint32_t node, void *at)
{
#define S(m) offsetof(struct saml, m)
	static const struct bn_member members[] = {
		{ "Name", bn_str, S(name), true },
		{ "Arn", bn_str, S(arn), false },
		{ "SAMLMetadataDocument", bn_str, S(metadata), false },
		{ "MetadataFile", read_file, S(metadata), false },
		{ "MetadataUrl", bn_str, S(url), false },
		{ "MetadataSigner", bn_str, S(signer), false },
		{ "MetadataSignerFile", read_file, S(signer), false },
		{ "MetadataEntityId", bn_str, S(entity_id), false },
		{ "MetadataCa", bn_str, S(ca), false },
		{ "MetadataCaFile", read_file, S(ca), false },
		{ "Allow", bn_list, S(allow), false },
		{ "AssertionEncryptionMode", bn_str, S(encryption), false },
		{ "PrivateKeyFiles", read_keys, 0, false },
		{ "PrivateKeyList", NULL, 0, false },
		{ "Tags", bn_tags, S(tags), false },
		{ "CreateDate", bn_time, S(created), false },
	};
#undef S
	struct saml s = { .name = FG_LIT(""), .signer = FG_LIT(""), .entity_id = FG_LIT(""), .ca = FG_LIT("") };

	bn_object(r, node, members, FG_COUNT(members), &s);
	saml_row(r, node, &s, at);
}
