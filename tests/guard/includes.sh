#!/bin/sh
# includes.sh [TOP]: an include goes downward, and only to public headers.
# The order (docs/architecture.md):
#   base <- {saml, oidc, trust} <- gateway/{store, ops, front, sigv4, conf} <- gateway/{cred, proc} <- gateway/directory
#   <- gateway/outbound <- gateway/idp <- gateway/api <- gateway/{iam, web, grant, edge} <- gateway/org <- gateway/serve <- gateway/ctl <- gateway/main.c
# An X_int.h is for the files of its own folder and for tests; a header that says it is a part of another is for its own folder.
# A third-party header has its homes.
set -u
cd "${1:-${srcdir:-.}}" || exit 2

level() {
	case "$1" in
	base) echo 0 ;;
	saml | oidc | trust) echo 10 ;;
	gateway/store | gateway/ops | gateway/front | gateway/sigv4 | gateway/conf) echo 20 ;;
	gateway/cred | gateway/proc) echo 30 ;;
	gateway/directory) echo 40 ;;
	gateway/outbound) echo 45 ;;
	gateway/idp) echo 50 ;;
	gateway/api) echo 60 ;;
	gateway/iam | gateway/web | gateway/grant | gateway/edge) echo 70 ;;
	gateway/org) echo 75 ;;
	gateway/serve) echo 80 ;;
	gateway/ctl) echo 90 ;;
	gateway) echo 100 ;;
	tests) echo 200 ;;
	*) echo none ;;
	esac
}

# The room of a file: its first path component, or two below gateway/.
room() {
	case "$1" in
	gateway/*/*) echo "$1" | cut -d/ -f1,2 ;;
	*) echo "$1" | cut -d/ -f1 ;;
	esac
}

# Where a third-party header may be included: a pattern of paths.
home() {
	case "$1" in
	libxml/*) echo 'saml/metadata*|saml/xml*|gateway/proc/*|gateway/idp/*' ;;
	openssl/sha.h) echo 'base/sha256.c' ;;
	openssl/*) echo 'saml/*|oidc/*|gateway/cred/*|gateway/sigv4/*|gateway/front/*|gateway/ops/*|gateway/store/*|gateway/api/*|gateway/idp/*|gateway/outbound/*|gateway/ctl/*|gateway/iam/*|gateway/serve/*|gateway/directory/*' ;;
	sqlite3.h) echo 'gateway/store/*' ;;
	libpq-fe.h) echo 'gateway/store/*' ;;
	curl/*) echo 'gateway/idp/*' ;;
	event2/*) echo 'gateway/front/*|gateway/serve/*|gateway/iam/*' ;;
	seccomp.h) echo 'gateway/proc/*' ;;
	jansson.h) echo 'oidc/*|gateway/*' ;;
	jwt.h | xmlsec/*) echo 'tests/*' ;;
	yaml.h) echo 'gateway/*' ;;
	urcu*) echo 'gateway/directory/*|gateway/front/*|gateway/serve/*|gateway/api/*|gateway/idp/*' ;;
	*) echo '' ;;
	esac
}

# " * F.h - a part of G.h: ..." in its first comment.
parts=$(grep -lE '^ \* [a-z0-9/_]+\.h - a part of ' $(find saml oidc trust gateway -name '*.h' 2>/dev/null) /dev/null)

bad=0 seen=0
say() { echo "includes: $*" >&2; bad=1; }

check() { # FILE HEADER
	from=$(room "$1") to=$(room "$2")
	a=$(level "$from") b=$(level "$to")
	if [ "$a" = none ]; then say "$1: its folder has no place in the order"; return; fi
	if [ "$b" = none ]; then
		[ "$2" = config.h ] || say "$1 includes \"$2\": written from the root, please"
		return
	fi
	if [ "$from" != "$to" ] && [ "$a" -le "$b" ]; then say "$1 includes \"$2\": upward or sideways"; fi
	if [ "$from" != "$to" ]; then
		case " $(echo $parts) " in *" $2 "*) say "$1 includes \"$2\": a part; include the whole" ;; esac
	fi
	case "$2" in
	*_int.h) if [ "$from" != "$to" ] && [ "$from" != tests ]; then say "$1 includes \"$2\": private to $to"; fi ;;
	esac
}

third_party() { # FILE HEADER
	case "$1" in tests/*) return ;; esac
	homes=$(home "$2")
	[ -n "$homes" ] || return
	eval "case \"\$1\" in $homes) return ;; esac"
	say "$1 includes <$2>: that header has its home elsewhere"
}

for f in $(find base saml oidc trust gateway tests -name '*.[ch]' 2>/dev/null | sort); do
	seen=$((seen + 1))
	for h in $(sed -n 's/^#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$f"); do check "$f" "$h"; done
	for h in $(sed -n 's/^#[ \t]*include[ \t]*<\([^>]*\)>.*/\1/p' "$f"); do third_party "$f" "$h"; done
done
[ $seen -gt 0 ] || { echo "includes: found no source" >&2; exit 1; }
[ $bad -eq 0 ] && echo "includes: $seen files in order"
exit $bad
