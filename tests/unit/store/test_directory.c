/*
 * tests/unit/store/test_directory.c - entities from rows, look-ups, replacement, quarantine.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "gateway/directory/directory.h"
#include "tests/unit/store/fixture.h"
#include "tests/unit/store/trust_double.h"

#define ROLE1 FG_LIT("AROA11110000000000001")
#define USER1 FG_LIT("AIDA00000000000000001")
#define GROUP1 FG_LIT("AGPA00000000000000001")
#define POLICY1 FG_LIT("ANPA00000000000000001")
#define POLICY_ARN FG_LIT("arn:aws:iam::111122223333:policy/p/read")

struct world {
	struct box box;
	struct store *st;
	struct directory *d;
};

static void
world_open(struct world *w, unsigned flags)
{
	const struct store_opts o = box_opts(&w->box, flags);

	w->st = NULL;
	w->d = NULL;
	CHECK_OK(store_open(&o, &w->st, &w->box.err));
	CHECK_OK(directory_new(&w->d, &w->box.err));
	CHECK_OK(directory_load(w->d, w->st, &w->box.err));
}

static void
world_close(struct world *w)
{
	directory_free(w->d);
	store_close(w->st);
}

static enum fg_rc
put(struct world *w, enum store_kind kind, const void *row)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	fg_err_clear(&w->box.err);
	FG_TRY(store_begin(w->st, &tx, &w->box.err));
	FG_TRY(store_put(tx, kind, row, &w->box.err));
	return store_commit(FG_STEAL(tx), &w->box.err);
}

static enum fg_rc
drop(struct world *w, enum store_kind kind, const void *row)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	fg_err_clear(&w->box.err);
	FG_TRY(store_begin(w->st, &tx, &w->box.err));
	FG_TRY(store_delete(tx, kind, row, &w->box.err));
	return store_commit(FG_STEAL(tx), &w->box.err);
}

static struct fg_str
list2(struct box *b, struct fg_str x, struct fg_str y)
{
	struct fg_buf buf = FG_BUF_ARENA(b->arena, 1024);
	struct fg_str s = FG_LIT("");

	store_list_put(&buf, x);
	store_list_put(&buf, y);
	CHECK_OK(fg_buf_end(&buf, &s));
	return s;
}

static void
people(struct world *w)
{
	const struct store_user u = { .account = A1, .uid = USER1, .name = FG_LIT("alice"),
		.path = FG_LIT("/x/"), .boundary = FG_LIT("arn:b"),
		.tags = list2(&w->box, FG_LIT("team"), FG_LIT("ml")), .created = NOW };
	const struct store_group g = { .account = A1, .uid = GROUP1, .name = FG_LIT("g"),
		.path = FG_LIT("/"), .created = NOW };
	const struct store_member m = { .account = A1, .user = USER1, .group = GROUP1 };
	const struct store_key k = { .account = A1, .id = FG_LIT("AKIA1"), .user = USER1,
		.secret = FG_LIT("wrapped"), .state = STORE_ACTIVE, .created = NOW };
	const struct store_inline i = { .account = A1, .owner = USER1, .name = FG_LIT("in"),
		.document = FG_LIT("{}") };
	const struct store_attachment a = { .account = A1, .owner = USER1, .policy = POLICY_ARN };

	CHECK_OK(put(w, STORE_USER, &u));
	CHECK_OK(put(w, STORE_GROUP, &g));
	CHECK_OK(put(w, STORE_MEMBER, &m));
	CHECK_OK(put(w, STORE_KEY, &k));
	CHECK_OK(put(w, STORE_INLINE, &i));
	CHECK_OK(put(w, STORE_ATTACHMENT, &a));
}

static void
policy(struct world *w, int64_t chosen)
{
	const struct store_policy p = { .account = A1, .uid = POLICY1, .name = FG_LIT("read"),
		.path = FG_LIT("/p/"), .description = FG_LIT("d"), .tags = FG_LIT(""),
		.version = chosen, .last = 2, .created = NOW, .updated = NOW };
	const struct store_version v1 = { A1, POLICY1, 1, FG_LIT("{\"v\":1}"), NOW };
	const struct store_version v2 = { A1, POLICY1, 2, FG_LIT("{\"v\":2}"), NOW };

	CHECK_OK(put(w, STORE_POLICY, &p));
	CHECK_OK(put(w, STORE_VERSION, &v2));
	CHECK_OK(put(w, STORE_VERSION, &v1));
}

/* Policies that AWS manages lie in an account without a row, and serve all the same. */
static void
managed_policies_need_no_account_row(void)
{
	const struct fg_str aws = FG_LIT("aws");
	const struct store_policy p = { .account = aws, .uid = POLICY1, .name = FG_LIT("AdministratorAccess"),
		.path = FG_LIT("/"), .description = FG_LIT("d"), .tags = FG_LIT(""), .version = 1, .last = 1,
		.created = NOW, .updated = NOW };
	const struct store_version v = { aws, POLICY1, 1, FG_LIT("{\"v\":1}"), NOW };
	const struct directory_policy *got;
	struct world w;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(put(&w, STORE_POLICY, &p));
	CHECK_OK(put(&w, STORE_VERSION, &v));
	for (int i = 0; i < 2; i++) {
		directory_enter();
		got = directory_policy_find(w.d, FG_LIT("arn:aws:iam::aws:policy/AdministratorAccess"));
		CHECK(got != NULL && !got->quarantined && got->document != NULL);
		directory_leave();
		world_close(&w);
		if (i == 0)
			world_open(&w, 0);
	}
	directory_thread_leave();
	box_close(&w.box);
}

static void
check_people(struct world *w)
{
	const struct directory_user *u;
	const struct directory_key *k;

	directory_enter();
	u = directory_user_by_arn(w->d, FG_LIT("arn:aws:iam::111122223333:user/x/alice"));
	CHECK(u != NULL && u == directory_user_by_uid(w->d, USER1));
	CHECK(u != NULL && u == directory_user_find(w->d, A1, FG_LIT("alice")));
	CHECK(directory_user_by_arn(w->d, FG_LIT("arn:aws:iam::111122223333:user/alice")) == NULL);
	CHECK(directory_user_find(w->d, A2, FG_LIT("alice")) == NULL);
	if (u != NULL) {
		CHECK(!u->quarantined);
		CHECK(u->ngroups == 1 && fg_eq(u->groups[0], GROUP1));
		CHECK(u->nkeys == 1 && fg_eq(u->keys[0], FG_LIT("AKIA1")));
		CHECK(u->ntags == 1 && fg_eq(u->tags[0].value, FG_LIT("ml")));
		CHECK(u->grants.nattached == 1 && u->grants.ninlines == 1);
		CHECK_STR(u->grants.inlines[0].name, "in");
		CHECK_STR(u->grants.boundary, "arn:b");
	}
	k = directory_key_find(w->d, FG_LIT("AKIA1"));
	CHECK(k != NULL && k->active && fg_eq(k->user, USER1) && fg_eq(k->secret, FG_LIT("wrapped")));
	CHECK(directory_uid_kind(w->d, GROUP1) == STORE_GROUP);
	directory_leave();
}

static void
a_commit_shows_at_once_and_after_a_restart(void)
{
	struct world w;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(fill(&w.box, w.st, A1, 2));
	people(&w);
	check_people(&w);
	world_close(&w);
	world_open(&w, 0);
	check_people(&w);
	CHECK(directory_stats(w.d).roles == 2 && directory_stats(w.d).quarantined == 0);
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static void
managed_policies_have_versions(void)
{
	const struct store_version v1 = { .policy = POLICY1, .number = 1 };
	const struct directory_policy *p;
	struct world w;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(fill(&w.box, w.st, A1, 0));
	policy(&w, 2);
	directory_enter();
	p = directory_policy_find(w.d, POLICY_ARN);
	CHECK(p != NULL && p->nversions == 2 && p->versions[0].number == 1);
	CHECK(p != NULL && p->document == directory_policy_version(p, 2));
	CHECK(p != NULL && directory_program(p->document) != NULL);
	CHECK(directory_policy_find(w.d, FG_LIT("arn:aws:iam::111122223333:policy/read")) == NULL);
	directory_leave();
	policy(&w, 1);
	CHECK_OK(drop(&w, STORE_VERSION, &v1));
	directory_enter();
	p = directory_policy_find(w.d, POLICY_ARN);
	/* The default version is gone: there is no document, and the caller denies. */
	CHECK(p != NULL && p->nversions == 1 && p->document == NULL);
	CHECK(directory_program(NULL) == NULL);
	directory_leave();
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static void
identical_documents_share_one_program(void)
{
	struct world w;
	const struct directory_role *r[3];
	struct store_role row = row_role(A1, FG_LIT("AROA9"), FG_LIT("bound"));

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(fill(&w.box, w.st, A1, 2));
	row.bindings = list2(&w.box, FG_LIT("arn:aws:iam::1:user/u"), FG_LIT("AIDAX"));
	CHECK_OK(put(&w, STORE_ROLE, &row));
	double_compiled = 0;
	directory_enter();
	r[0] = directory_role_find(w.d, A1, FG_LIT("r0"));
	r[1] = directory_role_by_arn(w.d, FG_LIT("arn:aws:iam::111122223333:role/r1"));
	r[2] = directory_role_find(w.d, A1, FG_LIT("bound"));
	CHECK(r[0] != NULL && r[1] != NULL && r[2] != NULL);
	if (r[0] != NULL && r[1] != NULL && r[2] != NULL) {
		CHECK(r[0]->trust == r[1]->trust && r[0]->trust != r[2]->trust);
		CHECK(directory_program(r[0]->trust) == directory_program(r[1]->trust));
		CHECK(double_compiled == 1);
		/* Unbound principals match nobody. */
		CHECK_STR(double_bound(directory_program(r[0]->trust)), "");
		CHECK_STR(double_bound(directory_program(r[2]->trust)), "AIDAX");
	}
	directory_leave();
	row.trust = FG_LIT("bad");
	CHECK_OK(put(&w, STORE_ROLE, &row));
	directory_enter();
	r[2] = directory_role_find(w.d, A1, FG_LIT("bound"));
	double_compiled = 0;
	CHECK(directory_program(r[2]->trust) == NULL && directory_program(r[2]->trust) == NULL);
	CHECK(double_compiled == 1); /* the refusal is remembered */
	directory_leave();
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static void
renamed_and_deleted_entities_are_gone(void)
{
	struct store_role row = row_role(A1, ROLE1, FG_LIT("other"));
	struct world w;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(fill(&w.box, w.st, A1, 2));
	CHECK_OK(put(&w, STORE_ROLE, &row));
	directory_enter();
	CHECK(directory_role_find(w.d, A1, FG_LIT("r1")) == NULL);
	CHECK(directory_role_find(w.d, A1, FG_LIT("other")) != NULL);
	directory_leave();
	CHECK_OK(drop(&w, STORE_ROLE, &row));
	directory_enter();
	CHECK(directory_role_find(w.d, A1, FG_LIT("other")) == NULL);
	CHECK(directory_role_by_uid(w.d, ROLE1) == NULL);
	directory_leave();
	CHECK(directory_stats(w.d).roles == 1);
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static void
providers_are_found_by_arn_and_issuer(void)
{
	struct world w;
	const struct directory_oidc *o;
	struct store_oidc row = { .account = A1,
		.arn = FG_LIT("arn:aws:iam::111122223333:oidc-provider/ci.example/x"),
		.url = FG_LIT("https://ci.example/x"), .thumbprints = FG_LIT(""),
		.algorithms = FG_LIT(""), .jwks = FG_LIT("{}"), .ca = FG_LIT(""), .tags = FG_LIT(""),
		.flags = STORE_OIDC_UPLOADED, .generation = 3, .created = NOW };
	struct store_saml saml = { .account = A1, .arn = FG_LIT("arn:s"), .uid = FG_LIT("ASAM1"),
		.name = FG_LIT("s"), .metadata = FG_LIT("<x/>"), .url = FG_LIT(""),
		.allow = FG_LIT(""), .tags = FG_LIT("") };

	box_open(&w.box);
	row.client_ids = list2(&w.box, FG_LIT("a"), FG_LIT("b"));
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(fill(&w.box, w.st, A1, 0));
	CHECK_OK(put(&w, STORE_OIDC, &row));
	CHECK_OK(put(&w, STORE_SAML, &saml));
	directory_enter();
	o = directory_oidc_by_issuer(w.d, A1, FG_LIT("https://ci.example/x"));
	CHECK(o != NULL && o == directory_oidc_find(w.d, row.arn));
	CHECK(o != NULL && o->nclient_ids == 2 && o->generation == 3);
	CHECK(o != NULL && fg_eq(o->key_prefix, FG_LIT("ci.example/x")));
	CHECK(directory_oidc_by_issuer(w.d, A2, FG_LIT("https://ci.example/x")) == NULL);
	CHECK(directory_oidc_by_issuer(w.d, A1, FG_LIT("https://ci.example/x/")) == NULL);
	CHECK(directory_saml_by_uid(w.d, FG_LIT("ASAM1")) == directory_saml_find(w.d, saml.arn));
	CHECK(directory_saml_by_uid(w.d, FG_LIT("ASAM1")) != NULL);
	directory_leave();
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static bool
first_two(void *arg, enum store_kind kind, const void *entity)
{
	const struct directory_role *r = entity;
	unsigned *n = arg;

	CHECK(kind == STORE_ROLE);
	CHECK_EQ(r->name, *n == 0 ? FG_LIT("r1") : FG_LIT("r2"));
	return ++*n < 2;
}

static void
walks_are_in_order_and_start_where_told(void)
{
	struct world w;
	unsigned n = 0;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(fill(&w.box, w.st, A1, 5));
	CHECK_OK(fill(&w.box, w.st, A2, 5));
	directory_enter();
	CHECK_OK(directory_walk(w.d, STORE_ROLE, A1, FG_LIT("r0"), first_two, &n, &w.box.err));
	CHECK(n == 2);
	directory_leave();
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static void
cuts_and_settings_are_seen(void)
{
	const struct store_cut c = { FG_LIT(""), FG_LIT("role"), ROLE1, FG_LIT("why"), NOW, NOW + 9 };
	const struct store_setting s = { FG_LIT(""), FG_LIT("k"), FG_LIT("v") };
	const struct store_setting *got;
	struct world w;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(put(&w, STORE_CUT, &c));
	CHECK_OK(put(&w, STORE_SETTING, &s));
	directory_enter();
	CHECK(directory_cut(w.d, A1, FG_LIT("role"), ROLE1) == NOW);
	CHECK(directory_cut(w.d, A1, FG_LIT("user"), ROLE1) == INT64_MIN);
	got = directory_row_find(w.d, STORE_SETTING, FG_LIT("\nk"));
	CHECK(got != NULL && fg_eq(got->value, FG_LIT("v")));
	directory_leave();
	CHECK_OK(drop(&w, STORE_CUT, &c));
	directory_enter();
	CHECK(directory_cut(w.d, A1, FG_LIT("role"), ROLE1) == INT64_MIN);
	directory_leave();
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

/* Rule 19: what was changed behind the store's back is there and denies. */
static void
tampered_accounts_are_quarantined(void)
{
	const struct directory_role *r;
	const struct directory_user *u;
	struct world w;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(fill(&w.box, w.st, A1, 2));
	CHECK_OK(fill(&w.box, w.st, A2, 2));
	people(&w);
	world_close(&w);
	box_sql(&w.box, "UPDATE inline_policies SET document = '{\"x\":1}'");
	world_open(&w, 0);
	directory_enter();
	u = directory_user_find(w.d, A1, FG_LIT("alice"));
	CHECK(u != NULL && u->quarantined);
	r = directory_role_find(w.d, A1, FG_LIT("r0"));
	CHECK(r != NULL && r->quarantined);
	CHECK(directory_account_find(w.d, A1)->quarantined);
	r = directory_role_find(w.d, A2, FG_LIT("r0"));
	CHECK(r != NULL && !r->quarantined);
	directory_leave();
	world_close(&w);
	/* Recovered: the account serves, the user with the changed policy still denies. */
	CHECK_OK(box_store(&w.box, STORE_RECOVER, &w.st));
	CHECK_OK(store_recover(w.st, NOW, &w.box.err));
	store_close(w.st);
	world_open(&w, 0);
	directory_enter();
	u = directory_user_find(w.d, A1, FG_LIT("alice"));
	CHECK(u != NULL && u->quarantined);
	r = directory_role_find(w.d, A1, FG_LIT("r0"));
	CHECK(r != NULL && !r->quarantined);
	directory_leave();
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

/* ---- readers while a writer replaces ---- */
static atomic_bool stop;
static atomic_uint missed;

static void *
reader(void *arg)
{
	struct world *w = arg;

	directory_thread_join();
	while (!atomic_load(&stop)) {
		const struct directory_role *r;

		directory_enter();
		r = directory_role_by_uid(w->d, ROLE1);
		if (r == NULL || !fg_eq(r->account, A1) || directory_program(r->trust) == NULL)
			atomic_fetch_add(&missed, 1);
		directory_leave();
	}
	directory_thread_leave();
	return NULL;
}

static void
a_reader_always_finds_a_whole_entity(void)
{
	struct store_role row = row_role(A1, ROLE1, FG_LIT("r1"));
	struct world w;
	pthread_t t[2];

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	CHECK_OK(fill(&w.box, w.st, A1, 2));
	for (size_t i = 0; i < FG_COUNT(t); i++)
		CHECK(pthread_create(&t[i], NULL, reader, &w) == 0);
	for (unsigned i = 0; i < 100; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "{\"n\":%u}", i);
		row.trust = fg_str_z(text);
		CHECK_OK(put(&w, STORE_ROLE, &row));
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < FG_COUNT(t); i++)
		pthread_join(t[i], NULL);
	CHECK(atomic_load(&missed) == 0);
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static CU_TestInfo entities[] = {
	CASE(a_commit_shows_at_once_and_after_a_restart),
	CASE(managed_policies_have_versions),
	CASE(identical_documents_share_one_program),
	CASE(renamed_and_deleted_entities_are_gone),
	CASE(providers_are_found_by_arn_and_issuer),
	CASE(walks_are_in_order_and_start_where_told),
	CASE(cuts_and_settings_are_seen),
	CASE(managed_policies_need_no_account_row), CASE(tampered_accounts_are_quarantined),
	CASE(a_reader_always_finds_a_whole_entity), CASES_END };

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("directory", entities), SUITES_END };

	return unit_run(suites);
}
