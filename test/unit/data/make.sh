#!/bin/sh
# Makes the keys and certificates of this folder anew with the openssl command line; rfc7517-rsa.pem alone is the
# key of RFC 7517 appendix A.2. They are test data: the private keys protect nothing. Run it in this folder; the
# tests need no other change afterwards.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { # key FILE ALGORITHM OPTION
    openssl genpkey -algorithm "$2" -pkeyopt "$3" -out "$1"
}

key ec256.pem EC ec_paramgen_curve:P-256
key ec384.pem EC ec_paramgen_curve:P-384
key ec521.pem EC ec_paramgen_curve:P-521
key rsa2048.pem RSA rsa_keygen_bits:2048
key rsa2056.pem RSA rsa_keygen_bits:2056
key rsa1024.pem RSA rsa_keygen_bits:1024
openssl genpkey -algorithm ed25519 -out ed25519.pem

# The older forms of the same keys, and encrypted ones.
openssl ecparam -name prime256v1 -out ec256-sec1.pem
openssl ec -in ec256.pem >>ec256-sec1.pem
openssl rsa -in rsa2048.pem -traditional -out rsa2048-pkcs1.pem
openssl pkey -in ec256.pem -aes-128-cbc -passout pass:x -out encrypted.pem
openssl ec -in ec256.pem -aes-128-cbc -passout pass:x -out encrypted-sec1.pem

for name in ec256 ec384 rsa2048; do
    openssl pkey -in "$name.pem" -pubout -out "$name.pub"
done

cat >"$work/ca.conf" <<'CONF'
[ca]
default_ca = any
[any]
new_certs_dir = .
policy = names
unique_subject = no
email_in_dn = no
[names]
commonName = optional
[v3_ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[v3_leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = critical, DNS:A.example, DNS:*.b.example, IP:192.0.2.1, IP:2001:db8::1
[req]
distinguished_name = empty
[empty]
CONF

sign() { # sign NAME KEY SUBJECT EXTENSIONS DIGEST SERIAL ISSUER ISSUER_KEY; valid 2026 to 2126
    openssl req -new -config "$work/ca.conf" -key "$2" -subj "$3" -out "$work/$1.csr"
    : >"$work/index"
    echo "$6" >"$work/serial"
    if [ "$7" = self ]; then issuer="-selfsign"; else issuer="-cert $7.pem"; fi
    # shellcheck disable=SC2086 # two words where there is an issuer
    openssl ca -batch -notext -config "$work/ca.conf" -in "$work/$1.csr" -out "$1.pem" $issuer -keyfile "$8" \
        -md "$5" -extensions "$4" -startdate 20260101000000Z -enddate 21260101000000Z \
        -outdir "$work"
}

printf 'database = %s/index\nserial = %s/serial\n' "$work" "$work" >"$work/lines"
sed -i "/^\[any\]/r $work/lines" "$work/ca.conf"

sign root ec521.pem "/CN=Test Root" v3_ca sha512 01 self ec521.pem
sign middle rsa2048.pem "/CN=Test Intermediate" v3_ca sha512 02 root ec521.pem
sign leaf ec256.pem "/" v3_leaf sha384 00F1E2D3C4B5A697 middle rsa2048.pem
sign issuer384 ec384.pem "/CN=Test P-384" v3_ca sha384 03 root ec521.pem
sign leaf384 ec256.pem "/" v3_leaf sha384 04 issuer384 ec384.pem
sign leaf512 ec256.pem "/" v3_leaf sha512 05 middle rsa2048.pem
cat leaf.pem middle.pem root.pem >chain.pem
cat leaf384.pem issuer384.pem >chain384.pem
cat leaf512.pem middle.pem >chain512.pem
rm leaf.pem leaf384.pem leaf512.pem issuer384.pem middle.pem root.pem
