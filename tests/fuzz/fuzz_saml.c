/*
 * Target: saml/, from the bytes of a request to facts.  The seeds are signed with the test keys, which
 * a fuzzer has not: whatever is accepted says exactly what one of the seeds says.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/xml_mutate.h"
#include "tests/saml/forge.h"

XML_MUTATOR

static struct saml_provider *strict, *lax;

static void
set_up(void)
{
	static struct fg_arena *a;
	const char *src = getenv("srcdir");

	if (a != NULL)
		return;
	if ((a = fg_arena_new(1024u * 1024)) == NULL)
		abort();
	forge_init(a, fg_arena_fmt(a, "%s/tests/vectors/saml", src == NULL ? "." : src).p);
	strict = forge_provider(NULL, 0, true);
	lax = forge_provider(NULL, SAML_ALLOW_SHA1 | SAML_ALLOW_RSA1024 | SAML_ALLOW_RSA15 |
	    SAML_ALLOW_NO_AUTHN | SAML_ALLOW_STALE | SAML_ALLOW_PSS | SAML_ALLOW_BARE_CBC, true);
}

static void
check_facts(const struct saml_facts *f)
{
	FUZZ_ASSERT(fg_eq(f->subject, FG_LIT("alice@example.test")));
	FUZZ_ASSERT(fg_eq(f->issuer, FG_LIT(FORGE_ISSUER)));
	FUZZ_ASSERT(fg_eq(f->assertion_id, FG_LIT("_a1")));
	FUZZ_ASSERT(fg_eq(f->recipient, FG_LIT(FORGE_ACS)));
	FUZZ_ASSERT(f->signed_parts != 0 && f->key.n == 64);
	for (size_t i = 0; i < f->n_attributes; i++) {
		for (size_t k = 0; k < f->attribute[i].n_values; k++)
			FUZZ_ASSERT(memmem(f->attribute[i].value[k].p, f->attribute[i].value[k].n, "admin", 5) ==
			    NULL);
	}
}

static void
try(const struct saml_provider *p, struct fg_str body)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	struct fg_err err = { .rc = FG_OK };
	struct saml_seen seen;
	struct saml_facts f;

	if (a == NULL)
		abort();
	if (forge_accept(a, p, body, FORGE_NOW, &f, &err) == FG_OK) {
		FUZZ_ACCEPTED();
		check_facts(&f);
	} else {
		FUZZ_ASSERT(saml_step_find(err.step) != NULL || err.rc == FG_E_NOMEM);
		FUZZ_ASSERT(fg_rc_class(err.rc) == FG_CALLER || err.rc == FG_E_NOMEM);
	}
	fg_err_clear(&err);
	FUZZ_ASSERT(saml_look(a, body, SAML_FORM_EITHER, &seen, &err) == FG_OK || err.step != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	set_up();
	try(strict, fg_str(data, size));
	try(lax, fg_str(data, size));
	return 0;
}
