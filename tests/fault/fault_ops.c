/* The nth allocation fails, over gateway/ops. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/ops/ops.h"
#include "tests/fault/fault.h"

static enum fg_rc
seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH], struct fg_err *reterr)
{
	(void)app;
	(void)reterr;
	memset(ret, chain[0], AUDIT_HASH);
	return FG_OK;
}

static enum fg_rc
sign(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr)
{
	(void)app;
	(void)text;
	(void)reterr;
	memset(ret, 7, AUDIT_SIG);
	return FG_OK;
}

static enum fg_rc
post(void *app, unsigned worker, void *batch)
{
	(void)app;
	(void)worker;
	(void)batch;
	return FG_E_UNAVAILABLE;
}

/* Open on what an earlier run left, put two records, close. */
static enum fg_rc
audit_scenario(void *arg, struct fg_err *reterr)
{
	struct audit_config c = { .path = arg, .workers = 2, .key = 1, .now = 1795359000, .seed = seed, .sign = sign,
		.post = post };
	struct audit_record r = { .time = 1795359000, .name = FG_LIT("X") };
	struct audit *a;
	enum fg_rc rc;

	FG_TRY(audit_open(&c, &a, reterr));
	rc = audit_put(audit_worker(a, 0), &r, NULL, NULL, reterr);
	if (rc == FG_OK)
		rc = audit_shared(a, &r, reterr);
	if (rc != FG_OK) {
		(void)audit_close(a, NULL, NULL);
		return rc;
	}
	return audit_close(a, NULL, reterr);
}

static enum fg_rc
verify_scenario(void *arg, struct fg_err *reterr)
{
	struct audit_verify_config c = { .app = NULL };
	FG_AUTO(audit_verify_freep) struct audit_verify *v = NULL;
	struct audit_verified got;

	FG_TRY(audit_verify_new(&c, &v, reterr));
	FG_TRY(audit_verify_file(v, arg, reterr));
	return audit_verify_end(v, &got, reterr);
}

static enum fg_rc
metrics_scenario(void *arg, struct fg_err *reterr)
{
	static const char *const actions[] = { "A", "B" };
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1u << 20);
	struct metrics *m;
	struct fg_str page;
	enum fg_rc rc;

	(void)arg;
	FG_TRY(metrics_new(actions, 2, 3, &m, reterr));
	metric_request(metrics_worker(m, 1), 1, FG_OK, 5);
	metrics_text(m, &b);
	rc = fg_buf_end(&b, &page);
	metrics_free(m);
	return rc;
}

static enum fg_rc
budget_scenario(void *arg, struct fg_err *reterr)
{
	struct budget_config c = { .key = { 1, 2 } };
	struct budget *b;

	(void)arg;
	FG_TRY(budget_new(&c, &b, reterr));
	budget_free(b);
	return FG_OK;
}

int
main(void)
{
	char folder[] = "/tmp/fedgate-fault-XXXXXX", path[64];
	int audit, verify, metrics, budget;

	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/audit", folder);
	audit = fault_run("audit", audit_scenario, path);
	verify = fault_run("verify", verify_scenario, path);
	metrics = fault_run("metrics", metrics_scenario, NULL);
	budget = fault_run("budget", budget_scenario, NULL);
	(void)unlink(path);
	(void)rmdir(folder);
	printf("failed allocations survived: audit %d, verify %d, metrics %d, budget %d\n", audit, verify,
	    metrics, budget);
	return audit > 0 && verify > 0 && metrics > 0 && budget > 0 ? 0 : 1;
}
