/* tests/unit/cred/session.c - the strict form of a session (rule 8). */
#include "tests/unit/cred/rig.h"

#include <stdlib.h>

#define RIG_LINK "arn:aws:iam::111122223333:oidc-provider/id.example.com/oidc/444455556666"

static struct rig plain = { .now = RIG_NOW }; /* only its time is used here */

/* A session with a value in every field. */
static struct cred_session
full(void)
{
	struct cred_session s = rig_session(&plain);

	memset(s.session_id, 7, sizeof(s.session_id));
	s.policy = FG_LIT("{\"Statement\":[]}");
	s.managed[0] = (struct cred_managed){ FG_LIT("arn:aws:iam::aws:policy/ReadOnly"),
		FG_LIT("v3") };
	s.managed[1] = (struct cred_managed){ FG_LIT("arn:aws:iam::111122223333:policy/x"),
		FG_LIT("v12") };
	s.managed_n = 2;
	s.tags[0] = (struct cred_tag){ FG_LIT("Team"), FG_LIT("ml"), true };
	s.tags[1] = (struct cred_tag){ FG_LIT("Empty"), FG_STR_NULL, false };
	s.tags_n = 2;
	s.source_identity = FG_LIT("octo");
	s.mfa = RIG_NOW - 5;
	s.carried[0] = (struct cred_carried){ FG_LIT("token.example.com:aud"), FG_LIT("sts") };
	s.carried_n = 1;
	for (s.chain_n = 0; s.chain_n < CRED_CHAIN_MAX; s.chain_n++) {
		memset(s.chain[s.chain_n].session_id, (int)s.chain_n, CRED_SESSION_ID_BYTES);
		s.chain[s.chain_n].principal = FG_LIT(RIG_ROLE);
		s.chain[s.chain_n].issued = RIG_NOW - 100;
	}
	s.chain[2].link = s.chain[7].link = FG_LIT(RIG_LINK);
	return s;
}

static struct fg_str
bytes_of(const struct cred_session *s, struct fg_buf *b)
{
	size_t policies, tags;

	*b = FG_BUF(65536);
	session_put(s, b);
	CHECK(b->bad == FG_OK);
	CHECK(b->n == session_size(s, &policies, &tags));
	return fg_buf_str(b);
}

static void
what_is_written_is_read(void)
{
	struct cred_session s = full(), got;
	struct fg_buf b, again;
	struct fg_err err = { 0 };
	struct fg_str in = bytes_of(&s, &b);

	CHECK_OK(session_check(&s, FG_E_PARAM, &err));
	CHECK_OK(session_parse(in, &got, &err));
	CHECK(got.kind == CRED_KIND_ROLE && got.issued == RIG_NOW && got.expires == RIG_NOW + 3600);
	CHECK_STR(got.account, RIG_ACCOUNT);
	CHECK_STR(got.principal, RIG_ROLE);
	CHECK_STR(got.name, "ci-run-42");
	CHECK_EQ(got.policy, s.policy);
	CHECK(got.managed_n == 2 && got.tags_n == 2 && got.carried_n == 1 && got.chain_n == 8);
	CHECK_STR(got.managed[1].version, "v12");
	CHECK_EQ(got.managed[0].arn, s.managed[0].arn);
	CHECK(got.tags[0].transitive && !got.tags[1].transitive && got.tags[1].value.n == 0);
	CHECK_STR(got.source_identity, "octo");
	CHECK(got.method == CRED_METHOD_OIDC && got.origin == RIG_NOW && got.mfa == RIG_NOW - 5);
	CHECK_EQ(got.provider, s.provider);
	CHECK_EQ(got.issuer, s.issuer);
	CHECK_EQ(got.subject, s.subject);
	CHECK_STR(got.carried[0].key, "token.example.com:aud");
	CHECK(got.chain[7].session_id[3] == 7 && got.chain[7].issued == RIG_NOW - 100);
	for (size_t i = 0; i < got.chain_n; i++)
		CHECK_EQ(got.chain[i].link, s.chain[i].link);
	CHECK_EQ(bytes_of(&got, &again), in);
	fg_buf_free(&b);
	fg_buf_free(&again);
}

/* An absent policy is not an empty one, in either direction. */
static void
absent_policy_stays_absent(void)
{
	struct cred_session s = rig_session(&plain), got;
	struct fg_buf b;
	struct fg_err err = { 0 };

	CHECK_OK(session_parse(bytes_of(&s, &b), &got, &err));
	CHECK(fg_str_null(got.policy) && fg_str_null(got.source_identity));
	fg_buf_free(&b);
	s.policy = FG_LIT("");
	CHECK_RC(session_check(&s, FG_E_PARAM, &err), FG_E_PARAM);
	CHECK_STEP(err, "cred.session.policy");
}

/* Cut at every length, every field left out, twice, swapped, or of an unknown tag. */
static void
any_other_form_is_refused(void)
{
	struct cred_session s = full(), got;
	struct fg_buf b, m = FG_BUF(65536);
	struct fg_str in = bytes_of(&s, &b);
	size_t at[64], n = 0;

	for (size_t cut = 0; cut < in.n; cut++) /* nothing optional stands at the very end */
		if (session_parse(fg_sub(in, 0, cut), &got, NULL) == FG_OK)
			CHECK(got.chain_n < s.chain_n || got.carried_n < s.carried_n || got.mfa == 0 ||
			    got.chain[7].link.n == 0);
	for (size_t i = 1; i < in.n; n++) {
		at[n] = i;
		i += 3 + ((size_t)(uint8_t)in.p[i + 1] << 8 | (uint8_t)in.p[i + 2]);
	}
	at[n] = in.n;
	for (size_t i = 0; i < n; i++) {
		uint8_t tag = (uint8_t)in.p[at[i]];
		struct fg_str field = fg_sub(in, at[i], at[i + 1]);

		/* unknown tag */
		fg_buf_reset(&m);
		fg_buf_put(&m, in);
		m.p[at[i]] = (char)(uint8_t)(tag + 100);
		CHECK_RC(session_parse(fg_buf_str(&m), &got, NULL), FG_E_CREDENTIAL);
		/* once more at the end: out of order, or one too many */
		fg_buf_reset(&m);
		fg_buf_put(&m, in);
		fg_buf_put(&m, field);
		CHECK_RC(session_parse(fg_buf_str(&m), &got, NULL), FG_E_CREDENTIAL);
		/* longer by a byte than it says */
		fg_buf_reset(&m);
		fg_buf_put(&m, fg_sub(in, 0, at[i + 1]));
		fg_buf_putc(&m, 0);
		fg_buf_put(&m, fg_sub(in, at[i + 1], in.n));
		CHECK_RC(session_parse(fg_buf_str(&m), &got, NULL), FG_E_CREDENTIAL);
	}
	fg_buf_free(&m);
	fg_buf_free(&b);
}

static void
raw_field(struct fg_buf *b, uint8_t tag, struct fg_str value)
{
	fg_buf_be8(b, tag);
	fg_buf_v16(b, value);
}

/* Well-formed lengths around values that are not: too long, empty, an unknown flag. */
static void
values_have_one_spelling(void)
{
	static const struct {
		uint8_t tag;
		const char *value;
		size_t n;
		bool good;
	} rows[] = {
		{ 1, "\x01", 1, true },
		{ 1, "\x01\0", 2, false },                 /* kind */
		{ 2, "\0\0\0\0\x69\x21\xe6\xb7\0", 9, false }, /* a time of nine bytes */
		{ 2, "\0\0\0\0\0\0\0\0", 8, false },       /* no time at all */
		{ 6, "", 0, false },                       /* an empty name is left out */
		{ 7, "0123456789abcdefg", 17, false },     /* session id */
		{ 8, "", 0, false },                       /* an empty policy is none, or a lie */
		{ 10, "\x01\0\x01kv", 5, true },
		{ 10, "\x02\0\x01kv", 5, false },          /* flags */
		{ 10, "\x01\0\x09kv", 5, false },          /* key longer than the field */
		{ 12, "\x02\x02", 2, false },              /* method */
	};
	struct cred_session s = full(), got;
	struct fg_buf b, m = FG_BUF(65536);
	struct fg_str in;

	s.tags_n = s.managed_n = 0;
	s.policy = FG_STR_NULL;
	in = bytes_of(&s, &b);
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		bool put = false;

		fg_buf_reset(&m);
		fg_buf_putc(&m, in.p[0]);
		for (size_t at = 1, next; at < in.n; at = next) {
			next = at + 3 +
			    ((size_t)(uint8_t)in.p[at + 1] << 8 | (uint8_t)in.p[at + 2]);
			if (!put && (uint8_t)in.p[at] >= rows[i].tag) {
				raw_field(&m, rows[i].tag, fg_str(rows[i].value, rows[i].n));
				put = true;
				if ((uint8_t)in.p[at] == rows[i].tag)
					continue;
			}
			fg_buf_put(&m, fg_sub(in, at, next));
		}
		CHECK((session_parse(fg_buf_str(&m), &got, NULL) == FG_OK) == rows[i].good);
	}
	fg_buf_free(&m);
	fg_buf_free(&b);
}

static void
required_fields_are_required(void)
{
	static const uint8_t must[] = { 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16 };
	struct cred_session s = rig_session(&plain), got;
	struct fg_buf b, m = FG_BUF(65536);
	struct fg_str in = bytes_of(&s, &b);
	size_t dropped = 0;

	for (size_t i = 1; i < in.n;) {
		size_t next = i + 3 + ((size_t)(uint8_t)in.p[i + 1] << 8 | (uint8_t)in.p[i + 2]);

		fg_buf_reset(&m);
		fg_buf_put(&m, fg_sub(in, 0, i));
		fg_buf_put(&m, fg_sub(in, next, in.n));
		CHECK(memchr(must, in.p[i], sizeof(must)) != NULL);
		CHECK_RC(session_parse(fg_buf_str(&m), &got, NULL), FG_E_CREDENTIAL);
		dropped++;
		i = next;
	}
	CHECK(dropped == sizeof(must));
	fg_buf_free(&m);
	fg_buf_free(&b);
}

static void
unknown_form_is_refused(void)
{
	struct cred_session s = rig_session(&plain), got;
	struct fg_err err = { 0 };
	struct fg_buf b;

	(void)bytes_of(&s, &b);
	b.p[0] = 2;
	CHECK_RC(session_parse(fg_buf_str(&b), &got, &err), FG_E_CREDENTIAL);
	CHECK_STEP(err, "cred.session.form");
	CHECK_RC(session_parse(FG_STR_NULL, &got, NULL), FG_E_CREDENTIAL);
	fg_buf_free(&b);
}

/* Each row breaks one rule. */
static void
broken_rules_are_refused(void)
{
	static const struct fg_str bad_name[] = { { "", 0 }, { "x", 1 }, { "a b", 3 },
		{ "a/b", 3 }, { "\xc3\xa9z", 3 } };
	struct cred_session good = full();

	CHECK_OK(session_check(&good, FG_E_PARAM, NULL));
#define BROKEN(change, at)                                                      \
	do {                                                                    \
		struct cred_session s = full();                                 \
		struct fg_err err = { 0 };                                      \
		change;                                                         \
		CHECK_RC(session_check(&s, FG_E_PARAM, &err), FG_E_PARAM);      \
		CHECK_STEP(err, at);                                            \
	} while (0)
	BROKEN(s.account = FG_LIT("11112222333"), "cred.session.account");
	BROKEN(s.account = FG_LIT("11112222333a"), "cred.session.account");
	BROKEN(s.kind = CRED_KIND_NONE, "cred.session.principal");
	BROKEN(s.kind = CRED_KIND_MAX, "cred.session.principal");
	BROKEN(s.kind = CRED_KIND_USER, "cred.session.principal");
	BROKEN(s.principal = FG_LIT("AIDAABCDEFGHIJKLMNOPQ"), "cred.session.principal");
	for (size_t i = 0; i < FG_COUNT(bad_name); i++)
		BROKEN(s.name = bad_name[i], "cred.session.principal");
	BROKEN(s.expires = s.issued, "cred.session.times");
	BROKEN(s.expires = s.issued + FG_LIMIT_SESSION_MAX_S + 1, "cred.session.times");
	BROKEN(s.issued = 0, "cred.session.times");
	BROKEN(s.policy = FG_LIT("\xff"), "cred.session.policy");
	BROKEN(s.source_identity = FG_LIT("x"), "cred.session.source");
	BROKEN(s.method = CRED_METHOD_NONE, "cred.session.origin");
	BROKEN(s.provider = FG_STR_NULL, "cred.session.origin");
	BROKEN(s.issuer = FG_STR_NULL, "cred.session.origin");
	BROKEN(s.subject = FG_STR_NULL, "cred.session.origin");
	BROKEN(s.origin = 0, "cred.session.origin");
	BROKEN(s.origin = s.issued + FG_LIMIT_SKEW_S + 1, "cred.session.origin");
	BROKEN(s.managed_n = CRED_MANAGED_MAX + 1, "cred.session.lists");
	BROKEN(s.managed[0].version = FG_STR_NULL, "cred.session.lists");
	BROKEN(s.managed[0].arn = FG_STR_NULL, "cred.session.lists");
	BROKEN(s.tags_n = CRED_TAGS_MAX + 1, "cred.session.lists");
	BROKEN(s.tags[0].key = FG_STR_NULL, "cred.session.lists");
	BROKEN(s.carried_n = CRED_CARRIED_MAX + 1, "cred.session.lists");
	BROKEN(s.carried[0].key = FG_STR_NULL, "cred.session.lists");
	BROKEN(s.chain_n = CRED_CHAIN_MAX + 1, "cred.session.chain");
	BROKEN(s.chain[3].principal = FG_STR_NULL, "cred.session.chain");
	BROKEN(s.chain[3].issued = 0, "cred.session.chain");
	BROKEN(s.chain[2].link = FG_LIT("arn:aws:iam::1"), "cred.session.chain");
	BROKEN(s.mfa = -1, "cred.session.mfa");
	BROKEN(s.mfa = s.issued + FG_LIMIT_SKEW_S + 1, "cred.session.mfa");
#undef BROKEN
}

/* A link belongs to one ancestor that is there, and the lower one stands first. */
static void
links_have_one_place_each(void)
{
	struct cred_session s = full(), got;
	struct fg_buf b, m = FG_BUF(65536);
	struct fg_str in = bytes_of(&s, &b);
	const size_t field = 3 + 1 + sizeof(RIG_LINK) - 1, first = in.n - 2 * field;
	static const struct {
		uint8_t a, b;
		enum fg_rc rc;
	} rows[] = {
		{ 2, 7, FG_OK }, { 0, 1, FG_OK }, { 7, 2, FG_E_CREDENTIAL }, { 2, 2, FG_E_CREDENTIAL },
		{ 2, 8, FG_E_CREDENTIAL }, { 2, 255, FG_E_CREDENTIAL },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		fg_buf_reset(&m);
		fg_buf_put(&m, in);
		CHECK(m.p[first + 3] == 2 && m.p[first + field + 3] == 7);
		m.p[first + 3] = (char)rows[i].a;
		m.p[first + field + 3] = (char)rows[i].b;
		CHECK_RC(session_parse(fg_buf_str(&m), &got, NULL), rows[i].rc);
	}
	/* an ARN of no length */
	fg_buf_reset(&m);
	fg_buf_put(&m, fg_sub(in, 0, first + field));
	fg_buf_put(&m, fg_sub(in, first, first + 1));
	fg_buf_be16(&m, 1);
	fg_buf_be8(&m, 7);
	CHECK_RC(session_parse(fg_buf_str(&m), &got, NULL), FG_E_CREDENTIAL);
	fg_buf_free(&m);
	fg_buf_free(&b);
}

static void
kinds_have_their_principals(void)
{
	struct cred_session s = rig_session(&plain);

	s.kind = CRED_KIND_USER;
	s.principal = FG_LIT("AIDAABCDEFGHIJKLMNOPQ");
	s.name = FG_STR_NULL;
	s.method = CRED_METHOD_KEY;
	s.provider = s.issuer = FG_STR_NULL;
	CHECK_OK(session_check(&s, FG_E_PARAM, NULL));
	s.kind = CRED_KIND_FEDERATED;
	CHECK_RC(session_check(&s, FG_E_PARAM, NULL), FG_E_PARAM);
	s.name = FG_LIT("bob");
	CHECK_OK(session_check(&s, FG_E_PARAM, NULL));
	s.kind = CRED_KIND_ROOT;
	CHECK_RC(session_check(&s, FG_E_PARAM, NULL), FG_E_PARAM);
	s.principal = s.account;
	s.name = FG_STR_NULL;
	CHECK_OK(session_check(&s, FG_E_PARAM, NULL));
}

CU_TestInfo session_tests[] = {
	CASE(what_is_written_is_read),
	CASE(absent_policy_stays_absent),
	CASE(any_other_form_is_refused),
	CASE(values_have_one_spelling),
	CASE(required_fields_are_required),
	CASE(unknown_form_is_refused),
	CASE(broken_rules_are_refused),
	CASE(links_have_one_place_each),
	CASE(kinds_have_their_principals),
	CASES_END,
};
