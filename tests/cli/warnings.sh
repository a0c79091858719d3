#!/usr/bin/env bash
# What the linter finds in new and changed documents is told at apply; the second apply of the same bundle is silent.
set -euo pipefail
fedgate=$(cd "${builddir:-.}" && pwd)/fedgate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$fedgate" init --account 111122223333 --name ml >/dev/null 2>&1
cat >bundle.json <<'JSON'
{ "Accounts": [ { "Id": "111122223333", "Name": "ml", "RoleDetailList": [ { "RoleName": "r", "Path": "/",
  "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [
    { "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" } ] },
  "RolePolicyList": [ { "PolicyName": "p", "PolicyDocument": { "Version": "2012-10-17", "Statement": [
    { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*" } ] } } ] } ] } ] }
JSON
"$fedgate" apply -f bundle.json >first 2>&1
grep -q 'trust.lint.public-principal' first || { echo "no warning of the trust policy: $(cat first)"; exit 1; }
grep -q 'policy.lint.privilege-escalation' first || { echo "no warning of the inline policy: $(cat first)"; exit 1; }
"$fedgate" apply -f bundle.json >second 2>&1
if grep -q 'lint' second; then echo "unchanged documents are told again: $(cat second)"; exit 1; fi
sed 's/"Action": "sts:AssumeRole"/"Action": "s3:GetObject"/' bundle.json >bad.json
if "$fedgate" apply -f bad.json >third 2>&1; then echo "a trust policy with an s3 action was taken"; exit 1; fi
"$fedgate" export >out.json
grep -q 's3:GetObject' out.json && { echo "an error changed the store"; exit 1; }
echo "warnings are told once, errors change nothing"
