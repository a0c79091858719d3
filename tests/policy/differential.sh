#!/usr/bin/env bash
# differential.sh [COUNT]: COUNT random cases (1,000,000), half by the oracle's own generator and half by ours, decided by
# `fedgate policy eval` and by the oracle in FEDGATE_ORACLE.  Any difference fails.
set -euo pipefail
count=${1:-1000000}
top=$(cd "$(dirname "$0")/../.." && pwd)
fedgate=${FEDGATE:-$top/build-tests/fedgate}
oracle=${FEDGATE_ORACLE:?names the folder of the oracle}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
batch=$((count < 50000 ? (count + 1) / 2 : 25000))

# one SEED GENERATOR...: a batch, and its differences
one() {
	local seed=$1 d=$work/$1
	shift
	mkdir "$d"
	node "$@" "$seed" "$batch" $([ "$1" = "$oracle/gen-random.js" ] && [ $((seed % 4)) = 0 ] && echo --all) >"$d/in"
	node "$oracle/ref.js" <"$d/in" 2>/dev/null | sed 's/.*"id":"\([^"]*\)".*"result":"\([A-Za-z]*\)".*/\1 \2/' >"$d/want"
	"$fedgate" policy eval "$d/in" | sed 's/^{"id":"\([^"]*\)","result":"\([A-Za-z]*\)".*/\1 \2/' >"$d/got"
	[ "$(wc -l <"$d/want")" = "$batch" ] || { echo "seed $seed: the oracle answered $(wc -l <"$d/want") of $batch"; return 1; }
	if ! cmp -s "$d/want" "$d/got"; then
		echo "seed $seed, $1: they differ (oracle <, fedgate >)"
		diff "$d/want" "$d/got" | head -n 20
		return 1
	fi
	rm -rf "$d"
}
export -f one
export work batch oracle fedgate

jobs=() bad=0
seeds=$(((count + 2 * batch - 1) / (2 * batch)))
for i in $(seq 1 "$seeds"); do
	one $((i * 7919)) "$oracle/gen-random.js" & jobs+=($!)
	one $((i * 104729)) "$top/tests/policy/generate.mjs" & jobs+=($!)
	if [ ${#jobs[@]} -ge "$(nproc)" ] || [ "$i" = "$seeds" ]; then
		for j in "${jobs[@]}"; do wait "$j" || bad=1; done
		jobs=()
	fi
done
[ $bad = 0 ] && echo "differential: $((seeds * 2 * batch)) cases, no difference"
exit $bad
