#!/bin/sh
# steps.sh [TOP]: every rule id of cred and proc stands in docs/keys.md, and every id there is used.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
used=$(grep -ohE '"(cred|proc)\.[a-z_.0-9]+"' gateway/cred/*.c gateway/proc/*.c | tr -d '"' | sort -u)
told=$(grep -oE '`(cred|proc)\.[a-z_.0-9]+`' docs/keys.md | tr -d '`' | sort -u)
[ -n "$used" ] && [ -n "$told" ] || { echo "steps: found none" >&2; exit 1; }
bad=0
for id in $used; do
	echo "$told" | grep -qxF "$id" || { echo "steps: docs/keys.md does not say $id" >&2; bad=1; }
done
for id in $told; do
	echo "$used" | grep -qxF "$id" || { echo "steps: docs/keys.md tells of $id, which is nowhere" >&2; bad=1; }
done
[ "$bad" = 0 ] && echo "steps: $(echo "$used" | wc -l) ids, all in docs/keys.md"
exit "$bad"
