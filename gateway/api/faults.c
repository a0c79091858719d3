/*
 * From our codes and steps to what a caller reads.  A step that is not listed goes by its
 * code; a code that is not listed is an internal failure that says nothing.
 */
#include <stdarg.h>
#include <stdio.h>

#include "gateway/api/api_int.h"

static const struct api_fault_row faults[API_F_MAX] = {
#define FAULT_ROW(id, http, name, sentence)                                                      \
	[id] = { http, { name, sizeof(name) - 1 }, { sentence, sizeof(sentence) - 1 } },
	API_FAULTS(FAULT_ROW)
#undef FAULT_ROW
};

/* Longest prefix that matches counts; a row without a step is the code's own. */
static const struct {
	enum fg_rc rc;
	const char *step;
	enum api_fault fault;
} map[] = {
	{ FG_E_SYNTAX, "sigv4.query.", API_F_MALFORMED_QUERY },
	{ FG_E_LIMIT, "sigv4.query.", API_F_MALFORMED_QUERY },
	{ FG_E_SYNTAX, "sigv4.", API_F_INCOMPLETE_SIGNATURE },
	{ FG_E_UNSUPPORTED, "sigv4.", API_F_INCOMPLETE_SIGNATURE },
	{ FG_E_EXPIRED, "sigv4.", API_F_SIGNATURE },
	{ FG_E_NOT_YET, "sigv4.", API_F_SIGNATURE },
	{ FG_E_SIGNATURE, "sigv4.", API_F_SIGNATURE },
	{ FG_E_LIMIT, "sigv4.", API_F_INCOMPLETE_SIGNATURE },
	{ FG_E_SYNTAX, "api.form.", API_F_MALFORMED_QUERY },
	{ FG_E_LIMIT, "api.form.", API_F_MALFORMED_QUERY },
	{ FG_E_SYNTAX, "oidc.", API_F_ID_TOKEN },
	{ FG_E_LIMIT, "oidc.", API_F_ID_TOKEN },
	{ FG_E_UNSUPPORTED, "oidc.", API_F_ID_TOKEN },
	{ FG_E_SYNTAX, "saml.", API_F_ID_TOKEN },
	{ FG_E_LIMIT, "saml.", API_F_ID_TOKEN },
	{ FG_E_UNSUPPORTED, "saml.", API_F_ID_TOKEN },
	{ FG_E_CLAIM, "saml.aws", API_F_IDP_CLAIM },
	{ FG_E_THROTTLED, "", API_F_THROTTLING },
	{ FG_E_SIGNATURE, "", API_F_ID_TOKEN },
	{ FG_E_KEY, "", API_F_ID_TOKEN },
	{ FG_E_ISSUER, "", API_F_ID_TOKEN },
	{ FG_E_AUDIENCE, "", API_F_ID_TOKEN },
	{ FG_E_CLAIM, "", API_F_ID_TOKEN },
	{ FG_E_NOT_YET, "", API_F_ID_TOKEN },
	{ FG_E_REPLAY, "", API_F_ID_TOKEN },
	{ FG_E_EXPIRED, "", API_F_EXPIRED_PROOF },
	{ FG_E_IDP, "", API_F_IDP_COMMUNICATION },
	{ FG_E_DENIED, "", API_F_ACCESS_DENIED },
	{ FG_E_POLICY, "", API_F_MALFORMED_POLICY },
	{ FG_E_PACKED, "", API_F_PACKED },
	{ FG_E_CREDENTIAL, "", API_F_CLIENT_TOKEN },
	{ FG_E_CREDENTIAL_EXPIRED, "", API_F_EXPIRED_TOKEN },
	{ FG_E_PARAM, "", API_F_VALIDATION },
	{ FG_E_SYNTAX, "", API_F_VALIDATION },
	{ FG_E_LIMIT, "", API_F_VALIDATION },
	{ FG_E_NOT_FOUND, "", API_F_NO_SUCH_ENTITY },
	{ FG_E_EXISTS, "", API_F_ENTITY_EXISTS },
	{ FG_E_CONFLICT, "", API_F_CONCURRENT },
	{ FG_E_UNAVAILABLE, "", API_F_UNAVAILABLE },
	{ FG_E_STORE, "", API_F_UNAVAILABLE },
	{ FG_E_CLOCK, "", API_F_UNAVAILABLE },
};

const struct api_fault_row *
api_fault_row(enum api_fault f)
{
	return &faults[f > API_F_NONE && f < API_F_MAX ? f : API_F_INTERNAL];
}

enum api_fault
api_fault_of(const struct fg_err *err)
{
	struct fg_str step = fg_str_z(err->step == NULL ? "" : err->step);

	for (size_t i = 0; i < FG_COUNT(map); i++) {
		if (map[i].rc == err->rc && fg_starts(step, fg_str_z(map[i].step)))
			return map[i].fault;
	}
	return API_F_INTERNAL;
}

/* The code of ours that a fault stands for, so that class and metrics are right. */
static enum fg_rc
rc_of(enum api_fault f)
{
	switch (f) {
	case API_F_INTERNAL:
		return FG_E_INTERNAL;
	case API_F_UNAVAILABLE:
		return FG_E_UNAVAILABLE;
	case API_F_THROTTLING:
		return FG_E_THROTTLED;
	case API_F_ACCESS_DENIED:
		return FG_E_DENIED;
	case API_F_CLIENT_TOKEN:
	case API_F_NO_TOKEN:
		return FG_E_CREDENTIAL;
	case API_F_EXPIRED_TOKEN:
		return FG_E_CREDENTIAL_EXPIRED;
	case API_F_SIGNATURE:
		return FG_E_SIGNATURE;
	case API_F_EXPIRED_PROOF:
		return FG_E_EXPIRED;
	case API_F_MALFORMED_POLICY:
		return FG_E_POLICY;
	case API_F_PACKED:
		return FG_E_PACKED;
	case API_F_ID_TOKEN:
	case API_F_IDP_CLAIM:
		return FG_E_CLAIM;
	case API_F_NO_SUCH_ENTITY:
		return FG_E_NOT_FOUND;
	case API_F_ENTITY_EXISTS:
		return FG_E_EXISTS;
	case API_F_DELETE_CONFLICT:
	case API_F_CONCURRENT:
		return FG_E_CONFLICT;
	default:
		return FG_E_PARAM;
	}
}

enum fg_rc
api_refuse_str(struct api_call *c, enum api_fault f, const char *step, struct fg_str message)
{
	if (c->err.rc != FG_OK) /* the first refusal stands */
		return c->err.rc;
	c->fault = f;
	c->message = message;
	return fg_fail(&c->err, rc_of(f), step, NULL, "%.*s", FG_PRI(message));
}

enum fg_rc
api_refuse(struct api_call *c, enum api_fault f, const char *step, const char *fmt, ...)
{
	char text[1024];
	struct fg_str kept;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	kept = fg_arena_dup(c->arena, fg_str(text, (size_t)n < sizeof(text) ? (size_t)n
									    : sizeof(text) - 1));
	return api_refuse_str(c, f, step, fg_str_null(kept) ? api_fault_row(f)->text : kept);
}
