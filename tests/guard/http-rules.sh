#!/bin/sh
# http-rules.sh [TOP]: docs/http.md names exactly the rules and steps that gateway/front gives.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
[ -d gateway/front ] || { echo "http-rules: no gateway/front" >&2; exit 1; }
code=$(grep -rhoE '"front\.[a-z0-9.-]*"' gateway/front --include='*.c' | tr -d '"' | sort -u)
page=$(grep -ohE '`front\.[a-z0-9.-]*`' docs/http.md | tr -d '`' | sort -u)
[ -n "$code" ] || { echo "http-rules: found no rule" >&2; exit 1; }
bad=0
for rule in $code; do
	echo "$page" | grep -qxF "$rule" || { echo "http-rules: $rule is not in docs/http.md" >&2; bad=1; }
done
for rule in $page; do
	echo "$code" | grep -qxF "$rule" || { echo "http-rules: $rule of docs/http.md is given nowhere" >&2; bad=1; }
done
[ $bad -eq 0 ] && echo "http-rules: $(echo "$code" | wc -l) rules, all on the page"
exit $bad
