#!/bin/sh
# saml-rules.sh [TOP]: every rule R1..R20 has a row in docs/saml-rules.md with at least one test that exists; every
# step of saml/step.c is listed there and used in saml/.
set -u
top=${1:-${srcdir:-.}}
doc=$top/docs/saml-rules.md
steps=$top/saml/step.c
bad=0
say() { echo "saml-rules: $*"; bad=1; }

[ -f "$doc" ] && [ -f "$steps" ] || { echo "saml-rules: no docs/saml-rules.md or saml/step.c"; exit 1; }
names=$(cat "$top"/tests/unit/saml/*.c 2>/dev/null | sed -n 's/^\([a-z_0-9]*\)(void)$/\1/p')
cases=$(cat "$top"/tests/unit/saml/*.c 2>/dev/null | sed -n 's/^[[:space:]]*CASE(\([a-z_0-9]*\)).*/\1/p')
rule=1
while [ $rule -le 20 ]; do
	row=$(grep "^| R$rule |" "$doc")
	tests=$(printf '%s\n' "$row" | awk -F'|' '{ print $5 }' | tr -d '\140,')
	[ -n "$row" ] || say "R$rule has no row"
	[ -n "$(printf '%s' "$tests" | tr -d ' ')" ] || say "R$rule has no test"
	for t in $tests; do
		printf '%s\n' "$names" | grep -qx "$t" && printf '%s\n' "$cases" | grep -qx "$t" ||
			say "R$rule names $t, which is no test of tests/unit/saml"
	done
	grep -q "\", \"R$rule\", " "$steps" || say "R$rule has no step in saml/step.c"
	rule=$((rule + 1))
done
n=0
for s in $(sed -n 's/^	{ "\(saml\.[a-z0-9.-]*\)", "R[0-9]*",.*/\1/p' "$steps"); do
	n=$((n + 1))
	grep -q "^| .$s. |" "$doc" || say "$s is not listed in docs/saml-rules.md"
	# R19 is claimed by the caller
	[ "$s" = saml.replay ] || grep -l "\"$s\"" "$top"/saml/*.c | grep -qv 'saml/step\.c$' || say "$s is used nowhere in saml/"
done
[ $n -gt 0 ] || say "no step found in saml/step.c"
exit $bad
