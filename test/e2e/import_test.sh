#!/bin/sh
# What other clients have becomes ours: their folders as they lay them out, with a certificate and an account that
# Pebble knows. The clients themselves are in test/long/import_test.sh.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# jwk FILE: the P-256 key of a PEM file as JOSE writes it.
jwk() {
    openssl pkey -in "$1" -noout -text | python3 -c 'import base64, json, re, sys
text = sys.stdin.read()
def number(name):
    digits = re.search(name + r":\s*((?:[0-9a-f]{2}:?\s*)+)", text).group(1)
    return bytes.fromhex(re.sub(r"[^0-9a-f]", "", digits))
def b64(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
point, secret = number("pub"), number("priv")[-32:].rjust(32, b"\0")
print(json.dumps({"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:]), "d": b64(secret)}))'
}

# A certificate of Pebble for the names of the test, and the account that got it: what all folders are made of.
material() {
    check "a certificate" issue -d imp.example.com -d www.imp.example.com --profile default
    from=$(current imp.example.com)
    account=$(dirname "$STATE"/accounts/*/key.pem)
    kid=$(sed -n 's/.*"kid": *"\([^"]*\)".*/\1/p' "$account/account.json")
    check "and an account" test -n "$kid"
    place=${PEBBLE_DIR#https://}
    first_state=$STATE
}

lay_certbot() {
    lay_id=$1/accounts/$place/0123456789abcdef
    mkdir -p "$1/renewal" "$1/live/imp.example.com" "$1/archive/imp.example.com" "$lay_id"
    for lay_name in cert chain fullchain; do
        cp "$from/$lay_name.pem" "$1/archive/imp.example.com/${lay_name}1.pem"
    done
    cp "$from/key.pem" "$1/archive/imp.example.com/privkey1.pem"
    for lay_name in cert chain fullchain privkey; do
        ln -s "../../archive/imp.example.com/${lay_name}1.pem" "$1/live/imp.example.com/$lay_name.pem"
    done
    jwk "$account/key.pem" >"$lay_id/private_key.json"
    printf '{"body": {}, "uri": "%s"}' "$kid" >"$lay_id/regr.json"
    cat >"$1/renewal/imp.example.com.conf" <<EOF
# renew_before_expiry = 30 days
version = 2.1.0
archive_dir = $1/archive/imp.example.com
privkey = $1/live/imp.example.com/privkey.pem
fullchain = $1/live/imp.example.com/fullchain.pem

# Options used in the renewal process
[renewalparams]
account = 0123456789abcdef
authenticator = dns-rfc2136
dns_rfc2136_credentials = $1/rfc2136.ini
renew_hook = touch $1/hook-ran
server = $PEBBLE_DIR
key_type = ecdsa
EOF
    printf 'dns_rfc2136_server = 192.0.2.1\ndns_rfc2136_secret = do-not-tell\n' >"$1/rfc2136.ini"
}

lay_acmesh() {
    lay_ca=$1/ca/${place%%:*}/${place#*/} # without the port
    mkdir -p "$lay_ca" "$1/imp.example.com_ecc" "$1/deployed"
    cp "$account/key.pem" "$lay_ca/account.key"
    printf "ACCOUNT_URL='%s'\n" "$kid" >"$lay_ca/ca.conf"
    cp "$from/key.pem" "$1/imp.example.com_ecc/imp.example.com.key"
    cp "$from/fullchain.pem" "$1/imp.example.com_ecc/fullchain.cer"
    printf "SAVED_CF_Token='do-not-tell'\n" >"$1/account.conf"
    cp "$from/fullchain.pem" "$1/deployed/full.pem"
    cp "$from/key.pem" "$1/deployed/key.pem"
    chmod 640 "$1/deployed/key.pem"
    cat >"$1/imp.example.com_ecc/imp.example.com.conf" <<EOF
Le_Domain='imp.example.com'
Le_Alt='www.imp.example.com'
Le_Webroot='dns_cf'
Le_PreHook=''
Le_API='$PEBBLE_DIR'
Le_Keylength='ec-256'
Le_RealCertPath=''
Le_RealKeyPath='$1/deployed/key.pem'
Le_ReloadCmd='__ACME_BASE64__START_$(printf 'touch %s/hook-ran' "$1" | base64 -w0)__ACME_BASE64__END_'
Le_RealFullChainPath='$1/deployed/full.pem'
EOF
}

lay_lego() {
    lay_host=$(printf '%s' "${place%%/*}" | tr : _)
    mkdir -p "$1/accounts/$lay_host/a@b/keys" "$1/certificates"
    printf '{"email": "", "registration": {"body": {"status": "valid"}, "uri": "%s"}}' "$kid" \
        >"$1/accounts/$lay_host/a@b/account.json"
    openssl ec -in "$account/key.pem" -out "$1/accounts/$lay_host/a@b/keys/a@b.key" 2>/dev/null
    openssl ec -in "$from/key.pem" -out "$1/certificates/imp.example.com.key" 2>/dev/null
    cp "$from/fullchain.pem" "$1/certificates/imp.example.com.crt"
    cp "$from/chain.pem" "$1/certificates/imp.example.com.issuer.crt"
    printf '{"domain": "imp.example.com", "certUrl": "https://%s/certZ/1"}' "${place%%/*}" \
        >"$1/certificates/imp.example.com.json"
}

lay_dehydrated() {
    lay_id=$1/accounts/$(printf '%s\n' "$PEBBLE_DIR" | base64 -w0 | tr '+/' '-_' | tr -d =)
    mkdir -p "$1/certs/imp.example.com" "$lay_id"
    cat >"$1/config" <<EOF
CA="$PEBBLE_DIR"
CHALLENGETYPE="dns-01"
HOOK="\${BASEDIR}/hook.sh"
EOF
    printf '# all of them\nimp.example.com www.imp.example.com\n' >"$1/domains.txt"
    cp "$account/key.pem" "$lay_id/account_key.pem"
    printf '{"url":"%s"}\n' "$kid" >"$lay_id/account_id.json"
    cp "$from/key.pem" "$1/certs/imp.example.com/privkey-1.pem"
    cp "$from/fullchain.pem" "$1/certs/imp.example.com/fullchain-1.pem"
    ln -s privkey-1.pem "$1/certs/imp.example.com/privkey.pem"
    ln -s fullchain-1.pem "$1/certs/imp.example.com/fullchain.pem"
}

lay_uacme() {
    mkdir -p "$1/private/imp.example.com" "$1/imp.example.com"
    cp "$account/key.pem" "$1/private/key.pem"
    cp "$from/key.pem" "$1/private/imp.example.com/key.pem"
    cp "$from/fullchain.pem" "$1/imp.example.com/cert.pem"
}

# take CLIENT [WORD]...: with what no client keeps, or keeps for a provider that is not here.
take() {
    take_client=$1
    shift
    client import "$take_client" "$WORK/$take_client" --ca-bundle "$PEBBLE_CA" --dns challtestsrv \
        --resolver "$CHALLTESTSRV_DNS" "$@"
}

taken_over() {
    mkdir "$WORK/$1"
    "$2" "$WORK/$1"
    shift 2
    STATE=$WORK/$take_from.state
    left_before=$(tree "$WORK/$take_from")
    check "$take_from: a dry run" take "$take_from" --dry-run "$@"
    has "tells of the certificate" "$OUTPUT" "# imp.example.com, until "
    refuse "and makes no store" test -e "$STATE"
    check "$take_from: taken over" take "$take_from" "$@"
    has "with the CA" "$OUTPUT" "server = $PEBBLE_DIR"
    lacks "nobody's secret is shown" "$OUTPUT" do-not-tell
    same "the other client's folder is as it was" "$(tree "$WORK/$take_from")" "$left_before"
    check "the files are the same" cmp "$(current imp.example.com)/fullchain.pem" "$from/fullchain.pem"
    check "and make a pair" valid imp.example.com
    taken_accounts=$(accounts)
    check "nothing is due" client renew
    same "which is silent" "$(cat "$OUTPUT")" ""
    check "$take_from: a renewal" client renew --force -v
    lacks "the CA takes it as one" "$OUTPUT" "does not take the order as a replacement"
    check "which is good" valid imp.example.com
    same "for the same names" "$(sans imp.example.com | tr '\n' ' ')" "DNS:imp.example.com DNS:www.imp.example.com "
    same "with the account that there was" "$(accounts)" "$taken_accounts"
    refuse "the hook did not run" test -e "$WORK/$take_from/hook-ran"
}

# Pebble counts each certificate as replaced once: the second state that takes the same one over is told so.
replacement_is_said() {
    STATE=$WORK/second.state
    check "the same once more into another store" take uacme --server "$PEBBLE_DIR"
    check "is renewed" client renew --force -v
    has "though the CA knows it as replaced" "$OUTPUT" "does not take the order as a replacement"
}

each_client() {
    for each in certbot:lay_certbot acme.sh:lay_acmesh lego:lay_lego dehydrated:lay_dehydrated uacme:lay_uacme; do
        take_from=${each%%:*}
        STATE=$first_state
        # One certificate is replaced once: each client gets its own.
        check "a certificate for $take_from" issue --force -d imp.example.com -d www.imp.example.com
        taken_over "$take_from" "${each#*:}" --server "$PEBBLE_DIR"
    done
}

lines_for_people() {
    STATE=$WORK/lines.state
    check "without words of ours" client import certbot "$WORK/certbot" --ca-bundle "$PEBBLE_CA"
    cp "$OUTPUT" "$WORK/lines.conf"
    has "the way is kept" "$OUTPUT" "dns = rfc2136"
    has "the credentials are named" "$OUTPUT" "dns_rfc2136_server, dns_rfc2136_secret"
    has "the hook is a comment" "$OUTPUT" "# deploy-hook = touch $WORK/certbot/hook-ran"
    check "what is printed is a configuration file" client list --config "$WORK/lines.conf"
    check "once more" client import certbot "$WORK/certbot"
    has "changes nothing" "$OUTPUT" "there is one of this name already"
    has "nor the account" "$OUTPUT" "ours already"
    STATE=$WORK/hostile.state
    cp -a "$WORK/acme.sh" "$WORK/hostile"
    printf "Le_Preferred_Chain='__ACME_BASE64__START_%s__ACME_BASE64__END_'\n" \
        "$(printf 'X\ndeploy-hook = touch %s' "$WORK/pwned" | base64 -w0)" \
        >>"$WORK/hostile/imp.example.com_ecc/imp.example.com.conf"
    check "words with an end of line in them" client import acme.sh "$WORK/hostile" --dry-run
    same "stay in their line, which is a comment" "$(grep -c '^deploy-hook' "$OUTPUT")" 0
    has "and can be seen" "$OUTPUT" "#     preferred-chain = X"
    STATE=$WORK/acme.sh.state
    check "what acme.sh had deployed is deployed" cmp "$WORK/acme.sh/deployed/full.pem" \
        "$(current imp.example.com)/fullchain.pem"
    check "its key as well" cmp "$WORK/acme.sh/deployed/key.pem" "$(current imp.example.com)/key.pem"
    same "with the mode that it had" "$(stat -c %a "$WORK/acme.sh/deployed/key.pem")" 640
}

in_json() {
    STATE=$WORK/json.state
    check "in JSON" client import certbot "$WORK/certbot" --json
    cp "$OUTPUT" "$WORK/json"
    check "one object" python3 -c 'import json, sys
o = json.load(open(sys.argv[1]))
a, c = o["accounts"][0], o["certificates"][0]
assert o["command"] == "import" and a["state"] == c["state"] == "taken-over" and c["error"] is None, o
assert c["name"] == "imp.example.com" and c["names"] == ["imp.example.com", "www.imp.example.com"], c
assert c["options"]["dns"] == ["rfc2136"] and c["not-after"] > "20" and c["lines"], c' "$WORK/json"
}

one_is_bad() {
    STATE=$WORK/bad.state
    mkdir "$WORK/uacme/private/bad.example.com" "$WORK/uacme/bad.example.com" "$WORK/uacme/nokey.example.com"
    cp "$account/key.pem" "$WORK/uacme/private/bad.example.com/key.pem"
    cp "$from/fullchain.pem" "$WORK/uacme/bad.example.com/cert.pem"
    cp "$from/fullchain.pem" "$WORK/uacme/nokey.example.com/cert.pem"
    status "two that cannot be used" 3 take uacme --server "$PEBBLE_DIR"
    has "are told of" "$OUTPUT" "is not the private key of $WORK/uacme/bad.example.com/cert.pem"
    has "both" "$OUTPUT" "nokey.example.com/cert.pem has no private key of it"
    same "the third is there" "$(ls "$STATE/certs")" imp.example.com
    status "in JSON" 3 take uacme --server "$PEBBLE_DIR" --json
    has "the first of them is the error" "$OUTPUT" '"error":{"text":"taking over bad.example.com: '
    has "and each has its own" "$OUTPUT" 'nokey.example.com/cert.pem has no private key of it"}'
    STATE=$WORK/other.state
    mkdir -p "$STATE" && cp -a "$first_state/accounts" "$STATE/"
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$WORK/uacme/private/key.pem"
    rm -r "$WORK/uacme/bad.example.com" "$WORK/uacme/nokey.example.com"
    check "another account" take uacme --server "$PEBBLE_DIR"
    has "is not taken over" "$OUTPUT" "not taken over, for there is another one"
    check "ours stays" cmp "$STATE"/accounts/*/key.pem "$account/key.pem"
}

wrong_words() {
    status "no client" 2 client import
    status "an unknown one" 2 client import certbto "$WORK/certbot"
    has "with the nearest" "$OUTPUT" "did you mean certbot"
    status "no such folder" 3 client import certbot "$WORK/nowhere"
    mkdir "$WORK/empty"
    status "nothing in it" 3 client import lego "$WORK/empty"
    has "says where to look" "$OUTPUT" ".lego"
}

if check "a CA and its DNS" start_ca; then
    material
    each_client
    replacement_is_said
    lines_for_people
    in_json
    one_is_bad
    wrong_words
fi
finish
