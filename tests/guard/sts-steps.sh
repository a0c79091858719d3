#!/bin/sh
# sts-steps.sh [TOP]: every rule id of sigv4 and api stands in docs/sts.md, and every id there is used.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
used=$(grep -ohE '"(sigv4|api)\.[a-z0-9.-]*[a-z0-9]"' gateway/sigv4/*.c gateway/api/*.c | tr -d '"' | sort -u)
told=$(grep -oE '^\| `(sigv4|api)\.[a-z0-9.-]+`' docs/sts.md | tr -d '`| ' | sort -u)
[ -n "$used" ] && [ -n "$told" ] || { echo "sts-steps: found none" >&2; exit 1; }
bad=0
for id in $used; do
	echo "$told" | grep -qxF "$id" || { echo "sts-steps: docs/sts.md does not say $id" >&2; bad=1; }
done
for id in $told; do
	echo "$used" | grep -qxF "$id" || { echo "sts-steps: docs/sts.md tells of $id, which is nowhere" >&2; bad=1; }
done
[ "$bad" = 0 ] && echo "sts-steps: $(echo "$used" | wc -l) ids, all in docs/sts.md"
exit "$bad"
