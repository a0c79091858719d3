#!/bin/sh
# tests.sh [TOP]: every source of the tests and of the product is named in a makefile fragment, so that none is left out silently.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
bad=0 seen=0
named=$(cat tests/*.mk base/local.mk saml/local.mk oidc/local.mk trust/local.mk gateway/local.mk gateway/*/local.mk 2>/dev/null |
	grep -v '^#' | tr -s ' \t\\' '\n' | sed 's|.*%D%/||; s|.*/||' | sort -u)
for f in $(find base saml oidc trust gateway tests -name '*.c' 2>/dev/null | sort); do
	seen=$((seen + 1))
	if ! echo "$named" | grep -qxF "$(basename "$f")"; then echo "tests: $f is in no makefile" >&2; bad=1; fi
done
for d in $(find tests/unit -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sort); do
	if ls "$d"/*.c >/dev/null 2>&1 && ! cat tests/*.mk | grep -q "unit/$(basename "$d")/"; then
		echo "tests: $d is in no makefile" >&2; bad=1
	fi
done
fuzzers=$(sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' tests/*.mk | grep -E '^[A-Z_]*FUZZERS ' | tr -s ' \t' '\n' | sed 's|.*/||')
for f in $(find tests/fuzz -name 'fuzz_*.c' 2>/dev/null); do
	n=$(basename "$f" .c); n=${n#fuzz_}
	if [ -z "$(ls "tests/fuzz/corpus/$n" 2>/dev/null)" ]; then echo "tests: fuzz target $n has no seeds" >&2; bad=1; fi
	if ! echo "$fuzzers" | grep -qxF "fuzz_$n"; then echo "tests: fuzz target $n is not among FUZZERS" >&2; bad=1; fi
done
[ $seen -gt 0 ] || { echo "tests: found no source" >&2; exit 1; }
[ $bad -eq 0 ] && echo "tests: $seen sources, none left out"
exit $bad
