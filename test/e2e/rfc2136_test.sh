#!/bin/sh
# Dynamic update of real name servers: BIND and Knot. The CA looks at the very server that was updated.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/servers.sh"

NAME=_acme-challenge.example.test

txt() {
    dig +short +norecurse @127.0.0.1 -p "$1" "$NAME" TXT
}

# foreign PROGRAM PORT VALUE: somebody else's record at the same name.
foreign() {
    printf 'server 127.0.0.1 %s\nzone example.test.\nupdate add %s. 60 TXT "%s"\nsend\n' "$2" "$NAME" "$3" |
        "$1" -y "$TSIG_ALGORITHM:$TSIG_NAME:$TSIG_SECRET"
}

key_file() {
    cat >"$WORK/key" <<KEY
key "$TSIG_NAME" {
    algorithm $TSIG_ALGORITHM;
    secret "$1";
};
KEY
    chmod 600 "$WORK/key"
}

# update PORT [WORD]...: issue by dynamic update of the server at PORT.
update() {
    update_port=$1
    shift
    printf 'NSUPDATE_SERVER="127.0.0.1"\nNSUPDATE_SERVER_PORT="%s"\nNSUPDATE_KEY="%s"\n' "$update_port" "$WORK/key" \
        >"$WORK/credentials"
    chmod 600 "$WORK/credentials"
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns rfc2136 --credentials "$WORK/credentials" \
        --resolver "127.0.0.1:$update_port" --propagation resolver -d example.test "$@"
}

# server PROGRAM PORT: with a Pebble that asks it.
server() {
    STATE=$WORK/state-$1
    key_file "$TSIG_SECRET"
    check "$1: Pebble starts" start_pebble "$WORK/ca" dns="127.0.0.1:$2" retry=0 PEBBLE_AUTHZREUSE=0
    check "$1: a record of somebody else" foreign "$1" "$2" foreign
    check "$1: apex and wildcard" update "$2" -d '*.example.test'
    check "$1: is good" valid example.test
    same "$1: the foreign record is as it was" "$(txt "$2")" '"foreign"'
    check "$1: renew" client renew --force
    check "$1: is good" valid example.test
    same "$1: the foreign record is still there" "$(txt "$2")" '"foreign"'
    STATE=$WORK/state-$1-stranger # a new account has no valid authorization that Pebble might use again
    key_file AAAA
    status "$1: a wrong key" 5 update "$2"
    lacks "$1: is not shown" "$OUTPUT" "$TSIG_SECRET"
    same "$1: nothing was added" "$(txt "$2")" '"foreign"'
    status "$1: a name in a zone of others" 5 client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" \
        --dns rfc2136 --credentials "$WORK/credentials" --resolver "127.0.0.1:$2" -d example.org
    stop "$WORK/ca" pebble
}

scratch
check "named starts" start_named "$WORK/named"
check "knotd starts" start_knot "$WORK/knot"
server nsupdate "$NAMED_PORT"
server knsupdate "$KNOT_PORT"
finish
