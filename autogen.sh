#!/usr/bin/env bash
# autogen.sh [--deps|--deps-test]: make ./configure.  --deps installs what the build needs from Debian first,
# --deps-test what the tests need as well.
set -euo pipefail
cd "$(dirname "$0")"

build=(build-essential autoconf automake pkg-config ca-certificates
	libssl-dev libxml2-dev libjwt-dev libjansson-dev libcurl4-openssl-dev libevent-dev libsqlite3-dev libpq-dev
	liburcu-dev libyaml-dev liboath-dev libqrencode-dev libpng-dev libsystemd-dev libseccomp-dev libcunit1-dev)
run=(awscli python3 python3-boto3 python3-cryptography openssl curl)
tests=(procps clang libclang-rt-14-dev libxmlsec1-dev libxmlsec1-openssl gdb jq sqlite3)
# Another packaging of Node conflicts with Debian's: it will do as well.
command -v node >/dev/null || tests+=(nodejs)
command -v npm >/dev/null || tests+=(npm)

install_packages() {
	local missing=() p
	for p in "$@"; do
		dpkg-query -W -f='${Status}\n' "$p" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	local sudo=()
	[ "$(id -u)" = 0 ] || sudo=(sudo)
	"${sudo[@]}" apt-get update -q
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

case "${1:-}" in
--deps) install_packages "${build[@]}" "${run[@]}" ;;
--deps-test) install_packages "${build[@]}" "${run[@]}" "${tests[@]}" ;;
"") ;;
*)
	echo "usage: autogen.sh [--deps|--deps-test]" >&2
	exit 2
	;;
esac
exec autoreconf --force --install --warnings=all
