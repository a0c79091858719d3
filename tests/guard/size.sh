#!/bin/sh
# size.sh [TOP]: a file has at most 500 lines, a function at most 60; generated tables (*_table.[ch]) are exempt.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
files=$(find base saml oidc trust gateway tests -name '*.[ch]' ! -name '*_table.[ch]' 2>/dev/null | sort)
[ -n "$files" ] || { echo "size: found no source" >&2; exit 1; }
bad=0
for f in $files; do
	n=$(wc -l <"$f")
	if [ "$n" -gt 500 ]; then echo "size: $f has $n lines (500)" >&2; bad=1; fi
done
# A function begins with a brace in column 0 after a line that ends its head, and ends with one.  Test tables may be long.
long=$(for f in $(echo "$files" | grep '\.c$' | grep -v '^tests/'); do
	awk -v f="$f" '
		/^[a-z_][a-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
		/^\{/ { start = NR }
		/^\}/ { if (start && NR - start - 1 > 60) printf "size: %s: %s() has %d lines (60)\n", f, name, NR - start - 1; start = 0 }' "$f"
done)
if [ -n "$long" ]; then echo "$long" >&2; bad=1; fi
[ $bad -eq 0 ] && echo "size: $(echo "$files" | wc -l) files within bounds"
exit $bad
