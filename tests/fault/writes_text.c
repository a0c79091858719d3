/* tests/fault/writes_text.c - what stands for $Name$ in a line. */
#include "tests/fault/writes.h"


struct word {
	const char *name;
	char text[8192]; /* escaped for a form, but for what an answer said */
};

static struct word words[] = { { .name = "Metadata" }, { .name = "Pem" }, { .name = "Read" }, { .name = "Trust" },
	{ .name = "Code1" }, { .name = "Code2" }, { .name = "Code3" }, { .name = "AccessKeyId" }, { .name = "VersionId" },
	{ .name = "Id" }, { .name = "KeyId" }, { .name = "Base32StringSeed" } };

static struct word *
word(struct fg_str name)
{
	for (size_t i = 0; i < FG_COUNT(words); i++)
		if (fg_eq(name, fg_str_z(words[i].name)))
			return &words[i];
	CU_FAIL_FATAL("no such word");
	return NULL;
}

const char *
write_word(struct fg_str name)
{
	return word(name)->text;
}

void
write_word_set(const char *name, struct fg_str text)
{
	struct word *w = word(fg_str_z(name));

	CU_ASSERT_FATAL(text.n < sizeof(w->text));
	memcpy(w->text, text.p, text.n);
	w->text[text.n] = '\0';
}

/* Every other part between dollar signs is a name. */
struct fg_str
write_filled(const char *line)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 65536);
	struct fg_str out = FG_LIT("");
	bool name = false;

	for (const char *p = line; *p != '\0'; name = !name) {
		size_t n = strcspn(p, "$");
		struct fg_str part = fg_str(p, n);

		fg_buf_put(&b, name ? fg_str_z(word(part)->text) : part);
		p += n + (p[n] == '$');
	}
	fg_buf_putc(&b, '\0');
	CHECK_OK(fg_buf_end(&b, &out));
	return out;
}

static void
metadata_make(void)
{
	struct fg_str pem = unit_vector(world.a, "saml/idp.crt");
	const char *from = memmem(pem.p, pem.n, "-----\n", 6), *to;

	CU_ASSERT_FATAL(from != NULL);
	from += 6;
	to = memmem(from, (size_t)(pem.p + pem.n - from), "-----", 5);
	CU_ASSERT_FATAL(to != NULL);
	write_word_set("Metadata", world_escape(fg_arena_fmt(world.a,
	    "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.test/m\">"
	    "<IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
	    "<KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>"
	    "<ds:X509Certificate>%.*s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor><SingleSignOnService "
	    "Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.example.test/sso\"/>"
	    "</IDPSSODescriptor>%1000s</EntityDescriptor>", (int)(to - from), from, "")));
}

static void
pem_read(void)
{
	write_word_set("Pem", world_escape(unit_vector(world.a, "saml/sp.key")));
}

void
write_texts(void)
{
	metadata_make();
	pem_read();
	write_word_set("Read", world_escape(FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Action\":\"s3:Get*\",\"Resource\":\"*\"}]}")));
	write_word_set("Trust", world_escape(FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
	    "{\"AWS\":\"arn:aws:iam::111122223333:user/alice\"},\"Action\":\"sts:AssumeRole\"}]}")));
}
