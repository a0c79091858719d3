#!/bin/sh
# saml-rules-selftest.sh: saml-rules.sh has been seen to fail, on a copy of what it reads, for each kind of fault.
set -u
src=$(cd "${srcdir:-.}" && pwd)
top=$(mktemp -d "${TMPDIR:-/tmp}/fedgate-rules.XXXXXX") || exit 2
trap 'rm -rf "$top"' EXIT
failed=0

fresh() {
	rm -rf "$top/t" && mkdir -p "$top/t/docs" "$top/t/saml" "$top/t/tests/unit/saml" &&
		cp "$src/docs/saml-rules.md" "$top/t/docs/" && cp "$src"/saml/*.c "$top/t/saml/" &&
		cp "$src"/tests/unit/saml/*.c "$top/t/tests/unit/saml/"
}
edit() { # FILE SED-SCRIPT
	sed "$2" "$top/t/$1" >"$top/new" && mv "$top/new" "$top/t/$1"
}
refuses() { # WHAT EXPECTED
	case "$(sh "$src/tests/guard/saml-rules.sh" "$top/t" 2>&1 || echo REFUSED)" in
	*"$2"*REFUSED*) ;;
	*) echo "saml-rules-selftest: lets pass: $1"; failed=1 ;;
	esac
}

fresh
sh "$src/tests/guard/saml-rules.sh" "$top/t" || { echo "saml-rules-selftest: refuses the tree as it is"; failed=1; }
fresh; edit docs/saml-rules.md '/^| R7 |/d'; refuses 'a rule without a row' 'R7 has no row'
fresh; edit docs/saml-rules.md 's/^\(| R13 |.*|.*|\).*|$/\1 |/'; refuses 'a rule without a test' 'R13'
fresh; edit tests/unit/saml/xml.c 's/times_are_utc_with_z/times_are_something/'; refuses 'a test that is gone' times_are_utc_with_z
fresh; edit tests/unit/saml/xml.c '/CASE(times_are_utc_with_z)/d'; refuses 'a test that is not run' times_are_utc_with_z
fresh; edit docs/saml-rules.md '/^| .saml.status. |/d'; refuses 'a step that is not listed' saml.status
fresh; edit saml/validate.c 's/"saml.time.stale"/"saml.time.other"/'; refuses 'a step that is not used' saml.time.stale
rm -rf "$top/t"; refuses 'nothing at all' 'no docs/saml-rules.md'
[ $failed -eq 0 ]
