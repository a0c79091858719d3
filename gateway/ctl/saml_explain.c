/*
 * gateway/ctl/saml_explain.c - `fedgate saml explain`: what a Response contains, who
 * signed what, and where the profile stops, for an administrator debugging a provider.
 */
#include "gateway/ctl/saml_int.h"

const struct ctl_opt ctl_saml_explain_opts[] = {
	{ "metadata", 0, "FILE", "the identity provider's metadata" },
	{ "issuer", 0, "ID", "its entityID; with --metadata: which one of several" },
	{ "cert", 0, "PEM", "a file with its signing certificate (repeatable)" },
	{ "decrypt-key", 0, "PEM", "a file with our private key (repeatable)" },
	{ "at", 0, "TIME", "RFC 3339; replaces the clock" },
	{ "allow", 0, "LIST", "switches, as for saml verify" },
	CTL_OPTS_END,
};

/* Values come from outside: what a terminal would obey is shown as '?'. */
static void
print_value(struct fg_str v)
{
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		putchar(c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0 && i > 0 &&
		    (unsigned char)v.p[i - 1] == 0xc2) ? '?' : c);
	}
}

static void
line(const char *label, struct fg_str v)
{
	if (fg_str_null(v))
		return;
	printf("  %-22s ", label);
	print_value(v);
	putchar('\n');
}

static void
print_signature(const struct saml_seen_signature *s, const struct saml_provider *p)
{
	bool known = false;

	printf("signature on the %s\n", s->on);
	line("signed element", s->id);
	line("reference", s->reference);
	line("method", s->method);
	line("digest", s->digest);
	line("key in KeyInfo", s->key);
	for (size_t i = 0; p != NULL && i < saml_provider_keys(p); i++)
		known |= fg_eq(saml_provider_key_id(p, i), s->key);
	if (p != NULL && s->key.n > 0)
		printf("  %-22s %s\n", "", known ? "is a key of the metadata" :
		    "is NOT a key of the metadata (KeyInfo is never trusted)");
}

static void
print_seen(const struct saml_seen *s)
{
	printf("response (nothing below is verified)\n");
	line("ID", s->response_id);
	line("issuer", s->response_issuer);
	line("destination", s->destination);
	line("in response to", s->in_response_to);
	line("status", s->status);
	printf("  %-22s %zu plain, %zu encrypted\n", "assertions", s->n_assertions, s->n_encrypted);
	if (s->n_assertions == 0)
		return;
	printf("assertion\n");
	line("ID", s->assertion_id);
	line("issuer", s->issuer);
	line("issued", s->issue_instant);
	line("subject", s->subject);
	line("subject format", s->subject_format);
	line("recipient", s->recipient);
	line("confirmed until", s->confirm_until);
	line("not before", s->not_before);
	line("not on or after", s->not_on_or_after);
	line("session until", s->session_not_on_or_after);
	for (size_t i = 0; i < s->n_audiences; i++)
		line("audience", s->audience[i]);
}

static void
print_attributes(const struct saml_attribute *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("attribute ");
		print_value(v[i].name);
		putchar('\n');
		for (size_t k = 0; k < v[i].n_values; k++)
			line("", v[i].value[k]);
	}
}

static void
print_provider(const struct saml_provider *p)
{
	printf("provider\n");
	line("entityID", saml_provider_entity_id(p));
	for (size_t i = 0; i < saml_provider_keys(p); i++) {
		printf("  %-22s %s ", "signing key", saml_provider_key_kind(p, i));
		print_value(saml_provider_key_id(p, i));
		putchar('\n');
	}
}

static void
print_refusal(const struct fg_err *err)
{
	const struct saml_step *s = saml_step_find(err->step);

	printf("refused at %s (%s%s%s)\n  %s\n", err->step, s == NULL ? "" : s->rule,
	    s == NULL ? "" : ", ", err->ref == NULL ? "" : err->ref, err->text);
}

/* Signatures and content; not Recipient, Audience and times, which need expectations. */
static int
print_verdict(const struct saml_provider *p, const struct saml_input *in, size_t n_plain)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	struct fg_err err = { .rc = FG_OK };
	const struct saml_signed *s;
	struct saml_facts f;

	if (a == NULL || saml_verify(a, p, in, &s, &err) != FG_OK ||
	    saml_read(a, s, &f, &err) != FG_OK) {
		print_refusal(&err);
		return CTL_REFUSED;
	}
	printf("verified: %s%s%s%s\n", (f.signed_parts & SAML_SIGNED_RESPONSE) != 0 ? "response " : "",
	    (f.signed_parts & SAML_SIGNED_ASSERTION) != 0 ? "assertion " : "",
	    f.encrypted ? "(encrypted) " : "", f.algorithm);
	line("key", f.key);
	for (unsigned bit = 1; bit != 0 && bit <= f.legacy; bit <<= 1) {
		if ((f.legacy & bit) != 0)
			line("only with the switch", fg_str_z(saml_allow_name(bit)));
	}
	if (n_plain == 0) {
		line("subject", f.subject);
		line("recipient", f.recipient);
		print_attributes(f.attribute, f.n_attributes);
	}
	return CTL_OK;
}

int
ctl_saml_explain(const struct ctl_args *args)
{
	FG_AUTO(saml_provider_freep) struct saml_provider *p = NULL;
	struct fg_err err = { .rc = FG_OK };
	struct saml_input in;
	struct saml_seen seen;
	fg_time now;
	enum fg_rc rc;

	if (!ctl_at(args, &now))
		return ctl_usage(args, "--at is not an RFC 3339 time");
	rc = ctl_saml_provider(args, now, &p, &err);
	if (rc != FG_OK && rc != FG_E_USAGE)
		return ctl_usage(args, "%s", err.text);
	fg_err_clear(&err);
	if (ctl_saml_input(args, now, &in, &err) != FG_OK)
		return ctl_usage(args, "%s", err.text);
	if (saml_look(args->arena, in.body, in.form, &seen, &err) != FG_OK) {
		print_refusal(&err);
		return CTL_REFUSED;
	}
	print_seen(&seen);
	print_attributes(seen.attribute, seen.n_attributes);
	for (size_t i = 0; i < seen.n_signatures; i++)
		print_signature(&seen.signature[i], p);
	if (p == NULL)
		return CTL_OK;
	print_provider(p);
	return print_verdict(p, &in, seen.n_assertions);
}
