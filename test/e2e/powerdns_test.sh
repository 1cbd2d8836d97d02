#!/bin/sh
# The API of a real PowerDNS. The CA looks at the same server.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/servers.sh"

NAME=_acme-challenge.example.test

txt() {
    dig +short +norecurse @127.0.0.1 -p "$PDNS_PORT" "$NAME" TXT
}

foreign() {
    pdns_call /servers/localhost/zones/example.test. -X PATCH -H 'Content-Type: application/json' -d "{
        \"rrsets\": [{ \"name\": \"$NAME.\", \"type\": \"TXT\", \"ttl\": 300, \"changetype\": \"REPLACE\",
        \"records\": [{ \"content\": \"\\\"foreign\\\"\", \"disabled\": false }] }] }"
}

# credentials TOKEN
credentials() {
    printf 'export PDNS_Url="%s"\nexport PDNS_Token="%s"\n' "$PDNS_API" "$1" >"$WORK/credentials"
    chmod 600 "$WORK/credentials"
}

pdns_issue() {
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns dns_pdns --credentials "$WORK/credentials" \
        --resolver "127.0.0.1:$PDNS_PORT" --propagation resolver "$@"
}

scratch
STATE=$WORK/state
check "PowerDNS starts" start_pdns "$WORK/pdns"
check "Pebble starts" start_pebble "$WORK/ca" dns="127.0.0.1:$PDNS_PORT" retry=0 PEBBLE_AUTHZREUSE=0
credentials "$PDNS_API_KEY"
check "apex and wildcard" pdns_issue -d example.test -d '*.example.test'
check "is good" valid example.test
same "no record is left" "$(txt)" ""
check "a record of somebody else" foreign
check "renew" client renew --force
check "is good" valid example.test
same "the foreign record is as it was" "$(txt)" '"foreign"'
check "the rest of the zone, too" pdns_call /servers/localhost/zones/example.test.
has "has its addresses" "$OUTPUT" 'mail.example.test.'
status "a zone that is not there" 5 pdns_issue -d example.org
credentials wrong-token-7
status "a wrong token" 5 pdns_issue -d example.test -d '*.example.test' --force
lacks "is not shown" "$OUTPUT" wrong-token-7
has "in the server's words" "$OUTPUT" 401
same "nothing was added" "$(txt)" '"foreign"'
check "the certificate held is as it was" valid example.test
finish
