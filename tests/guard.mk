# tests of guard: rules of the tree, and the proof that each of them can fail
GUARDS = tests/guard/banned.sh tests/guard/http-rules.sh tests/guard/includes.sh tests/guard/limits.sh tests/guard/metrics.sh tests/guard/man.sh \
	tests/guard/oidc-rules.sh tests/guard/security-rules.sh tests/guard/selftest.sh tests/guard/size.sh tests/guard/steps.sh tests/guard/tests.sh
TESTS += $(GUARDS)
EXTRA_DIST += $(GUARDS)
