/* The fetch process: one loop over its link and its transfers. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/idp/fetch_int.h"
#include "gateway/proc/proc.h"

static void
send_answer(struct fetch *f, const struct idp_answer *a)
{
	char room[IDP_DATA_BYTES + 64];
	struct fg_buf b = FG_BUF_FIXED(room);
	ssize_t rc;

	idp_answer_put(&b, a);
	/* lost when the gateway is gone or full: it has its own deadline */
	do
		rc = send(f->fd, b.p, b.n, MSG_NOSIGNAL);
	while (rc < 0 && errno == EINTR);
}

void
fetch_end(struct fetch *f, uint64_t id, enum idp_outcome outcome, long status, int32_t max_age)
{
	struct idp_answer end = { .id = id, .part = IDP_PART_END, .outcome = outcome,
		.status = (uint16_t)(status < 0 || status > 999 ? 0 : status), .max_age = max_age };

	send_answer(f, &end);
}

/* The body, in messages, and how it ended. */
static void
finish(struct fetch *f, struct transfer *t, CURLcode code)
{
	enum idp_outcome outcome = transfer_outcome(t, code);
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	for (size_t at = 0; outcome == IDP_OUT_OK && at < t->body.n; at += IDP_DATA_BYTES) {
		struct idp_answer part = { .id = t->req.id, .part = IDP_PART_DATA,
			.data = fg_sub(fg_buf_str(&t->body), at, at + IDP_DATA_BYTES) };

		send_answer(f, &part);
	}
	fetch_end(f, t->req.id, outcome, status, t->max_age);
	curl_multi_remove_handle(f->multi, t->easy);
	transfer_free(t);
	f->running--;
}

static void
begin(struct fetch *f, const struct idp_request *r)
{
	struct transfer *t;

	if (f->running >= FG_LIMIT_FETCH_AT_ONCE) {
		fetch_end(f, r->id, IDP_OUT_BUSY, 0, -1);
		return;
	}
	t = transfer_new(f, r);
	if (t == NULL) {
		fetch_end(f, r->id, IDP_OUT_URL, 0, -1);
		return;
	}
	if (curl_multi_add_handle(f->multi, t->easy) != CURLM_OK) {
		transfer_free(t);
		fetch_end(f, r->id, IDP_OUT_BROKEN, 0, -1);
		return;
	}
	f->running++;
}

/* False when the link is closed. */
static bool
read_link(struct fetch *f)
{
	struct idp_request r;

	for (;;) {
		ssize_t n = recv(f->fd, f->msg, PROC_MSG_BYTES, MSG_DONTWAIT | MSG_TRUNC);

		if (n == 0)
			return false;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
		if ((size_t)n <= PROC_MSG_BYTES && idp_request_read(fg_str(f->msg, (size_t)n), &r))
			begin(f, &r);
	}
}

static void
collect(struct fetch *f)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(f->multi, &left)) != NULL) {
		CURLcode code = m->data.result;
		char *t = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		finish(f, (struct transfer *)(void *)t, code);
	}
}

static void
loop(struct fetch *f)
{
	struct curl_waitfd link = { .fd = f->fd, .events = CURL_WAIT_POLLIN };
	int running;

	for (;;) {
		if (curl_multi_perform(f->multi, &running) != CURLM_OK)
			return;
		collect(f);
		link.revents = 0;
		if (curl_multi_poll(f->multi, &link, 1, 1000, NULL) != CURLM_OK || !read_link(f))
			return;
	}
}

int
idp_fetch_run(int fd, const struct idp_policy *policy)
{
	struct fetch f = { .fd = fd, .policy = policy, .msg = malloc(PROC_MSG_BYTES), .multi = curl_multi_init() };

	if (f.msg != NULL && f.multi != NULL)
		loop(&f);
	/* what still runs goes with the process */
	curl_multi_cleanup(f.multi);
	free(f.msg);
	return 0;
}

static int
refuse(const struct fg_err *err)
{
	fprintf(stderr, "fedgate fetch: %s\n", err->text);
	return 1;
}

int
idp_fetch_main(const struct proc_child *c)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1024 * 1024);
	struct fg_err err = { .rc = FG_OK };
	struct idp_policy policy;
	int fd = proc_child_link(c, IDP_LINK);

	if (a == NULL || fd < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		(void)fg_fail(&err, FG_E_IO, "idp.fetch", NULL, "no link to the gateway");
		return refuse(&err);
	}
	if (idp_policy_parse(a, c->config, &policy, &err) != FG_OK ||
	    confine(PROC_CONFINE_FETCH, &err) != FG_OK || proc_child_ready(c, &err) != FG_OK)
		return refuse(&err);
	return idp_fetch_run(fd, &policy);
}
