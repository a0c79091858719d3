/*
 * Target: saml/xml.c, saml/c14n.c, against libxml2.  Whatever the strict reader takes, libxml2
 * takes too, and the exclusive canonical forms are equal byte for byte; the form is a fixed point.
 *
 * One difference is known: libxml2's C14N fails on namespace URIs that its URI parser
 * does not like ("urn:x" with a bad port, say).  It then gives no octets, and nothing is compared.
 */
#include <libxml/c14n.h>
#include <libxml/parser.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/xml_mutate.h"
#include "tests/saml/odd_uri.h"

XML_MUTATOR

static void
quiet(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

static void
set_up(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, quiet);
}

static void
compare(struct fg_str src, const struct xml_doc *ours, struct fg_str form)
{
	xmlDoc *doc = xmlReadMemory(src.p, (int)src.n, "fuzz", NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlChar *out = NULL;
	int n;

	FUZZ_ASSERT(doc != NULL);
	n = xmlC14NDocDumpMemory(doc, NULL, XML_C14N_EXCLUSIVE_1_0, NULL, 0, &out);
	if (n < 0)
		FUZZ_ASSERT(odd_uri(ours->root));
	else
		FUZZ_ASSERT(fg_eq(fg_str(out, (size_t)n), form));
	xmlFree(out);
	xmlFreeDoc(doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	struct xml_doc *doc = a == NULL ? NULL : FG_NEW(a, struct xml_doc);
	struct fg_str src = fg_str(data, size), form, again;
	struct fg_err err = { .rc = FG_OK };

	set_up();
	if (doc == NULL)
		abort();
	if (xml_parse(a, src, doc, &err) != FG_OK) {
		FUZZ_ASSERT(err.step != NULL && fg_rc_class(err.rc) == FG_CALLER);
		return 0;
	}
	FUZZ_ACCEPTED();
	if (xml_c14n(a, doc->root, NULL, NULL, &form, &err) != FG_OK)
		return 0; /* over the limit of octets */
	FUZZ_ASSERT(form.n > 0);
	compare(src, doc, form);
	if (form.n > FG_LIMIT_SAML_CANONICAL / 2)
		return 0;
	if (xml_parse(a, form, doc, &err) == FG_OK) {
		FUZZ_ASSERT(xml_c14n(a, doc->root, NULL, NULL, &again, &err) == FG_OK);
		FUZZ_ASSERT(fg_eq(form, again));
	} else { /* redundant declarations come back at each sibling: only limits may refuse */
		FUZZ_ASSERT(err.rc == FG_E_LIMIT);
	}
	return 0;
}
