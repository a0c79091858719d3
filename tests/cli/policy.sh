#!/bin/sh
# fedgate policy eval: what it prints and how it exits.
set -eu
fedgate=${builddir:-.}/fedgate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "FAILED: $*"; cat "$work/out" "$work/err"; exit 1; }

# expect STATUS LINE WANTED: one line in, exactly one line out
expect() {
	got=0
	printf '%s\n' "$2" | "$fedgate" policy eval >"$work/out" 2>"$work/err" || got=$?
	[ "$got" = "$1" ] || fail "exit $got, not $1: $2"
	printf '%s\n' "$3" | cmp -s - "$work/out" || fail "not: $3"
}

R='"request":{"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111122223333"'
ALLOW='{"Statement":{"Sid":"S","Effect":"Allow","Action":"*","Resource":"*"}}'

expect 0 "{\"id\":\"x\",$R},\"policies\":{\"identity\":[$ALLOW]}}" \
	'{"id":"x","result":"Allowed","decidedBy":{"layer":"identity","policy":0,"statement":0,"sid":"S"},"reasons":[]}'
expect 0 "{\"id\":7,$R,\"context\":{\"k:a\":[1,true,\"x\"]}},\"policies\":{\"identity\":$ALLOW,\"session\":null,\"resource\":null}}" \
	'{"id":7,"result":"Allowed","decidedBy":{"layer":"identity","policy":0,"statement":0,"sid":"S"},"reasons":[]}'
expect 0 "{$R}}" '{"id":null,"result":"ImplicitlyDenied","decidedBy":{"layer":"identity","policy":null,"statement":null},"reasons":[]}'
expect 0 "{\"id\":1,$R},\"policies\":{\"identity\":[{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Put*\",\"Resource\":\"*\"}]}]}}" \
	'{"id":1,"result":"ImplicitlyDenied","decidedBy":{"layer":"identity","policy":null,"statement":null},"reasons":[{"layer":"identity","policy":0,"statement":0,"effect":"Allow","element":"Action","expected":["s3:Put*"],"actual":["s3:GetObject"]}]}'
expect 1 "{\"id\":\"s\",$R},\"policies\":{\"identity\":[$ALLOW,{\"Statement\":[{\"Effect\":\"Maybe\",\"Action\":\"*\",\"Resource\":\"*\"}]}]}}" \
	'{"id":"s","error":{"policy":"identity[1]","pointer":"/Statement/0/Effect","rule":"trust.statement.effect","detail":"Effect is neither Allow nor Deny"}}'
expect 1 "{\"id\":\"s\",$R},\"policies\":{\"scp\":[[$ALLOW],[{\"Version\":1}]]}}" \
	'{"id":"s","error":{"policy":"scp[1][0]","pointer":"/Version","rule":"trust.document.type","detail":"Version is not a string"}}'

# a line that cannot be read is answered, and the run goes on
cat >"$work/in" <<END
{"id":1,$R},"policies":{"identity":[$ALLOW]}}

oops
{"id":2}
{"id":3,"request":{"principal":"arn:aws:s3:::b","action":"a:b","resource":"*"}}
{"id":4,$R,"context":{"k:a":1,"K:A":2}}}
{"id":5,$R,"context":{"k:a":null}}}
{"id":6,$R},"policies":{"identities":[]}}
{"id":7,$R},"policies":{"identity":[$ALLOW]}}
END
got=0
"$fedgate" policy eval "$work/in" >"$work/out" 2>"$work/err" || got=$?
[ "$got" = 1 ] || fail "exit $got"
[ "$(wc -l <"$work/out")" = 8 ] || fail "not 8 answers"
# answer NUMBER TEXT: what the answer on that line holds
answer() { sed -n "${1}p" "$work/out" | grep -q -F -e "$2" || fail "answer $1 has no $2"; }
answer 1 '"id":1,"result":"Allowed"'
answer 2 '{"id":null,"error":{"policy":null,"pointer":"","rule":"request.json"'
answer 3 '{"id":2,"error":{"policy":null,"pointer":"","rule":"request"'
answer 4 '{"id":3,"error":{"policy":null,"pointer":"","rule":"request.principal"'
answer 5 '{"id":4,"error":{"policy":null,"pointer":"","rule":"request.context"'
answer 6 '{"id":5,"error":{"policy":null,"pointer":"","rule":"request.context"'
answer 7 '{"id":6,"error":{"policy":null,"pointer":"","rule":"request.policies"'
answer 8 '"id":7,"result":"Allowed"'

got=0
"$fedgate" policy eval "$work/none" >"$work/out" 2>"$work/err" || got=$?
[ "$got" = 2 ] || fail "a file that is not there: exit $got"

# many lines in one run
awk -v l="{\"id\":1,$R},\"policies\":{\"identity\":[$ALLOW]}}" 'BEGIN { for (i = 0; i < 100000; i++) print l }' >"$work/many"
"$fedgate" policy eval "$work/many" >"$work/out" 2>"$work/err" || fail "100,000 lines"
[ "$(grep -c '"result":"Allowed"' "$work/out")" = 100000 ] || fail "not all of 100,000"
echo "policy eval: ok"
