#!/bin/sh
# limits.sh [TOP]: every limit of base/limits.h is used, says its unit or what it counts, and has no second definition.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
[ -f base/limits.h ] || { echo "limits: no base/limits.h" >&2; exit 1; }
names=$(sed -n 's/^#define \(FG_LIMIT_[A-Z0-9_]*\).*/\1/p' base/limits.h)
[ -n "$names" ] || { echo "limits: found none" >&2; exit 1; }
files=$(find base saml oidc trust gateway -name '*.[ch]' ! -path base/limits.h | sort)
bad=0
for name in $names; do
	# shellcheck disable=SC2086
	if ! grep -qwF "$name" $files /dev/null && ! sed "/^#define $name\b/d" base/limits.h | grep -qwF "$name"; then
		echo "limits: $name bounds nothing" >&2; bad=1
	fi
done
if again=$(echo "$names" | sort | uniq -d | grep .); then echo "limits: defined twice: $again" >&2; bad=1; fi
# shellcheck disable=SC2086
if grep -nE '^#define FG_LIMIT_' $files /dev/null; then echo "limits: a limit outside base/limits.h" >&2; bad=1; fi
if bare=$(grep -E '^#define FG_LIMIT_' base/limits.h | grep -v '/\*'); then
	echo "limits: without a comment: $bare" >&2; bad=1
fi
[ $bad -eq 0 ] && echo "limits: $(echo "$names" | wc -l) limits, all used"
exit $bad
