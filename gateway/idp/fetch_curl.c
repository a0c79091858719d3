/* One transfer: what is asked for, what is refused on the way. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/idp/fetch_int.h"

/* ---- addresses ---- */

static bool
ip_of(const struct sockaddr *sa, struct fg_ip *ip, uint16_t *port)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	memset(ip, 0, sizeof(*ip));
	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		ip->family = FG_IP_V4;
		memcpy(ip->b, &v4.sin_addr, 4);
		*port = ntohs(v4.sin_port);
		return true;
	}
	if (sa->sa_family != AF_INET6)
		return false;
	memcpy(&v6, sa, sizeof(v6));
	ip->family = FG_IP_V6;
	memcpy(ip->b, &v6.sin6_addr, 16);
	*port = ntohs(v6.sin6_port);
	return true;
}

/*
 * Each address that a name resolved to comes by here before a socket is opened to it: what a
 * resolver said before, to us or to anybody, does not count (rebinding).
 */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *addr)
{
	struct transfer *t = arg;
	struct fg_ip ip;
	uint16_t port = 0;

	if (purpose != CURLSOCKTYPE_IPCXN || !ip_of(&addr->addr, &ip, &port) || port != t->port ||
	    !idp_address_ok(t->policy, fg_str_z(t->host), &ip, port)) {
		t->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
}

/* Once more, with the peer as the connection has it, before a byte of the request is sent. */
static int
before_request(void *arg, char *peer, char *local, int peer_port, int local_port)
{
	struct transfer *t = arg;
	struct fg_ip ip;

	(void)local;
	(void)local_port;
	if (!fg_ip_parse(fg_str_z(peer), &ip) || peer_port != t->port ||
	    !idp_address_ok(t->policy, fg_str_z(t->host), &ip, t->port)) {
		t->refused = true;
		return CURL_PREREQFUNC_ABORT;
	}
	return CURL_PREREQFUNC_OK;
}

/* ---- the answer ---- */

/* CURLOPT_MAXFILESIZE looks at Content-Length only; a chunked answer is stopped here. */
static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	fg_buf_put(&t->body, fg_str(p, size * n));
	if (t->body.bad == FG_OK)
		return size * n;
	t->too_large = t->body.bad == FG_E_LIMIT;
	return 0;
}

int32_t
fetch_max_age(struct fg_str line)
{
	struct fg_str name, value, item;
	uint64_t v;

	if (!fg_cut(line, ':', &name, &value) || !fg_eq_icase(name, FG_LIT("cache-control")))
		return -1;
	for (bool more = true; more;) {
		more = fg_cut(value, ',', &item, &value);
		item = fg_trim(item);
		if (!fg_starts_icase(item, FG_LIT("max-age=")))
			continue;
		if (fg_u64(fg_sub(item, 8, item.n), &v))
			return v > 86400 ? 86400 : (int32_t)v;
	}
	return -1;
}

static size_t
take_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	int32_t age = fetch_max_age(fg_str(p, size * n));

	if (age >= 0)
		t->max_age = age;
	return size * n;
}

enum idp_outcome
transfer_outcome(const struct transfer *t, CURLcode code)
{
	long status = 0;

	if (t->refused && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK))
		return IDP_OUT_ADDRESS;
	if (t->too_large)
		return IDP_OUT_SIZE;
	switch (code) {
	case CURLE_OK:
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		return status == 200 ? IDP_OUT_OK : IDP_OUT_STATUS;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return IDP_OUT_URL;
	case CURLE_COULDNT_RESOLVE_HOST:
		return IDP_OUT_RESOLVE;
	case CURLE_COULDNT_CONNECT:
		return IDP_OUT_CONNECT;
	case CURLE_FILESIZE_EXCEEDED:
		return IDP_OUT_SIZE;
	case CURLE_OPERATION_TIMEDOUT:
		return IDP_OUT_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CIPHER:
		return IDP_OUT_TLS;
	default:
		return IDP_OUT_BROKEN;
	}
}

/* ---- options ---- */

static bool
set_transport(struct transfer *t)
{
	CURL *e = t->easy;

	return curl_easy_setopt(e, CURLOPT_URL, t->url) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)t->req.timeout_ms) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)FG_LIMIT_FETCH_CONNECT_MS) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT, 0L) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_MAXFILESIZE, (long)t->req.max_bytes) == CURLE_OK;
}

static bool
set_trust(struct transfer *t, struct fg_str ca)
{
	CURL *e = t->easy;
	struct curl_blob blob = { .data = (void *)(uintptr_t)ca.p, .len = ca.n, .flags = CURL_BLOB_COPY };

	/* a resumed session would not be verified, and a shared store of CAs would keep the anchor
	 * that another provider's thumbprint added */
	if (curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L) != CURLE_OK ||
	    curl_easy_setopt(e, CURLOPT_CA_CACHE_TIMEOUT, 0L) != CURLE_OK ||
	    curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK ||
	    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK ||
	    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK ||
	    curl_easy_setopt(e, CURLOPT_CAPATH, NULL) != CURLE_OK)
		return false;
	/* a provider's own CA takes the place of the system's, it does not add to it */
	if (ca.n > 0 && curl_easy_setopt(e, CURLOPT_CAINFO_BLOB, &blob) != CURLE_OK)
		return false;
	return t->req.nthumb == 0 ||
	    (curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, fetch_tls) == CURLE_OK &&
		curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, t) == CURLE_OK);
}

static bool
set_callbacks(struct transfer *t)
{
	CURL *e = t->easy;

	return curl_easy_setopt(e, CURLOPT_PRIVATE, t) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, before_request) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_PREREQDATA, t) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_WRITEDATA, t) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_HEADERDATA, t) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_USERAGENT, "fedgate") == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
}

static bool
set_target(struct transfer *t, struct fg_str url)
{
	struct oidc_url u;

	if (!oidc_url_parse(url, &u) || !u.secure || u.fragment || u.host.n >= sizeof(t->host))
		return false;
	memcpy(t->host, u.host.p, u.host.n);
	t->port = u.port;
	t->url = strndup(url.p, url.n);
	return t->url != NULL;
}

struct transfer *
transfer_new(struct fetch *f, const struct idp_request *r)
{
	struct transfer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->req = *r;
	t->policy = f->policy;
	t->max_age = -1;
	t->body = (struct fg_buf)FG_BUF(r->max_bytes);
	t->easy = curl_easy_init();
	t->headers = curl_slist_append(NULL, "Accept: application/json, application/samlmetadata+xml, application/xml;q=0.9, */*;q=0.1");
	if (t->easy == NULL || t->headers == NULL || !set_target(t, r->url) || !set_transport(t) ||
	    !set_trust(t, r->ca) || !set_callbacks(t)) {
		transfer_free(t);
		return NULL;
	}
	t->req.url = t->req.ca = FG_STR_NULL;
	return t;
}

void
transfer_free(struct transfer *t)
{
	if (t == NULL)
		return;
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	fg_buf_free(&t->body);
	free(t->url);
	free(t);
}
