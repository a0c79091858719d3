/*
 * Memory or the disk fails under every write action of IAM and of Organizations, at every place where it is
 * asked for: the answer is a failure of ours or a denial, the store holds all of the change or nothing of it,
 * the next identical call works, and what was granted is there when the process is killed.
 */
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/iam/query.h"
#include "gateway/org/org.h"
#include "gateway/store/store_int.h"
#include "tests/fault/disk.h"
#include "tests/fault/fault.h"
#include "tests/fault/writes.h"
#include "tests/unit/iam/ask.h"
#include "tests/unit/store/fixture.h"

#define ROWS_MAX 1024
#define RUNS_MAX 20000

/* ---- what the store holds ---- */

struct print {
	uint64_t key, content;
	unsigned kind;
	void *row; /* a copy */
};

struct prints {
	struct print v[ROWS_MAX];
	size_t n;
	struct fg_arena *arena;
};

static uint64_t
stir(uint64_t h, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ ((const unsigned char *)p)[i]) * 0x100000001b3u;
	return (h ^ n) * 0x100000001b3u;
}

static enum fg_rc
print_row(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	const struct store_desc *d = store_desc(kind);
	struct store_cell cell[STORE_COLUMNS_MAX] = { 0 };
	struct prints *to = arg;
	struct print p = { .kind = kind };

	p.row = fg_arena_alloc(to->arena, d->size);
	if (bad || to->n == ROWS_MAX || p.row == NULL)
		return fg_fail(reterr, FG_E_INTERNAL, "test", NULL, "a bad row, or too many");
	memcpy(p.row, row, d->size);
	FG_TRY(store_row_keep(d, to->arena, p.row, reterr));
	store_cells_of(d, row, cell);
	for (size_t i = 0; i < d->n; i++) {
		uint64_t *h = d->col[i].key ? &p.key : &p.content;

		*h = stir(stir(*h + i, cell[i].s.p, cell[i].s.n), &cell[i].i, sizeof(cell[i].i));
	}
	to->v[to->n++] = p;
	return FG_OK;
}

static int
by_key(const void *a, const void *b)
{
	const struct print *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->key == y->key ? 0 : x->key < y->key ? -1 : 1;
}

static void
print_all(struct store *st, struct prints *ret)
{
	struct store_tx *tx = NULL;
	struct fg_err err = { 0 };

	ret->n = 0;
	if (ret->arena == NULL)
		ret->arena = fg_arena_new(8u << 20);
	CU_ASSERT_FATAL(ret->arena != NULL);
	fg_arena_reset(ret->arena);
	CHECK_OK(store_begin(st, &tx, &err));
	for (unsigned k = STORE_NONE + 1; k < STORE_KIND_MAX; k++)
		CHECK_OK(store_scan(tx, (enum store_kind)k, NULL, FG_STR_NULL, print_row, ret, &err));
	store_rollback(tx);
	qsort(ret->v, ret->n, sizeof(ret->v[0]), by_key);
}

/* Rows that came, went and changed, by kind: ids are random, so two runs have no more in common. */
struct delta {
	unsigned came[STORE_KIND_MAX], went[STORE_KIND_MAX], changed[STORE_KIND_MAX];
};

static struct delta
delta(const struct prints *a, const struct prints *b)
{
	struct delta d;
	size_t i = 0, j = 0;

	memset(&d, 0, sizeof(d));
	while (i < a->n || j < b->n) {
		int c = i == a->n ? 1 : j == b->n ? -1 : by_key(&a->v[i], &b->v[j]);

		if (c < 0)
			d.went[a->v[i++].kind]++;
		else if (c > 0)
			d.came[b->v[j++].kind]++;
		else if (a->v[i++].content != b->v[j++].content)
			d.changed[b->v[j - 1].kind]++;
	}
	return d;
}

static bool
same(const struct delta *a, const struct delta *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Make the store what it was: cheaper than a new world. */
static void
undo(const struct prints *was, const struct prints *is)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct fg_err err = { 0 };
	size_t i = 0;

	CHECK_OK(store_begin(world.st, &tx, &err));
	for (size_t j = 0; j < is->n; j++) {
		while (i < was->n && by_key(&was->v[i], &is->v[j]) < 0)
			i++;
		if (i == was->n || by_key(&was->v[i], &is->v[j]) != 0)
			CHECK_OK(store_delete(tx, (enum store_kind)is->v[j].kind, is->v[j].row, &err));
	}
	for (i = 0; i < was->n; i++)
		CHECK_OK(store_put(tx, (enum store_kind)was->v[i].kind, was->v[i].row, &err));
	CHECK_OK(store_commit(FG_STEAL(tx), &err));
}

/* ---- one call ---- */

/* Codes of the device that was made last, around the second of the next call. */
static void
codes_make(void)
{
	static const char *const name[] = { "Code1", "Code2", "Code3" };
	struct fg_str seed32;
	unsigned char seed[40];

	if (write_word(FG_LIT("Base32StringSeed"))[0] == '\0')
		return;
	CHECK(fg_base64(world.a, fg_str_z(write_word(FG_LIT("Base32StringSeed"))), &seed32));
	CHECK(fg_base32_decode(seed32, seed, sizeof(seed)));
	for (size_t i = 0; i < FG_COUNT(name); i++) {
		char otp[7];

		CHECK(oath_hotp_generate((const char *)seed, sizeof(seed), (uint64_t)((world.now + 1) / 30) + i - 1, 6, false,
		    OATH_HOTP_DYNAMIC_TRUNCATION, otp) == OATH_OK);
		write_word_set(name[i], fg_str_z(otp));
	}
}

static void
heard(const struct reply *r, bool json)
{
	static const char *const told[] = { "AccessKeyId", "VersionId", "Id", "KeyId", "Base32StringSeed" };

	for (size_t i = 0; i < FG_COUNT(told); i++) {
		struct fg_str s = json ? world_member(r, told[i]) : world_xml(r, told[i]);

		if (s.n > 0)
			write_word_set(told[i], s);
	}
}

static struct reply
call(const char *line)
{
	const char *json = strstr(line, " {");
	struct fg_str text, action, body;

	codes_make();
	text = write_filled(line);
	if (json == NULL)
		return iam(&world.alice, text.p);
	CHECK(fg_cut(text, ' ', &action, &body)); /* of two words, and it ends with a zero */
	world.now++;
	return world_json(&world.alice, "organizations", fg_arena_fmt(world.a, "AWSOrganizationsV20161128.%.*s",
	    FG_PRI(action)).p, body.p, false);
}

/* A world in which the row's call succeeds. */
static void
ready(const struct write_row *row, struct prints *ret)
{
	const struct store_setting s = { .account = FG_LIT(""), .name = FG_LIT("organization.management"),
		.value = W_A1 };

	world_new();
	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}");
	wrap_key_seals();
	world_put(STORE_SETTING, &s);
	write_word_set("Base32StringSeed", FG_LIT(""));
	if (row->prepare != NULL)
		row->prepare();
	for (size_t i = 0; i < FG_COUNT(row->before) && row->before[i] != NULL; i++) {
		struct reply r = call(row->before[i]);

		CHECK_GRANTED(r);
		heard(&r, strstr(row->before[i], " {") != NULL);
		world.now += 60; /* a code is good once */
	}
	print_all(world.st, ret);
}

/* ---- what may come of a failure ---- */

static struct {
	void (*arm)(int kind, unsigned long n);
	bool (*disarm)(void);
	int kind;
	unsigned long n;
	bool fired;
} fault;

static void
before(void)
{
	fault.arm(fault.kind, fault.n);
}

static void
after(void)
{
	fault.fired = fault.disarm();
}

/* A failure of ours; 403: a policy that cannot be compiled now denies. */
static bool
clean(const struct reply *r, bool memory)
{
	return r->status == 500 || r->status == 503 ||
	    (memory && (fg_eq(r->code, FG_LIT("AccessDenied")) || fg_eq(r->code, FG_LIT("AccessDeniedException"))));
}

static bool
wrong(const struct write_row *row, const char *mode, const struct reply *r, const char *why)
{
	(void)fprintf(stderr, "%.60s: %s %lu: %s: %d %.*s (%s: %s)\n", row->call, mode, fault.n, why, r->status,
	    (int)r->code.n, r->code.p, r->err.step == NULL ? "" : r->err.step, r->err.text);
	return false;
}

/* All or nothing, and what was granted is all of it. */
static bool
judge(const struct write_row *row, const char *mode, const struct reply *r, const struct delta *got,
    const struct delta *whole, bool memory)
{
	static const struct delta nothing;
	bool all = same(got, whole), none = same(got, &nothing);

	if (r->status != 200 && !clean(r, memory))
		return wrong(row, mode, r, "became somebody else's fault");
	if (!all && !none)
		return wrong(row, mode, r, "half of the change is in the store");
	if (r->status == 200 && !(all && r->recorded))
		return wrong(row, mode, r, "granted and not done");
	if (r->status != 200 && (r->secret.n > 0 || !fg_str_null(world_xml(r, "Base32StringSeed"))))
		return wrong(row, mode, r, "a secret of a refusal");
	if (store_damaged(world.st, W_A1) || store_damaged(world.st, FG_LIT("")))
		return wrong(row, mode, r, "the store does not add up");
	return true;
}

static bool
same_rows(const struct prints *a, const struct prints *b)
{
	static const struct delta nothing;
	struct delta d = delta(a, b);

	return same(&d, &nothing);
}

/* A kill: what is on disk now, opened by another process's eyes. */
static bool
survives(void)
{
	static const char *const files[] = { "", "-wal", ".mark", "-claims", "-claims-wal" };
	static struct prints here, there;
	struct box other;
	struct store *st = NULL;
	struct fg_err err = { 0 };
	struct store_opts o;
	bool ok;

	print_all(world.st, &here);
	box_open(&other);
	for (size_t i = 0; i < FG_COUNT(files); i++) {
		char from[192];

		(void)snprintf(from, sizeof(from), "%s", box_file(world.box, files[i]));
		if (access(from, R_OK) == 0)
			box_copy(from, box_file(&other, files[i]));
	}
	o = box_opts(&other, 0);
	o.now = W_NOW;
	ok = store_open(&o, &st, &err) == FG_OK && store_load(st, NULL, NULL, &err) == FG_OK;
	if (ok) {
		print_all(st, &there);
		ok = same_rows(&here, &there);
	}
	store_close(st);
	box_close(&other);
	return ok;
}

/* A way to fail. */
struct mode {
	const char *name;
	void (*arm)(int kind, unsigned long n);
	bool (*disarm)(void);
	int kind;
	bool memory;
	unsigned rows; /* every so many-th row: what does not depend on the action */
};

static void
memory_arm(int kind, unsigned long n)
{
	fault_arm(n, (enum fault_kind)kind);
}

static void
disk_arm_kind(int kind, unsigned long n)
{
	disk_arm((enum disk_kind)kind, n);
}

static const struct mode modes[] = {
	{ "allocation", memory_arm, fault_disarm, FAULT_ONCE, true, 1 },
	{ "allocations from", memory_arm, fault_disarm, FAULT_EVERY, true, 1 },
	{ "statement", disk_arm_kind, disk_disarm, DISK_STEP, false, 1 },
	{ "busy statement", disk_arm_kind, disk_disarm, DISK_BUSY, false, 8 },
	{ "full disk from write", disk_arm_kind, disk_disarm, DISK_FULL, false, 8 },
	{ "write", disk_arm_kind, disk_disarm, DISK_WRITE, false, 8 },
	{ "sync", disk_arm_kind, disk_disarm, DISK_SYNC, false, 8 },
	{ "write of the mark", disk_arm_kind, disk_disarm, DISK_MARK, false, 8 },
};

/* The row's world, and what its call makes of it. */
struct course {
	const struct write_row *row;
	struct prints was, is;
	struct delta whole;
	bool dirty;
};

/* One call with the nth failing, or none; false: a rule was broken, or it is over. */
static bool
turn(struct course *o, const struct mode *m, bool plain, bool *ret_ok)
{
	static const struct delta nothing;
	struct delta got;
	struct reply r;

	if (o->dirty && !directory_stale(world.d)) {
		undo(&o->was, &o->is);
		print_all(world.st, &o->is);
		got = delta(&o->was, &o->is);
		o->dirty = !same(&got, &nothing);
	}
	if (o->dirty)
		ready(o->row, &o->was);
	fg_arena_reset(world.a);
	world.before = plain ? NULL : before;
	world.after = plain ? NULL : after;
	fault.fired = false;
	r = call(o->row->call);
	world.before = world.after = NULL;
	print_all(world.st, &o->is);
	got = delta(&o->was, &o->is);
	o->dirty = !same(&got, &nothing) || directory_stale(world.d);
	*ret_ok = judge(o->row, m->name, &r, &got, &o->whole, m->memory && fault.fired);
	if (*ret_ok && !fault.fired && r.status != 200)
		*ret_ok = wrong(o->row, m->name, &r, "does not work after failures");
	if (*ret_ok && !m->memory && r.status == 200 && !survives())
		*ret_ok = wrong(o->row, m->name, &r, "is not there after a kill");
	return *ret_ok && (fault.fired || plain);
}

/* The nth fails, for all n; then, and now and then between, the call works. */
static bool
run(struct course *o, const struct mode *m)
{
	unsigned long step = m->memory && o->row->step > 0 ? o->row->step : 1;
	bool ok = true;

	fault.arm = m->arm;
	fault.disarm = m->disarm;
	fault.kind = m->kind;
	/* what fails behind a commit is the directory's, whatever the action: some of it */
	for (fault.n = 0; fault.n < RUNS_MAX && turn(o, m, fault.n % (32 * step) == 31 * step, &ok);)
		fault.n += directory_stale(world.d) ? 7 * step : step;
	return ok && fault.n < RUNS_MAX;
}

static void
under(const struct write_row *v)
{
	static struct course o;
	struct reply r;

	for (unsigned n = 0; v[n].call != NULL; n++) {
		if (v[n].refused)
			continue;
		o.row = &v[n];
		ready(o.row, &o.was);
		r = call(o.row->call);
		CHECK(r.status == 200 || wrong(o.row, "nothing", &r, "fails by itself"));
		print_all(world.st, &o.is);
		o.whole = delta(&o.was, &o.is);
		o.dirty = true;
		for (size_t i = 0; i < FG_COUNT(modes) && r.status == 200; i++)
			if (n % modes[i].rows == 0)
				CHECK(run(&o, &modes[i]));
	}
}

static void
iam_writes_while_memory_or_the_disk_fails(void)
{
	world_new();
	write_texts();
	under(writes_iam);
}

static void
organizations_writes_while_memory_or_the_disk_fails(void)
{
	under(writes_org);
}

/* ---- nobody is left out ---- */

static bool
has_row(const struct write_row *v, struct fg_str action)
{
	for (; v->call != NULL; v++)
		if (fg_eq(fg_sub(fg_str_z(v->call), 0, strcspn(v->call, "& ")), action))
			return true;
	return false;
}

static void
every_write_action_has_a_row(void)
{
	const struct api_service *const services[] = { &api_iam, &api_organizations };
	const struct write_row *const rows[] = { writes_iam, writes_org };

	for (size_t s = 0; s < FG_COUNT(services); s++) {
		for (size_t i = 0; i < services[s]->n_action; i++) {
			const struct api_action *a = &services[s]->action[i];

			if ((a->flags & API_WRITES) != 0 && !has_row(rows[s], a->name)) {
				(void)fprintf(stderr, "no row for %.*s\n", FG_PRI(a->name));
				CU_FAIL("a write action has no row");
			}
		}
	}
}

static CU_TestInfo tests[] = {
	CASE(every_write_action_has_a_row),
	CASE(iam_writes_while_memory_or_the_disk_fails),
	CASE(organizations_writes_while_memory_or_the_disk_fails),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { { "write actions under failures", NULL, world_close, NULL, NULL, tests }, SUITES_END };

	if (access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 0);
	if (!disk_install())
		return 1;
	world_service = &api_iam;
	world_json_service = &api_organizations;
	return unit_run(suites);
}
