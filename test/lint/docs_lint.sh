#!/bin/sh
# Manual, completion and provider pages are what the program's own tables make of their templates, and are sound; the
# README installs what the tests install.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
INSTALL_ONLY_DEFINE=1
. "$TOP/test/tools/install.sh"
FRESH=$(mktemp -d)

# The release build, which the end-to-end tests need anyway.
build() {
    cmake -S . -B build/release -DCMAKE_BUILD_TYPE=Release -DMCACME_TESTS=OFF -DCMAKE_C_FLAGS=-Werror &&
        cmake --build build/release -j "$(nproc)" --target generate
}

generate() {
    build/release/generate "$TOP" "$FRESH"
}

# What is made now is what is kept, and nothing else is kept.
current() {
    diff -ru "$1" "$FRESH/$1" && return 0
    echo "to renew it: cmake --build build/release --target docs"
    return 1
}

sound_manual() {
    mandoc -T lint -W warning "$1"
}

bad_manual() {
    printf '.Dd today\n.Sh NAME\n.It x\n' >"$FRESH/bad.1" && sound_manual "$FRESH/bad.1"
}

stale() {
    echo "another line" >>"$FRESH/docs/mcacme.1" && current docs/mcacme.1
}

# One name a line; of alternatives the first.
build_packages() {
    # shellcheck disable=SC2046
    printf '%s\n' $(install_packages_of build) | sed 's/|.*//' | sort
}

readme_packages() {
    # shellcheck disable=SC2046
    printf '%s\n' $(sed -n 's/^apt install //p' README.md) | sort
}

# A test that docs/rfc.md names must be there: "e2e/NAME", or a unit test, whose end may be "*".
test_is_there() {
    case $1 in
    e2e/*) [ -f "test/$1_test.sh" ] ;;
    hostile_ca_*) [ -f test/unit/hostile_ca_test.c ] ;;
    *'*') grep -rq "^TEST(${1%\*}" test/unit ;;
    *) grep -rq "^TEST($1)" test/unit ;;
    esac
}

rfc_tests() {
    sed -n 's/^| .* | .* | \(`.*\) |$/\1/p' docs/rfc.md | tr ' ' '\n' | tr -d '`' | sort -u
}

cd "$TOP" || exit 1
for name in $(rfc_tests); do
    check "docs/rfc.md: there is a test $name" test_is_there "$name"
done
refuse "it complains of a test that is not there" test_is_there flow_never_was
same "the README names the packages of test/tools/install.sh" "$(readme_packages)" "$(build_packages)"
mkdir -p "$FRESH/docs/providers" "$FRESH/packaging/completions"
if check "the generator builds" build && check "it runs" generate; then
    for product in docs/mcacme.1 docs/mcacme.conf.5 docs/providers docs/acmesh-plugins.md packaging/completions/mcacme.bash; do
        check "$product is current" current "$product"
    done
    refuse "it complains of a stale manual" stale
fi
if command -v mandoc >/dev/null; then
    for manual in docs/*.[1-8]; do
        check "$manual is sound" sound_manual "$manual"
    done
    refuse "it complains of an unsound manual" bad_manual
fi
if command -v bash >/dev/null; then
    check "the completion is bash" bash -n packaging/completions/mcacme.bash
fi
rm -rf "$FRESH"
finish
