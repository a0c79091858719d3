/*
 * gateway/idp/fetch_int.h - inside the fetch process.
 *
 * The HTTP client's header stands here and in the three fetch files, nowhere else.
 */
#ifndef GATEWAY_IDP_FETCH_INT_H
#define GATEWAY_IDP_FETCH_INT_H

#include <curl/curl.h>

#include "gateway/idp/idp_int.h"

struct fetch {
	int fd;
	const struct idp_policy *policy;
	CURLM *multi;
	unsigned char *msg; /* receive buffer */
	size_t running;
};

struct transfer {
	CURL *easy;
	struct curl_slist *headers;
	const struct idp_policy *policy;
	struct idp_request req; /* thumb, id; url and ca are not valid here */
	char *url;
	char host[256];
	uint16_t port;
	struct fg_buf body;
	int32_t max_age;
	bool refused;   /* an address */
	bool too_large;
};

/* NULL: not a URL that is fetched, or out of memory. */
struct transfer *transfer_new(struct fetch *f, const struct idp_request *r);
void transfer_free(struct transfer *t);
enum idp_outcome transfer_outcome(const struct transfer *t, CURLcode code);

/* max-age of a Cache-Control header line; -1 when it is none or does not say. */
int32_t fetch_max_age(struct fg_str line);

/* CURLOPT_SSL_CTX_FUNCTION: thumbprints add presented CAs as anchors.  arg: struct transfer. */
CURLcode fetch_tls(CURL *easy, void *ssl_ctx, void *arg);

void fetch_end(struct fetch *f, uint64_t id, enum idp_outcome outcome, long status, int32_t max_age);

#endif
