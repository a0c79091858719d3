# Measurements.  A program takes $(BENCH_SOURCES) (and $(BENCH_HTTP), with $(SSL_LIBS), for what
# goes over HTTP) among its sources; its name goes to EXTRA_PROGRAMS and, in its area's fragment, to BENCH.
# `make bench` runs them one after the other and joins their rows to bench.json.
BENCH += tests/bench/bench_front
EXTRA_PROGRAMS += tests/bench/bench_front
tests_bench_bench_front_SOURCES = $(BENCH_SOURCES) $(BENCH_HTTP) %D%/bench/bench_front.c %D%/tls/cert.c %D%/tls/cert.h
tests_bench_bench_front_LDADD = gateway/front/libfront.a base/libbase.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)

# The whole program, as an operator runs it.
BENCH += tests/bench/bench_gateway
EXTRA_PROGRAMS += tests/bench/bench_gateway
tests_bench_bench_gateway_SOURCES = $(BENCH_SOURCES) $(BENCH_HTTP) %D%/bench/bench_gateway.c \
	%D%/bench/gateway.c %D%/bench/gateway.h %D%/bench/token.c %D%/bench/token.h %D%/tls/cert.c %D%/tls/cert.h
tests_bench_bench_gateway_LDADD = base/libbase.a $(SSL_LIBS) $(CRYPTO_LIBS)

# Beside many roles.
BENCH += tests/bench/bench_roles
EXTRA_PROGRAMS += tests/bench/bench_roles
tests_bench_bench_roles_SOURCES = $(BENCH_SOURCES) $(BENCH_HTTP) %D%/bench/bench_roles.c \
	%D%/bench/gateway.c %D%/bench/gateway.h %D%/bench/token.c %D%/bench/token.h %D%/tls/cert.c %D%/tls/cert.h
tests_bench_bench_roles_LDADD = base/libbase.a $(SSL_LIBS) $(CRYPTO_LIBS)

CLEANFILES += bench.rows bench.json $(BENCH)

.PHONY: bench
bench: fedgate$(EXEEXT) $(BENCH)
	@rm -f bench.rows
	@set -e; for b in $(BENCH); do BENCH_ROWS=bench.rows srcdir='$(srcdir)' builddir='$(builddir)' ./$$b; done
	@{ echo '['; sed '$$!s/$$/,/' bench.rows; echo ']'; } > bench.json.new && mv bench.json.new bench.json
	@rm -f bench.rows; echo "written: bench.json"
