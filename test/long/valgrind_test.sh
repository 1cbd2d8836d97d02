#!/bin/sh
# Memory that was never written is what the sanitizers do not see.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"

build() {
    cmake -S "$TOP" -B "$TOP/build/valgrind" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS='-Werror -O1' &&
        cmake --build "$TOP/build/valgrind" -j "$(nproc)"
}

under_valgrind() {
    valgrind --quiet --error-exitcode=99 --track-fds=no --leak-check=full --errors-for-leak-kinds=definite \
        --trace-children=no --child-silent-after-fork=yes "$@"
}

if check "it builds without sanitizers" build; then
    check "unit" under_valgrind "$TOP/build/valgrind/test/unit"
    check "providers" under_valgrind "$TOP/build/valgrind/test/providers"
fi
finish
