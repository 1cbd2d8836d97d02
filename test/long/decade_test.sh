#!/bin/sh
# Simulated decades: ten years of a timer in a world that fails in all ways that we know of (test/unit/decade.h).
#
#     DECADE_LIVES=20 sh test/long/decade_test.sh     for a night's work

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
DECADE_LIVES=${DECADE_LIVES:-3}
UNIT=$TOP/build/decade/test/unit

build() {
    cmake -S "$TOP" -B "$TOP/build/decade" -DCMAKE_BUILD_TYPE=Debug -DMCACME_SANITIZE=address,undefined \
        -DCMAKE_C_FLAGS='-Werror -O1' && cmake --build "$TOP/build/decade" -j "$(nproc)" --target unit
}

live() {
    DECADE_SEED=$2 "$UNIT" "$1"
}

if check "the program is built" build; then
    check "each kill, each minute, ten years in peace" live decade 1
    seed=2
    while [ "$seed" -le "$DECADE_LIVES" ]; do
        check "ten years of troubles, number $seed" live decade_of_troubles "$seed"
        seed=$((seed + 1))
    done
fi
finish
