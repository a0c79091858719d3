/* Documents that somebody else asks for: one request each, over the same link.  On idp's thread but for the asking. */
#include <stdlib.h>
#include <sys/socket.h>

#include "gateway/idp/idp_int.h"

struct idp_document {
	struct idp_document *next;
	char *url, *ca;
	uint32_t max_bytes, timeout_ms;
	uint64_t request; /* 0: not asked for yet */
	int64_t deadline;
	struct fg_buf body;
	idp_document_fn done;
	void *arg;
};

static void
document_free(struct idp_document *d)
{
	if (d == NULL)
		return;
	fg_buf_free(&d->body);
	free(d->url);
	free(d->ca);
	free(d);
}

bool
idp_document(struct idp *idp, struct fg_str url, struct fg_str ca, uint32_t max_bytes, uint32_t timeout_ms,
    idp_document_fn done, void *arg)
{
	struct idp_document *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return false;
	d->url = strndup(url.n == 0 ? "" : url.p, url.n);
	d->ca = strndup(ca.n == 0 ? "" : ca.p, ca.n);
	if (d->url == NULL || d->ca == NULL) {
		document_free(d);
		return false;
	}
	d->max_bytes = max_bytes;
	d->timeout_ms = timeout_ms;
	d->body = (struct fg_buf)FG_BUF(max_bytes);
	d->done = done;
	d->arg = arg;
	pthread_mutex_lock(&idp->lock);
	d->next = idp->asked;
	idp->asked = d;
	pthread_mutex_unlock(&idp->lock);
	idp_wake(idp);
	return true;
}

/* Out of the list, told, gone. */
static void
end(struct idp *idp, struct idp_document **at, int32_t max_age, const struct fg_err *err)
{
	struct idp_document *d = *at;

	*at = d->next;
	idp->inflight -= d->request != 0;
	d->done(d->arg, err == NULL ? fg_buf_str(&d->body) : FG_STR_NULL, max_age, err);
	document_free(d);
}

static bool
send_one(struct idp *idp, struct idp_document *d, int64_t now)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(96 * 1024);
	const struct idp_request r = { .id = ++idp->last_id, .max_bytes = d->max_bytes, .timeout_ms = d->timeout_ms,
		.url = fg_str_z(d->url), .ca = fg_str_z(d->ca) };
	struct fg_str msg;

	idp_request_put(&b, &r);
	if (fg_buf_end(&b, &msg) != FG_OK || idp->conf.fetch_fd < 0 ||
	    send(idp->conf.fetch_fd, msg.p, msg.n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return false;
	d->request = r.id;
	d->deadline = now + d->timeout_ms + FG_LIMIT_FETCH_LOST_MS;
	idp->inflight++;
	return true;
}

static void
take_asked(struct idp *idp)
{
	struct idp_document *list, *d;

	pthread_mutex_lock(&idp->lock);
	list = idp->asked;
	idp->asked = NULL;
	pthread_mutex_unlock(&idp->lock);
	while ((d = list) != NULL) {
		list = d->next;
		d->next = idp->documents;
		idp->documents = d;
	}
}

int64_t
idp_documents_tick(struct idp *idp, int64_t now)
{
	int64_t next = IDP_NEVER;
	struct fg_err err;

	take_asked(idp);
	for (struct idp_document **at = &idp->documents, *d; (d = *at) != NULL;) {
		err = (struct fg_err){ .rc = FG_OK };
		if (d->request == 0 && idp->inflight < FG_LIMIT_FETCH_AT_ONCE && !send_one(idp, d, now))
			(void)fg_fail(&err, FG_E_IDP, "idp.fetch.link", NULL, "the fetch process takes no request");
		else if (d->request != 0 && now >= d->deadline)
			(void)fg_fail(&err, FG_E_IDP, "idp.fetch.lost", NULL, "the fetch process did not answer");
		if (err.rc != FG_OK) {
			end(idp, at, -1, &err);
			continue;
		}
		if (d->request == 0)
			next = now + 50; /* no room yet */
		else if (d->deadline < next)
			next = d->deadline;
		at = &d->next;
	}
	return next;
}

bool
idp_documents_answer(struct idp *idp, const struct idp_answer *a)
{
	struct idp_document **at = &idp->documents;
	struct fg_err err = { .rc = FG_OK };

	while (*at != NULL && (*at)->request != a->id)
		at = &(*at)->next;
	if (*at == NULL || a->id == 0)
		return false;
	if (a->part == IDP_PART_DATA) {
		fg_buf_put(&(*at)->body, a->data);
		return true;
	}
	if (a->outcome != IDP_OUT_OK)
		(void)fg_fail(&err, FG_E_IDP, "idp.fetch", NULL, "%s, status %u", idp_outcome_text(a->outcome), a->status);
	else if ((*at)->body.bad != FG_OK)
		(void)fg_fail(&err, FG_E_LIMIT, "idp.fetch", NULL, "document is too large");
	end(idp, at, a->max_age, err.rc == FG_OK ? NULL : &err);
	return true;
}

void
idp_documents_end(struct idp *idp)
{
	struct fg_err err = { .rc = FG_OK };

	(void)fg_fail(&err, FG_E_UNAVAILABLE, "idp.fetch.link", NULL, "it ends");
	take_asked(idp);
	while (idp->documents != NULL)
		end(idp, &idp->documents, -1, &err);
}
