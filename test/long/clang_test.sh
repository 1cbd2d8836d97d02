#!/bin/sh
# The other compiler: it builds without a warning, and what it builds passes the programs of the tests.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"

build() {
    cmake -S "$TOP" -B "$TOP/build/clang" -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug \
        -DMCACME_SANITIZE=address,undefined -DCMAKE_C_FLAGS='-Werror -O1' &&
        cmake --build "$TOP/build/clang" -j "$(nproc)"
}

if check "clang builds it" build; then
    check "unit" "$TOP/build/clang/test/unit"
    check "providers" "$TOP/build/clang/test/providers"
fi
finish
