/* gateway/ops/verify.c: what an attacker can do to a file is found. */
#include <stdio.h>

#include "tests/unit/ops/tests.h"

#define RECORDS 40

struct log {
	struct bench b;
	struct fg_arena *a;
	struct fg_str text;
	struct fg_str line[RECORDS * 2];
	size_t n;
	const char *path[1];
};

static void
log_begin(struct log *l)
{
	struct fg_err e = { 0 };
	struct fg_str rest, line;

	bench_begin(&l->b);
	l->a = fg_arena_new(8u << 20);
	l->path[0] = l->b.path;
	CHECK_OK(bench_open(&l->b, &e));
	for (unsigned i = 0; i < RECORDS; i++)
		CHECK_OK(bench_put(&l->b, i % 2, i));
	bench_wait(&l->b, RECORDS);
	CHECK_OK(bench_close(&l->b));
	l->text = rest = bench_read(l->a, l->b.path);
	for (l->n = 0; l->n < FG_COUNT(l->line) && fg_cut(rest, '\n', &line, &rest); l->n++)
		l->line[l->n] = fg_str(line.p, line.n + 1);
	CHECK(l->n == RECORDS + 3 + 2);
}

static void
log_end(struct log *l)
{
	bench_end(&l->b);
	fg_arena_free(l->a);
}

/* The file made of those lines, in that order; skip leaves one out. */
static void
rewrite(struct log *l, const struct fg_str *line, size_t n, size_t skip)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4u << 20);
	struct fg_str whole = FG_STR_NULL;

	for (size_t i = 0; i < n; i++)
		if (i != skip)
			fg_buf_put(&b, line[i]);
	CHECK_OK(fg_buf_end(&b, &whole)); /* a log cut short by the test would prove nothing */
	bench_write(l->b.path, whole);
}

/* Refused with and without keys. */
static bool
refused(struct log *l, const uint8_t *head)
{
	struct audit_verified got;
	struct fg_err e;
	enum fg_rc with = bench_verify(&l->b, true, head, l->path, 1, &got, &e);
	enum fg_rc without = bench_verify(&l->b, false, head, l->path, 1, &got, &e);

	return with != FG_OK && without != FG_OK;
}

static void
the_log_as_written_is_accepted(void)
{
	struct log l;
	struct audit_verified got;
	struct fg_err e;

	log_begin(&l);
	CHECK_OK(bench_verify(&l.b, true, NULL, l.path, 1, &got, &e));
	CHECK(!got.anchored && got.records == RECORDS + 3);
	CHECK_OK(bench_verify(&l.b, true, l.b.marked.head, l.path, 1, &got, &e));
	CHECK(got.anchored);
	CHECK_OK(bench_verify(&l.b, false, l.b.marked.head, l.path, 1, &got, &e));
	log_end(&l);
}

static void
a_truncated_log_is_found_by_the_head(void)
{
	struct log l;
	struct audit_verified got;
	struct fg_err e;

	log_begin(&l);
	for (size_t keep = 0; keep < l.n; keep++) {
		rewrite(&l, l.line, keep, SIZE_MAX);
		CHECK(refused(&l, l.b.marked.head));
	}
	/* without a head it is unanchored: a cut behind a checkpoint cannot be seen, and is said so */
	rewrite(&l, l.line, l.n - 1, SIZE_MAX);
	CHECK_OK(bench_verify(&l.b, true, NULL, l.path, 1, &got, &e));
	CHECK(!got.anchored && got.uncovered > 0);
	log_end(&l);
}

static void
a_line_left_out_is_found(void)
{
	struct log l;

	log_begin(&l);
	for (size_t skip = 0; skip + 1 < l.n; skip++) {
		rewrite(&l, l.line, l.n, skip);
		CHECK(refused(&l, NULL));
	}
	log_end(&l);
}

/* Id of the chain that a line belongs to; null for a line of none. */
static struct fg_str
chain_of(struct fg_str line)
{
	static const char mark[] = "\"chain\":\"";
	const char *at = memmem(line.p, line.n, mark, sizeof(mark) - 1);
	size_t from = at == NULL ? 0 : (size_t)(at - line.p) + sizeof(mark) - 1;

	return at == NULL ? FG_STR_NULL : fg_sub(line, from, from + 2 * AUDIT_CHAIN_ID);
}

/* Of different chains two records may stand in either order: the log still says the same. */
static void
two_records_of_a_chain_that_change_places_are_found(void)
{
	struct log l;
	size_t pairs = 0;

	log_begin(&l);
	for (size_t i = 0; i < l.n; i++) {
		for (size_t k = i + 1; k < l.n; k++) {
			struct fg_str order[RECORDS * 2], chain = chain_of(l.line[i]);

			if (fg_str_null(chain) || !fg_eq(chain, chain_of(l.line[k])))
				continue;
			memcpy(order, l.line, l.n * sizeof(order[0]));
			order[i] = l.line[k];
			order[k] = l.line[i];
			rewrite(&l, order, l.n, SIZE_MAX);
			CHECK(refused(&l, NULL));
			pairs++;
		}
	}
	CHECK(pairs > RECORDS);
	log_end(&l);
}

static void
a_line_repeated_or_moved_is_found(void)
{
	struct log l;
	struct fg_str order[RECORDS * 2];

	log_begin(&l);
	memcpy(order, l.line, l.n * sizeof(order[0]));
	order[6] = l.line[5];
	rewrite(&l, order, l.n, SIZE_MAX);
	CHECK(refused(&l, NULL));
	/* spliced: the tail of the log once more */
	memcpy(order, l.line, l.n * sizeof(order[0]));
	order[l.n] = l.line[l.n - 2];
	rewrite(&l, order, l.n + 1, SIZE_MAX);
	CHECK(refused(&l, NULL));
	log_end(&l);
}

static void
every_changed_byte_is_found(void)
{
	struct log l;
	struct fg_str text;
	char *p;

	log_begin(&l);
	text = fg_arena_dup(l.a, l.text);
	p = (char *)text.p;
	for (size_t i = 0; i < text.n; i += 13) {
		p[i] ^= 1;
		bench_write(l.b.path, text);
		CHECK(refused(&l, NULL));
		p[i] ^= 1;
	}
	log_end(&l);
}

/* An attacker who writes a whole new log has neither MAC keys nor the signing key. */
static enum fg_rc
other_seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH], struct fg_err *reterr)
{
	FG_TRY(bench_seed(app, chain, ret, reterr));
	ret[0] ^= 1;
	return FG_OK;
}

static enum fg_rc
other_sign(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr)
{
	(void)app;
	(void)text;
	(void)reterr;
	memset(ret, 7, AUDIT_SIG);
	return FG_OK;
}

static void
a_log_rewritten_as_a_whole_is_found(void)
{
	struct audit_verified got;
	struct fg_err e = { 0 };
	struct bench b;
	const char *path[1];
	uint8_t head[AUDIT_HASH] = { 1 };

	bench_begin(&b);
	path[0] = b.path;
	b.conf.seed = other_seed;
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_close(&b));
	CHECK_RC(bench_verify(&b, true, NULL, path, 1, &got, &e), FG_E_SIGNATURE);
	CHECK_STEP(e, "audit.chain.mac");
	CHECK_RC(bench_verify(&b, false, head, path, 1, &got, &e), FG_E_SIGNATURE);
	CHECK_STEP(e, "audit.head");
	bench_end(&b);
	bench_begin(&b);
	path[0] = b.path;
	b.conf.sign = other_sign;
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_close(&b));
	CHECK_RC(bench_verify(&b, false, NULL, path, 1, &got, &e), FG_E_SIGNATURE);
	CHECK_STEP(e, "audit.checkpoint.signature");
	bench_end(&b);
	bench_begin(&b);
	path[0] = b.path;
	b.sign_fails = true; /* unsigned throughout */
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_close(&b));
	CHECK_RC(bench_verify(&b, true, NULL, path, 1, &got, &e), FG_E_SIGNATURE);
	bench_end(&b);
}

static void
a_deleted_file_is_found(void)
{
	struct audit_verified got;
	struct fg_err e = { 0 };
	struct bench b;
	struct audit_mark first;
	struct audit_verify_config c = { 0 };
	FG_AUTO(audit_verify_freep) struct audit_verify *v = NULL;
	char third[128];
	const char *all[3] = { b.old, third, b.path };
	const char *gap[2] = { b.old, b.path };

	bench_begin(&b);
	(void)snprintf(third, sizeof(third), "%s.2", b.path);
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_close(&b));
	first = b.marked;
	CHECK(rename(b.path, b.old) == 0);
	b.conf.mark = b.marked;
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_close(&b));
	CHECK(rename(b.path, third) == 0);
	b.conf.mark = b.marked;
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_close(&b));
	CHECK_OK(bench_verify(&b, true, b.marked.head, all, 3, &got, &e));
	CHECK_RC(bench_verify(&b, true, NULL, gap, 2, &got, &e), FG_E_SIGNATURE);
	CHECK_STEP(e, "audit.checkpoint.prev");
	CHECK_RC(bench_verify(&b, true, NULL, all + 1, 2, &got, &e), FG_E_SIGNATURE);
	CHECK_STEP(e, "audit.start");
	CHECK_RC(bench_verify(&b, true, b.marked.head, all, 2, &got, &e), FG_E_SIGNATURE);
	CHECK_STEP(e, "audit.head");
	/* the oldest one was thrown away on purpose, and what it ended with is known */
	c.from = first.head;
	CHECK_OK(audit_verify_new(&c, &v, &e));
	CHECK_OK(audit_verify_file(v, third, &e));
	CHECK_OK(audit_verify_file(v, b.path, &e));
	CHECK_OK(audit_verify_end(v, &got, &e));
	bench_end(&b);
}

static void
a_request_is_found_by_its_id(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf out = FG_BUF(1u << 20);
	struct log l;

	log_begin(&l);
	CHECK(audit_find(l.b.path, FG_LIT("req-7"), &out));
	CHECK(out.n > 0 && fg_find(fg_buf_str(&out), '\n') == out.n - 1);
	CHECK(memmem(out.p, out.n, "\"requestID\":\"req-7\"", 19) != NULL);
	fg_buf_reset(&out);
	CHECK(audit_find(l.b.path, FG_LIT("req-777"), &out) && out.n == 0);
	CHECK(!audit_find("/nonexistent/file", FG_LIT("x"), &out));
	log_end(&l);
}

/* Each of these is no line of ours, whatever its MAC or signature would say. */
static void
malformed_lines_are_refused(void)
{
#define HEX32 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX16 "00112233445566778899aabbccddeeff"
#define CP(n, prev, event, chains, rec, sig)                                                     \
	"{\"checkpoint\":{\"n\":" n ",\"event\":" event ",\"prev\":\"" prev "\",\"key\":\"00000001\"," \
	"\"chains\":" chains ",\"recovered\":" rec "},\"sig\":" sig "}\n"
	static const char *const table[] = {
		"\n", "[]\n", "{}\n", "null\n", "{\"additionalEventData\":[]}\n", "{\"checkpoint\":1,\"sig\":null}\n",
		"{\"additionalEventData\":{\"chain\":\"" HEX16 "\",\"seq\":0,\"prev\":\"" HEX32 "\"}}\n",
		"{\"additionalEventData\":{\"chain\":\"00\",\"seq\":0,\"prev\":\"" HEX32 "\",\"mac\":\"" HEX32 "\"}}\n",
		"{\"additionalEventData\":{\"chain\":7,\"seq\":0,\"prev\":\"" HEX32 "\",\"mac\":\"" HEX32 "\"}}\n",
		"{\"additionalEventData\":{\"chain\":\"" HEX16 "\",\"seq\":-1,\"prev\":\"" HEX32 "\",\"mac\":\"" HEX32 "\"}}\n",
		"{\"additionalEventData\":{\"key\":\"1\",\"chain\":\"" HEX16 "\",\"seq\":0,\"prev\":\"" HEX32 "\",\"mac\":\"" HEX32 "\"}}\n",
		"{\"additionalEventData\":{\"mac\":\"" HEX32 "\",\"chain\":\"" HEX16 "\",\"seq\":0,\"prev\":\"" HEX32 "\"}}\n",
		CP("x", HEX32, "\"open\"", "[]", "[]", "null"),
		CP("1", "00", "\"open\"", "[]", "[]", "null"),
		CP("1", HEX32, "1", "[]", "[]", "null"),
		CP("1", HEX32, "\"open\"", "{}", "[]", "null"),
		CP("1", HEX32, "\"open\"", "[]", "null", "null"),
		CP("1", HEX32, "\"open\"", "[1]", "[]", "null"),
		CP("1", HEX32, "\"open\"", "[{\"chain\":\"" HEX16 "\",\"head\":\"" HEX32 "\"}]", "[]", "null"),
		CP("1", HEX32, "\"open\"", "[]", "[]", "\"AA==\""),
		CP("1", HEX32, "\"open\"", "[]", "[]", "7"),
	};
	struct audit_verified got;
	struct fg_err e;
	struct bench b;
	const char *path[1];

	bench_begin(&b);
	path[0] = b.path;
	for (size_t i = 0; i < FG_COUNT(table); i++) {
		bench_write(b.path, fg_str_z(table[i]));
		CHECK_RC(bench_verify(&b, false, NULL, path, 1, &got, &e), FG_E_SYNTAX);
		e = (struct fg_err){ 0 };
		CHECK(bench_open(&b, &e) == FG_E_CONFLICT);
	}
	bench_end(&b);
}

static CU_TestInfo cases[] = {
	CASE(the_log_as_written_is_accepted),
	CASE(a_truncated_log_is_found_by_the_head),
	CASE(a_line_left_out_is_found),
	CASE(two_records_of_a_chain_that_change_places_are_found),
	CASE(a_line_repeated_or_moved_is_found),
	CASE(every_changed_byte_is_found),
	CASE(a_log_rewritten_as_a_whole_is_found),
	CASE(a_deleted_file_is_found),
	CASE(a_request_is_found_by_its_id),
	CASE(malformed_lines_are_refused),
	CASES_END,
};

CU_SuiteInfo
verify_suite(void)
{
	return (CU_SuiteInfo)SUITE("gateway/ops/verify.c", cases);
}
