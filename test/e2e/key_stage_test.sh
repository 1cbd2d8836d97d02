#!/bin/sh
# mcacme key: the next private key is there before it is used, so its TLSA record can be published ahead.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# What a TLSA record 3 1 1 has to say of a public key in PEM on stdin.
digest() {
    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1
}

cert_digest() {
    openssl x509 -in "$(current "$1")/cert.pem" -noout -pubkey | digest
}

staged() {
    printf '%s\n' "$STATE/certs/$1/next.pem"
}

staged_digest() {
    openssl pkey -in "$(staged "$1")" -pubout | digest
}

stage() {
    check "a certificate" issue -d mx.example.com -d '*.mx.example.com' --name mail --key-type ec384
    refuse "without a staged key" test -e "$(staged mail)"
    check "a key is staged" client key stage mail
    has "of the certificate's type" "$OUTPUT" "mail: the next key is staged (ec384)"
    stage_now=$(cert_digest mail) stage_next=$(staged_digest mail)
    has "with the record of the key in use" "$OUTPUT" "_25._tcp.mx.example.com. IN TLSA 3 1 1 $stage_now"
    has "and that of the next" "$OUTPUT" "_25._tcp.mx.example.com. IN TLSA 3 1 1 $stage_next"
    lacks "none for the wildcard" "$OUTPUT" '*'
    lacks "and no key" "$OUTPUT" PRIVATE
    same "nobody else may read it" "$(stat -c %a "$(staged mail)")" 600
    refuse "it is another key" [ "$stage_now" = "$stage_next" ]
    check "once more" client key stage mail
    has "changes nothing" "$OUTPUT" "mail: the next key was staged before (ec384)"
    same "at all" "$(staged_digest mail)" "$stage_next"
    check "as JSON" client key stage mail --json
    has "with the key in use" "$OUTPUT" "\"tlsa\":{\"current\":\"3 1 1 $stage_now\",\"next\":\"3 1 1 $stage_next\"}"
    has "and the next" "$OUTPUT" '"name":"mail","key-type":"ec384","staged":true,"made":false'
    same "in one object" "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["command"])' <"$OUTPUT")" key
    check "the list" client list --json
    has "knows of it" "$OUTPUT" '"key-staged":true'
    check "quietly" client key stage mail -q
    same "means nothing to read" "$(wc -c <"$OUTPUT")" 0
}

used() {
    used_next=$(staged_digest mail)
    check "nothing is due" client renew
    same "so it stays staged" "$(staged_digest mail)" "$used_next"
    check "a renewal" client renew --force mail
    same "uses it" "$(cert_digest mail)" "$used_next"
    check "the certificate is good" valid mail
    refuse "and it is staged no more" test -e "$(staged mail)"
    check "the next renewal" client renew --force mail
    refuse "makes its own" [ "$(cert_digest mail)" = "$used_next" ]
    check "a key that is kept" issue -d kept.example.com --reuse-key
    used_kept=$(cert_digest kept.example.com)
    check "may have a successor" client key stage kept.example.com
    used_next=$(staged_digest kept.example.com)
    check "which the next renewal takes" client renew --force kept.example.com
    same "as told" "$(cert_digest kept.example.com)" "$used_next"
    refuse "in place of the old one" [ "$used_next" = "$used_kept" ]
    check "and the one behind it" client renew --force kept.example.com
    same "keeps" "$(cert_digest kept.example.com)" "$used_next"
}

# A renewal that fails does not use it up.
failed() {
    check "a key for a renewal that fails" client key stage mail
    failed_next=$(staged_digest mail)
    status "as here" 5 client renew --force mail --pre-hook false
    same "is there afterwards" "$(staged_digest mail)" "$failed_next"
    challtestsrv_post set-servfail '{"host":"_acme-challenge.mx.example.com."}' >/dev/null
    refuse "or where the CA cannot see the record" client renew --force mail --propagation none
    challtestsrv_post clear-servfail '{"host":"_acme-challenge.mx.example.com."}' >/dev/null
    same "as well" "$(staged_digest mail)" "$failed_next"
    check "the renewal that works" client renew --force mail
    same "uses it" "$(cert_digest mail)" "$failed_next"
}

drop() {
    check "a key that is not wanted" client key stage mail
    check "is dropped" client key drop mail
    has "as told" "$OUTPUT" "mail: the staged key is gone"
    refuse "it is" test -e "$(staged mail)"
    check "again" client key drop mail --json
    has "is no error" "$OUTPUT" '"staged":false,"dropped":false'
}

kinds() {
    check "a key of another type" client key stage mail --key-type rsa2048
    has "is made" "$OUTPUT" "(rsa2048)"
    has "with a warning: who renews wants another one" "$OUTPUT" "renewals of mail make ec384 keys"
    check "the renewal" client renew --force mail
    refuse "does not use it" test ! -e "$(staged mail)"
    status "another one beside it" 2 client key stage mail --key-type ec256
    has "is refused" "$OUTPUT" "a key of the type rsa2048 is staged already"
    check "issued with that type" issue -d mx.example.com -d '*.mx.example.com' --name mail --key-type rsa2048
    refuse "it is used" test -e "$(staged mail)"
    check "and good" valid mail
    status "a type that is none" 2 client key stage mail --key-type dsa
}

wrong() {
    status "no verb" 2 client key
    status "another verb" 2 client key burn mail
    status "no certificate" 2 client key stage
    status "one that is not known" 2 client key stage mial
    has "with the nearest" "$OUTPUT" '"mail"'
    echo "no key" >"$(staged mail)"
    status "what is no key" 3 client key stage mail
    has "is told with the way out" "$OUTPUT" "mcacme key drop mail"
    check "which is one" client key drop mail
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$WORK/own.key" \
        -out "$WORK/own.csr" -subj /CN=own -addext "subjectAltName=DNS:own.example.com" 2>/dev/null
    check "a request of the user's" issue --csr "$WORK/own.csr"
    status "has its key elsewhere" 2 client key stage own.example.com
    has "as told" "$OUTPUT" "from your own request (--csr)"
}

# What is in the configuration only may have a key before its first certificate.
ahead() {
    cat >"$WORK/mcacme.conf" <<CONF
server = $PEBBLE_DIR
ca-bundle = $PEBBLE_CA
state = $STATE
dns = challtestsrv
resolver = $CHALLTESTSRV_DNS
[certificate new]
domain = new.example.com
key-type = rsa3072
CONF
    check "a certificate that was never issued" "$MCACME" key stage new --config "$WORK/mcacme.conf"
    has "has a key" "$OUTPUT" "new: the next key is staged (rsa3072)"
    has "and none in use" "$OUTPUT" "  current  -"
    ahead_next=$(staged_digest new)
    has "its record" "$OUTPUT" "_25._tcp.new.example.com. IN TLSA 3 1 1 $ahead_next"
    check "its first issue" "$MCACME" renew new --config "$WORK/mcacme.conf"
    same "uses that" "$(cert_digest new)" "$ahead_next"
}

if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    stage
    used
    failed
    drop
    kinds
    wrong
    ahead
    check "nothing in the journal at the end" journal_empty
fi
finish
