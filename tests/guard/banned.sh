#!/bin/sh
# banned.sh [TOP]: calls and words that this tree does without.
set -u
cd "${1:-${srcdir:-.}}" || exit 2

# Unbounded copies, hidden state, locale, shells, numbers without a check, regular expressions, jumps.
calls='strcpy|strcat|stpcpy|sprintf|vsprintf|gets|strtok|strtok_r|atoi|atol|atoll|atof|strtod|strtof|alloca|system|popen'
calls="$calls|tmpnam|tempnam|mktemp|rand|srand|random|drand48|setlocale|strcasecmp|strncasecmp|strcoll|localtime|gmtime|asctime|ctime"
calls="$calls|regcomp|regexec|setjmp|longjmp|inet_addr|inet_aton|gethostbyname|scanf|sscanf|fscanf|strncpy|strncat|strdupa"
files=$(find base saml oidc trust gateway -name '*.[ch]' 2>/dev/null | sort)
[ -n "$files" ] || { echo "banned: found no source" >&2; exit 1; }

# Without comments and string literals, the line numbers kept.
code() {
	awk '{
		line = $0; out = ""
		while (line != "") {
			if (inc) { i = index(line, "*/"); if (!i) { line = ""; break } line = substr(line, i + 2); inc = 0; continue }
			c = substr(line, 1, 1)
			if (substr(line, 1, 2) == "/*") { inc = 1; line = substr(line, 3); continue }
			if (substr(line, 1, 2) == "//") { line = ""; continue }
			if (c == "\"") { if (match(line, /^"([^"\\]|\\.)*"/)) { out = out "\"\""; line = substr(line, RLENGTH + 1); continue } }
			if (c == "\047") { if (match(line, /^\047([^\047\\]|\\.)*\047/)) { out = out "0"; line = substr(line, RLENGTH + 1); continue } }
			out = out c; line = substr(line, 2)
		}
		print out
	}' "$1"
}

bad=0
hits() { # WHAT PATTERN: of the stripped text of $f on standard input
	if found=$(grep -nE "$2"); then echo "$found" | sed "s|^|banned: $f:|; s|\$|   <- $1|" >&2; return 1; fi
	return 0
}
for f in $files; do
	text=$(code "$f")
	printf '%s\n' "$text" | hits "banned call" "(^|[^A-Za-z0-9_.>])($calls)[ \t]*\(" || bad=1
	printf '%s\n' "$text" | hits "goto" '(^|[^A-Za-z0-9_])goto[ \t]+[A-Za-z_]' || bad=1
	if grep -nE '(TODO|FIXME|HACK|not implemented|unimplemented|(^|[^A-Za-z])XXX([^A-Za-z]|$))' "$f" >&2; then
		echo "banned: $f: unfinished work is not marked, it is done" >&2; bad=1
	fi
done
# The pure folders read no clock, no file and no environment.  (metadata_pipe.c is the parse process's own loop.)
for f in $(find saml oidc trust -name '*.[ch]' ! -name 'metadata_pipe.c' 2>/dev/null); do
	code "$f" | hits "a pure folder asks nobody" \
		'(^|[^A-Za-z0-9_.>])(time|clock_gettime|gettimeofday|getenv|fopen|open|socket|connect|read|write|printf|fprintf|syslog)[ \t]*\(' || bad=1
done
[ $bad -eq 0 ] && echo "banned: none in $(echo "$files" | wc -l) files"
exit $bad
