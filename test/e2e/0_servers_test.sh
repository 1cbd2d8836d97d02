#!/bin/sh
# The servers that the other tests stand on: each starts, answers, and takes a change.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/pebble.sh"
. "$TOP/test/tools/servers.sh"

NAME=_acme-challenge.example.test
KEY=$TSIG_ALGORITHM:$TSIG_NAME:$TSIG_SECRET
WRONG_KEY=$TSIG_ALGORITHM:$TSIG_NAME:AAAA

# update PROGRAM PORT KEY VALUE
update() {
    printf 'server 127.0.0.1 %s\nzone example.test.\nupdate add %s. 60 TXT "%s"\nsend\n' "$2" "$NAME" "$4" |
        "$1" -y "$3"
}

pdns_update() {
    pdns_call /servers/localhost/zones/example.test. -X PATCH -H 'Content-Type: application/json' -d "{
        \"rrsets\": [{ \"name\": \"$NAME.\", \"type\": \"TXT\", \"ttl\": 60, \"changetype\": \"REPLACE\",
        \"records\": [{ \"content\": \"\\\"$1\\\"\", \"disabled\": false }] }] }"
}

txt() {
    dig +short +norecurse @127.0.0.1 -p "$1" "$NAME" TXT
}

alive() {
    kill -0 "$(cat "$1")" 2>/dev/null
}

scratch
check "challtestsrv starts" start_challtestsrv "$WORK/challtestsrv"
check "challtestsrv takes a value" challtestsrv_post set-txt "{\"host\": \"$NAME.\", \"value\": \"one\"}"
same "challtestsrv answers" "$(txt "${CHALLTESTSRV_DNS#*:}")" '"one"'

check "Pebble starts" start_pebble "$WORK/pebble" dns="$CHALLTESTSRV_DNS" eab=yes PEBBLE_ALTERNATE_ROOTS=2
check "Pebble is new enough" pebble_at_least "$PEBBLE_WANTED"
check "the directory can be read" pebble_get "$PEBBLE_DIR"
has "the options reach Pebble" "$OUTPUT" '"externalAccountRequired": true'
check "the knobs reach Pebble" pebble_get "$PEBBLE_MGMT/roots/2"
refuse "an option that does not exist" start_pebble "$WORK/pebble" nonsense=1
first=$PEBBLE_DIR
check "a second Pebble starts beside it" start_pebble "$WORK/second"
refuse "each has a CA of its own" pebble_get "$first"
stop "$WORK/second" pebble
refuse "one can be stopped" alive "$WORK/second/pebble.pid"
check "the other goes on" alive "$WORK/pebble/pebble.pid"

check "named starts" start_named "$WORK/named"
check "named takes an update" update nsupdate "$NAMED_PORT" "$KEY" one
refuse "named wants the key" update nsupdate "$NAMED_PORT" "$WRONG_KEY" two
same "named answers" "$(txt "$NAMED_PORT")" '"one"'

check "knotd starts" start_knot "$WORK/knot"
check "knotd takes an update" update knsupdate "$KNOT_PORT" "$KEY" one
refuse "knotd wants the key" update knsupdate "$KNOT_PORT" "$WRONG_KEY" two
same "knotd answers" "$(txt "$KNOT_PORT")" '"one"'

check "PowerDNS starts" start_pdns "$WORK/pdns"
check "PowerDNS takes a change over its API" pdns_update one
same "PowerDNS answers" "$(txt "$PDNS_PORT")" '"one"'
PDNS_API_KEY=wrong
refuse "PowerDNS wants the key" pdns_update two

stop_all
refuse "all can be stopped" alive "$WORK/named/named.pid"
finish
