/*
 * tests/unit/saml/attack.c - every byte changed, every length cut, genuine signatures misplaced.
 */
#include "tests/unit/saml/cut.h"

/* ---- bytes ---- */

static bool
same_facts(const struct saml_facts *x, const struct saml_facts *y)
{
	bool same = fg_eq(x->subject, y->subject) && fg_eq(x->issuer, y->issuer) &&
	    fg_eq(x->assertion_id, y->assertion_id) && fg_eq(x->recipient, y->recipient) &&
	    x->session_not_on_or_after == y->session_not_on_or_after &&
	    x->issue_instant == y->issue_instant && x->n_attributes == y->n_attributes;

	for (size_t i = 0; same && i < x->n_attributes; i++) {
		same = fg_eq(x->attribute[i].name, y->attribute[i].name) &&
		    x->attribute[i].n_values == y->attribute[i].n_values;
		for (size_t k = 0; same && k < x->attribute[i].n_values; k++)
			same = fg_eq(x->attribute[i].value[k], y->attribute[i].value[k]);
	}
	return same;
}

struct mutant {
	struct fg_arena *a;
	const struct saml_provider *p;
	struct saml_facts facts; /* of the good one */
	char *copy;
	size_t n;
	struct fg_str key_info; /* its bytes are not signed */
	size_t from, to;        /* the signed element */
	unsigned accepted;
};

/*
 * Refused inside the signed element; anywhere else, at least nothing else is said.  The documents
 * list xs as an inclusive prefix: exclusive C14N leaves a declaration that only a value uses
 * out of the octets, and what is not in the octets is not signed.
 */
static void
try_mutant(struct mutant *m, size_t at)
{
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts f;
	size_t info = (size_t)(m->key_info.p - m->copy);
	bool unsigned_part = at < m->from || at >= m->to || (at >= info && at < info + m->key_info.n);

	fg_arena_reset(m->a);
	if (forge_accept(m->a, m->p, fg_str(m->copy, m->n), FORGE_NOW, &f, &err) != FG_OK)
		return;
	m->accepted++;
	if (!unsigned_part || !same_facts(&f, &m->facts)) {
		printf("\n    byte %zu changed to %c: accepted\n", at, m->copy[at]);
		CHECK(false);
	}
}

static void
change_every_byte(const struct forge *f)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *keep = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct fg_str xml = forge_response(keep, f);
	struct cut c = cut_apart(keep, xml);
	struct fg_str element = f->sign == FORGE_SIGN_ASSERTION ? c.assertion : c.whole;
	struct mutant m = { .a = a, .p = p, .n = xml.n };
	struct fg_err err = { .rc = FG_OK };
	const char *info;

	m.copy = fg_arena_alloc(keep, xml.n);
	memcpy(m.copy, xml.p, xml.n);
	m.from = (size_t)(element.p - xml.p);
	m.to = m.from + element.n;
	info = memmem(m.copy, m.n, "<ds:KeyInfo>", 12);
	m.key_info = fg_str(info, (size_t)((const char *)memmem(m.copy, m.n, "</ds:KeyInfo>", 13) + 13 - info));
	CHECK_OK(forge_accept(keep, p, xml, FORGE_NOW, &m.facts, &err));
	for (size_t i = 0; i < m.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			m.copy[i] = (char)(xml.p[i] ^ (1 << bit));
			try_mutant(&m, i);
		}
		m.copy[i] = xml.p[i] == 'A' ? 'B' : 'A';
		try_mutant(&m, i);
		m.copy[i] = xml.p[i];
	}
	printf(" %zu bytes, %u changes of unsigned bytes accepted ", m.n, m.accepted);
}

static void
any_byte_of_a_signed_assertion_changed_is_refused(void)
{
	change_every_byte(&(struct forge){ .roles = 1, .alg = { .prefixes = "xs" } });
}

static void
any_byte_of_a_signed_response_changed_is_refused(void)
{
	change_every_byte(&(struct forge){ .roles = 1, .sign = FORGE_SIGN_RESPONSE,
	    .alg = { .prefixes = "xs" } });
}

static void
any_byte_taken_out_or_cut_off_is_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	FG_AUTO(fg_arena_freep) struct fg_arena *work = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .roles = 1, .alg = { .prefixes = "xs" } };
	struct fg_str xml = forge_response(a, &f), b64 = forge_base64(a, xml);
	struct cut c = cut_apart(a, xml);
	struct fg_str element = c.assertion;
	char *copy = fg_arena_alloc(a, xml.n);
	struct fg_err err;
	struct saml_facts facts;

	for (size_t i = 0; i < xml.n; i++) {
		err = (struct fg_err){ .rc = FG_OK };
		fg_arena_reset(work);
		CHECK(forge_accept(work, p, fg_sub(xml, 0, i), FORGE_NOW, &facts, &err) != FG_OK);
		err = (struct fg_err){ .rc = FG_OK };
		CHECK(forge_accept(work, p, fg_sub(b64, 0, i), FORGE_NOW, &facts, &err) != FG_OK);
		if (xml.p + i < element.p || xml.p + i >= element.p + element.n - 1)
			continue;
		memcpy(copy, xml.p, i);
		memcpy(copy + i, xml.p + i + 1, xml.n - i - 1);
		err = (struct fg_err){ .rc = FG_OK };
		if (forge_accept(work, p, fg_str(copy, xml.n - 1), FORGE_NOW, &facts, &err) == FG_OK)
			CHECK(xml.p[i] != ' ' && fg_eq(facts.subject, FG_LIT("alice@example.test")) &&
			    memmem(xml.p, i, "<ds:KeyInfo>", 12) != NULL);
	}
}

/* ---- more of one kind ---- */

static void
an_element_inside_a_value_is_refused_first(void)
{
	static const char *const names[] = { "</saml:NameID>", "</saml:Audience>",
		"</saml:AttributeValue>", "</saml:Issuer>" };

	for (size_t i = 0; i < FG_COUNT(names); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
		struct forge f = { .roles = 1 };
		struct fg_err err;
		struct fg_str x = forge_replace(a, forge_response(a, &f), fg_str_z(names[i]),
		    JOIN(a, FG_LIT("<x/>"), fg_str_z(names[i])));

		CHECK(cut_judge(p, x, false, &err) != FG_OK);
		CHECK_STEP(err, "saml.assertion.text");
	}
}

static void
a_genuine_signature_of_something_else_is_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge plain = { .roles = 1 };
	struct cut c = cut_apart(a, forge_response(a, &plain));
	struct fg_err err;
	/* the assertion's own genuine signature, moved up to the Response */
	struct fg_str x = cut_inside_first(a, JOIN(a, c.head, c.bare, c.tail), c.signature);

	CHECK(cut_judge(p, x, false, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.reference");
	/* and beside its own */
	x = cut_inside_first(a, c.whole, c.signature);
	CHECK(cut_judge(p, x, false, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.reference");
}

static void
one_bad_signature_of_two_is_a_refusal(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge good = { .roles = 1 }, other = { .roles = 1, .alg = { .key = "other.key" } };
	struct forge_alg good_key = { .key = "idp.key" }, other_key = { .key = "other.key" };
	struct fg_err err;

	/* assertion signed by a stranger, Response by the provider; and the reverse */
	CHECK(cut_judge(p, forge_sign(a, forge_response(a, &other), true, &good_key), false, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.value");
	CHECK(cut_judge(p, forge_sign(a, forge_response(a, &good), true, &other_key), false, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.value");
}

static void
size_is_checked_before_decoding(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	char *big = fg_arena_alloc(a, FG_LIMIT_SAML_BASE64 + 4);
	struct fg_err err;

	memset(big, 'A', FG_LIMIT_SAML_BASE64 + 4);
	CHECK_RC(cut_judge(p, fg_str(big, FG_LIMIT_SAML_BASE64 + 4), false, &err), FG_E_LIMIT);
	CHECK_STEP(err, "saml.input.size");
	CHECK(cut_judge(p, fg_str(big, FG_LIMIT_SAML_BASE64), false, &err) != FG_OK);
	CHECK(strcmp(err.step, "saml.input.size") != 0);
	CHECK_RC(cut_judge(p, FG_LIT(""), false, &err), FG_E_LIMIT);
}

CU_TestInfo attack_tests[] = {
	CASE(any_byte_of_a_signed_assertion_changed_is_refused),
	CASE(any_byte_of_a_signed_response_changed_is_refused),
	CASE(any_byte_taken_out_or_cut_off_is_refused),
	CASE(an_element_inside_a_value_is_refused_first),
	CASE(a_genuine_signature_of_something_else_is_refused),
	CASE(one_bad_signature_of_two_is_a_refusal),
	CASE(size_is_checked_before_decoding),
	CASES_END,
};
