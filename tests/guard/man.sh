#!/usr/bin/env bash
# The manual lists exactly the commands of gateway/ctl/commands.c and the keys of gateway/conf/conf.c, and the
# architecture names every library folder.
set -euo pipefail
cd "${srcdir:-.}"
bad=0
same() { # same NAME CODE MANUAL
	diff <(sort "$2") <(sort "$3") >"$tmp/diff" && return 0
	echo "man: $1 differ (< code, > manual):"
	cat "$tmp/diff"
	bad=1
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

sed -n 's/^\t{ "\([a-z][a-z -]*\)", ".*/\1/p' gateway/ctl/commands.c >"$tmp/code"
sed -n '/^\.SH COMMANDS/,/^\.SH EXIT/s/^\.B "\([a-z][a-z -]*\)"$/\1/p' docs/fedgate.8 >"$tmp/manual"
[ -s "$tmp/code" ] || { echo "man: no command found"; exit 1; }
same commands "$tmp/code" "$tmp/manual"

sed -n 's/^\t{ "\([a-z0-9_.]*\)", CONF_.*/\1/p' gateway/conf/conf.c | sed 's/^limits\..*/limits.*/' | sort -u >"$tmp/code"
sed -n '/^\.SH KEYS/,/^\.SH SEE/s/^\.BR\{0,1\} \([a-z0-9_.*]*\)\( ", " \([a-z.]*\)\)\{0,1\}$/\1 \3/p' docs/fedgate.conf.5 |
	tr ' ' '\n' | grep . >"$tmp/manual"
[ -s "$tmp/code" ] || { echo "man: no key found"; exit 1; }
same "configuration keys" "$tmp/code" "$tmp/manual"

for d in gateway/*/; do
	[ -f "$d/local.mk" ] || continue
	grep -q "\`${d%/}/\`" docs/architecture.md || { echo "man: docs/architecture.md does not name $d"; bad=1; }
done
[ $bad = 0 ] && echo "man: commands, keys and folders are documented"
exit $bad
