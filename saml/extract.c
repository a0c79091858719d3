/*
 * saml/extract.c - struct saml_signed -> facts.  Reads the tree of the verified octets and
 * nothing else; an element that is not understood is a refusal (R12).
 */
#include "saml/extract_int.h"

#define UNSPECIFIED "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
#define FORMAT2 "urn:oasis:names:tc:SAML:2.0:nameid-format:"
#define BEARER "urn:oasis:names:tc:SAML:2.0:cm:bearer"

enum fg_rc
extract_shape(struct fg_err *reterr, const char *what, const struct xml_node *n)
{
	return saml_refuse(reterr, "saml.assertion.shape", "%s %.*s", what, FG_PRI(xml_local(n)));
}

enum fg_rc
extract_text(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret,
    struct fg_err *reterr)
{
	if (!xml_text(a, n, ret))
		return saml_refuse(reterr, "saml.assertion.text", "element inside %.*s",
		    FG_PRI(xml_local(n)));
	return fg_str_null(*ret) ? saml_no_memory(reterr) : FG_OK;
}

/* R17: a time attribute; 0 when absent. */
static enum fg_rc
time_attr(struct fg_arena *a, const struct xml_node *n, struct fg_str name, fg_time *ret,
    struct fg_err *reterr)
{
	struct fg_str v;

	*ret = 0;
	if (!attr_get(a, n, name, &v))
		return saml_no_memory(reterr);
	/* 0 means absent to all who read facts, and no assertion is from 1970 */
	if (!fg_str_null(v) && (!xml_time(v, ret) || *ret <= 0))
		return saml_refuse(reterr, "saml.time.form", "%.*s is %.*s", FG_PRI(name), FG_PRI(v));
	return FG_OK;
}

/* ---- Subject ---- */

static enum fg_rc
read_name_id(struct fg_arena *a, const struct xml_node *n, struct saml_facts *f,
    struct fg_err *reterr)
{
	FG_TRY(extract_text(a, n, &f->subject, reterr));
	if (!attr_get(a, n, FG_LIT("Format"), &f->subject_format) ||
	    !attr_get(a, n, FG_LIT("NameQualifier"), &f->name_qualifier) ||
	    !attr_get(a, n, FG_LIT("SPNameQualifier"), &f->sp_name_qualifier))
		return saml_no_memory(reterr);
	if (fg_trim(f->subject).n == 0)
		return saml_refuse(reterr, "saml.subject.name-id", "NameID is blank");
	if (f->subject_format.n == 0)
		f->subject_format = FG_LIT(UNSPECIFIED);
	f->subject_type = f->subject_format;
	if (fg_starts(f->subject_format, FG_LIT(FORMAT2)))
		f->subject_type = fg_sub(f->subject_format, sizeof(FORMAT2) - 1, f->subject_format.n);
	return FG_OK;
}

/* R15, as far as it can be told without expectations. */
static enum fg_rc
read_confirmation(struct fg_arena *a, const struct xml_node *n, struct saml_facts *f,
    struct fg_err *reterr)
{
	const struct xml_node *data = xml_first(n);
	struct fg_str method;
	fg_time not_before;

	if (!attr_get(a, n, FG_LIT("Method"), &method))
		return saml_no_memory(reterr);
	if (!fg_eq(method, FG_LIT(BEARER)))
		return saml_refuse(reterr, "saml.confirmation.method", "method is %.*s", FG_PRI(method));
	if (!xml_is(data, XML_NS_SAML, FG_LIT("SubjectConfirmationData")) || xml_next(data) != NULL)
		return saml_refuse(reterr, "saml.confirmation.missing",
		    "not exactly SubjectConfirmationData in SubjectConfirmation");
	if (xml_first(data) != NULL || !xml_blank(data) || !xml_blank(n))
		return extract_shape(reterr, "content in", data);
	FG_TRY(time_attr(a, data, FG_LIT("NotBefore"), &not_before, reterr));
	if (not_before != 0)
		return saml_refuse(reterr, "saml.confirmation.not-before",
		    "bearer confirmation with NotBefore");
	FG_TRY(time_attr(a, data, FG_LIT("NotOnOrAfter"), &f->confirm_until, reterr));
	if (!attr_get(a, data, FG_LIT("Recipient"), &f->recipient) ||
	    !attr_get(a, data, FG_LIT("InResponseTo"), &f->in_response_to))
		return saml_no_memory(reterr);
	if (f->confirm_until == 0)
		return saml_refuse(reterr, "saml.confirmation.expired",
		    "bearer confirmation without NotOnOrAfter");
	if (f->recipient.n == 0)
		return saml_refuse(reterr, "saml.confirmation.recipient", "no Recipient");
	return FG_OK;
}

static enum fg_rc
read_subject(struct fg_arena *a, const struct xml_node *n, struct saml_facts *f,
    struct fg_err *reterr)
{
	const struct xml_node *name = xml_first(n), *confirmation;

	if (!xml_is(name, XML_NS_SAML, FG_LIT("NameID")))
		return saml_refuse(reterr, "saml.subject.name-id", "Subject does not begin with NameID");
	FG_TRY(read_name_id(a, name, f, reterr));
	confirmation = xml_next(name);
	if (!xml_is(confirmation, XML_NS_SAML, FG_LIT("SubjectConfirmation")))
		return saml_refuse(reterr, "saml.confirmation.missing", "no SubjectConfirmation");
	if (xml_next(confirmation) != NULL || !xml_blank(n))
		return saml_refuse(reterr, "saml.confirmation.missing",
		    "more than one SubjectConfirmation");
	return read_confirmation(a, confirmation, f, reterr);
}

/* ---- Conditions ---- */

static size_t
count(const struct xml_node *n, struct fg_str local)
{
	size_t k = 0;

	for (const struct xml_node *c = xml_first(n); c != NULL; c = xml_next(c))
		k += xml_is(c, XML_NS_SAML, local);
	return k;
}

static enum fg_rc
read_restriction(struct fg_arena *a, const struct xml_node *n, struct saml_restriction *ret,
    struct fg_err *reterr)
{
	size_t total = count(n, FG_LIT("Audience"));
	struct fg_str *v = FG_NEW_N(a, struct fg_str, total);

	if (v == NULL)
		return saml_no_memory(reterr);
	for (const struct xml_node *c = xml_first(n); c != NULL; c = xml_next(c)) {
		if (!xml_is(c, XML_NS_SAML, FG_LIT("Audience")))
			return saml_refuse(reterr, "saml.conditions.unknown",
			    "%.*s in AudienceRestriction", FG_PRI(xml_local(c)));
		FG_TRY(extract_text(a, c, &v[ret->n], reterr));
		v[ret->n] = fg_trim(v[ret->n]);
		ret->n++;
	}
	if (!xml_blank(n))
		return extract_shape(reterr, "text in", n);
	ret->audience = v;
	return FG_OK;
}

static enum fg_rc
read_conditions(struct fg_arena *a, const struct xml_node *n, struct saml_facts *f,
    struct fg_err *reterr)
{
	struct saml_restriction *r =
	    FG_NEW_N(a, struct saml_restriction, count(n, FG_LIT("AudienceRestriction")));

	if (r == NULL)
		return saml_no_memory(reterr);
	FG_TRY(time_attr(a, n, FG_LIT("NotBefore"), &f->not_before, reterr));
	FG_TRY(time_attr(a, n, FG_LIT("NotOnOrAfter"), &f->not_on_or_after, reterr));
	for (const struct xml_node *c = xml_first(n); c != NULL; c = xml_next(c)) {
		if (xml_is(c, XML_NS_SAML, FG_LIT("AudienceRestriction")))
			FG_TRY(read_restriction(a, c, &r[f->n_restrictions++], reterr));
		else if (xml_is(c, XML_NS_SAML, FG_LIT("OneTimeUse")) && !f->one_time_use)
			f->one_time_use = true;
		else
			/*= saml-core-2.0-os 2.5.1
			 *# If any sub-element or attribute of Conditions is not understood ...
			 *# the assertion is Indeterminate */
			return saml_refuse(reterr, "saml.conditions.unknown", "condition %.*s",
			    FG_PRI(xml_local(c)));
	}
	if (!xml_blank(n))
		return extract_shape(reterr, "text in", n);
	f->restriction = r;
	return FG_OK;
}

/* ---- AuthnStatement ---- */

static enum fg_rc
read_authn(struct fg_arena *a, const struct xml_node *n, struct saml_facts *f,
    struct fg_err *reterr)
{
	const struct xml_node *context = xml_child(n, XML_NS_SAML, FG_LIT("AuthnContext"));
	const struct xml_node *ref = context == NULL ? NULL :
	    xml_child(context, XML_NS_SAML, FG_LIT("AuthnContextClassRef"));

	FG_TRY(time_attr(a, n, FG_LIT("AuthnInstant"), &f->authn_instant, reterr));
	FG_TRY(time_attr(a, n, FG_LIT("SessionNotOnOrAfter"), &f->session_not_on_or_after, reterr));
	if (!attr_get(a, n, FG_LIT("SessionIndex"), &f->session_index))
		return saml_no_memory(reterr);
	if (f->authn_instant == 0)
		return extract_shape(reterr, "no AuthnInstant in", n);
	if (ref != NULL)
		FG_TRY(extract_text(a, ref, &f->authn_context, reterr));
	f->has_authn = true;
	return FG_OK;
}

/* ---- Assertion ---- */

static enum fg_rc
read_head(struct fg_arena *a, const struct saml_signed *s, struct saml_facts *f,
    struct fg_err *reterr)
{
	const struct xml_node *issuer = xml_first(s->assertion);
	struct fg_str version;

	if (!attr_get(a, s->assertion, FG_LIT("Version"), &version) ||
	    !attr_get(a, s->assertion, FG_LIT("ID"), &f->assertion_id))
		return saml_no_memory(reterr);
	if (!fg_eq(version, FG_LIT("2.0")))
		return saml_refuse(reterr, "saml.response.version", "assertion's Version is not 2.0");
	if (f->assertion_id.n == 0)
		return saml_refuse(reterr, "saml.response.id", "Assertion has no ID");
	FG_TRY(time_attr(a, s->assertion, FG_LIT("IssueInstant"), &f->issue_instant, reterr));
	if (f->issue_instant == 0)
		return saml_refuse(reterr, "saml.time.form", "no IssueInstant");
	if (!xml_is(issuer, XML_NS_SAML, FG_LIT("Issuer")))
		return saml_refuse(reterr, "saml.issuer", "Assertion does not begin with Issuer");
	FG_TRY(response_issuer(a, issuer, s->provider->entity_id, reterr));
	return extract_text(a, issuer, &f->issuer, reterr);
}

struct found {
	const struct xml_node *subject;
	const struct xml_node *conditions;
	const struct xml_node *authn;
	const struct xml_node *advice;
};

/* The children after Issuer; statements of attributes are counted, not kept. */
static enum fg_rc
list_children(const struct xml_node *assertion, struct found *ret, struct fg_err *reterr)
{
	const struct {
		struct fg_str local;
		const struct xml_node **where;
	} once[] = {
		{ FG_LIT("Subject"), &ret->subject },
		{ FG_LIT("Conditions"), &ret->conditions },
		{ FG_LIT("AuthnStatement"), &ret->authn },
		{ FG_LIT("Advice"), &ret->advice },
	};

	for (const struct xml_node *c = xml_next(xml_first(assertion)); c != NULL; c = xml_next(c)) {
		size_t i = 0;

		if (xml_is(c, XML_NS_SAML, FG_LIT("AttributeStatement")))
			continue;
		while (i < FG_COUNT(once) && !xml_is(c, XML_NS_SAML, once[i].local))
			i++;
		if (i == FG_COUNT(once) || *once[i].where != NULL)
			return extract_shape(reterr, "unknown or second", c);
		*once[i].where = c;
	}
	return xml_blank(assertion) ? FG_OK : extract_shape(reterr, "text in", assertion);
}

static enum fg_rc
read_body(struct fg_arena *a, const struct xml_node *assertion, struct saml_facts *f,
    struct fg_err *reterr)
{
	struct found found = { .subject = NULL };

	FG_TRY(list_children(assertion, &found, reterr));
	if (found.subject == NULL)
		return saml_refuse(reterr, "saml.subject.missing", "no Subject");
	FG_TRY(read_subject(a, found.subject, f, reterr));
	if (found.conditions == NULL)
		return saml_refuse(reterr, "saml.conditions.missing", "no Conditions");
	FG_TRY(read_conditions(a, found.conditions, f, reterr));
	if (found.authn != NULL)
		FG_TRY(read_authn(a, found.authn, f, reterr));
	return extract_attributes(a, assertion, f, reterr);
}

enum fg_rc
saml_read(struct fg_arena *a, const struct saml_signed *s, struct saml_facts *ret,
    struct fg_err *reterr)
{
	struct saml_facts f = {
		.provider = s->provider,
		.signed_parts = s->parts,
		.key = fg_str_z(s->key->id),
		.algorithm = s->alg->name,
		.legacy = s->legacy,
		.encrypted = s->encrypted,
		.response_id = s->response_id,
		.response_in_response_to = s->response_in_response_to,
		.destination = s->destination,
	};

	FG_TRY(read_head(a, s, &f, reterr));
	FG_TRY(read_body(a, s->assertion, &f, reterr));
	f.replay_until = f.confirm_until;
	if (f.not_on_or_after != 0 && f.not_on_or_after < f.replay_until)
		f.replay_until = f.not_on_or_after;
	*ret = f;
	return FG_OK;
}
