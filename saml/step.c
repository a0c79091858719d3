/*
 * saml/step.c - every refusal of this folder: its step, the rule it enforces, where the
 * rule is written down, our code, and the sentence a caller of the API may read.
 */
#include <stdarg.h>
#include <stdio.h>

#include "saml/saml.h"
#include "saml/xml_int.h"

#define CORE "SAML Core "
#define PROFILES "SAML Profiles 4.1.4.2"
#define DSIG "XML-DSig "
#define INVALID "The SAML response is not valid."
#define BAD_SIGNATURE "Response signature invalid"
#define EXPIRED "Response has expired"

static const struct saml_step steps[] = {
	{ "saml.input.size", "R1", "STS AssumeRoleWithSAML SAMLAssertion", FG_E_LIMIT, INVALID },
	{ "saml.input.base64", "R1", "RFC 4648 3.5", FG_E_SYNTAX, INVALID },
	{ "saml.xml.encoding", "R2", "XML 1.0 2.8, 4.3.3", FG_E_SYNTAX, INVALID },
	{ "saml.xml.markup", "R2", "XML 1.0 2.5 to 2.8, 4.1", FG_E_SYNTAX, INVALID },
	{ "saml.xml.syntax", "R2", "XML 1.0 2.1", FG_E_SYNTAX, INVALID },
	{ "saml.xml.limit", "R3", "base/limits.h", FG_E_LIMIT, INVALID },
	{ "saml.xml.namespace", "R3", "Namespaces in XML 1.0 2.2, 5", FG_E_SYNTAX, INVALID },
	{ "saml.xml.attribute", "R3", "XML 1.0 3.1", FG_E_SYNTAX, INVALID },
	{ "saml.response.shape", "R4", CORE "3.3.3", FG_E_SYNTAX, INVALID },
	{ "saml.response.version", "R4", CORE "3.2.2", FG_E_UNSUPPORTED, INVALID },
	{ "saml.response.assertions", "R4", CORE "3.3.3", FG_E_SYNTAX, INVALID },
	{ "saml.xml.id", "R5", CORE "1.3.4, 5.4.2", FG_E_SYNTAX, INVALID },
	{ "saml.response.id", "R5", CORE "3.2.2", FG_E_SYNTAX, INVALID },
	{ "saml.signature.place", "R6", CORE "5.4.1", FG_E_SYNTAX, INVALID },
	{ "saml.signature.missing", "R7", PROFILES, FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.signature.digest", "R7", DSIG "3.2.1", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.encrypted.open", "R7", "XML-Enc 4.4", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.encrypted.cbc", "R7", "XML-Enc 1.1 6.1.1", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.encrypted.required", "R7", "IAM AssertionEncryptionMode", FG_E_SIGNATURE, INVALID },
	{ "saml.encrypted.key", "R7", "XML-Enc 3.5", FG_E_KEY, INVALID },
	{ "saml.encrypted.shape", "R7", "XML-Enc 3.1", FG_E_SYNTAX, INVALID },
	{ "saml.encrypted.admission", "R7", "base/limits.h", FG_E_THROTTLED, NULL },
	{ "saml.encrypted.algorithm", "R9", "XML-Enc 1.1 5.1", FG_E_UNSUPPORTED, INVALID },
	{ "saml.signature.shape", "R8", DSIG "4.1", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.signature.reference", "R8", CORE "5.4.2", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.signature.transforms", "R8", CORE "5.4.4", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.signature.c14n", "R8", CORE "5.4.3", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.signature.algorithm", "R9", CORE "5.4.1", FG_E_UNSUPPORTED, BAD_SIGNATURE },
	{ "saml.signature.value", "R10", DSIG "3.2.2", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.provider.key", "R10", "SAML Metadata IOP 2.6", FG_E_KEY, NULL },
	{ "saml.provider.conf", "R10", "SAML Metadata 2.4.1", FG_E_PARAM, NULL },
	{ "saml.provider.expired", "R10", "SAML Metadata 2.3.1", FG_E_EXPIRED, BAD_SIGNATURE },
	{ "saml.signature.octets", "R11", DSIG "4.4.3.2", FG_E_SIGNATURE, BAD_SIGNATURE },
	{ "saml.assertion.shape", "R12", CORE "2.3.3", FG_E_SYNTAX, INVALID },
	{ "saml.assertion.text", "R12", CORE "1.3.1", FG_E_SYNTAX, INVALID },
	{ "saml.subject.missing", "R12", CORE "2.4.1", FG_E_CLAIM, INVALID },
	{ "saml.subject.name-id", "R12", CORE "2.2.3", FG_E_CLAIM, INVALID },
	{ "saml.status", "R13", CORE "3.2.2.2", FG_E_CLAIM, INVALID },
	{ "saml.issuer", "R14", CORE "2.2.5", FG_E_ISSUER, "Issuer not present in specified provider" },
	{ "saml.confirmation.missing", "R15", PROFILES, FG_E_CLAIM, INVALID },
	{ "saml.confirmation.method", "R15", PROFILES, FG_E_CLAIM, INVALID },
	{ "saml.confirmation.recipient", "R15", PROFILES, FG_E_AUDIENCE, INVALID },
	{ "saml.confirmation.expired", "R15", CORE "2.4.1.2", FG_E_EXPIRED, EXPIRED },
	{ "saml.confirmation.not-before", "R15", PROFILES, FG_E_CLAIM, INVALID },
	{ "saml.confirmation.in-response-to", "R15", PROFILES, FG_E_CLAIM, INVALID },
	{ "saml.response.destination", "R15", CORE "3.2.2", FG_E_AUDIENCE, INVALID },
	{ "saml.conditions.missing", "R16", CORE "2.5.1", FG_E_CLAIM, INVALID },
	{ "saml.conditions.not-before", "R16", CORE "2.5.1.2", FG_E_NOT_YET, INVALID },
	{ "saml.conditions.expired", "R16", CORE "2.5.1.2", FG_E_EXPIRED, EXPIRED },
	{ "saml.conditions.audience", "R16", CORE "2.5.1.4", FG_E_AUDIENCE, INVALID },
	{ "saml.conditions.unknown", "R16", CORE "2.5.1.3", FG_E_UNSUPPORTED, INVALID },
	{ "saml.time.form", "R17", CORE "1.3.3", FG_E_SYNTAX, INVALID },
	{ "saml.time.stale", "R17", "IAM troubleshoot SAML", FG_E_EXPIRED,
	    "Token must be redeemed within 5 minutes of issuance" },
	{ "saml.time.future", "R17", CORE "2.3.3", FG_E_NOT_YET, INVALID },
	{ "saml.authn.missing", "R18", PROFILES, FG_E_CLAIM, INVALID },
	{ "saml.authn.session-over", "R18", CORE "2.7.2", FG_E_EXPIRED, EXPIRED },
	{ "saml.replay", "R19", CORE "2.5.1.5", FG_E_REPLAY, "The SAML assertion was already used." },
	{ "saml.attribute.single", "R20", "IAM SAML assertions", FG_E_CLAIM, INVALID },
	{ "saml.aws.session-name", "R20", "IAM SAML assertions", FG_E_CLAIM,
	    "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}" },
	{ "saml.aws.session-name-missing", "R20", "IAM SAML assertions", FG_E_CLAIM,
	    "RoleSessionName is required in AuthnResponse" },
	{ "saml.aws.role", "R20", "IAM SAML assertions", FG_E_CLAIM,
	    "Role in AuthnResponse must be a pair of role and provider ARN" },
	{ "saml.aws.session-duration", "R20", "IAM SAML assertions", FG_E_CLAIM,
	    "SessionDuration in AuthnResponse must be a number from 900 to 43200" },
	{ "saml.aws.source-identity", "R20", "IAM SAML assertions", FG_E_CLAIM,
	    "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"" },
	{ "saml.aws.tag", "R20", "IAM SAML assertions", FG_E_CLAIM,
	    "PrincipalTag in AuthnResponse is not valid" },
	{ "saml.aws.transitive", "R20", "IAM SAML assertions", FG_E_CLAIM,
	    "The specified transitive tag key must be included in the requested tags." },
	{ "saml.metadata.size", "R10", "IAM CreateSAMLProvider", FG_E_LIMIT, NULL },
	{ "saml.metadata.xml", "R2", "XML 1.0", FG_E_SYNTAX, NULL },
	{ "saml.metadata.entity", "R14", "SAML Metadata 2.3", FG_E_NOT_FOUND, NULL },
	{ "saml.metadata.key", "R10", "SAML Metadata 2.4.1.1", FG_E_KEY, NULL },
	{ "saml.metadata.expired", "R10", "SAML Metadata 2.3.1", FG_E_EXPIRED, NULL },
	{ "saml.metadata.signature", "R7", "SAML Metadata 3", FG_E_SIGNATURE, NULL },
	{ "saml.metadata.worse", "R10", "SAML Metadata 2.3.1", FG_E_CONFLICT, NULL },
	{ "saml.metadata.pipe", "R10", "saml/saml.h", FG_E_SYNTAX, NULL },
};

const struct saml_step *
saml_step_row(size_t i)
{
	return i < FG_COUNT(steps) ? &steps[i] : NULL;
}

const struct saml_step *
saml_step_find(const char *step)
{
	for (size_t i = 0; step != NULL && i < FG_COUNT(steps); i++) {
		if (strcmp(steps[i].step, step) == 0)
			return &steps[i];
	}
	return NULL;
}

enum fg_rc
saml_refuse(struct fg_err *reterr, const char *step, const char *fmt, ...)
{
	const struct saml_step *s = saml_step_find(step);
	char text[FG_LIMIT_ERR_TEXT];
	va_list ap;

	if (s == NULL) /* a step without a row: ours, and still a refusal */
		return fg_fail(reterr, FG_E_INTERNAL, "saml.step", NULL, "%s has no row", step);
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fg_fail(reterr, s->rc, s->step, s->ref, "%s", text);
}
