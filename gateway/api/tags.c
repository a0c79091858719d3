/*
 * Session tags and source identity.  Keys are one when they are equal but for ASCII case, here
 * and wherever they are looked up (security.md 14).
 */
#include "gateway/api/api_int.h"

static enum fg_rc
bad(struct api_call *c, const struct api_issue *w, const char *step, const char *why)
{
	if (w->oidc != NULL || w->saml != NULL) {
		c->message = w->oidc != NULL
		    ? FG_LIT("principal_tags passed in claim is not in correct format.")
		    : FG_LIT("A PrincipalTag attribute is not in correct format.");
		c->fault = API_F_ID_TOKEN;
		return fg_fail(&c->err, FG_E_CLAIM, step, NULL, "%s", why);
	}
	return api_refuse(c, API_F_INVALID_VALUE, step, "%s", why);
}

enum fg_rc
api_tags_add(struct api_call *c, struct api_issue *w, struct fg_str key, struct fg_str value)
{
	size_t k = api_chars_count(key), v = api_chars_count(value);

	if (k < 1 || k > 128 || v > 256 || !api_chars_ok(API_CH_TAG, key) ||
	    !api_chars_ok(API_CH_TAG, value))
		return bad(c, w, "api.tags.form", "A tag key or value is not valid.");
	if (fg_starts_icase(key, FG_LIT("aws:")))
		return bad(c, w, "api.tags.reserved", "Tag keys must not begin with aws:");
	for (size_t i = 0; i < w->n_tag; i++) {
		if (fg_eq_icase(w->tag[i].key, key))
			return bad(c, w, "api.tags.repeat",
			    "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
	}
	if (w->n_tag == CRED_TAGS_MAX)
		return bad(c, w, "api.tags.count", "A session may have 50 tags.");
	w->tag[w->n_tag++] = (struct api_tag){ key, value, false };
	return FG_OK;
}

enum fg_rc
api_tags_transitive(struct api_call *c, struct api_issue *w, struct fg_str key)
{
	for (size_t i = 0; i < w->n_tag; i++) {
		if (fg_eq_icase(w->tag[i].key, key)) {
			w->tag[i].transitive = true;
			return FG_OK;
		}
	}
	return bad(c, w, "api.tags.transitive",
	    "The specified transitive tag key must be included in the requested tags.");
}

bool
api_source_identity_ok(struct fg_str s)
{
	return s.n >= 2 && s.n <= 64 && api_chars_ok(API_CH_SESSION, s) &&
	    !fg_starts_icase(s, FG_LIT("aws:"));
}
