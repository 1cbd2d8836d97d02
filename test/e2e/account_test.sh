#!/bin/sh
# The account with the CA: shown, changed, given another key, taken over, given up.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

account() {
    client account --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" "$@"
}

# fact MEMBER: of account show --json.
fact() {
    account show --json | python3 -c 'import json, sys
print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

key_file() {
    find "$STATE/accounts" -name key.pem
}

shown() {
    status "without an account" 3 account show
    has "what to do is said" "$OUTPUT" "account import --key FILE"
    same "none was made" "$(accounts)" 0
    check "an issue makes one" issue -v -d a.example.com -m first@example.com
    check "it is shown" account show
    has "with its status" "$OUTPUT" "status      valid"
    has "and its contact" "$OUTPUT" "mailto:first@example.com"
    has "and the profiles of the CA" "$OUTPUT" "profile     shortlived: six days"
    same "there is one" "$(accounts)" 1
    url=$(fact account)
    same "the key is told of" "$(fact key-type)" ec256
}

updated() {
    check "another contact" account update -m second@example.com
    check "is there" account show
    has "for the CA" "$OUTPUT" "mailto:second@example.com"
    check "no contact" account update -m ''
    check "is shown" account show
    has "as none" "$OUTPUT" "contact     none"
    status "no word on what" 2 account update
    status "an address that is none" 2 account update -m nonsense
    same "it is still the same account" "$(fact account)" "$url"
}

rolled() {
    cp "$(key_file)" "$WORK/old.pem"
    before=$(fact thumbprint)
    check "another key" account rollover
    refuse "is another one" test "$(fact thumbprint)" = "$before"
    same "of the same account" "$(fact account)" "$url"
    check "which issues" issue -d b.example.com
    same "with the mode of a secret" "$(stat -c %a "$(key_file)")" 600
    openssl ecparam -name secp384r1 -genkey -noout -out "$WORK/given.pem" 2>/dev/null
    check "a key that is given" account rollover --key "$WORK/given.pem"
    same "is taken" "$(fact key-type)" ec384
    status "the same again" 4 account rollover --key "$WORK/given.pem"
    check "the account goes on" account show
    rm -rf "$WORK/other"
    status "the old key is nobody's" 4 "$MCACME" account import --state "$WORK/other" --server "$PEBBLE_DIR" \
        --ca-bundle "$PEBBLE_CA" --key "$WORK/old.pem"
    has "as is said" "$OUTPUT" "knows no account with the key"
}

# Killed when the CA had the new key and the store did not: the next run finds out.
interrupted() {
    folder=$(dirname "$(key_file)")
    cp "$(key_file)" "$WORK/before.pem"
    check "a rollover" account rollover
    mv "$folder/key.pem" "$folder/key.new.pem"
    cp "$WORK/before.pem" "$folder/key.pem"
    check "that was killed behind the CA's back is finished" account show
    refuse "nothing is left of it" test -e "$folder/key.new.pem"
    cp "$WORK/old.pem" "$folder/key.new.pem"
    check "one that was killed before the CA heard of it is forgotten" issue -d c.example.com
    refuse "nothing is left of that" test -e "$folder/key.new.pem"
    same "the account is the same" "$(fact account)" "$url"
}

# A change of keys that another run is at is not taken for one that died.
not_interrupted() {
    folder=$(dirname "$(key_file)")
    cp "$WORK/old.pem" "$folder/key.new.pem"
    flock "$STATE/locks/account-$(basename "$folder")" sleep 3 &
    sleep 0.5
    account show >"$WORK/shown" 2>&1 &
    shown_pid=$!
    sleep 1
    check "while it goes on its key stays" test -e "$folder/key.new.pem"
    check "and whoever needs the account waits" wait "$shown_pid"
    refuse "until it is over" test -e "$folder/key.new.pem"
}

# jwk FILE: the private key in PEM as JSON, as certbot keeps it.
jwk() {
    openssl pkey -in "$1" -text -noout | python3 -c 'import base64, re, sys
text = sys.stdin.read()
def field(name):
    found = re.search(name + r":\s*((?:[0-9a-f]{2}:?\s*)+)", text)
    return bytes.fromhex(re.sub(r"[:\s]", "", found.group(1)))
def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
pub = field("pub")
size = (len(pub) - 1) // 2
curve = {32: "P-256", 48: "P-384"}[size]
print("{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\",\"d\":\"%s\"}" % (
    curve, b64(pub[1:1 + size]), b64(pub[1 + size:]), b64(field("priv").lstrip(b"\0").rjust(size, b"\0"))))'
}

imported() {
    jwk "$(key_file)" >"$WORK/private_key.json"
    for file in "$(key_file)" "$WORK/private_key.json"; do
        rm -rf "$WORK/other"
        check "imported from ${file##*.}" "$MCACME" account import --state "$WORK/other" --server "$PEBBLE_DIR" \
            --ca-bundle "$PEBBLE_CA" --key "$file"
        has "it is the same account" "$OUTPUT" "$url"
        check "and again" "$MCACME" account import --state "$WORK/other" --server "$PEBBLE_DIR" \
            --ca-bundle "$PEBBLE_CA" --key "$file"
    done
    status "over another account" 3 "$MCACME" account import --state "$WORK/other" --server "$PEBBLE_DIR" \
        --ca-bundle "$PEBBLE_CA" --key "$WORK/old.pem"
    sed 's/"x":"./"x":"A/' "$WORK/private_key.json" >"$WORK/bad.json"
    status "parts that do not belong together" 3 "$MCACME" account import --state "$WORK/third" \
        --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --key "$WORK/bad.json"
    same "no account was made for all that" "$(accounts)" 1
}

ended() {
    cp -r "$STATE" "$WORK/copy"
    status "nobody is here to be asked" 2 account deactivate
    check "given up" account deactivate --yes
    status "there is none now" 3 account show
    check "the next issue makes one" issue -d d.example.com
    refuse "which is another one" test "$(fact account)" = "$url"
    status "where the old one is still believed in" 4 "$MCACME" issue --state "$WORK/copy" --server "$PEBBLE_DIR" \
        --ca-bundle "$PEBBLE_CA" --dns challtestsrv --resolver "$CHALLTESTSRV_DNS" -d e.example.com
    has "it is named" "$OUTPUT" "$url"
    same "and not replaced" "$(accounts)" 2
    status "a word that is none" 2 account destroy
}

binding() {
    check "a Pebble that binds" start_pebble "$WORK/eab" dns="$CHALLTESTSRV_DNS" retry=0 eab=yes
    # Pebble's keys have 48 bytes, which its library finds too few for HS512.
    for alg in HS256 HS384; do
        STATE=$WORK/$alg
        check "bound by $alg" client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns challtestsrv \
            --resolver "$CHALLTESTSRV_DNS" -d "$alg.example.com" --eab-kid kid-1 --eab-hmac-key "$PEBBLE_EAB_KEY_1" \
            --eab-hmac-alg "$alg"
    done
    status "an algorithm that is none" 2 account show --eab-hmac-alg MD5
}

if check "the servers start" start_ca PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0; then
    shown
    updated
    rolled
    interrupted
    not_interrupted
    imported
    ended
    binding
fi
finish
