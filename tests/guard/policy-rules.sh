#!/bin/sh
# policy-rules.sh [TOP]: every rule that trust/ refuses by is listed in docs/policy-rules.md and named by a test, and the page lists no other.
set -u
top=${1:-${srcdir:-.}}
doc=$top/docs/policy-rules.md
bad=0
say() { echo "policy-rules: $*"; bad=1; }

[ -f "$doc" ] || { echo "policy-rules: no docs/policy-rules.md"; exit 1; }
rules='trust\.\(document\|statement\|principal\|condition\|check\|context\)\.[a-z-]*'
used=$(cat "$top"/trust/*.c | sed -n "s/.*\"\\($rules\\)\".*/\\1/p" | sort -u | grep -v '^trust\.document\.kind$')
listed=$(sed -n "s/^| \`\\($rules\\)\` |.*/\\1/p" "$doc" | sort -u)
[ -n "$used" ] || say "no rule found in trust/"
for r in $used; do
	printf '%s\n' "$listed" | grep -qx "$r" || say "$r is not listed in docs/policy-rules.md"
	cat "$top"/tests/vectors/policy/*.jsonl "$top"/tests/unit/trust/*.c | grep -q "\"$r\"" || say "$r is named by no test"
done
for r in $listed; do
	printf '%s\n' "$used" | grep -qx "$r" || say "$r is listed but refuses nothing"
done
found=$(cat "$top"/trust/lint*.c 2>/dev/null | sed -n 's/.*"\(\(trust\|policy\)\.lint\.[a-z.-]*\)",.*/\1/p' | sort -u)
for f in $found; do
	grep -q "^| \`$f\` |" "$doc" || say "$f is not listed in docs/policy-rules.md"
done
for f in $(sed -n 's/^| `\([a-z]*\.lint\.[a-z.-]*\)` |.*/\1/p' "$doc"); do
	printf '%s\n' "$found" | grep -qx "$f" || say "$f is listed but found nowhere"
done
exit $bad
