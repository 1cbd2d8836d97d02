#!/bin/sh
# A demonstration on this machine alone: a private CA, a wildcard certificate issued, renewed and revoked.
#
#     sh packaging/demo.sh
#
# On Debian 12 or 13, as root where packages are missing (they are installed). Nothing is asked of anybody outside,
# but for the packages. All that is written lies in build/ and in a temporary folder that goes at the end.

set -u
TOP=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$TOP" || exit 1
export TOP
# A proxy would swallow what is meant for the loopback.
no_proxy=127.0.0.1
export no_proxy

INSTALL_ONLY_DEFINE=1
. test/tools/install.sh
. test/tools/pebble.sh

PATH=$TOP/build/release:$PATH
STEP=0

step() {
    STEP=$((STEP + 1))
    printf '\n%d. %s\n\n' "$STEP" "$1"
    shift
    [ $# -eq 0 ] || printf '   %s\n' "$@"
    [ $# -eq 0 ] || echo
}

die() {
    printf '\nThe demonstration failed: %s\n' "$1" >&2
    [ ! -f "${2-}" ] || tail -n 20 "$2" >&2
    exit 1
}

# What a reader would type: words with special characters in quotes, one option a line where there are many.
typed() {
    typed_line='   $'
    for typed_word in "$@"; do
        case $typed_word in
        *[!A-Za-z0-9_.,:/=@%+-]*) typed_word="'$typed_word'" ;;
        esac
        if [ $# -gt 9 ] && [ "${typed_word#--}" != "$typed_word" ]; then
            printf '%s \\\n' "$typed_line"
            typed_line='        '
        fi
        typed_line="$typed_line $typed_word"
    done
    printf '%s\n' "$typed_line"
}

# run COMMAND...: shows it, runs it, and ends everything when it fails.
run() {
    typed "$@"
    run_status=0
    "$@" >"$WORK/output" 2>&1 || run_status=$?
    sed 's/^/     /' "$WORK/output"
    [ "$run_status" -eq 0 ] || die "exit status $run_status of $1" "$WORK/pebble.log"
}

compile() {
    cmake --preset release && cmake --build --preset release -j "$(nproc)" --target mcacme
}

build() {
    mkdir -p build/log
    compile >build/log/demo.log 2>&1 || die "the program does not build:" build/log/demo.log
    run mcacme --version
}

start_ca() {
    DNS=127.0.0.1:$(free_ports 1)
    start_pebble "$WORK" dns="$DNS" \
        profiles='{ "default": { "description": "ninety days", "validityPeriod": 7776000 } }' ||
        die "Pebble does not start"
    pebble_get "$PEBBLE_MGMT/roots/0" >root.pem || die "Pebble gives no root certificate"
    printf '   Pebble %s listens at %s\n' "$PEBBLE_VERSION" "$PEBBLE_DIR"
    printf '   and asks the name server %s about challenges.\n' "$DNS"
}

write_credentials() {
    (umask 077 && printf 'STANDALONE_LISTEN="%s"\n' "$DNS" >dns.conf)
    run cat dns.conf
}

serial() {
    openssl x509 -in "$CURRENT/cert.pem" -noout -serial | sed 's/.*=//'
}

key_of_certificate() {
    openssl x509 -in "$CURRENT/cert.pem" -noout -pubkey
}

# Is it signed by this CA for these names, and is the key the right one?
verify() {
    for name in example.com www.example.com; do
        run openssl verify -CAfile root.pem -untrusted "$CURRENT/chain.pem" -verify_hostname "$name" \
            "$CURRENT/cert.pem"
    done
    [ "$(openssl pkey -in "$CURRENT/key.pem" -pubout)" = "$(key_of_certificate)" ] ||
        die "the private key is not the certificate's"
}

renew() {
    before=$(serial)
    run mcacme renew --state state --force
    [ "$(serial)" != "$before" ] || die "the certificate is the old one"
    printf '\n   The serial number was %s and is %s now.\n\n' "$before" "$(serial)"
}

# The CA's own word for it, from its management side.
ask_status() {
    pebble_get "$PEBBLE_MGMT/cert-status-by-serial/$(serial)" >status
    grep -q '"Status": *"Revoked"' status || die "the CA does not call it revoked" status
    printf '\n   The CA says of this serial number: Revoked.\n'
}

need build pebble || die "packages are missing"
scratch

echo "mcacme, from nothing to a wildcard certificate and back."

step "Build the program"
build

cd "$WORK" || exit 1
CURRENT=state/certs/example.com/current

step "Start a CA of our own" \
    "Pebble is the test server of the makers of Let's Encrypt; it checks names as the real one does."
start_ca

step "Say how the names are proved" \
    "The CA asks for TXT records at _acme-challenge.example.com. With a DNS provider this file would hold its" \
    "token; here mcacme answers itself, as a small name server that runs for as long as it is needed."
write_credentials

step "Issue" \
    "A wildcard and its apex: two TXT records at one name. --ca-bundle is the trust in our private CA, and" \
    "--resolver says whom to ask whether the records are visible; Let's Encrypt needs neither."
run mcacme issue -d example.com -d '*.example.com' --dns standalone --credentials dns.conf \
    --server "$PEBBLE_DIR" --ca-bundle ca.pem --resolver "$DNS" --state state

step "Look at it" \
    "A web server reads the files of this folder. It is a link: key and certificate change in one step."
run ls -l "$CURRENT/"
run openssl x509 -in "$CURRENT/cert.pem" -noout -ext subjectAltName -enddate
verify

step "Renew" \
    "What was given above is remembered. Nothing is due yet, so this says nothing, as cron likes it:"
run mcacme renew --state state
printf '\n   With --force it is renewed all the same, with a new key:\n\n'
renew
verify
run mcacme list --state state

step "Revoke" \
    "At a terminal it asks; in a script it needs --yes. The next renew would replace the certificate."
run mcacme revoke example.com --state state --reason superseded --yes
ask_status

cat <<END

That was all of it: built, issued, verified, renewed, verified again and revoked, all on this machine.
The CA and its files are gone now. For a certificate of your own, see "In five minutes" in README.md.
END
