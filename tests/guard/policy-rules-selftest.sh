#!/bin/sh
# policy-rules-selftest.sh: policy-rules.sh sees a rule without a row, a row without a rule and a rule without a test.
set -u
src=${srcdir:-.}
guard=$src/tests/guard/policy-rules.sh
top=$(mktemp -d "${TMPDIR:-/tmp}/fedgate-guard.XXXXXX") || exit 2
trap 'rm -rf "$top"' EXIT
failed=0

clean() {
	rm -rf "$top/t"
	mkdir -p "$top/t/docs" "$top/t/trust" "$top/t/tests/vectors/policy" "$top/t/tests/unit/trust"
	printf '| `trust.check.a` | x |\n' >"$top/t/docs/policy-rules.md"
	printf '\treturn refuse("trust.check.a");\n' >"$top/t/trust/check.c"
	printf '{"rule":"trust.check.a"}\n' >"$top/t/tests/vectors/policy/write.jsonl"
	printf 'int x;\n' >"$top/t/tests/unit/trust/a.c"
}
refuses() { # WHAT TEXT
	out=$(sh "$guard" "$top/t" 2>&1) && { echo "selftest: lets pass: $1"; failed=1; return; }
	case $out in *"$2"*) ;; *) echo "selftest: $1: $out"; failed=1 ;; esac
}

clean
sh "$guard" "$top/t" || { echo "selftest: refuses the clean tree"; failed=1; }
clean; printf '\treturn refuse("trust.check.b");\n' >>"$top/t/trust/check.c"
refuses 'a rule without a row' 'trust.check.b is not listed'
refuses 'a rule without a test' 'trust.check.b is named by no test'
clean; printf '| `trust.check.c` | x |\n' >>"$top/t/docs/policy-rules.md"
refuses 'a row without a rule' 'trust.check.c is listed but refuses nothing'
clean; : >"$top/t/trust/check.c"
refuses 'no rule at all' 'no rule found'
exit $failed
