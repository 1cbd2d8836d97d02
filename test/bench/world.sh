# shellcheck shell=sh
# What the clients of the comparison run in: the programs, one Pebble near and 40 ms away, and a trust store.

INSTALL_ONLY_DEFINE=1
. test/tools/install.sh
. test/tools/pebble.sh

ONE_WAY=20 # milliseconds
TRUST=/etc/ssl/certs

# The test CA goes into a copy of the system's trust store, mounted over it where only we see it.
world_enter() {
    [ -z "${BENCH_INSIDE:-}" ] || return 0
    BENCH_INSIDE=yes
    export BENCH_INSIDE
    world_install || exit 1
    if [ "$(id -u)" -eq 0 ]; then
        exec unshare --mount sh "$TOP/test/bench/run.sh" "$@"
    fi
    exec unshare --map-root-user --mount sh "$TOP/test/bench/run.sh" "$@"
}

world_install() {
    need build pebble || return 1
    # shellcheck disable=SC2046
    install_listed "$(install_missing util-linux uacme lego certbot dehydrated | tr '\n' ' ')" ||
        echo "run.sh: going on with the clients that are here" >&2
}

world_build() {
    cmake -S . -B build/bench -DCMAKE_BUILD_TYPE=Release -DMCACME_TESTS=ON -DMCACME_BENCH=ON &&
        cmake --build build/bench -j "$(nproc)" --target mcacme bench-measure bench-forward bench-hook bench-bare
}

# uacme of Debian 12 gives up on dns-persist-01, which newer Pebbles offer; so it is this Debian's Pebble that
# serves all. Its DNS companion is the newer one.
world_pebble() {
    find_pebble && start_challtestsrv "$WORK/dns" || return 1
    if [ "$PEBBLE_KIND" = distribution ]; then
        PEBBLE_CACHE=$TOP/build/tools/pebble-distribution
        pebble_cached || pebble_unpack_from "$(apt_codename)" && pebble_cached || return 1
        CHALLTESTSRV_BIN=none
    fi
    start_pebble "$WORK/pebble" dns="$CHALLTESTSRV_DNS" retry=0 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0
    PEBBLE_LOG=$WORK/pebble/pebble.log
}

world_forwarder() {
    far_port=$(free_ports 1)
    launch "$WORK" far "$TOOLS/bench-forward" "$far_port" "$PEBBLE_PORT" "$ONE_WAY"
    FAR_DIRECTORY=https://127.0.0.1:$far_port/dir
    FAR_LOG=$WORK/far.log
    await "$WORK" far pebble_get "$FAR_DIRECTORY"
}

world_trust() {
    cp -a "$TRUST" "$WORK/certs" && cp "$PEBBLE_CA" "$WORK/certs/mcacme-bench.pem" &&
        cat "$PEBBLE_CA" >>"$WORK/certs/ca-certificates.crt" &&
        openssl rehash "$WORK/certs" 2>/dev/null
    mount --bind "$WORK/certs" "$TRUST"
}

world_start() {
    scratch
    : >"$WORK/results"
    mkdir "$WORK/accounts"
    TOOLS=$TOP/build/bench/test MCACME=${MCACME:-$TOP/build/bench/mcacme}
    if ! world_build >"$WORK/build.log" 2>&1; then
        cat "$WORK/build.log" >&2
        exit 1
    fi
    world_pebble && world_forwarder && world_trust || exit 1
    CHALLTESTSRV_URL=$CHALLTESTSRV CHALLTESTSRV_PORT=${CHALLTESTSRV##*:} HOOK=$TOOLS/bench-hook
    export CHALLTESTSRV_URL CHALLTESTSRV_PORT
}

world_describe() {
    strip -o "$WORK/stripped" "$MCACME"
    printf 'mcacme stripped: %d KB; ' $(($(wc -c <"$WORK/stripped") / 1000))
    printf 'Pebble %s; %d processors; load %s\n' "$PEBBLE_VERSION" "$(nproc)" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
    # shellcheck disable=SC2016
    dpkg-query -W -f '${Package} ${Version}; ' uacme lego certbot dehydrated libcurl4 libmbedcrypto7 2>/dev/null
    echo
}
