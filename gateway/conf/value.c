/* Values with a form of their own: listeners, URLs, prefixes, exceptions. */
#include "gateway/conf/conf_int.h"

static const char *
value_at(const json_t *v, size_t i)
{
	return json_string_value(json_array_get(v, i));
}

/* HOST:PORT, [V6]:PORT; the host without brackets in the arena. */
static bool
host_port(struct fg_arena *a, struct fg_str s, const char **ret_host, uint16_t *ret_port)
{
	struct fg_str host, port, inner, after;
	uint64_t n;

	if (s.n > 0 && s.p[0] == '[') {
		if (!fg_cut(fg_sub(s, 1, s.n), ']', &inner, &after) || after.n < 2 || after.p[0] != ':')
			return false;
		host = inner;
		port = fg_sub(after, 1, after.n);
	} else if (!fg_cut(s, ':', &host, &port)) {
		return false;
	}
	if (host.n == 0 || host.n > 255 || !fg_printable(host) || fg_find(host, ' ') != host.n || !fg_u64(port, &n) ||
	    n > 65535)
		return false;
	*ret_port = (uint16_t)n;
	*ret_host = fg_arena_dup(a, host).p;
	return *ret_host != NULL;
}

enum fg_rc
conf_end_listen(struct conf *c, const json_t *v, struct fg_err *reterr)
{
	size_t i, n = json_array_size(v);
	struct conf_listen *l = FG_NEW_N(c->arena, struct conf_listen, n);

	if (n == 0 || l == NULL)
		return fg_fail(reterr, FG_E_PARAM, "conf.listen", NULL, "listen is empty");
	for (i = 0; i < n; i++) {
		struct fg_str s = fg_str_z(value_at(v, i));
		size_t scheme = fg_starts(s, FG_LIT("https://")) ? 8 : fg_starts(s, FG_LIT("http://")) ? 7 : 0;

		l[i].tls = scheme == 8;
		if (scheme != 0 && s.n > scheme && s.p[s.n - 1] == '/')
			s.n--;
		if (scheme == 0 || !host_port(c->arena, fg_sub(s, scheme, s.n), &l[i].host, &l[i].port))
			return fg_fail(reterr, FG_E_PARAM, "conf.listen", NULL,
			    "%.*s is not http://HOST:PORT or https://HOST:PORT", FG_PRI(s));
	}
	c->listen = l;
	c->n_listen = n;
	return FG_OK;
}

enum fg_rc
conf_end_public(struct conf *c, const json_t *v, struct fg_err *reterr)
{
	struct fg_str s = fg_str_z(c->public_url);

	(void)v;
	if (c->public_url == NULL)
		return FG_OK;
	if (!(fg_starts(s, FG_LIT("https://")) || fg_starts(s, FG_LIT("http://"))) || fg_ends(s, FG_LIT("/")) ||
	    !fg_printable(s) || fg_find(s, ' ') != s.n || fg_find(s, '?') != s.n || fg_find(s, '#') != s.n)
		return fg_fail(reterr, FG_E_PARAM, "conf.public_url", NULL,
		    "public_url is an http or https URL without a slash at its end");
	return FG_OK;
}

enum fg_rc
conf_end_store(struct conf *c, const json_t *v, struct fg_err *reterr)
{
	struct fg_str s = fg_str_z(c->store);

	(void)v;
	if (!fg_starts(s, FG_LIT("sqlite:")) || s.n == strlen("sqlite:"))
		return fg_fail(reterr, FG_E_PARAM, "conf.store", NULL, "store is sqlite:PATH");
	return FG_OK;
}

enum fg_rc
conf_end_proxies(struct conf *c, const json_t *v, struct fg_err *reterr)
{
	size_t i, n = json_array_size(v);
	struct fg_cidr *list = FG_NEW_N(c->arena, struct fg_cidr, n);

	if (list == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "conf.proxies", NULL, "proxy.trusted");
	for (i = 0; i < n; i++) {
		if (!fg_cidr_parse(fg_str_z(value_at(v, i)), &list[i]))
			return fg_fail(reterr, FG_E_PARAM, "conf.proxies", NULL, "proxy.trusted: %s is not a prefix",
			    value_at(v, i));
	}
	c->proxies = list;
	c->n_proxies = n;
	return FG_OK;
}

/* One of two words; *ret says whether it is the second. */
static enum fg_rc
either(const char *key, const char *value, const char *first, const char *second, bool *ret,
    struct fg_err *reterr)
{
	*ret = strcmp(value, second) == 0;
	if (!*ret && strcmp(value, first) != 0)
		return fg_fail(reterr, FG_E_PARAM, "conf.proxies", NULL, "%s is %s; it takes %s or %s", key,
		    value, first, second);
	return FG_OK;
}

enum fg_rc
conf_end_header(struct conf *c, const json_t *v, struct fg_err *reterr)
{
	(void)v;
	return either("proxy.header", c->proxy_header, "x-forwarded-for", "forwarded", &c->forwarded, reterr);
}

/* Comes after proxy.trusted in the table. */
enum fg_rc
conf_end_protocol(struct conf *c, const json_t *v, struct fg_err *reterr)
{
	(void)v;
	FG_TRY(either("proxy.protocol", c->proxy_protocol, "none", "v2", &c->proxy_v2, reterr));
	if (c->proxy_v2 && c->n_proxies == 0)
		return fg_fail(reterr, FG_E_PARAM, "conf.proxies", NULL,
		    "proxy.protocol v2 needs proxy.trusted: nobody else may say for whom it asks");
	return FG_OK;
}

enum fg_rc
conf_end_rsa(struct conf *c, const json_t *v, struct fg_err *reterr)
{
	(void)v;
	if (c->oidc_rsa_bits != FG_LIMIT_RSA_BITS && c->oidc_rsa_bits != FG_LIMIT_RSA_BIG_BITS)
		return fg_fail(reterr, FG_E_PARAM, "conf.range", NULL, "oidc.rsa_bits is %d or %d",
		    FG_LIMIT_RSA_BITS, FG_LIMIT_RSA_BIG_BITS);
	return FG_OK;
}

/* HOST:PORT, ADDRESS:PORT, ADDRESS/BITS:PORT, [V6/BITS]:PORT. */
enum fg_rc
conf_end_allow(struct conf *c, const json_t *v, struct fg_err *reterr)
{
	size_t i, n = json_array_size(v);
	struct conf_allow *list = FG_NEW_N(c->arena, struct conf_allow, n);

	if (list == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "conf.allow", NULL, "fetch.allow");
	for (i = 0; i < n; i++) {
		if (!host_port(c->arena, fg_str_z(value_at(v, i)), &list[i].host, &list[i].port) || list[i].port == 0)
			return fg_fail(reterr, FG_E_PARAM, "conf.allow", NULL, "fetch.allow: %s is not HOST:PORT",
			    value_at(v, i));
		if (fg_cidr_parse(fg_str_z(list[i].host), &list[i].cidr))
			list[i].host = NULL;
		else if (strchr(list[i].host, '/') != NULL)
			return fg_fail(reterr, FG_E_PARAM, "conf.allow", NULL, "fetch.allow: %s is not a prefix",
			    list[i].host);
	}
	c->allow = list;
	c->n_allow = n;
	return FG_OK;
}
