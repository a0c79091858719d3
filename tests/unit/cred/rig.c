/* tests/unit/cred/rig.c - see rig.h. */
#include "tests/unit/cred/rig.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static fg_time
rig_clock(void *arg)
{
	return ((struct rig *)arg)->now;
}

void
rig_refresh(struct rig *r)
{
	struct fg_err err = { 0 };

	cred_keys_unref(r->k);
	r->k = NULL;
	CU_ASSERT_FATAL(cred_client_keys(r->c, r->rows, r->n, r->now, &r->k, &err) == FG_OK);
}

void
rig_open(struct rig *r)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	struct fg_err err = { 0 };

	memset(r, 0, sizeof(*r));
	r->now = RIG_NOW;
	CU_ASSERT_FATAL(cred_ring_new(RIG_NOW - 86400, &r->ring, &err) == FG_OK);
	r->n = cred_ring_list(r->ring, e);
	for (size_t i = 0; i < r->n; i++)
		r->rows[i] = cred_key_row_of(&e[i], CRED_STATE_SEALING, RIG_NOW - 86400);
	CU_ASSERT_FATAL(cred_client_local(r->ring, &r->c, &err) == FG_OK);
	client_server(r->c)->now = rig_clock;
	client_server(r->c)->now_arg = r;
	CU_ASSERT_FATAL(cred_worker_new(NULL, NULL, &r->w, &err) == FG_OK);
	rig_refresh(r);
}

void
rig_close(struct rig *r)
{
	cred_keys_unref(r->k);
	cred_worker_free(r->w);
	cred_client_close(r->c);
}

uint32_t
rig_key(const struct rig *r, enum cred_class cls)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].cls == cls)
			return r->rows[i].id;
	return 0;
}

struct cred_session
rig_session(const struct rig *r)
{
	return (struct cred_session){
		.kind = CRED_KIND_ROLE,
		.issued = r->now,
		.expires = r->now + 3600,
		.account = FG_LIT(RIG_ACCOUNT),
		.principal = FG_LIT(RIG_ROLE),
		.name = FG_LIT("ci-run-42"),
		.method = CRED_METHOD_OIDC,
		.provider = FG_LIT("arn:aws:iam::111122223333:oidc-provider/token.example.com"),
		.issuer = FG_LIT("https://token.example.com"),
		.subject = FG_LIT("repo:octo/hello:ref:refs/heads/main"),
		.origin = r->now,
	};
}

void
rig_mint(struct rig *r, const struct cred_session *s, struct cred_minted *ret)
{
	struct fg_err err = { 0 };

	CU_ASSERT_FATAL(cred_mint(r->w, r->k, s, ret, &err) == FG_OK);
}

enum fg_rc
rig_open_token(struct rig *r, const struct cred_minted *m, fg_time now, struct cred_opened *ret,
    struct fg_err *reterr)
{
	return cred_open(r->w, r->k, fg_str_z(m->access_key_id), fg_str(m->token, m->token_n), now,
	    ret, reterr);
}

void
rig_folder(char path[64])
{
	(void)snprintf(path, 64, "/tmp/fedgate-cred-XXXXXX");
	CU_ASSERT_FATAL(mkdtemp(path) != NULL);
}

static int
gone(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

void
rig_folder_gone(const char *path)
{
	CHECK(nftw(path, gone, 8, FTW_DEPTH | FTW_PHYS) == 0);
}
