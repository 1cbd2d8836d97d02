#!/bin/sh
# What is remembered of attempts that failed, and certificates without the names that cannot be proved.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# A timer that runs each minute asks the CA no more often than it may be asked.
backing_off() {
    cat >"$WORK/mcacme.conf" <<CONF
server = $PEBBLE_DIR
ca-bundle = $PEBBLE_CA
dns = challtestsrv
resolver = $CHALLTESTSRV_DNS
[certificate bad]
domain = bad.blocked-domain.example
CONF
    status "a name that the CA rejects" 4 client renew --config "$WORK/mcacme.conf"
    count=$(grep -c 'POST /order-plz' "$PEBBLE_LOG")
    for run in 1 2 3; do
        status "run $run of the timer" 75 client renew --config "$WORK/mcacme.conf"
    done
    has "says until when" "$OUTPUT" "backing off until 20"
    has "and why" "$OUTPUT" "blocked-domain.example"
    has "and what to do" "$OUTPUT" "--force"
    same "in one line and a hint" "$(wc -l <"$OUTPUT")" 2
    same "nobody was asked" "$(grep -c 'POST /order-plz' "$PEBBLE_LOG")" "$count"
    check "the plan" client renew --dry-run --config "$WORK/mcacme.conf"
    has "says so" "$OUTPUT" "bad: wait: no certificate yet; backing off until 20"
    status "--force tries again" 4 client renew --force --config "$WORK/mcacme.conf"
    check "the next pause is longer" client list --json --config "$WORK/mcacme.conf"
    has "and is counted" "$OUTPUT" '"count":2'
    status "by hand, the CA insists" 75 client issue --config "$WORK/mcacme.conf" --name bad
    status "other names" 0 client issue --config "$WORK/mcacme.conf" -d good.example.com
}

# What is wrong on this side is tried again by hand as soon as it is mended.
mended_here() {
    status "a provider that cannot be reached" 75 env CHALLTESTSRV_URL=http://127.0.0.1:1 "$MCACME" issue \
        --state "$STATE" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns challtestsrv \
        --resolver "$CHALLTESTSRV_DNS" -d mended.example.com
    check "is mended" issue -d mended.example.com
    same "and forgotten" "$(find "$STATE/failures" -name '*.json' -exec grep -l mended {} + | wc -l)" 0
}

partial() {
    status "one bad name" 4 issue -d one.example.com -d www.blocked-domain.example --name part
    refuse "blocks the certificate" test -e "$STATE/certs/part"
    check "unless that is allowed" issue --partial allow -d one.example.com -d www.blocked-domain.example --name part
    has "with a warning" "$OUTPUT" "left out: www.blocked-domain.example"
    same "the others are in it" "$(sans part)" "DNS:one.example.com"
    before=$(serial part) count=$(orders)
    check "list" client list part
    has "tells of the missing name" "$OUTPUT" "1 wanted name is missing"
    check "and in JSON" client list --json part
    has "by name" "$OUTPUT" '"missing":["www.blocked-domain.example"]'
    check "the timer" client renew part
    same "waits before it tries again" "$(orders)" "$count"
    same "and is silent" "$(cat "$OUTPUT")" ""
    rm -rf "$STATE/failures"
    check "a later run" client renew part
    has "tries and says so" "$OUTPUT" "the certificate stays without www.blocked-domain.example"
    same "no second certificate for the same names" "$(serial part)" "$before"
    check "a name that is proved by now" issue --partial allow -d one.example.com -d two.example.com --name part
    same "is in it" "$(sans part | tr '\n' ' ')" "DNS:one.example.com DNS:two.example.com "
    status "none left" 4 issue --partial allow -d www.blocked-domain.example --name none
}

# A refusal at the proof instead of at the order.
unproved() {
    cat >"$WORK/split.conf" <<CONF
server = $PEBBLE_DIR
ca-bundle = $PEBBLE_CA
resolver = $CHALLTESTSRV_DNS
propagation = none
partial = allow
dns = good:good.example
webroot = $WORK
[dns good]
provider = challtestsrv
CONF
    check "a web server that is not there" client issue --config "$WORK/split.conf" -d good.example -d web.example
    has "is told of" "$OUTPUT" "left out: web.example"
    same "the name proved by DNS is there" "$(sans good.example)" "DNS:good.example"
    check "no record is left" no_txt _acme-challenge.good.example
    check "and no journal" journal_empty
}

check "the servers start" start_ca PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0
backing_off
mended_here
partial
unproved
finish
