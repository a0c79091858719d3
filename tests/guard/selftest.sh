#!/bin/sh
# selftest.sh: a guard that has not been seen to fail is not a guard.  Each violation is planted alone in a small tree that
# passes without it, and the guard must refuse it and name the file.
set -u
guards=$(cd "$(dirname "$0")" && pwd)
top=$(mktemp -d "${TMPDIR:-/tmp}/fedgate-guard.XXXXXX") || exit 2
trap 'rm -rf "$top"' EXIT
failed=0 passed=0

clean_tree() {
	rm -rf "$top/t"
	mkdir -p "$top/t/base" "$top/t/saml" "$top/t/trust" "$top/t/gateway/ops" "$top/t/gateway/api" "$top/t/tests/unit/base" \
		"$top/t/tests/fuzz/corpus/x"
	cd "$top/t" || exit 2
	printf '#define FG_LIMIT_A 1 /* bytes */\n' >base/limits.h
	printf '#include "base/limits.h"\nint a(void);\nint\na(void)\n{\n\treturn FG_LIMIT_A; /* strcpy( in a comment, "goto x" in a string */\n}\n' >base/a.c
	printf '#include "base/limits.h"\n' >saml/saml.h
	printf '#include "base/limits.h"\n' >trust/trust.h
	printf '#include "base/limits.h"\n#include <openssl/evp.h>\n' >gateway/ops/ops.h
	printf '#include "gateway/ops/ops.h"\n' >gateway/ops/ops_int.h
	printf '/*\n * gateway/ops/row.h - a part of gateway/ops/ops.h: rows.\n */\n' >gateway/ops/row.h
	printf '#include "gateway/ops/ops.h"\n#include "saml/saml.h"\n' >gateway/api/api.h
	printf '#include "gateway/ops/ops_int.h"\n' >tests/unit/base/a.c
	printf 'seed' >tests/fuzz/corpus/x/one
	printf 'int x;\n' >tests/fuzz/fuzz_x.c
	mkdir -p gateway/front docs
	printf 'const char *f = "front.a";\n' >gateway/front/f.c
	printf 'f_SOURCES = %%D%%/f.c\n' >gateway/front/local.mk
	printf '| `front.a` |\n' >docs/http.md
	mkdir -p gateway/cred gateway/proc
	printf 'const char *c = "cred.a";\n' >gateway/cred/k.c
	printf 'const char *p = "proc.a";\n' >gateway/proc/p.c
	printf 'k_SOURCES = %%D%%/k.c\n' >gateway/cred/local.mk
	printf 'p_SOURCES = %%D%%/p.c\n' >gateway/proc/local.mk
	printf '| `cred.a` `proc.a` |\n' >docs/keys.md
	printf 'a_SOURCES = %%D%%/a.c\n' >base/local.mk
	printf 'FUZZERS += tests/fuzz/fuzz_x\nx = %%D%%/unit/base/a.c %%D%%/fuzz/fuzz_x.c\n' >tests/base.mk
}

ok() { passed=$((passed + 1)); }
no() { failed=$((failed + 1)); echo "selftest: $*" >&2; }

passes() { # GUARD
	if out=$(sh "$guards/$1.sh" "$top/t" 2>&1); then ok; else no "$1 refuses the clean tree: $out"; fi
}
refuses() { # GUARD WHAT EXPECTED-IN-OUTPUT
	if out=$(sh "$guards/$1.sh" "$top/t" 2>&1); then no "$1 lets pass: $2"; return; fi
	case "$out" in *"$3"*) ok ;; *) no "$1 refuses $2 without naming $3: $out" ;; esac
}
plant() { # GUARD WHAT EXPECTED FILE TEXT
	clean_tree
	mkdir -p "$(dirname "$4")"
	printf "$5" >>"$4"
	refuses "$1" "$2" "$3"
}
empty() { # GUARD
	rm -rf "$top/t" && mkdir -p "$top/t"
	if sh "$guards/$1.sh" "$top/t" >/dev/null 2>&1; then no "$1 passes where there is nothing"; else ok; fi
}

for g in includes banned size limits tests http-rules steps; do clean_tree; passes $g; empty $g; done

plant includes 'base including saml' base/a.c base/a.c '#include "saml/saml.h"\n'
plant includes 'a sibling' trust/trust.h trust/trust.h '#include "saml/saml.h"\n'
plant includes 'ops including api' ops/ops.h gateway/ops/ops.h '#include "gateway/api/api.h"\n'
plant includes 'a sibling in gateway' ops/ops.h gateway/ops/ops.h '#include "gateway/front/front.h"\n'
plant includes 'a private header' api/api.h gateway/api/api.h '#include "gateway/ops/ops_int.h"\n'
plant includes 'a part of a header' api/api.h gateway/api/api.h '#include "gateway/ops/row.h"\n'
plant includes 'a folder without a place' gateway/new gateway/new/new.c '#include "base/limits.h"\n'
plant includes 'an include not from the root' api/api.h gateway/api/api.h '#include "ops.h"\n'
plant includes 'a product file including a test' base/a.c base/a.c '#include "tests/unit/unit.h"\n'
plant includes 'libxml2 away from home' trust/trust.h trust/trust.h '#include <libxml/tree.h>\n'
plant includes 'curl away from home' api/api.h gateway/api/api.h '#include <curl/curl.h>\n'
plant includes 'spaces before include' base/a.c base/a.c '#  include  "saml/saml.h"\n'

for call in strcpy strcat sprintf gets strtok atoi atol alloca system popen strtod regcomp localtime strcasecmp; do
	plant banned "$call" base/a.c base/a.c "int\nb(void)\n{\n\treturn $call (0);\n}\n"
done
plant banned 'goto' base/a.c base/a.c 'void\nb(void)\n{\n\tgoto out;\nout:\n\treturn;\n}\n'
plant banned 'a call after a string' base/a.c base/a.c 'void b(void) { f("/*"); strcpy(a, b); }\n'
plant banned 'a call after a comment' base/a.c base/a.c 'void b(void) { /* x */ strcpy(a, b); }\n'
plant banned 'unfinished work' base/a.c base/a.c '/* TO''DO: later */\n'
plant banned 'unfinished work in words' base/a.c base/a.c '/* not impl''emented */\n'
plant banned 'a clock in a pure folder' saml/saml.h saml/saml.h 'static long now(void) { return time(0); }\n'
plant banned 'a file in a pure folder' trust/trust.h trust/trust.h 'static void f(void) { fopen("x", "r"); }\n'

clean_tree
i=0; while [ $i -lt 501 ]; do echo 'int x;'; i=$((i + 1)); done >>base/a.c
refuses size '501 lines' base/a.c
clean_tree
{ printf 'void\nlong_one(void)\n{\n'; i=0; while [ $i -lt 61 ]; do echo '	x();'; i=$((i + 1)); done; echo '}'; } >>base/a.c
refuses size '61 lines in a function' long_one
clean_tree
i=0; while [ $i -lt 900 ]; do echo 'int x;'; i=$((i + 1)); done >base/big_table.c
passes size

plant limits 'a limit that bounds nothing' FG_LIMIT_B base/limits.h '#define FG_LIMIT_B 2 /* bytes */\n'
plant limits 'a limit defined twice' FG_LIMIT_A base/limits.h '#define FG_LIMIT_A 1 /* bytes */\n'
plant limits 'a limit elsewhere' saml/saml.h saml/saml.h '#define FG_LIMIT_C 3 /* bytes */\n'
plant limits 'a limit without a unit' FG_LIMIT_D base/limits.h '#define FG_LIMIT_D FG_LIMIT_A\n'

plant http-rules 'a rule that is not on the page' front.b gateway/front/f.c 'const char *g = "front.b";\n'
plant steps 'a rule that is not on the page' cred.b gateway/cred/k.c 'const char *d = "cred.b";\n'
plant steps 'a rule that nothing gives' proc.c docs/keys.md '| `proc.c` |\n'
plant http-rules 'a rule that nothing gives' front.c docs/http.md '| `front.c` |\n'

plant tests 'a test in no makefile' tests/unit/base/b.c tests/unit/base/b.c 'int b;\n'
plant tests 'a source in no makefile' base/c.c base/c.c 'int c;\n'
plant tests 'a fuzz target without seeds' 'target y' tests/fuzz/fuzz_y.c 'int y;\n'
clean_tree
printf '# nothing\n' >tests/base.mk
refuses tests 'a folder of tests in no makefile' tests/unit/base

# metrics.sh has a tree of its own
metrics_tree() {
	rm -rf "$top/t"
	mkdir -p "$top/t/docs" "$top/t/gateway/ops" "$top/t/gateway/front"
	cd "$top/t" || exit 2
	printf '#define METRICS(X) \\\n\tX(A, "one", "help")\n\n' >gateway/ops/ops.h
	printf '#define FRONT_COUNTERS(X) \\\n\tX(two, "help")\n\n' >gateway/front/front.h
	printf 'metric_family(b, "three", "gauge", "help");\n' >gateway/ops/m.c
	printf '## Metrics\n| `one_total` | x |\n| `http_two_total`, `three` | x |\n## Budgets\n' >docs/operations.md
}
metrics_tree
passes metrics
empty metrics
metrics_tree
printf 'metric_family(b, "four", "gauge", "help");\n' >>gateway/ops/m.c
refuses metrics 'a metric that is not documented' four
metrics_tree
sed -i 's/`three`/`three`, `five_total`/' docs/operations.md
refuses metrics 'a metric that does not exist' five_total

# security-rules.sh as well
security_tree() {
	rm -rf "$top/t"
	mkdir -p "$top/t/docs" "$top/t/tests/unit"
	cd "$top/t" || exit 2
	printf 'CASE(one)\n' >tests/unit/a.c
	printf 'x = %%D%%/unit/a.c\n' >tests/a.mk
	printf 'flow\n' >tests/f.test
	for r in $(sed -n 's/^for rule in \(.*\); do$/\1/p' "$guards/security-rules.sh"); do
		printf '| %s | promise | attack | `tests/unit/a.c:one` `tests/f.test` |\n' "$r"
	done >docs/security-rules.md
}
security_tree
passes security-rules
empty security-rules
security_tree
sed -i '/^| 24 /d' docs/security-rules.md
refuses security-rules 'a rule without a row' 'rule 24'
security_tree
sed -i 's/^| 7 .*/| 7 | promise | attack | |/' docs/security-rules.md
refuses security-rules 'a rule without a test' 'rule 7'
security_tree
sed -i 's/^\(| 9 .*\)a.c:one/\1a.c:two/' docs/security-rules.md
refuses security-rules 'a case that does not exist' 'a.c:two'
security_tree
rm tests/f.test
refuses security-rules 'a flow test that does not exist' tests/f.test
security_tree
: >tests/a.mk
refuses security-rules 'a program that nobody builds' tests/unit/a.c

echo "selftest: $passed checks of the guards passed, $failed failed"
[ $failed -eq 0 ]
