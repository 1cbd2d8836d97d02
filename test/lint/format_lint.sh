#!/bin/sh
# The layout of the C files is clang-format's, version 14 exactly: other versions disagree in details.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}

find_clang_format() {
    for candidate in clang-format-14 clang-format; do
        if "$candidate" --version 2>/dev/null | grep -q 'version 14\.'; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

if ! clang_format=$(find_clang_format); then
    echo "skip: no clang-format 14 here"
    echo "0 passed, 0 failed"
    exit 0
fi
. "$TOP/test/tools/report.sh"

formatted() {
    "$clang_format" --style=file "$1" | diff -u --label "$1" --label "as clang-format has it" "$1" -
}

bad_sample() {
    printf 'int  f( void ) {return 1;}\n' >"$1" && formatted "$1"
}

cd "$TOP" || exit 1
for file in $(find cmd lib providers test -name '*.[ch]' | sort); do
    check "$file" formatted "$file"
done
sample=$(mktemp -d)
cp .clang-format "$sample"
refuse "it complains of bad layout" bad_sample "$sample/bad.c"
rm -rf "$sample"
finish
