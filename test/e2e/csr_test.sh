#!/bin/sh
# The user's own request (--csr), certificates with an end (--not-after), and two kinds of key in one entry.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# request FILE NAMES [OPTION...]: a key and a request for it.
request() {
    request_file=$1 request_names=$2
    shift 2
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$request_file.key" \
        -out "$request_file" -subj "/CN=own" -addext "subjectAltName=$request_names" "$@" 2>/dev/null
}

own_request() {
    check "a request" request "$WORK/own.pem" "DNS:own.example.com,DNS:*.own.example.com"
    check "is issued for" issue --csr "$WORK/own.pem"
    same "its names" "$(sans own.example.com | tr '\n' ' ')" "DNS:*.own.example.com DNS:own.example.com "
    check "its key" same_key "$WORK/own.pem.key" "$(current own.example.com)/cert.pem"
    refuse "which is not here" test -e "$(current own.example.com)/key.pem"
    before=$(serial own.example.com)
    check "renew without arguments" client renew
    same "has nothing to do" "$(serial own.example.com)" "$before"
    check "forced" client renew --force own.example.com
    check "uses the same request" same_key "$WORK/own.pem.key" "$(current own.example.com)/cert.pem"
    check "another request in its place" request "$WORK/own.pem" "DNS:own.example.com"
    check "is seen" client renew
    check "by its key" same_key "$WORK/own.pem.key" "$(current own.example.com)/cert.pem"
    same "and its names" "$(sans own.example.com)" "DNS:own.example.com"
    check "in DER" openssl req -in "$WORK/own.pem" -outform DER -out "$WORK/own.der"
    check "it is the same" issue --csr "$WORK/own.der" --name own.example.com
    status "-d beside it" 2 issue --csr "$WORK/own.pem" -d other.example.com
    status "no such file" 3 issue --csr "$WORK/none.pem" --name none
    status "no request" 3 issue --csr "$PEBBLE_CA" --name none
    check "back to a key of our own" issue -d own.example.com
    check "there it is" valid own.example.com
}

# The CA may end it sooner than its profile says.
with_an_end() {
    check "a certificate of an hour" issue --profile default -d short.example.com --not-after 1h
    refuse "ends within two hours" openssl x509 -in "$(current short.example.com)/cert.pem" -noout -checkend 7200
    check "and is good" valid short.example.com
    check "renewed" client renew --force short.example.com
    refuse "ends as soon" openssl x509 -in "$(current short.example.com)/cert.pem" -noout -checkend 7200
    status "in the past" 2 issue -d past.example.com --not-after 2020-01-01T00:00:00Z
    status "no time" 2 issue -d past.example.com --not-after tomorrow
}

key_kind() {
    openssl x509 -in "$(current "$1")/cert.pem" -noout -text | sed -n 's/ *Public Key Algorithm: //p'
}

two_kinds() {
    check "two kinds of key" issue -d two.example.com --key-type ec256,rsa2048 --install-key "$WORK/two.key"
    same "are two certificates: ECDSA" "$(key_kind two.example.com)" id-ecPublicKey
    same "and RSA" "$(key_kind two.example.com.rsa)" rsaEncryption
    check "good" valid two.example.com
    check "both" valid two.example.com.rsa
    check "each in its place" cmp "$WORK/two.key" "$(current two.example.com)/key.pem"
    check "with the ending" cmp "$WORK/two.key.rsa" "$(current two.example.com.rsa)/key.pem"
    check "a name more" issue -d two.example.com -d more.example.com
    same "goes into the one" "$(sans two.example.com | wc -l)" 2
    same "and the other" "$(sans two.example.com.rsa | wc -l)" 2
    same "which stays what it is" "$(key_kind two.example.com.rsa)" rsaEncryption
    check "renew" client renew
    same "has nothing to do" "$(cat "$OUTPUT")" ""
    status "two of one kind" 2 issue -d three.example.com --key-type ec256,ec384
    status "three" 2 issue -d three.example.com --key-type ec256,rsa2048,rsa4096
    cat >"$WORK/two.conf" <<CONF
server = $PEBBLE_DIR
ca-bundle = $PEBBLE_CA
dns = challtestsrv
resolver = $CHALLTESTSRV_DNS
[certificate four]
domain = four.example.com
key-type = rsa2048,ec384
CONF
    check "by the configuration file" client renew --config "$WORK/two.conf"
    same "RSA" "$(key_kind four)" rsaEncryption
    same "and ECDSA" "$(key_kind four.ecdsa)" id-ecPublicKey
    check "again" client renew --config "$WORK/two.conf"
    same "nothing to do" "$(cat "$OUTPUT")" ""
}

check "the servers start" start_ca PEBBLE_WFE_NONCEREJECT=0
own_request
with_an_end
two_kinds
finish
