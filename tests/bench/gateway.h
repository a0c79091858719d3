/*
 * tests/bench/gateway.h - a whole fedgate, in a folder of its own, for measuring.
 *
 * Shape:    gateway_start() makes store and ring, applies a bundle and starts `fedgate
 *           serve` with a plain and a TLS listener; the processes are measured from outside.
 * Owns:     the folder and the processes, until gateway_stop().
 */
#ifndef TESTS_BENCH_GATEWAY_H
#define TESTS_BENCH_GATEWAY_H

#include <sys/types.h>

#include "tests/bench/bench.h"

struct gateway {
	char dir[64];
	pid_t pid; /* of the supervisor */
	pid_t all[16]; /* it and all below it */
	size_t n_all;
	uint16_t port, port_tls;
	double start_us; /* from the command to the listening sockets */
	char key_id[64], secret[80]; /* of the administrator */
};

/* Ends the process with a message when it cannot. */
void gateway_make(struct gateway *g, struct fg_str chain_pem, struct fg_str key_pem);
void gateway_apply(struct gateway *g, struct fg_str bundle); /* made, not yet serving; more than once */
void gateway_serve(struct gateway *g);
/* All three. */
void gateway_start(struct gateway *g, struct fg_str bundle, struct fg_str chain_pem, struct fg_str key_pem);
void gateway_stop(struct gateway *g);
void gateway_cpus(const struct gateway *g, struct bench_cpus *ret);
long gateway_rss_kb(const struct gateway *g);

#endif
