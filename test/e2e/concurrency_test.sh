#!/bin/sh
# Many runs at once: one order for one certificate, one account for one CA, nothing torn.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# many N COMMAND...: the command N times at once, with its number in place of @; each exit status is in $WORK/many.
many() {
    many_count=$1 many_at=0
    shift
    rm -rf "$WORK/many" && mkdir "$WORK/many"
    while [ "$many_at" -lt "$many_count" ]; do
        many_at=$((many_at + 1))
        many_one "$many_at" "$@" &
        many_pids="${many_pids:-} $!"
    done
    for many_pid in $many_pids; do
        wait "$many_pid"
    done
    many_pids=
    cat "$WORK"/many/*.log
}

many_one() {
    many_number=$1 many_status=0
    shift
    # shellcheck disable=SC2046
    "$MCACME" $(printf '%s\n' "$@" | sed "s/@/$many_number/g") </dev/null >"$WORK/many/$many_number.log" 2>&1 ||
        many_status=$?
    echo "$many_status" >"$WORK/many/$many_number.status"
}

# with_status STATUS...: how many ended with one of these.
with_status() {
    for with_status_one in "$@"; do
        cat "$WORK"/many/*.status | grep -cx "$with_status_one" || :
    done | awk '{ sum += $1 } END { print sum }'
}

one_due() {
    check "a certificate" issue -d one.example.com
    check "is revoked, so that it is due" client revoke one.example.com --yes
    before=$(orders)
    check "fifty renewals at once" many 50 renew --state "$STATE"
    same "make one order" $(($(orders) - before)) 1
    same "all of them are content" "$(with_status 0 75)" 50
    same "one of them tells of it" "$(cat "$WORK"/many/*.log | grep -c 'one.example.com: renewed')" 1
    check "the certificate is good" valid one.example.com
    check "nothing in the journal" journal_empty
}

first_at_once() {
    rm -rf "$STATE"
    before=$(orders)
    # shellcheck disable=SC2086
    check "twenty first issues of one certificate" many 20 issue --state "$STATE" $CA -d first.example.com
    same "make one order" $(($(orders) - before)) 1
    same "all of them are content" "$(with_status 0 75)" 20
    check "it is good" valid first.example.com
}

all_valid() {
    all_valid_at=0
    while [ "$all_valid_at" -lt "$1" ]; do
        all_valid_at=$((all_valid_at + 1))
        valid "c$all_valid_at.example.com" && no_txt "_acme-challenge.c$all_valid_at.example.com" || return 1
    done
}

# Pebble's locks can stop each other when orders and answers to challenges come at once: it then hangs for everybody,
# also for a client that comes alone.
pebble_hangs() {
    # shellcheck disable=SC2086
    ! timeout 10 "$MCACME" issue --state "$WORK/alone" $CA -d alone.example.com >/dev/null 2>&1
}

# The certificates at once, against a new Pebble where one has hung; a fourth has no excuse.
try_certificates() {
    for try_number in 1 2 3 4; do
        rm -rf "$STATE"
        before=$(accounts)
        # shellcheck disable=SC2086
        many 20 issue --state "$STATE" $CA --deadline 20s -d c@.example.com -d '*.c@.example.com'
        [ "$(with_status 0)" -ne 20 ] && [ "$try_number" -lt 4 ] && pebble_hangs || return 0
        echo "Pebble hangs: try $try_number"
        stop_all
        rm -rf "$WORK"
        start_ca PEBBLE_AUTHZREUSE=0 || return 1
    done
}

many_certificates() {
    check "twenty certificates at once" try_certificates
    same "all of them are content" "$(with_status 0)" 20
    check "all certificates are good" all_valid 20
    same "one account was registered" $(($(accounts) - before)) 1
    check "nothing in the journal" journal_empty
}

if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    one_due
    first_at_once
    many_certificates
fi
finish
