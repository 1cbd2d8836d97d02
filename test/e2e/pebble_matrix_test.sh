#!/bin/sh
# The main job against Pebble's knobs: each CA is a little different, and all of them must do.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# with NAME KEY=VALUE...: a Pebble of its own, and a store of its own.
with() {
    with_name=$1
    shift
    rm -rf "$WORK/state-$with_name"
    STATE=$WORK/state-$with_name PEBBLE_LOG=$WORK/$with_name/pebble.log
    check "Pebble with ${*:-its defaults} starts" start_pebble "$WORK/$with_name" dns="$CHALLTESTSRV_DNS" "$@"
    CA="--server $PEBBLE_DIR --ca-bundle $PEBBLE_CA --dns challtestsrv --resolver $CHALLTESTSRV_DNS"
}

good() {
    check "a certificate is issued" issue -d example.com -d '*.example.com' -d a.example.com
    check "and good" valid example.com
    check "and no record left" no_txt _acme-challenge.example.com _acme-challenge.a.example.com
}

# Twenty in a row, of twenty.
nonces() {
    nonces_good=0
    while [ "$nonces_good" -lt 20 ]; do
        rm -rf "$STATE"
        issue -d example.com -d '*.example.com' -d a.example.com || break
        valid example.com || break
        nonces_good=$((nonces_good + 1))
    done
    echo "$nonces_good of 20"
    [ "$nonces_good" -eq 20 ]
}

reuse() {
    # Requests are counted here, and one with a refused nonce is sent twice.
    with reuse retry=0 PEBBLE_AUTHZREUSE=100 PEBBLE_WFE_NONCEREJECT=0
    good
    challenges=$(grep -c 'POST /chalZ/' "$PEBBLE_LOG")
    check "with valid authorizations" client renew --force
    same "there is nothing to prove" "$(grep -c 'POST /chalZ/' "$PEBBLE_LOG")" "$challenges"
    check "and the certificate is good" valid example.com
    check "a name more" issue -d example.com -d '*.example.com' -d a.example.com -d b.example.com
    same "is the only one to prove" "$(grep -c 'POST /chalZ/' "$PEBBLE_LOG")" $((challenges + 1))
    stop "$WORK/reuse" pebble
    with noreuse retry=0 PEBBLE_AUTHZREUSE=0
    good
    check "a renewal that has to prove all again" client renew --force
    check "is good" valid example.com
    stop "$WORK/noreuse" pebble
}

binding() {
    with eab retry=0 eab=yes
    status "external account binding that is missing" 3 issue -d example.com
    has "the options are named" "$OUTPUT" "--eab-kid"
    has "both of them" "$OUTPUT" "--eab-hmac-key"
    status "half of it" 3 issue -d example.com --eab-kid kid-1
    status "a key that is no base64url" 3 issue -d example.com --eab-kid kid-1 --eab-hmac-key '###'
    status "the wrong key" 4 issue -d example.com --eab-kid kid-1 --eab-hmac-key "$PEBBLE_EAB_KEY_2"
    lacks "is not shown" "$OUTPUT" "$PEBBLE_EAB_KEY_2"
    status "an unknown id" 4 issue -d example.com --eab-kid kid-9 --eab-hmac-key "$PEBBLE_EAB_KEY_1"
    same "no account yet" "$(accounts)" 0
    echo "$PEBBLE_EAB_KEY_1" >"$WORK/hmac"
    chmod 600 "$WORK/hmac"
    check "the right one, from a file" issue -d example.com --eab-kid kid-1 --eab-hmac-key-file "$WORK/hmac"
    check "is good" valid example.com
    check "later it is not needed" client renew --force
    refuse "it is kept nowhere" grep -rqF "$PEBBLE_EAB_KEY_1" "$STATE"
    stop "$WORK/eab" pebble
}

chains() {
    with chains retry=0 PEBBLE_ALTERNATE_ROOTS=2 PEBBLE_CHAIN_LENGTH=3
    pebble_get "$PEBBLE_MGMT/roots/2" -o "$WORK/root-2.pem"
    third=$(openssl x509 -in "$WORK/root-2.pem" -noout -subject -nameopt multiline | sed -n 's/.*commonName *= //p')
    check "--preferred-chain" issue -d example.com --preferred-chain "$third"
    check "leads to that root" openssl verify -CAfile "$WORK/root-2.pem" \
        -untrusted "$(current example.com)/chain.pem" "$(current example.com)/cert.pem"
    refuse "not to the default" valid example.com
    check "a chain that is not offered" issue -d other.example.com --preferred-chain "No Such Root"
    has "is a warning" "$OUTPUT" 'No Such Root'
    check "and the default chain" valid other.example.com
    same "which is three certificates" "$(grep -c BEGIN "$(current other.example.com)/chain.pem")" 3
    stop "$WORK/chains" pebble
}

two() {
    with left retry=0
    left_dir=$PEBBLE_DIR left_ca=$PEBBLE_CA left_mgmt=$PEBBLE_MGMT
    with right retry=0
    check "one CA" issue -d example.com
    check "is good" valid example.com
    check "the other, with the same store" issue -d example.com --server "$left_dir" --ca-bundle "$left_ca"
    PEBBLE_MGMT=$left_mgmt PEBBLE_CA=$left_ca
    check "changes the certificate" valid example.com
    same "there are two accounts" "$(find "$STATE/accounts" -name account.json | wc -l)" 2
    check "renew stays with the last" client renew --force
    check "and is good" valid example.com
    stop "$WORK/left" pebble
    stop "$WORK/right" pebble
}

# plain NAME KEY=VALUE...
plain() {
    plain_name=$1
    with "$@"
    good
    stop "$WORK/$plain_name" pebble
}

scratch
check "challtestsrv starts" start_challtestsrv "$WORK/dns"
export CHALLTESTSRV_URL="$CHALLTESTSRV"
plain defaults PEBBLE_VA_NOSLEEP=0 PEBBLE_VA_SLEEPTIME=3 retry=1
plain busy retry=3 PEBBLE_VA_NOSLEEP=0 PEBBLE_VA_SLEEPTIME=2
plain rsa key=rsa retry=0
plain ecdsa key=ecdsa retry=0
with nonces retry=0 PEBBLE_WFE_NONCEREJECT=50 PEBBLE_AUTHZREUSE=0
check "half of the nonces are refused" nonces
stop "$WORK/nonces" pebble
reuse
binding
chains
two
finish
