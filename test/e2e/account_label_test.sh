#!/bin/sh
# dns-account-01: the record stands below a label of the account's own.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# label FILE: by the draft, computed by somebody else than us.
label() {
    python3 - "$1" <<'PYTHON'
import base64, hashlib, json, sys

kid = json.load(open(sys.argv[1]))["kid"]
print("_" + base64.b32encode(hashlib.sha256(kid.encode()).digest()[:10]).decode().lower() + "._acme-challenge")
PYTHON
}

# asked NAME: whether challtestsrv was.
asked() {
    challtestsrv_post dns-request-history "{\"host\":\"$1\"}" >"$WORK/asked" && grep -q Question "$WORK/asked"
}

by_label() {
    issue --challenge-type dns-account-01 "$@"
}

own_label() {
    check "apex and wildcard" by_label -d a.example.com -d '*.a.example.com'
    check "are good" valid a.example.com
    LABEL=$(label "$STATE"/accounts/*/account.json)
    check "the CA and we looked below the label" asked "$LABEL.a.example.com"
    refuse "and nowhere else" asked "_acme-challenge.a.example.com"
    check "no record is left" no_txt "$LABEL.a.example.com" "_acme-challenge.a.example.com"
    check "nothing in the journal" journal_empty
    check "renew remembers the type" client renew --force
    check "and is good" valid a.example.com
    has "as it is saved" "$STATE/certs/a.example.com/lineage.json" '"challenge-type":"dns-account-01"'
}

other_account() {
    STATE=$WORK/state2
    check "another account" by_label -d a.example.com
    OTHER=$(label "$STATE"/accounts/*/account.json)
    refuse "has another label" [ "$OTHER" = "$LABEL" ]
    check "where it proves the same name" asked "$OTHER.a.example.com"
    STATE=$WORK/state
}

elsewhere() {
    challtestsrv_post set-cname "{\"host\":\"$LABEL.b.example.com.\",\"target\":\"_acme-challenge.proofs.example.net.\"}" \
        >"$WORK/words"
    check "a CNAME" by_label -d b.example.com
    check "is followed" asked "_acme-challenge.proofs.example.net"
    check "an alias" by_label -d b.example.com --force --challenge-alias proofs.example.net
    check "no record is left" no_txt "_acme-challenge.proofs.example.net"
}

types() {
    check "back to dns-01" issue -d a.example.com --name a.example.com --challenge-type dns-01 --force
    check "is where it always was" asked "_acme-challenge.a.example.com"
    status "a type that is none" 2 issue -d a.example.com --challenge-type dns-02
}

# PEBBLE_AUTHZREUSE=0: each order proves its names anew.
if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    own_label
    other_account
    elsewhere
    types
fi
finish
