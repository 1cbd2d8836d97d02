#!/bin/sh
# Every shell script is POSIX sh and free of shellcheck's complaints.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"

# By name or by first line; the build's own files are not ours.
scripts() {
    find . -name .git -prune -o -path './build*' -prune -o -type f -print | sort | while read -r path; do
        case $path in
        *.sh) echo "$path" ;;
        *.[ch] | *.md | *.py) ;;
        *) ! head -c 64 "$path" | head -n 1 | grep -aq '^#!.*[ /]\(ba\|da\)\{0,1\}sh\b' || echo "$path" ;;
        esac
    done
}

# SC1091: sourced files are checked on their own. SC2034: variables of sourced files are the caller's.
clean() {
    shellcheck -e SC1091,SC2034 "$1" && ! head -n 1 "$1" | grep bash
}

bad_sample() {
    printf '#!/bin/sh\nrm %s1\n' '$' >"$1" && clean "$1"
}

bashism() {
    printf '#!/bin/bash\ntrue\n' >"$1" && clean "$1"
}

cd "$TOP" || exit 1
for script in $(scripts); do
    check "$script" clean "$script"
done
sample=$(mktemp -d)
refuse "it complains of unquoted words" bad_sample "$sample/bad.sh"
refuse "it complains of bash" bashism "$sample/bash.sh"
rm -rf "$sample"
finish
