#!/bin/sh
# Every fuzz target: its corpus, then a short while of new inputs. What it finds is kept in build/fuzz.
#
#     FUZZ_SECONDS=3600 sh test/long/fuzz_test.sh     for a night's work

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
FUZZ_SECONDS=${FUZZ_SECONDS:-15}

build() {
    cmake -S "$TOP" -B "$TOP/build/fuzz" -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DMCACME_FUZZ=ON \
        -DMCACME_SANITIZE=address,undefined -DCMAKE_C_FLAGS='-O1 -g' &&
        cmake --build "$TOP/build/fuzz" -j "$(nproc)"
}

# The first folder takes what is found, so that the tree's own corpus stays as it is.
fuzz() {
    mkdir -p "$TOP/build/fuzz/found/$1"
    "$TOP/build/fuzz/test/$1" -max_total_time="$FUZZ_SECONDS" -max_len=65536 -timeout=5 -rss_limit_mb=1024 \
        -artifact_prefix="$TOP/build/fuzz/$1-" "$TOP/build/fuzz/found/$1" "$TOP/test/fuzz/corpus/$2"
}

if check "the targets are built" build; then
    for target in "$TOP"/test/fuzz/fuzz_*.c; do
        name=$(basename "$target" .c)
        check "$name" fuzz "$name" "${name#fuzz_}"
    done
fi
finish
