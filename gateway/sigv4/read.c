/*
 * Find the one form of authentication of a request and apply the rules that need no
 * secret: one form, one date, one token; what must be signed is signed.
 */
#include "gateway/sigv4/sigv4_int.h"

/* Headers that matter here; each may stand once at most. */
enum single { H_AUTHORIZATION = 0, H_DATE, H_X_DATE, H_TOKEN, H_HASH, H_HOST, H_MAX };

static const struct fg_str single_names[H_MAX] = {
	[H_AUTHORIZATION] = { "authorization", 13 },
	[H_DATE] = { "date", 4 },
	[H_X_DATE] = { "x-amz-date", 10 },
	[H_TOKEN] = { "x-amz-security-token", 20 },
	[H_HASH] = { "x-amz-content-sha256", 20 },
	[H_HOST] = { "host", 4 },
};

static enum fg_rc
singles_read(const struct sigv4_request *req, struct fg_str h[H_MAX], struct fg_err *reterr)
{
	for (size_t i = 0; i < req->n_headers; i++) {
		for (size_t k = 0; k < H_MAX; k++) {
			if (!fg_eq_icase(req->headers[i].name, single_names[k]))
				continue;
			if (!fg_str_null(h[k]))
				return fg_fail(reterr, FG_E_SYNTAX, "sigv4.header.repeat", NULL,
				    "header %s stands twice", single_names[k].p);
			h[k] = fg_trim(req->headers[i].value);
			if (fg_str_null(h[k]))
				h[k] = FG_LIT("");
		}
	}
	return FG_OK;
}

/* Anything beginning so is about AWS's protocol, and unsigned it could be changed on the way. */
static enum fg_rc
coverage_check(const struct sigv4_request *req, struct fg_str list, struct fg_err *reterr)
{
	struct fg_str rest = list, name;
	bool more = list.n > 0;

	for (size_t i = 0; i < req->n_headers; i++) {
		if (fg_starts_icase(req->headers[i].name, FG_LIT("x-amz-")) &&
		    !sigv4_is_signed(list, req->headers[i].name))
			return fg_fail(reterr, FG_E_SIGNATURE, "sigv4.signed-headers.amz",
			    "SigV4 SignedHeaders", "header %.*s is not signed",
			    FG_PRI(req->headers[i].name));
	}
	while (more) {
		bool found = false;

		more = fg_cut(rest, ';', &name, &rest);
		for (size_t i = 0; i < req->n_headers && !found; i++)
			found = fg_eq_icase(req->headers[i].name, name);
		if (!found)
			return fg_fail(reterr, FG_E_SIGNATURE, "sigv4.signed-headers.absent",
			    "SigV4 SignedHeaders", "signed header %.*s is not there",
			    FG_PRI(name));
	}
	return FG_OK;
}

static enum fg_rc
algorithm_check(struct fg_str algorithm, struct fg_err *reterr)
{
	if (fg_eq(algorithm, FG_LIT("AWS4-HMAC-SHA256")))
		return FG_OK;
	if (fg_eq(algorithm, FG_LIT("AWS4-ECDSA-P256-SHA256")))
		return fg_fail(reterr, FG_E_UNSUPPORTED, "sigv4.algorithm.v4a", NULL,
		    "SigV4a: sign with AWS4-HMAC-SHA256");
	return fg_fail(reterr, FG_E_UNSUPPORTED, "sigv4.algorithm", NULL,
	    "algorithm is not AWS4-HMAC-SHA256");
}

static enum fg_rc
payload_check(const struct sigv4_request *req, struct fg_str said, struct fg_err *reterr)
{
	unsigned char digest[SIGV4_DIGEST_BYTES];

	if (fg_str_null(said))
		return FG_OK;
	if (fg_starts(said, FG_LIT("UNSIGNED-PAYLOAD")) || fg_starts(said, FG_LIT("STREAMING-")))
		return fg_fail(reterr, FG_E_UNSUPPORTED, "sigv4.payload.unsigned", NULL,
		    "the body must be signed");
	if (!sigv4_hex32(said, digest) ||
	    !fg_eq_const(fg_str(digest, sizeof(digest)),
	    fg_str(req->body_sha256, sizeof(req->body_sha256))))
		return fg_fail(reterr, FG_E_SIGNATURE, "sigv4.payload.hash", NULL,
		    "x-amz-content-sha256 is not the hash of the body");
	return FG_OK;
}

/* The words that the two forms share, once they are found. */
static enum fg_rc
fields_read(const struct fg_str f[SIGV4_F_MAX], struct sigv4_auth *ret, struct fg_err *reterr)
{
	FG_TRY(algorithm_check(f[SIGV4_F_ALGORITHM], reterr));
	if (f[SIGV4_F_CREDENTIAL].n == 0 || f[SIGV4_F_SIGNED].n == 0 ||
	    f[SIGV4_F_SIGNATURE].n == 0)
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.incomplete", NULL,
		    "Credential, SignedHeaders or Signature is missing");
	if (f[SIGV4_F_DATE].n == 0)
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.date.absent", NULL, "no X-Amz-Date");
	FG_TRY(sigv4_credential_read(f[SIGV4_F_CREDENTIAL], ret, reterr));
	FG_TRY(sigv4_signed_names_check(f[SIGV4_F_SIGNED], reterr));
	ret->signed_headers = f[SIGV4_F_SIGNED];
	if (!sigv4_hex32(f[SIGV4_F_SIGNATURE], ret->signature))
		return fg_fail(reterr, FG_E_SIGNATURE, "sigv4.signature.form", NULL,
		    "signature is not 64 lower-case hex digits");
	if (!fg_time_basic(f[SIGV4_F_DATE], &ret->time))
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.date.form", "ISO 8601 basic",
		    "X-Amz-Date is not YYYYMMDDThhmmssZ");
	ret->timestamp = f[SIGV4_F_DATE];
	if (!fg_eq(ret->date, fg_sub(ret->timestamp, 0, 8)))
		return fg_fail(reterr, FG_E_SIGNATURE, "sigv4.scope.date", NULL,
		    "scope is of %.*s, request of %.*s", FG_PRI(ret->date),
		    FG_PRI(ret->timestamp));
	return FG_OK;
}

static bool
any_field(const struct fg_str f[SIGV4_F_MAX])
{
	for (size_t i = 0; i < SIGV4_F_MAX; i++) {
		if (!fg_str_null(f[i]))
			return true;
	}
	return false;
}

static enum fg_rc
token_read(struct fg_str header, struct fg_str query, struct sigv4_auth *ret,
    struct fg_err *reterr)
{
	if (!fg_str_null(header) && !fg_str_null(query))
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.token.repeat", NULL,
		    "session token in header and query");
	ret->token = fg_str_null(header) ? query : header;
	if (!fg_str_null(ret->token) && ret->token.n == 0)
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.token.empty", NULL,
		    "session token is empty");
	return FG_OK;
}

static enum fg_rc
expires_read(struct fg_str text, struct sigv4_auth *ret, struct fg_err *reterr)
{
	if (fg_str_null(text))
		return FG_OK;
	if (!fg_u64(text, &ret->expires_s) || ret->expires_s == 0 ||
	    ret->expires_s > FG_LIMIT_PRESIGN_S)
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.expires", NULL,
		    "X-Amz-Expires is not a number of seconds up to a week");
	return FG_OK;
}

static enum fg_rc
head_read(struct fg_arena *a, const struct sigv4_request *req, struct fg_str h[H_MAX],
    struct sigv4_auth *ret, struct fg_err *reterr)
{
	struct fg_str f[SIGV4_F_MAX] = { 0 };
	struct sigv4_params q;
	bool in_query;

	memset(ret, 0, sizeof(*ret));
	FG_TRY(singles_read(req, h, reterr));
	FG_TRY(sigv4_query_read(a, req->query, &q, reterr));
	FG_TRY(sigv4_query_fields(&q, f, reterr));
	in_query = any_field(f);
	if (fg_str_null(h[H_AUTHORIZATION]) && !in_query)
		return FG_OK;
	if (!fg_str_null(h[H_AUTHORIZATION]) && in_query)
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.two-forms", NULL,
		    "Authorization header and X-Amz-* query parameters");
	ret->form = in_query ? SIGV4_QUERY : SIGV4_HEADER;
	if (!fg_str_null(h[H_DATE]) || (in_query && !fg_str_null(h[H_X_DATE])))
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.date.repeat", NULL,
		    "a date beside the one X-Amz-Date");
	if (!in_query) {
		FG_TRY(sigv4_authorization_read(h[H_AUTHORIZATION], f, reterr));
		f[SIGV4_F_DATE] = h[H_X_DATE];
	}
	FG_TRY(fields_read(f, ret, reterr));
	FG_TRY(expires_read(f[SIGV4_F_EXPIRES], ret, reterr));
	FG_TRY(token_read(h[H_TOKEN], f[SIGV4_F_TOKEN], ret, reterr));
	return coverage_check(req, ret->signed_headers, reterr);
}

enum fg_rc
sigv4_read_head(struct fg_arena *a, const struct sigv4_request *req, struct sigv4_auth *ret,
    struct fg_err *reterr)
{
	struct fg_str h[H_MAX] = { 0 };

	return head_read(a, req, h, ret, reterr);
}

enum fg_rc
sigv4_read(struct fg_arena *a, const struct sigv4_request *req, struct sigv4_auth *ret,
    struct fg_err *reterr)
{
	struct fg_str h[H_MAX] = { 0 };

	FG_TRY(head_read(a, req, h, ret, reterr));
	return ret->form == SIGV4_NONE ? FG_OK : payload_check(req, h[H_HASH], reterr);
}
