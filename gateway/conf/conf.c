/* The keys of a configuration, as a table, and how values reach the struct. */
#include <stdlib.h>

#include "gateway/conf/conf_int.h"

const struct conf_key conf_keys[] = {
	{ "listen", CONF_LIST, CONF_NULL, 0, 0, conf_end_listen, "http://HOST:PORT or https://HOST:PORT" },
	{ "tls.certificate", CONF_STRING, CONF_AT(tls_certificate), 0, 0, NULL, "certificate chain of https listeners (PEM)" },
	{ "tls.key", CONF_STRING, CONF_AT(tls_key), 0, 0, NULL, "private key of https listeners (PEM)" },
	{ "public_url", CONF_STRING, CONF_AT(public_url), 0, 0, conf_end_public, "how clients reach this gateway" },
	{ "endpoint_hosts", CONF_LIST, CONF_ATS(endpoint_hosts), 0, 0, NULL, "what Host may be in signed requests" },
	{ "store", CONF_STRING, CONF_AT(store), 0, 0, conf_end_store, "sqlite:PATH" },
	{ "keyring", CONF_STRING, CONF_AT(keyring), 0, 0, NULL, "file of root keys" },
	{ "audit.file", CONF_STRING, CONF_AT(audit_file), 0, 0, NULL, "audit records" },
	{ "audit.sync_ms", CONF_INT, CONF_AT(audit_sync_ms), 0, 1000, NULL, "longest wait for a group fsync, milliseconds" },
	{ "sigv4.regions", CONF_LIST, CONF_ATS(regions), 0, 0, NULL, "regions that a credential scope may name" },
	{ "proxy.trusted", CONF_LIST, CONF_NULL, 0, 0, conf_end_proxies, "proxies that may say for whom they ask" },
	{ "proxy.header", CONF_STRING, CONF_AT(proxy_header), 0, 0, conf_end_header, "the one header they say it in: x-forwarded-for or forwarded" },
	{ "proxy.protocol", CONF_STRING, CONF_AT(proxy_protocol), 0, 0, conf_end_protocol, "none, or v2: each connection begins with a PROXY header" },
	{ "fetch.allow", CONF_LIST, CONF_NULL, 0, 0, conf_end_allow, "HOST:PORT or CIDR:PORT that may be fetched though not public" },
	{ "oidc.rsa_bits", CONF_INT, CONF_AT(oidc_rsa_bits), FG_LIMIT_RSA_BITS, FG_LIMIT_RSA_BIG_BITS, conf_end_rsa, "largest RSA key of an OIDC provider: 4096 or 8192 bits" },
	{ "oidc.skew_s", CONF_INT, CONF_AT(oidc_skew_s), 0, 300, NULL, "clock skew granted to tokens, seconds" },
	{ "saml.skew_s", CONF_INT, CONF_AT(saml_skew_s), 0, 60, NULL, "clock skew granted to assertions, seconds" },
	{ "saml.refresh_s", CONF_INT, CONF_AT(saml_refresh_s), 1, 86400, NULL, "between refreshes of SAML metadata by URL, seconds" },
	{ "saml.recipients", CONF_LIST, CONF_ATS(saml_recipients), 0, 0, NULL, "further URLs that Recipient may be" },
	{ "saml.audiences", CONF_LIST, CONF_ATS(saml_audiences), 0, 0, NULL, "further URIs that Audience may be" },
	{ "workers", CONF_INT, CONF_AT(workers), 0, 256, NULL, "threads that serve requests; 0: the processors" },
	{ "limits.connections", CONF_INT, CONF_AT(limit_connections), 0, 1000000, NULL, "connections open at once; 0: default" },
	{ "limits.connections_address", CONF_INT, CONF_AT(limit_connections_address), 0, 1000000, NULL, "of these, from one address" },
	{ "limits.requests_connection", CONF_INT, CONF_AT(limit_requests_connection), 0, 1000000, NULL, "requests of one connection" },
	{ "limits.head_ms", CONF_INT, CONF_AT(limit_head_ms), 0, 600000, NULL, "time for a head, milliseconds" },
	{ "limits.request_ms", CONF_INT, CONF_AT(limit_request_ms), 0, 600000, NULL, "time for a request, milliseconds" },
	{ "limits.idle_ms", CONF_INT, CONF_AT(limit_idle_ms), 0, 3600000, NULL, "time between requests, milliseconds" },
};
const size_t conf_keys_n = FG_COUNT(conf_keys);

static const struct {
	const char *key, *value;
} defaults[] = {
	{ "listen", "http://127.0.0.1:8080" },
	{ "store", "sqlite:fedgate-data/fedgate.db" },
	{ "keyring", "fedgate-data/keyring" },
	{ "audit.file", "fedgate-data/audit.jsonl" },
	{ "audit.sync_ms", "5" },
	{ "proxy.header", "x-forwarded-for" },
	{ "proxy.protocol", "none" },
	{ "oidc.rsa_bits", "4096" },
	{ "oidc.skew_s", "60" },
	{ "saml.skew_s", "60" },
	{ "saml.refresh_s", "3600" },
};

static const struct conf_key *
find_key(struct fg_str name)
{
	size_t i;

	for (i = 0; i < conf_keys_n; i++) {
		if (fg_eq(fg_str_z(conf_keys[i].name), name))
			return &conf_keys[i];
	}
	return NULL;
}

enum fg_rc
conf_new(struct conf **ret, struct fg_err *reterr)
{
	FG_AUTO(conf_freep) struct conf *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		c->arena = fg_arena_new(FG_LIMIT_CONF_BYTES);
		c->given = json_object();
		c->over = json_object();
	}
	if (c == NULL || c->arena == NULL || c->given == NULL || c->over == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "conf.new", NULL, "configuration");
	*ret = FG_STEAL(c);
	return FG_OK;
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	json_decref(c->given);
	json_decref(c->over);
	fg_arena_free(c->arena);
	free(c);
}

void
conf_freep(struct conf **c)
{
	conf_free(*c);
}

/* Add a value of a key to an object of keys. */
static enum fg_rc
add_value(json_t *to, const struct conf_key *k, struct fg_str value, struct fg_err *reterr)
{
	json_t *list = json_object_get(to, k->name);

	if (memchr(value.p == NULL ? "" : value.p, '\0', value.n) != NULL)
		return fg_fail(reterr, FG_E_PARAM, "conf.value", NULL, "%s: value holds a NUL", k->name);
	if (list == NULL) {
		list = json_array();
		if (json_object_set_new(to, k->name, list) != 0)
			return fg_fail(reterr, FG_E_NOMEM, "conf.value", NULL, "%s", k->name);
	} else if (k->type != CONF_LIST) {
		json_array_clear(list);
	}
	if (json_array_append_new(list, json_stringn(value.p == NULL ? "" : value.p, value.n)) != 0)
		return fg_fail(reterr, FG_E_PARAM, "conf.value", NULL, "%s: value is not UTF-8", k->name);
	return FG_OK;
}

static enum fg_rc
add_scalar(json_t *to, const struct conf_key *k, const json_t *v, struct fg_err *reterr)
{
	char text[32];

	if (json_is_string(v))
		return add_value(to, k, fg_str(json_string_value(v), json_string_length(v)), reterr);
	if (!json_is_integer(v))
		return fg_fail(reterr, FG_E_PARAM, "conf.type", NULL, "%s takes a string or an integer", k->name);
	snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(v));
	return add_value(to, k, fg_str_z(text), reterr);
}

static enum fg_rc
add_any(json_t *to, const struct conf_key *k, const json_t *v, struct fg_err *reterr)
{
	size_t i;

	if (!json_is_array(v))
		return add_scalar(to, k, v, reterr);
	if (k->type != CONF_LIST && json_array_size(v) != 1)
		return fg_fail(reterr, FG_E_PARAM, "conf.type", NULL, "%s takes one value", k->name);
	for (i = 0; i < json_array_size(v); i++)
		FG_TRY(add_scalar(to, k, json_array_get(v, i), reterr));
	return FG_OK;
}

/* A key of a file: a leaf, or a group ("tls") whose members are "tls.key". */
static enum fg_rc
add_member(struct conf *c, const char *name, const json_t *v, struct fg_err *reterr)
{
	const struct conf_key *k = find_key(fg_str_z(name));

	if (k == NULL)
		return fg_fail(reterr, FG_E_PARAM, "conf.key", NULL, "unknown key %s", name);
	if (json_object_get(c->given, k->name) != NULL)
		return fg_fail(reterr, FG_E_PARAM, "conf.key", NULL, "%s is set twice", k->name);
	return json_is_null(v) ? FG_OK : add_any(c->given, k, v, reterr);
}

enum fg_rc
conf_file(struct conf *c, struct fg_str bytes, struct fg_err *reterr)
{
	json_t *doc = NULL, *v, *w;
	const char *name, *inner;
	enum fg_rc rc = FG_OK;

	FG_TRY(conf_document(bytes, &doc, reterr));
	if (json_is_null(doc)) {
		json_decref(doc);
		return FG_OK;
	}
	if (!json_is_object(doc))
		rc = fg_fail(reterr, FG_E_PARAM, "conf.type", NULL, "a configuration is keys and values");
	json_object_foreach(doc, name, v) {
		if (rc == FG_OK && !json_is_object(v))
			rc = add_member(c, name, v, reterr);
		json_object_foreach(v, inner, w) {
			struct fg_str full = fg_arena_fmt(c->arena, "%s.%s", name, inner);

			if (rc == FG_OK && full.p == NULL)
				rc = fg_fail(reterr, FG_E_NOMEM, "conf.key", NULL, "%s", name);
			if (rc == FG_OK)
				rc = add_member(c, full.p, w, reterr);
		}
	}
	json_decref(doc);
	return rc;
}

enum fg_rc
conf_set(struct conf *c, struct fg_str pair, struct fg_err *reterr)
{
	struct fg_str name, value;
	const struct conf_key *k;

	if (!fg_cut(pair, '=', &name, &value))
		return fg_fail(reterr, FG_E_PARAM, "conf.set", NULL, "%.*s is not KEY=VALUE", FG_PRI(pair));
	k = find_key(name);
	if (k == NULL)
		return fg_fail(reterr, FG_E_PARAM, "conf.key", NULL, "unknown key %.*s", FG_PRI(name));
	return add_value(c->over, k, value, reterr);
}

json_t *
conf_values(const struct conf *c, const struct conf_key *k)
{
	json_t *v = json_object_get(c->over, k->name);

	return v != NULL ? v : json_object_get(c->given, k->name);
}

static enum fg_rc
put_int(const struct conf_key *k, const char *text, int64_t *ret, struct fg_err *reterr)
{
	uint64_t v;

	if (!fg_u64(fg_str_z(text), &v) || (int64_t)v < k->min || v > (uint64_t)k->max)
		return fg_fail(reterr, FG_E_PARAM, "conf.range", NULL, "%s is %s; it takes %lld to %lld", k->name, text,
		    (long long)k->min, (long long)k->max);
	*ret = (int64_t)v;
	return FG_OK;
}

static enum fg_rc
put_list(struct conf *c, const struct conf_key *k, const json_t *v, struct fg_err *reterr)
{
	size_t i, n = json_array_size(v);
	const char **list = FG_NEW_N(c->arena, const char *, n + 1);

	if (list == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "conf.list", NULL, "%s", k->name);
	for (i = 0; i < n; i++)
		list[i] = json_string_value(json_array_get(v, i));
	*(const char *const **)(void *)((char *)c + k->offset) = list;
	*(size_t *)(void *)((char *)c + k->count) = n;
	return FG_OK;
}

static enum fg_rc
put_values(struct conf *c, const struct conf_key *k, const json_t *v, struct fg_err *reterr)
{
	const char *last = json_string_value(json_array_get(v, json_array_size(v) - 1));

	if (k->offset == 0 || json_array_size(v) == 0)
		return FG_OK;
	if (k->type == CONF_LIST)
		return put_list(c, k, v, reterr);
	if (k->type == CONF_INT)
		return put_int(k, last, (int64_t *)(void *)((char *)c + k->offset), reterr);
	if (last[0] == '\0')
		return fg_fail(reterr, FG_E_PARAM, "conf.value", NULL, "%s is empty", k->name);
	*(const char **)(void *)((char *)c + k->offset) = last;
	return FG_OK;
}

enum fg_rc
conf_end(struct conf *c, struct fg_err *reterr)
{
	size_t i;

	for (i = 0; i < FG_COUNT(defaults); i++) {
		const struct conf_key *k = find_key(fg_str_z(defaults[i].key));

		if (conf_values(c, k) == NULL)
			FG_TRY(add_value(c->given, k, fg_str_z(defaults[i].value), reterr));
	}
	for (i = 0; i < conf_keys_n; i++) {
		const json_t *v = conf_values(c, &conf_keys[i]);

		if (v != NULL)
			FG_TRY(put_values(c, &conf_keys[i], v, reterr));
		if (conf_keys[i].end != NULL)
			FG_TRY(conf_keys[i].end(c, v, reterr));
	}
	for (i = 0; i < c->n_listen; i++) {
		if (c->listen[i].tls && (c->tls_certificate == NULL || c->tls_key == NULL))
			return fg_fail(reterr, FG_E_PARAM, "conf.tls", NULL,
			    "an https listener needs tls.certificate and tls.key");
	}
	return FG_OK;
}

const char *
conf_store_path(const struct conf *c)
{
	struct fg_str s = fg_str_z(c->store);

	return fg_starts(s, FG_LIT("sqlite:")) ? c->store + strlen("sqlite:") : NULL;
}
