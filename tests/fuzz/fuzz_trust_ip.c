/*
 * Target: IpAddress - lines: the caller's address, then prefixes.  The sorted, disjoint list of a
 * compiled condition holds the address when one of the prefixes does.
 */
#include "tests/fuzz/fuzz.h"
#include "trust/program_int.h"

#define PREFIXES 64

/* One statement with all prefixes as its values. */
static struct trust_program *
compile(struct fg_str rest, bool *ret_any, const struct fg_ip *ip)
{
	struct trust_compile how = { .kind = TRUST_IDENTITY };
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_POLICY_BYTES);
	struct trust_program *p = NULL;
	struct fg_str line, doc;
	struct fg_cidr c;
	bool more = true;

	fg_buf_put(&b, FG_LIT("{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\","
			      "\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":["));
	for (unsigned i = 0; more && i < PREFIXES; i++) {
		more = fg_cut(rest, '\n', &line, &rest);
		if (!fg_cidr_parse(line, &c))
			continue;
		*ret_any |= fg_cidr_has(&c, ip);
		fg_buf_json_str(&b, line);
		fg_buf_putc(&b, ',');
	}
	fg_buf_put(&b, FG_LIT("\"192.0.2.1\"]}}}}"));
	FUZZ_ASSERT(fg_buf_end(&b, &doc) == FG_OK);
	FUZZ_ASSERT(trust_compile(doc, &how, &p, NULL, NULL) == FG_OK);
	return p;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trust_ctx *ctx;
	struct fg_str first, rest = FG_LIT("");
	struct trust_program *p;
	struct trust_env env;
	struct fg_ip ip;
	bool any = false;

	if (ctx == NULL)
		ctx = trust_ctx_new();
	FUZZ_ASSERT(ctx != NULL);
	(void)fg_cut(fg_str(data, size), '\n', &first, &rest);
	if (!fg_ip_parse(first, &ip) || size > 16384)
		return 0;
	trust_ctx_reset(ctx);
	FUZZ_ASSERT(trust_any_one(ctx, FG_LIT("aws:SourceIp"), first, NULL) == FG_OK);
	any = fg_eq(first, FG_LIT("192.0.2.1"));
	p = compile(rest, &any, &ip);
	env = trust_env_begin(ctx);
	env.program = p;
	FUZZ_ASSERT(trust_test_eval(&p->line[0].test[0], &env) == (any ? TRUST_YES : TRUST_NO));
	if (any)
		FUZZ_ACCEPTED();
	trust_free(p);
	return 0;
}
