#!/bin/sh
# Several name servers of one zone, some of them slow, lame or silent: the CA is asked to look only when all that
# answer have the record. Name servers are asked on port 53, so everything runs in a network of its own.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# Who is no root becomes one in a user namespace, which a chroot does not allow (and root does not need).
own_network() {
    if [ "$(id -u)" -eq 0 ]; then
        unshare -n "$@"
    else
        unshare -rn "$@"
    fi
}

if [ -z "${PROPAGATION_INSIDE:-}" ]; then
    if check "Pebble is there" find_pebble && check "a network of our own" own_network true; then
        rm -f "$OUTPUT"
        export PROPAGATION_INSIDE=yes PEBBLE_BIN CHALLTESTSRV_BIN PEBBLE_VERSION
        own_network sh "$0"
        exit
    fi
    finish
fi

# Pebble asks .3, which is the slow one: it fails wherever we have not waited for it.
RESOLVER=127.0.0.1:53
SLOW=127.0.0.3:53

start_dnsd() {
    launch "$WORK" dnsd python3 "$TOP/test/tools/dnsd.py" --control 127.0.0.1:8055 --zone example.test \
        --zone sub.example.test --zone other.test --server "$RESOLVER,resolver" \
        --server 127.0.0.2:53,zones=example.test+sub.example.test --server "$SLOW,zones=example.test+sub.example.test" \
        --server 127.0.0.4:53,zones=example.test --server 127.0.0.5:53,zones=other.test
    await "$WORK" dnsd grep -q '^dnsd ready' "$WORK/dnsd.log"
}

control() {
    curl -sSf --noproxy '*' -d "$2" "http://127.0.0.1:8055/$1"
}

# option SERVER JSON-MEMBERS
option() {
    control set-option "{\"server\": \"$1\", $2}"
}

# asked SERVER HOST: how many TXT queries a server got.
asked() {
    control dns-request-history "{\"host\": \"$2\"}" | python3 -c "import json, sys
print(sum(e['server'] == '$1' and e['type'] == 'TXT' for e in json.load(sys.stdin)))"
}

spread() {
    # shellcheck disable=SC2153
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns challtestsrv --resolver "$RESOLVER" "$@"
}

pebble_asks() {
    check "Pebble that asks $1 starts" start_pebble "$WORK/ca-$1" dns="$1" retry=0 PEBBLE_AUTHZREUSE=0
}

slow() {
    option "$SLOW" '"delay": 2'
    began=$(date +%s)
    check "a slow name server is waited for" spread -d example.test -d '*.example.test'
    check "that takes its time" [ $(($(date +%s) - began)) -ge 2 ]
    check "the certificate is good" valid example.test
    for server in 127.0.0.2:53 "$SLOW" 127.0.0.4:53; do
        check "$server was asked" [ "$(asked "$server" _acme-challenge.example.test)" -gt 0 ]
    done
    same "those of other zones were not" "$(asked 127.0.0.5:53 _acme-challenge.example.test)" 0
    check "a zone below" spread -d a.sub.example.test
    same "has its own name servers" "$(asked 127.0.0.4:53 _acme-challenge.a.sub.example.test)" 0
    option "$SLOW" '"delay": 3600'
    status "one that never gets it" 5 spread -d never.example.test --deadline 10s
    has "is named" "$OUTPUT" 127.0.0.3
    check "nothing is left in the journal" journal_empty
    option "$SLOW" '"delay": 0'
}

# bad MODE
bad() {
    option 127.0.0.4:53 "\"mode\": \"$1\""
    check "a name server that is $1" spread -d "$1.example.test"
    has "is a warning" "$OUTPUT" 'mcacme: warning:'
    has "with its address" "$OUTPUT" 127.0.0.4
    check "and no obstacle" valid "$1.example.test"
    option 127.0.0.4:53 '"mode": "ok"'
}

over_tcp() {
    option 127.0.0.4:53 '"mode": "truncate"'
    check "answers that need TCP" spread -d tcp.example.test
    lacks "are no reason to warn" "$OUTPUT" warning
    option 127.0.0.4:53 '"mode": "ok"'
}

elsewhere() {
    pebble_asks "$RESOLVER"
    control set-cname '{"host": "_acme-challenge.www.example.test", "target": "proofs.other.test"}'
    check "a CNAME into another zone" spread -d www.example.test
    check "is followed" [ "$(asked 127.0.0.5:53 proofs.other.test)" -gt 0 ]
    check "to a certificate" valid www.example.test
    control set-cname '{"host": "_acme-challenge.alias.example.test", "target": "_acme-challenge.other.test"}'
    check "--challenge-alias" spread -d alias.example.test --challenge-alias other.test
    check "a certificate" valid alias.example.test
    control set-cname '{"host": "_acme-challenge.domain.example.test", "target": "txt.other.test"}'
    check "--domain-alias" spread -d domain.example.test --domain-alias txt.other.test
    check "a certificate" valid domain.example.test
    control set-cname '{"host": "_acme-challenge.loop.example.test", "target": "_acme-challenge.loop.example.test"}'
    refuse "a CNAME that leads to itself" spread -d loop.example.test --deadline 10s
}

ip link set lo up
scratch
STATE=$WORK/state
export CHALLTESTSRV_URL=http://127.0.0.1:8055
if check "the name servers start" start_dnsd && pebble_asks "$SLOW"; then
    slow
    bad silent
    bad refused
    bad servfail
    over_tcp
    elsewhere
fi
finish
