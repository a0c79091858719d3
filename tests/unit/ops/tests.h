/*
 * The suites of ops, and a bench for the audit log: a folder, injected keys, a queue for posts.
 */
#ifndef TESTS_UNIT_OPS_H
#define TESTS_UNIT_OPS_H

#include <pthread.h>

#include "gateway/ops/ops.h"
#include "tests/unit/unit.h"

CU_SuiteInfo record_suite(void);
CU_SuiteInfo audit_suite(void);
CU_SuiteInfo disk_suite(void);
CU_SuiteInfo verify_suite(void);
CU_SuiteInfo metrics_suite(void);
CU_SuiteInfo health_suite(void);
CU_SuiteInfo budget_suite(void);

#define BATCHES 4096

struct bench {
	char folder[64];
	char path[96];
	char old[96]; /* where rotation moves the file */
	struct audit *audit;
	struct audit_config conf;
	struct audit_mark marked;
	bool sign_fails;
	const uint8_t *from; /* of bench_verify */
	/* what was posted and not delivered yet */
	pthread_mutex_t lock;
	pthread_cond_t cond;
	void *batch[BATCHES];
	size_t n_batch;
	/* what came back */
	unsigned ok, failed;
};

void bench_begin(struct bench *b);
void bench_end(struct bench *b); /* closes what is open, removes the folder */
enum fg_rc bench_open(struct bench *b, struct fg_err *reterr);
enum fg_rc bench_close(struct bench *b);
/* A record whose request id is "req-N"; waits for nothing. */
enum fg_rc bench_put(struct bench *b, unsigned worker, unsigned n);
void bench_lag(struct bench *b, unsigned worker, unsigned n);
/* Deliver what comes until so many completions have run. */
void bench_wait(struct bench *b, unsigned completions);
struct audit_record bench_record(char id[32], unsigned n);
/* All of a file, in the arena; and back. */
struct fg_str bench_read(struct fg_arena *a, const char *path);
void bench_write(const char *path, struct fg_str s);
/* keys: with MACs; NULL head: unanchored. */
enum fg_rc bench_verify(struct bench *b, bool keys, const uint8_t *head, const char *const *path, size_t n,
    struct audit_verified *ret, struct fg_err *reterr);

enum fg_rc bench_seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH],
    struct fg_err *reterr);

#endif
