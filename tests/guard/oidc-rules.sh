#!/bin/sh
# oidc-rules.sh [TOP]: docs/oidc-rules.md names exactly the steps that oidc/ and gateway/idp give.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
used=$(grep -rhoE '"(oidc|idp)\.[a-z0-9_.]*[a-z0-9_]"' oidc gateway/idp --include='*.c' | tr -d '"' | sort -u)
told=$(grep -oE '`(oidc|idp)\.[a-z0-9_.]+`' docs/oidc-rules.md | tr -d '`' | sort -u)
[ -n "$used" ] && [ -n "$told" ] || { echo "oidc-rules: found none" >&2; exit 1; }
bad=0
for id in $used; do
	echo "$told" | grep -qxF "$id" || { echo "oidc-rules: docs/oidc-rules.md does not say $id" >&2; bad=1; }
done
for id in $told; do
	echo "$used" | grep -qxF "$id" || { echo "oidc-rules: docs/oidc-rules.md tells of $id, which is nowhere" >&2; bad=1; }
done
# each refusal of a token has a test
for id in $(echo "$used" | grep -E '^oidc\.(jws|verify|key|claims)\..' | grep -v crypto); do
	grep -rqF "\"$id\"" tests/unit/oidc || { echo "oidc-rules: no test refuses with $id" >&2; bad=1; }
done
[ $bad = 0 ] && echo "oidc-rules: $(echo "$used" | wc -l) steps, all on the page"
exit $bad
