/*
 * The parts of an authorization: credential scope, list of signed names, and the header
 * that carries them.  All of it is ASCII from a small alphabet; anything else is refused.
 */
#include "gateway/sigv4/sigv4_int.h"

static bool
id_char(char c)
{
	return fg_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool
label_char(char c)
{
	return fg_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
}

/* RFC 9110 token, lower case only: what a signed name may hold. */
static bool
name_char(char c)
{
	return label_char(c) || (c != '\0' && memchr("!#$%&'*+.^_`|~", c, 14) != NULL);
}

static bool
all(struct fg_str s, size_t max, bool (*ok)(char))
{
	if (s.n == 0 || s.n > max)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ok(s.p[i]))
			return false;
	}
	return true;
}

/* AKID/20261122/us-east-1/sts/aws4_request */
enum fg_rc
sigv4_credential_read(struct fg_str credential, struct sigv4_auth *ret, struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(credential);
	struct fg_str key_id = fg_cur_until(&c, '/');
	struct fg_str scope = fg_str(c.p, c.n);
	struct fg_str date = fg_cur_until(&c, '/');
	struct fg_str region = fg_cur_until(&c, '/');
	struct fg_str service = fg_cur_until(&c, '/');

	fg_cur_lit(&c, FG_LIT("aws4_request"));
	if (!fg_cur_done(&c) || !all(key_id, FG_LIMIT_KEY_ID_BYTES, id_char) ||
	    date.n != 8 || !all(date, 8, fg_digit) ||
	    !all(region, FG_LIMIT_SCOPE_LABEL_BYTES, label_char) ||
	    !all(service, FG_LIMIT_SCOPE_LABEL_BYTES, label_char))
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.credential", "SigV4 credential scope",
		    "not KEYID/YYYYMMDD/region/service/aws4_request");
	ret->key_id = key_id;
	ret->scope = scope;
	ret->date = date;
	ret->region = region;
	ret->service = service;
	return FG_OK;
}

/* Sorted strictly upward, so that no name stands twice and each set has one spelling. */
enum fg_rc
sigv4_signed_names_check(struct fg_str list, struct fg_err *reterr)
{
	struct fg_str rest = list, name, before = FG_STR_NULL;
	bool more = list.n > 0, host = false;
	size_t n = 0;

	while (more) {
		more = fg_cut(rest, ';', &name, &rest);
		if (!all(name, FG_LIMIT_SCOPE_LABEL_BYTES, name_char) || ++n > FG_LIMIT_HTTP_HEADERS)
			return fg_fail(reterr, FG_E_SYNTAX, "sigv4.signed-headers.name",
			    "SigV4 SignedHeaders", "not a list of lower-case header names");
		if (!fg_str_null(before) && fg_cmp(before, name) >= 0)
			return fg_fail(reterr, FG_E_SYNTAX, "sigv4.signed-headers.order",
			    "SigV4 SignedHeaders", "names are not sorted and unique");
		if (fg_eq(name, FG_LIT("authorization")))
			return fg_fail(reterr, FG_E_SYNTAX, "sigv4.signed-headers.self",
			    "SigV4 SignedHeaders", "authorization cannot sign itself");
		host = host || fg_eq(name, FG_LIT("host"));
		before = name;
	}
	if (!host)
		return fg_fail(reterr, FG_E_SIGNATURE, "sigv4.signed-headers.host",
		    "SigV4 SignedHeaders", "host is not signed");
	return FG_OK;
}

bool
sigv4_is_signed(struct fg_str list, struct fg_str name)
{
	struct fg_str rest = list, one;
	bool more = list.n > 0;

	while (more) {
		more = fg_cut(rest, ';', &one, &rest);
		if (fg_eq_icase(one, name))
			return true;
	}
	return false;
}

/* Over 15: none.  Without a branch: the digits of a digest are not to be guessed. */
static unsigned
hex_digit(char c)
{
	unsigned digit = (unsigned)(unsigned char)c - '0', letter = (unsigned)(unsigned char)c - 'a';
	unsigned high = letter < 6 ? letter + 10 : 0xff;

	return digit < 10 ? digit : high;
}

/* Lower case only, as every signer writes it. */
bool
sigv4_hex32(struct fg_str hex, unsigned char ret[SIGV4_DIGEST_BYTES])
{
	unsigned bad = 0;

	if (hex.n != 2 * SIGV4_DIGEST_BYTES)
		return false;
	for (size_t i = 0; i < SIGV4_DIGEST_BYTES; i++) {
		unsigned high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);

		bad |= high | low;
		ret[i] = (unsigned char)(high << 4 | low);
	}
	return bad < 16;
}

static const struct {
	struct fg_str name;
	enum sigv4_field field;
} parts[] = {
	{ { "Credential", 10 }, SIGV4_F_CREDENTIAL },
	{ { "SignedHeaders", 13 }, SIGV4_F_SIGNED },
	{ { "Signature", 9 }, SIGV4_F_SIGNATURE },
};

static enum fg_rc
part_read(struct fg_str part, struct fg_str field[SIGV4_F_MAX], struct fg_err *reterr)
{
	struct fg_str name, value;

	if (!fg_cut(part, '=', &name, &value))
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.authorization.part",
		    "SigV4 Authorization", "a part without '='");
	for (size_t i = 0; i < FG_COUNT(parts); i++) {
		if (!fg_eq(name, parts[i].name))
			continue;
		if (!fg_str_null(field[parts[i].field]))
			return fg_fail(reterr, FG_E_SYNTAX, "sigv4.authorization.repeat",
			    "SigV4 Authorization", "%s stands twice", parts[i].name.p);
		field[parts[i].field] = value;
		return FG_OK;
	}
	return fg_fail(reterr, FG_E_SYNTAX, "sigv4.authorization.part", "SigV4 Authorization",
	    "a part that is not Credential, SignedHeaders or Signature");
}

/*
 * "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=..." with or without the
 * blanks after the commas, in any order, each exactly once.
 */
enum fg_rc
sigv4_authorization_read(struct fg_str value, struct fg_str field[SIGV4_F_MAX],
    struct fg_err *reterr)
{
	struct fg_str rest, part;
	bool more = fg_cut(fg_trim(value), ' ', &field[SIGV4_F_ALGORITHM], &rest);

	while (more) {
		more = fg_cut(rest, ',', &part, &rest);
		FG_TRY(part_read(fg_trim(part), field, reterr));
	}
	return FG_OK;
}
