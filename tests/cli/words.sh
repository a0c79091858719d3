#!/bin/sh
# The command line of every command: --help and --version everywhere, options anywhere.
set -eu
fedgate=${builddir:-.}/fedgate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "FAILED: $*"; cat "$work/out" "$work/err"; exit 1; }

# run STATUS PATTERN ARGUMENT...
run() {
	want=$1 pattern=$2; shift 2
	got=0
	"$fedgate" "$@" >"$work/out" 2>"$work/err" || got=$?
	[ "$got" = "$want" ] || fail "exit $got, not $want: $*"
	cat "$work/out" "$work/err" | grep -q -e "$pattern" || fail "no $pattern: $*"
}

"$fedgate" --help | sed -n 's/^  \([a-z][a-z-]*\( [a-z-]*\)\{0,1\}\)  .*/\1/p' | sed 's/ *$//' >"$work/commands"
[ "$(wc -l <"$work/commands")" -ge 23 ] || { cat "$work/commands"; exit 1; }
while read -r command; do
	# shellcheck disable=SC2086 # a command may be two words
	run 0 "^usage: fedgate $command " $command --help
	# shellcheck disable=SC2086
	run 0 '^fedgate [0-9]' $command --version
done <"$work/commands"

run 0 '^fedgate [0-9]' --version
run 0 'elsewhere.db' --set "store=sqlite:$work/elsewhere.db" config check
run 0 'elsewhere.db' config --set "store=sqlite:$work/elsewhere.db" check
run 0 'elsewhere.db' config check --set "store=sqlite:$work/elsewhere.db"
run 1 "$work/nowhere.db" --store "sqlite:$work/nowhere.db" keys list
run 2 'unknown command bogus' --set a=b bogus
run 2 'unknown command keys' keys
run 2 'unknown option --bogus' --bogus keys list
run 2 '^fedgate: unknown command' --config
