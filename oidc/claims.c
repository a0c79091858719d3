#include "oidc/oidc_int.h"

#define TIME_MAX (INT64_C(1) << 53)

static const struct {
	struct fg_str name;
	enum oidc_known known;
} names[] = {
	{ { "iss", 3 }, OIDC_K_ISS },
	{ { "sub", 3 }, OIDC_K_SUB },
	{ { "aud", 3 }, OIDC_K_AUD },
	{ { "azp", 3 }, OIDC_K_AZP },
	{ { "exp", 3 }, OIDC_K_EXP },
	{ { "iat", 3 }, OIDC_K_IAT },
	{ { "nbf", 3 }, OIDC_K_NBF },
	{ { "jti", 3 }, OIDC_K_JTI },
	{ { "cnf", 3 }, OIDC_K_CNF },
	{ { "events", 6 }, OIDC_K_EVENTS },
	{ { "https://aws.amazon.com/tags", 27 }, OIDC_K_TAGS },
	{ { "https://aws.amazon.com/tags/transitive_tag_keys", 47 }, OIDC_K_TRANSITIVE },
	{ { "https://aws.amazon.com/source_identity", 38 }, OIDC_K_SOURCE },
	{ { "https://aws.amazon.com/roles", 28 }, OIDC_K_ROLES },
	{ { OIDC_LINEAGE, sizeof(OIDC_LINEAGE) - 1 }, OIDC_K_LINEAGE },
};

/* A token without any of these is refused, in AWS's order. */
static const struct {
	enum oidc_known known;
	const char *name;
	const char *step;
} required[] = {
	{ OIDC_K_ISS, "iss", "oidc.claims.missing.iss" },
	{ OIDC_K_SUB, "sub", "oidc.claims.missing.sub" },
	{ OIDC_K_AUD, "aud", "oidc.claims.missing.aud" },
	{ OIDC_K_EXP, "exp", "oidc.claims.missing.exp" },
	{ OIDC_K_IAT, "iat", "oidc.claims.missing.iat" },
};

static void
classify(struct oidc_read *r)
{
	const struct fg_json_node *node = r->j->node;

	for (uint32_t i = fg_json_first(0); i < node[0].next; i = fg_json_after(r->j, i + 1)) {
		if (fg_starts(node[i].text, FG_LIT(OIDC_FLAT_TAG)))
			r->nflat++;
		for (size_t k = 0; k < FG_COUNT(names); k++) {
			if (fg_eq(node[i].text, names[k].name)) {
				r->at[names[k].known] = i + 1;
				break;
			}
		}
	}
}

/* A string member; null when absent or of another type. */
static struct fg_str
text_of(const struct oidc_read *r, enum oidc_known k)
{
	const struct fg_json_node *node = &r->j->node[r->at[k]];

	if (r->at[k] == 0 || node->type != FG_JSON_STRING)
		return FG_STR_NULL;
	return node->text.n == 0 ? FG_LIT("") : node->text;
}

static bool
member_of(const struct fg_str *list, size_t n, struct fg_str s)
{
	for (size_t i = 0; i < n; i++)
		if (fg_eq(list[i], s))
			return true;
	return false;
}

bool
oidc_read_list(struct oidc_read *r, uint32_t at, const struct fg_str **ret, size_t *retn,
    bool *retnomem)
{
	const struct fg_json_node *node = r->j->node;
	struct fg_str *list;
	size_t n = 0;

	*retnomem = false;
	if (node[at].type != FG_JSON_ARRAY)
		return false;
	for (uint32_t i = fg_json_first(at); i < node[at].next; i = fg_json_after(r->j, i))
		if (node[i].type != FG_JSON_STRING)
			return false;
	list = FG_NEW_N(r->arena, struct fg_str, node[at].n);
	if (list == NULL) {
		*retnomem = true;
		return false;
	}
	for (uint32_t i = fg_json_first(at); i < node[at].next; i = fg_json_after(r->j, i))
		list[n++] = node[i].text;
	*ret = list;
	*retn = n;
	return true;
}

static enum fg_rc
check_present(const struct oidc_read *r, struct oidc_refusal *why, struct fg_err *reterr)
{
	for (size_t i = 0; i < FG_COUNT(required); i++) {
		if (r->at[required[i].known] != 0)
			continue;
		why->claim = required[i].name;
		return fg_fail(reterr, FG_E_CLAIM, required[i].step, "OIDC Core 2", "no %s",
		    required[i].name);
	}
	/*= OIDC Back-Channel Logout 2.4, RFC 8417 2.2
	 * a token with events says something happened; it does not say who is here */
	if (r->at[OIDC_K_EVENTS] != 0)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.events", "RFC 8417 2.2",
		    "a logout or event token");
	return FG_OK;
}

static enum fg_rc
check_issuer(const struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	struct fg_str iss = text_of(r, OIDC_K_ISS);

	if (iss.n == 0)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.iss", "RFC 7519 4.1.1",
		    "iss is not a string");
	if (!fg_eq(iss, r->p->issuer))
		return fg_fail(reterr, FG_E_ISSUER, "oidc.claims.issuer", "OIDC Core 3.1.3.7 2",
		    "issuer is %.*s", FG_PRI(iss));
	f->issuer = iss;
	return FG_OK;
}

/* ---- times ---- */

static bool
time_of(const struct oidc_read *r, enum oidc_known k, fg_time *ret)
{
	struct fg_str digits = text_of(r, k);
	uint64_t u;

	if (fg_json_i64(r->j, r->at[k], 0, TIME_MAX, ret))
		return true;
	if (!(r->p->flags & OIDC_AWS_PARITY) || !fg_u64(digits, &u) || u > (uint64_t)TIME_MAX)
		return false;
	*ret = (fg_time)u;
	return true;
}

static enum fg_rc
read_times(const struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	if (!time_of(r, OIDC_K_EXP, &f->expires_at) || !time_of(r, OIDC_K_IAT, &f->issued_at) ||
	    (r->at[OIDC_K_NBF] != 0 && !time_of(r, OIDC_K_NBF, &f->not_before)))
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.time", "RFC 7519 2",
		    "exp, iat or nbf is not an integer of seconds");
	return FG_OK;
}

static int32_t
skew_of(const struct oidc_provider *p)
{
	int32_t skew = p->skew_s < 0 ? 0 : p->skew_s;

	if (skew > FG_LIMIT_OIDC_SKEW_S)
		skew = FG_LIMIT_OIDC_SKEW_S;
	return (p->flags & OIDC_AWS_PARITY) && skew < OIDC_SKEW_PARITY_S ? OIDC_SKEW_PARITY_S : skew;
}

static void
quote(struct oidc_refusal *why, const char *claim, fg_time now, fg_time bound)
{
	*why = (struct oidc_refusal){ .now = now, .bound = bound, .claim = claim };
}

static enum fg_rc
check_now(const struct oidc_read *r, const struct oidc_facts *f, fg_time now,
    struct oidc_refusal *why, struct fg_err *reterr)
{
	int32_t skew = skew_of(r->p);

	/*= RFC 7519 4.1.4
	 *# the current date/time MUST be before the expiration date/time listed */
	if (now - skew >= f->expires_at) {
		quote(why, "exp", now - skew, f->expires_at);
		return fg_fail(reterr, FG_E_EXPIRED, "oidc.claims.exp", "RFC 7519 4.1.4",
		    "expired at %lld, it is %lld", (long long)f->expires_at, (long long)now);
	}
	if (f->issued_at > now + skew) {
		quote(why, "iat", now + skew, f->issued_at);
		return fg_fail(reterr, FG_E_NOT_YET, "oidc.claims.iat", "RFC 7519 4.1.6",
		    "issued at %lld, it is %lld", (long long)f->issued_at, (long long)now);
	}
	if (f->not_before > now + skew) {
		quote(why, "nbf", now + skew, f->not_before);
		return fg_fail(reterr, FG_E_NOT_YET, "oidc.claims.nbf", "RFC 7519 4.1.5",
		    "valid from %lld, it is %lld", (long long)f->not_before, (long long)now);
	}
	return FG_OK;
}

static enum fg_rc
check_span(const struct oidc_read *r, const struct oidc_facts *f, fg_time now,
    struct oidc_refusal *why, struct fg_err *reterr)
{
	int32_t cap = r->p->max_lifetime_s > 0 ? r->p->max_lifetime_s : FG_LIMIT_OIDC_LIFETIME_S;

	if (f->expires_at <= f->issued_at)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.order", NULL,
		    "expires before it was issued");
	if (f->expires_at - f->issued_at > cap)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.lifetime", NULL,
		    "lives %lld s, the provider allows %d s",
		    (long long)(f->expires_at - f->issued_at), cap);
	if (r->p->max_age_s > 0 && now - f->issued_at > (fg_time)r->p->max_age_s + skew_of(r->p)) {
		quote(why, "iat", now, f->issued_at + r->p->max_age_s);
		return fg_fail(reterr, FG_E_EXPIRED, "oidc.claims.age", NULL,
		    "issued %lld s ago, the provider allows %d s", (long long)(now - f->issued_at),
		    r->p->max_age_s);
	}
	return FG_OK;
}

/* ---- audience ---- */

/* aud is one string or up to 16 of them, none empty. */
static enum fg_rc
read_aud(struct oidc_read *r, struct fg_err *reterr)
{
	uint32_t at = r->at[OIDC_K_AUD];
	bool nomem = false;

	if (r->j->node[at].type == FG_JSON_STRING) {
		r->aud = &r->j->node[at].text;
		r->naud = 1;
	} else if (!oidc_read_list(r, at, &r->aud, &r->naud, &nomem)) {
		if (nomem)
			return fg_fail(reterr, FG_E_NOMEM, "oidc.claims", NULL, "arena");
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.aud", "RFC 7519 4.1.3",
		    "aud is neither a string nor an array of strings");
	}
	if (r->naud == 0 || member_of(r->aud, r->naud, FG_LIT("")))
		return fg_fail(reterr, FG_E_AUDIENCE, "oidc.claims.aud.empty", "RFC 7519 4.1.3",
		    "aud is empty");
	if (r->naud > FG_LIMIT_AUDIENCES)
		return fg_fail(reterr, FG_E_LIMIT, "oidc.claims.aud.count", NULL,
		    "%zu audiences", r->naud);
	return FG_OK;
}

/* The first audience of the token that is registered; null if none. */
static struct fg_str
registered(const struct oidc_read *r)
{
	for (size_t i = 0; i < r->naud; i++)
		if (member_of(r->p->client_id, r->p->nclient_id, r->aud[i]))
			return r->aud[i];
	return FG_STR_NULL;
}

static enum fg_rc
check_azp(const struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	struct fg_str azp = text_of(r, OIDC_K_AZP);

	/*= OIDC Core 3.1.3.7 5
	 *# If an azp (authorized party) Claim is present, the Client SHOULD verify that its
	 *# client_id is the Claim Value. */
	if (azp.n == 0 || !member_of(r->p->client_id, r->p->nclient_id, azp))
		return fg_fail(reterr, FG_E_AUDIENCE, "oidc.claims.azp", "OIDC Core 3.1.3.7 5",
		    "authorized party %.*s is not registered", FG_PRI(azp));
	f->authorized_party = azp;
	f->audience = azp;
	return FG_OK;
}

static enum fg_rc
check_aud(const struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	struct fg_str match = registered(r);
	bool azp = r->at[OIDC_K_AZP] != 0;

	if (azp)
		FG_TRY(check_azp(r, f, reterr));
	if (azp && (r->p->flags & (OIDC_AZP_ONLY | OIDC_AWS_PARITY)))
		return FG_OK;
	if (!azp && r->naud > 1 && (r->p->flags & (OIDC_ANY_AUDIENCE | OIDC_AWS_PARITY)) != OIDC_ANY_AUDIENCE)
		return fg_fail(reterr, FG_E_AUDIENCE, "oidc.claims.aud.many", "OIDC Core 3.1.3.7 4",
		    "%zu audiences and no azp", r->naud);
	/*= OIDC Core 3.1.3.7 3
	 *# The ID Token MUST be rejected if the ID Token does not list the Client as a
	 *# valid audience */
	if (fg_str_null(match))
		return fg_fail(reterr, FG_E_AUDIENCE, "oidc.claims.audience", "OIDC Core 3.1.3.7 3",
		    "audience %.*s is not registered", FG_PRI(r->aud[0]));
	if (!azp)
		f->audience = match;
	return FG_OK;
}

/* ---- subject and the rest ---- */

/* C0, DEL, and C1 (U+0080..U+009F, two bytes in UTF-8). */
static bool
has_control(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f)
			return true;
		if (c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static enum fg_rc
check_subject(const struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	size_t max = (r->p->flags & OIDC_LONG_SUBJECT) ? FG_LIMIT_SUBJECT_LONG_BYTES
						       : FG_LIMIT_SUBJECT_BYTES;

	f->subject = text_of(r, OIDC_K_SUB);
	if (f->subject.n == 0)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.sub", "OIDC Core 2",
		    "sub is empty or not a string");
	if (f->subject.n > max)
		return fg_fail(reterr, FG_E_LIMIT, "oidc.claims.sub.length", "OIDC Core 2",
		    "sub of %zu bytes", f->subject.n);
	if (has_control(f->subject))
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.sub.control", NULL,
		    "control character in sub");
	return FG_OK;
}

static enum fg_rc
check_rest(const struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	/*= RFC 7800 3: the presenter must prove a key, and nobody here asks it to */
	if (r->at[OIDC_K_CNF] != 0 && !(r->p->flags & OIDC_IGNORE_CNF))
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.cnf", "RFC 7800 3",
		    "the token is bound to a key");
	f->jti = text_of(r, OIDC_K_JTI);
	f->lineage = text_of(r, OIDC_K_LINEAGE);
	if ((r->p->flags & OIDC_SINGLE_USE) && f->jti.n == 0)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.jti", "RFC 7519 4.1.7",
		    "no jti, and the provider's tokens are for one use");
	return FG_OK;
}

/* ---- in order ---- */

static enum fg_rc
read_all(struct oidc_read *r, fg_time now, struct oidc_facts *f, struct oidc_refusal *why,
    struct fg_err *reterr)
{
	FG_TRY(check_present(r, why, reterr));
	FG_TRY(check_issuer(r, f, reterr));
	FG_TRY(read_times(r, f, reterr));
	FG_TRY(check_now(r, f, now, why, reterr));
	FG_TRY(check_span(r, f, now, why, reterr));
	FG_TRY(read_aud(r, reterr));
	FG_TRY(check_aud(r, f, reterr));
	FG_TRY(check_subject(r, f, reterr));
	FG_TRY(check_rest(r, f, reterr));
	FG_TRY(oidc_read_session(r, f, reterr));
	return oidc_read_keys(r, f, reterr);
}

enum fg_rc
oidc_claims_read(struct fg_arena *a, const struct oidc_payload *payload, fg_time now,
    struct oidc_facts *ret, struct oidc_refusal *retwhy, struct fg_err *reterr)
{
	struct oidc_read r = { .arena = a, .p = payload->provider };
	struct oidc_refusal why = { 0, 0, NULL };
	struct oidc_facts f = { .flags = payload->provider->flags };
	enum fg_rc rc;

	FG_TRY(oidc_jws_claims(a, payload->jws, reterr));
	r.j = &payload->jws->json;
	classify(&r);
	f.alg = payload->jws->alg;
	f.key_id = payload->jws->kid;
	f.json = payload->jws->bytes;
	rc = read_all(&r, now, &f, &why, reterr);
	if (rc != FG_OK) {
		if (retwhy != NULL)
			*retwhy = why;
		return rc;
	}
	*ret = f;
	return FG_OK;
}

enum fg_rc
oidc_check(struct oidc_worker *w, struct fg_arena *a, const struct oidc_provider *p,
    const struct oidc_jwks *set, struct oidc_jws *jws, fg_time now, struct oidc_facts *ret,
    struct oidc_refusal *retwhy, struct fg_err *reterr)
{
	const struct oidc_payload *payload;
	const struct oidc_key *key;

	FG_TRY(oidc_key_find(p, set, jws, &key, reterr));
	FG_TRY(oidc_verify(w, a, p, jws, key, &payload, reterr));
	return oidc_claims_read(a, payload, now, ret, retwhy, reterr);
}
