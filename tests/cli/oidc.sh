#!/bin/sh
# fedgate oidc verify: what it prints and how it exits.
set -eu
fedgate=${builddir:-.}/fedgate
src=${srcdir:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
iss=https://issuer.example.com
now=$(date +%s)

fail() { echo "FAILED: $*"; cat "$work/out" "$work/err"; exit 1; }

# expect STATUS PATTERN ARGUMENT...
expect() {
	want=$1 pattern=$2; shift 2
	got=0
	"$fedgate" oidc verify "$@" >"$work/out" 2>"$work/err" || got=$?
	[ "$got" = "$want" ] || fail "exit $got, not $want: $*"
	cat "$work/out" "$work/err" | grep -q -e "$pattern" || fail "no $pattern: $*"
}

printf '{"iss":"%s","sub":"repo:a/b","aud":["one","two"],"azp":"one","iat":%d,"nbf":%d,"exp":%d}' "$iss" "$now" "$now" $((now + 300)) |
	python3 "$src/tests/flow/issuer.py" --jwks-and-token "$work"
t=$work/token.jwt k=$work/jwks.json

expect 0 '^{"result":"accept","facts":{"issuer":"https://issuer.example.com","subject":"repo:a/b","audience":"one","authorizedParty":"one","keyId":"rs256-[0-9a-f]*","algorithm":"RS256","issuedAt":"20..-..-..T..:..:..Z","expiresAt":"20.*Z","claims":{.*}}}$' \
	--issuer $iss --jwks "$k" --audience one "$t"
"$fedgate" oidc verify --jwks "$k" --signature-only <"$t" >"$work/out"
grep -q '^{"result":"accept","facts":{"keyId":"rs256-[0-9a-f]*","algorithm":"RS256"}}$' "$work/out" || fail "signature only"
expect 0 accept "$t" --audience none --audience two --audience one --jwks "$k" --issuer=$iss
expect 0 accept --issuer $iss --jwks "$k" --audience one --alg ES256,RS256 "$t"
expect 0 accept --issuer $iss --jwks "$k" --audience one --skew 300 --at "$(date -u -d @$((now + 590)) +%Y-%m-%dT%H:%M:%SZ)" "$t"

expect 1 '^{"result":"reject","step":"oidc.claims.exp","ref":"RFC 7519 4.1.4","detail":"expired at .*"}$' \
	--issuer $iss --jwks "$k" --audience one --at "$(date -u -d @$((now + 600)) +%Y-%m-%dT%H:%M:%SZ)" "$t"
expect 1 '"step":"oidc.claims.iat"' --issuer $iss --jwks "$k" --audience one --skew 0 --at 2020-01-01T00:00:00Z "$t"
expect 1 '"step":"oidc.claims.azp"' --issuer $iss --jwks "$k" --audience two "$t"
expect 1 '"step":"oidc.claims.issuer"' --issuer $iss/ --jwks "$k" --audience one "$t"
expect 1 '"step":"oidc.verify.alg"' --issuer $iss --jwks "$k" --audience one --alg ES256 "$t"
expect 1 '"step":"oidc.jws.length"' --issuer $iss --jwks "$k" --audience one /dev/null
printf '{"keys":[{"kty":"oct","k":"AAAA"}]}' >"$work/oct.json"
expect 1 '"step":"oidc.jwks.empty","ref":"docs/oidc-rules.md"' --jwks "$work/oct.json" --signature-only "$t"

expect 2 'issuer is needed' --jwks "$k" --audience one "$t"
expect 2 'audience is needed' --issuer $iss --jwks "$k" "$t"
expect 2 'jwks is needed' --issuer $iss --audience one "$t"
expect 2 'not an algorithm' --jwks "$k" --signature-only --alg HS256 "$t"
expect 2 'not an algorithm' --jwks "$k" --signature-only --alg none "$t"
expect 2 'not a number' --jwks "$k" --signature-only --skew 301 "$t"
expect 2 'not a time' --jwks "$k" --signature-only --at yesterday "$t"
expect 2 'No such file' --jwks "$work/absent" --signature-only "$t"
expect 2 'No such file' --jwks "$k" --signature-only "$work/absent"
expect 2 'oidc.jwks' --jwks "$t" --signature-only "$t"
expect 2 'unknown option' --jwks "$k" --no-such-thing "$t"
echo "oidc verify: all as written"
