#!/bin/sh
# security-rules.sh [TOP]: docs/security-rules.md has a row for each rule that is built, each row names tests, and each test
# that it names exists and runs: a case in its suite, a flow test, a measurement.
set -u
cd "${1:-${srcdir:-.}}" || exit 2
page=docs/security-rules.md
[ -f "$page" ] || { echo "security-rules: no $page" >&2; exit 1; }
bad=0 rules=0 tests=0
say() { echo "security-rules: $*" >&2; bad=1; }

runs() { # TEST
	file=${1%%:*} name=${1#*:}
	[ -f "$file" ] || { say "$1: no such file"; return; }
	case "$file" in
	*.test) return ;;
	esac
	grep -q "CASE($name)" "$file" || say "$1: no such case"
	grep -q "${file#tests/}" tests/*.mk || say "$file is built by no makefile"
}

for rule in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32; do
	named=$(sed -n "s/^| $rule | .* | \(\`.*\) |\$/\1/p" "$page" | tr -d '`')
	[ -n "$named" ] || { say "rule $rule has no test"; continue; }
	rules=$((rules + 1))
	for t in $named; do
		tests=$((tests + 1))
		runs "$t"
	done
done
[ $bad -eq 0 ] && echo "security-rules: $rules rules, $tests tests"
exit $bad
