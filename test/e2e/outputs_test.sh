#!/bin/sh
# The forms of a certificate that services want: DER and PKCS#12, judged by OpenSSL; and hooks without a shell.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

SECRET='geheïm & "quoted"'

# p12 FILE PASSWORD [OPTION...]: what OpenSSL reads of it.
p12() {
    p12_file=$1
    printf '%s\n' "$2" >"$WORK/passin"
    shift 2
    openssl pkcs12 -in "$p12_file" -passin "file:$WORK/passin" -nodes "$@"
}

# The key, the leaf and the chain of a PKCS#12 file are those of a certificate.
p12_holds() {
    p12_folder=$(current "$3")
    p12 "$1" "$2" -nocerts >"$WORK/p12-key" && p12 "$1" "$2" -nokeys -clcerts >"$WORK/p12-leaf" &&
        p12 "$1" "$2" -nokeys -cacerts >"$WORK/p12-chain" && same_key "$WORK/p12-key" "$p12_folder/cert.pem" &&
        openssl x509 -in "$WORK/p12-leaf" | cmp - "$p12_folder/cert.pem" &&
        openssl x509 -in "$WORK/p12-chain" | cmp - "$p12_folder/chain.pem"
}

pkcs12() {
    printf '%s\nnot this line\n' "$SECRET" >"$WORK/password"
    chmod 600 "$WORK/password"
    check "PKCS#12 and DER" issue -d forms.example.com --install-der "$WORK/out/forms.der" \
        --install-pkcs12 "$WORK/out/forms.p12" --pkcs12-password-file "$WORK/password" -vv
    lacks "the password is in no log" "$OUTPUT" geheïm
    check "OpenSSL finds key, leaf and chain in the one" p12_holds "$WORK/out/forms.p12" "$SECRET" forms.example.com
    has "under the certificate's name" "$WORK/p12-leaf" "friendlyName: forms.example.com"
    has "which the key has, too" "$WORK/p12-key" "friendlyName: forms.example.com"
    same "both have one id" "$(grep localKeyID "$WORK/p12-leaf")" "$(grep localKeyID "$WORK/p12-key")"
    check "its make" p12 "$WORK/out/forms.p12" "$SECRET" -info -noout
    has "has a MAC of SHA-256" "$OUTPUT" "MAC: sha256, Iteration 100000"
    same "and PBES2 with AES-256 around all of it" \
        "$(grep -c 'PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256' "$OUTPUT")" 2
    refuse "another password" p12 "$WORK/out/forms.p12" geheim
    refuse "and none" p12 "$WORK/out/forms.p12" ""
    same "its mode" "$(stat -c %a "$WORK/out/forms.p12")" 600
    openssl x509 -inform DER -in "$WORK/out/forms.der" -out "$WORK/der.pem"
    check "the other one is the leaf" cmp "$WORK/der.pem" "$(current forms.example.com)/cert.pem"
    same "its mode is another" "$(stat -c %a "$WORK/out/forms.der")" 644
    refuse "the state does not hold the password" grep -rq geheïm "$STATE"
}

renewed() {
    renewed_before=$(serial forms.example.com)
    printf 'another one\n' >"$WORK/password"
    check "a renewal" client renew --force forms.example.com
    refuse "brings another certificate" [ "$(serial forms.example.com)" = "$renewed_before" ]
    check "which is there, under the password of now" p12_holds "$WORK/out/forms.p12" "another one" forms.example.com
    openssl x509 -inform DER -in "$WORK/out/forms.der" -out "$WORK/der.pem"
    check "in DER as well" cmp "$WORK/der.pem" "$(current forms.example.com)/cert.pem"
    same "nothing else lies about" "$(find "$WORK/out" -type f | wc -l)" 2
    rm "$WORK/password"
    renewed_orders=$(orders)
    status "without its password file" 3 client renew --force forms.example.com
    has "the certificate is not even asked for" "$OUTPUT" "--install-pkcs12: reading the credentials $WORK/password"
    same "at the CA" "$(orders)" "$renewed_orders"
}

others() {
    other_owner=$(id -u):$(id -g)
    [ "$(id -u)" -ne 0 ] || other_owner=12345:54321
    check "an RSA key, no password, another owner" issue -d rsa.example.com --key-type rsa2048 \
        --install-pkcs12 "$WORK/out/rsa.p12:$other_owner:0640"
    check "OpenSSL reads it" p12_holds "$WORK/out/rsa.p12" "" rsa.example.com
    same "owner and mode" "$(stat -c '%u:%g %a' "$WORK/out/rsa.p12")" "$other_owner 640"
    check "a larger curve" issue -d large.example.com --key-type ec384 --install-pkcs12 "$WORK/out/large.p12"
    check "is read, too" p12_holds "$WORK/out/large.p12" "" large.example.com
}

own_request() {
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$WORK/own.key" \
        -out "$WORK/own.csr" -subj /CN=own -addext "subjectAltName=DNS:own.example.com" 2>/dev/null
    own_orders=$(orders) own_tree=$(tree)
    for own_kind in key bundle pkcs12; do
        status "a request has no $own_kind" 2 issue --csr "$WORK/own.csr" "--install-$own_kind" "$WORK/out/own"
        has "is told" "$OUTPUT" "--install-$own_kind: a certificate of your own request (--csr) has no key here"
    done
    same "before anything was asked" "$(orders)" "$own_orders"
    same "or kept" "$(tree)" "$own_tree"
    check "what needs none" issue --csr "$WORK/own.csr" --install-der "$WORK/out/own.der" \
        --install-fullchain "$WORK/out/own.pem"
    openssl x509 -inform DER -in "$WORK/out/own.der" -out "$WORK/der.pem"
    check "is installed" cmp "$WORK/der.pem" "$(current own.example.com)/cert.pem"
}

hooks() {
    cat >"$WORK/hook" <<HOOK
#!/bin/sh
for word; do echo "<\$word>" >>"$WORK/words"; done
env >"$WORK/env"
HOOK
    chmod 755 "$WORK/hook"
    check "a hook as a list" issue -d list.example.com --deploy-hook "[\"$WORK/hook\", \"a b\", \"\$(false); *\"]"
    same "gets its words as they are" "$(cat "$WORK/words")" "<a b>
<\$(false); *>"
    has "and the serial" "$WORK/env" "MCACME_SERIAL=$(serial list.example.com | tr 'A-F' 'a-f')"
    check "it is saved" client renew --force list.example.com
    same "and run again" "$(wc -l <"$WORK/words")" 4
    check "test(1) still is a command" issue -d list.example.com --force \
        --deploy-hook "[ -n \"\$MCACME_CERT\" ] && echo good >$WORK/line"
    same "of the shell" "$(cat "$WORK/line")" good
    status "a program that is not there" 6 issue -d none.example.com --deploy-hook '["/no/such/program", "x"]'
    has "is named" "$OUTPUT" /no/such/program
    has "before the order, too" "$OUTPUT" "warning: --deploy-hook: /no/such/program: No such file or directory"
    check "a name that a wildcard covers" issue -v -d '*.cover.example.com' -d a.cover.example.com
    has "is noted" "$OUTPUT" "a.cover.example.com: *.cover.example.com covers it already"
    check "what is good" issue --force -v -d large.example.com --key-type ec384
    lacks "is not mentioned" "$OUTPUT" "is there and executable"
}

if check "the servers start" start_ca; then
    mkdir "$WORK/out"
    pkcs12
    renewed
    others
    own_request
    hooks
    check "nothing in the journal at the end" journal_empty
fi
finish
