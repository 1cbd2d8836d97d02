#!/bin/sh
# Measures mcacme, the bare client and the other ACME clients of this Debian against one Pebble, in one run.
#
#     sh test/bench/run.sh [-n RUNS] [-c CLIENT]... [-t CASE]... [-l SECONDS] [-m SECONDS] [-p new] [-k FILE]
#
# -n: runs of each case (default 5); a client whose runs of a case have taken -l SECONDS (default 20) gets no more
# of it, and one that takes -m SECONDS (default 60) is ended. -c and -t leave only some clients and cases. -p new
# takes the Pebble of the other tests instead of this Debian's. -k keeps the raw results.
#
# Prints tables of medians; docs/internals/bench.md tells how it is measured. Nothing passes or fails here. Wants
# root, or a kernel that lets everybody have a mount namespace.

set -u
TOP=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
cd "$TOP" || exit 1
RUNS=5 BUDGET=20 LIMIT=60 PEBBLE_KIND=distribution KEEP='' CLIENTS='' CASES=''

. test/bench/world.sh
. test/bench/clients.sh

while getopts n:c:t:l:m:p:k: option; do
    case $option in
    n) RUNS=$OPTARG ;;
    c) CLIENTS="$CLIENTS $OPTARG" ;;
    t) CASES="$CASES $OPTARG" ;;
    l) BUDGET=$OPTARG ;;
    m) LIMIT=$OPTARG ;;
    p) PEBBLE_KIND=$OPTARG ;;
    k) KEEP=$OPTARG ;;
    *)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
    esac
done
CLIENTS=${CLIENTS:-bare mcacme mcacme_bundle uacme lego dehydrated certbot}
CASES=${CASES:-version help first one ten hundred far-first far-one far-ten far-hundred renew renew-10k ari-10k}

# The seconds that a client has spent on a case so far.
spent() {
    awk -v bench_case="$1" -v client="$2" '$1 == bench_case && $2 == client { sum += $3 } END { print int(sum / 1e6) }' \
        "$WORK/results"
}

# measured COMMAND...: what the functions of clients.sh call, once a run.
measured() {
    measured_requests=$(wc -c <"$PEBBLE_LOG")
    measured_connections=$(wc -c <"$FAR_LOG")
    : >"$WORK/one"
    "$TOOLS/bench-measure" "$WORK/one" "$LIMIT" "$@" >"$WORK/output" 2>&1
    measured_status=$?
    case $bench_case/$measured_status in
    */0 | version/* | help/*) ;; # uacme's --version exits with 2
    *) keep_failure "$measured_status" "$*" ;;
    esac
    printf '%s %s %s %d %d\n' "$bench_case" "$client" "$(cat "$WORK/one")" \
        "$(tail -c +$((measured_requests + 1)) "$PEBBLE_LOG" | grep -c 'calling handler')" \
        "$(tail -c +$((measured_connections + 1)) "$FAR_LOG" | grep -c connection)" >>"$WORK/results"
}

keep_failure() {
    {
        printf '%s %s ended with %d: %.200s\n' "$bench_case" "$client" "$1" "$2"
        tail -n 3 "$WORK/output" | cut -c 1-300
    } >>"$WORK/failures"
}

# Names that no run had before, so that no authorization is used again.
fresh_names() {
    serial=$((serial + 1))
    NAMES=
    fresh_left=$1
    while [ "$fresh_left" -gt 0 ]; do
        NAMES="$NAMES n$fresh_left-$serial.example.test"
        fresh_left=$((fresh_left - 1))
    done
}

# quietly COMMAND...: in place of `measured`, to prepare something.
quietly() {
    "$@" >"$WORK/output" 2>&1 || keep_failure $? "$*"
}

# state_with_account WHERE: a folder as it is after the first certificate, made once and then copied.
state_with_account() {
    prepared=$WORK/accounts/$client$1
    if [ ! -d "$prepared" ]; then
        state_new
        fresh_names 1
        RUN=quietly
        "${client}_first"
        cp -a "$STATE" "$prepared"
        echo "$NAMES" >"$prepared.names"
    fi
    state_new
    cp -a "$prepared/." "$STATE"
}

state_new() {
    STATE=$WORK/state
    rm -rf "$STATE"
    mkdir "$STATE"
}

renew_run() {
    DIRECTORY=$PEBBLE_DIR MANY=1000
    case $bench_case in *-10k) MANY=10000 ;; esac
    if [ "$many_of" != "$client $MANY" ]; then
        state_with_account ''
        NAMES=$(cat "$prepared.names")
        "${client}_many"
        many_of="$client $MANY"
    fi
    case $bench_case in ari-*) "${client}_forget" ;; esac
    RUN=measured
    "${client}_renew"
}

issue_run() {
    case $bench_case in
    far-*) DIRECTORY=$FAR_DIRECTORY issue_where=-far ;;
    *) DIRECTORY=$PEBBLE_DIR issue_where= ;;
    esac
    case $bench_case in
    *first) state_new ;;
    *) state_with_account "$issue_where" ;;
    esac
    case $bench_case in
    *hundred) fresh_names 100 ;;
    *ten) fresh_names 10 ;;
    *) fresh_names 1 ;;
    esac
    RUN=measured
    case $bench_case in
    *first) "${client}_first" ;;
    *) "${client}_issue" ;;
    esac
}

one_run() {
    case $bench_case in
    version | help)
        RUN=measured
        "${client}_$bench_case"
        ;;
    renew* | ari-*) renew_run ;;
    *) issue_run ;;
    esac
}

# Clients take turns, so that what else the machine does hits all of them; but not where the preparations are long.
measure_case() {
    case $bench_case in
    version | help) case_runs=$((RUNS * 4)) ;;
    *) case_runs=$RUNS ;;
    esac
    case $bench_case in
    renew* | ari-*)
        for client in $CLIENTS; do
            for round in $(seq "$case_runs"); do
                maybe_run
            done
        done
        return
        ;;
    esac
    for round in $(seq "$case_runs"); do
        for client in $CLIENTS; do
            maybe_run
        done
    done
}

maybe_run() {
    can "$client" "$bench_case" || return 0
    [ "$(spent "$bench_case" "$client")" -ge "$BUDGET" ] || one_run
}

serial=0 many_of=''
world_enter "$@"
world_start
for bench_case in $CASES; do
    measure_case
done
[ -z "$KEEP" ] || cp "$WORK/results" "$KEEP"
world_describe
python3 test/bench/table.py "$WORK/results"
[ ! -s "$WORK/failures" ] || sed 's/^/! /' "$WORK/failures" | sort | uniq | head -n 40
