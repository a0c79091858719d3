#!/bin/sh
# metrics.sh [TOP]: every metric of the code stands in docs/operations.md, and every one named there exists.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
doc=docs/operations.md
[ -f $doc ] && [ -f gateway/ops/ops.h ] || { echo "metrics: no page or no header" >&2; exit 1; }
code=$({
	sed -n '/^#define METRICS(X)/,/^$/s/.*X([A-Z_0-9]*, "\([a-z_0-9]*\)".*/\1_total/p' gateway/ops/ops.h
	sed -n '/^#define FRONT_COUNTERS(X)/,/^$/s/.*X(\([a-z_0-9]*\), ".*/http_\1_total/p' gateway/front/front.h
	grep -rhoE 'metric_(family|one)\(b, "[a-z_0-9]+", ' gateway --include='*.c' | sed 's/.*"\([a-z_0-9]*\)".*/\1/'
} | grep -v '^idp_' | sort -u)
[ -n "$code" ] || { echo "metrics: found none" >&2; exit 1; }
named=$(sed -n '/^## Metrics/,/^## Budgets/p' $doc | grep '^| `' | cut -d'|' -f2 | grep -oE '[a-z_0-9]+' | sort -u)
bad=0
for m in $code; do
	case "$m" in http_status_3xx_total | http_status_4xx_total) continue ;; esac
	echo "$named" | grep -qx "$m" || { echo "metrics: $m is not in $doc" >&2; bad=1; }
done
for m in $(sed -n '/^## Metrics/,/^## Budgets/p' $doc | grep '^| `' | cut -d'|' -f2 | grep -oE '[a-z_0-9]+_total' | sort -u); do
	echo "$code" | grep -qx "$m" || { echo "metrics: $doc names $m, which does not exist" >&2; bad=1; }
done
[ $bad -eq 0 ] && echo "metrics: $(echo "$code" | wc -l) metrics, all in $doc"
exit $bad
