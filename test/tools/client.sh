# shellcheck shell=sh
# What the end-to-end tests do with the program itself. Source it after setting TOP; MCACME is the program.
#
#     start_ca [KEY=VALUE]...     a scratch folder, challtestsrv and a Pebble that asks it (keys of start_pebble);
#                                 sets CA, PEBBLE_LOG and STATE, the store of the client
#     client COMMAND [WORD]...    the program on $STATE, without a terminal
#     issue [WORD]...             client issue with that CA, the provider challtestsrv and its resolver
#     orders / accounts           how many Pebble has made so far
#     current CERT                the folder that servers read
#     sans CERT                   the names in the certificate, sorted, one a line
#     valid CERT                  key and certificate belong together, and Pebble's root vouches for the chain
#     serial CERT
#     no_txt NAME...              challtestsrv has no TXT record there
#     journal_empty               nothing in the journal
#     tree [DIR]                  a checksum of all names, modes, owners and contents, locks and the memory of
#                                 failures left out

. "$TOP/test/tools/pebble.sh"

MCACME=${MCACME:-$TOP/build/release/mcacme}

# shellcheck disable=SC2120
start_ca() {
    scratch
    start_challtestsrv "$WORK/dns" && start_pebble "$WORK/ca" dns="$CHALLTESTSRV_DNS" retry=0 "$@" || return 1
    CA="--server $PEBBLE_DIR --ca-bundle $PEBBLE_CA --dns challtestsrv --resolver $CHALLTESTSRV_DNS"
    PEBBLE_LOG=$WORK/ca/pebble.log
    STATE=$WORK/state
    export CHALLTESTSRV_URL="$CHALLTESTSRV"
}

client() {
    client_command=$1
    shift
    "$MCACME" "$client_command" --state "$STATE" "$@" </dev/null
}

issue() {
    # shellcheck disable=SC2086
    client issue $CA "$@"
}

orders() {
    grep -c 'Added order ' "$PEBBLE_LOG" || :
}

accounts() {
    grep -c 'accounts in memory' "$PEBBLE_LOG" || :
}

current() {
    printf '%s\n' "$STATE/certs/$1/current"
}

sans() {
    openssl x509 -in "$(current "$1")/cert.pem" -noout -ext subjectAltName | sed 1d | tr ',' '\n' | tr -d ' ' |
        sort
}

serial() {
    openssl x509 -in "$(current "$1")/cert.pem" -noout -serial | sed 's/.*=//'
}

same_key() {
    same_key_public=$(openssl pkey -in "$1" -pubout) && [ -n "$same_key_public" ] &&
        [ "$same_key_public" = "$(openssl x509 -in "$2" -noout -pubkey)" ]
}

valid() {
    valid_folder=$(current "$1")
    pebble_get "$PEBBLE_MGMT/roots/0" -o "$WORK/root.pem" &&
        same_key "$valid_folder/key.pem" "$valid_folder/cert.pem" &&
        cat "$valid_folder/cert.pem" "$valid_folder/chain.pem" | cmp - "$valid_folder/fullchain.pem" &&
        openssl verify -CAfile "$WORK/root.pem" -untrusted "$valid_folder/chain.pem" "$valid_folder/cert.pem"
}

no_txt() {
    for no_txt_name in "$@"; do
        no_txt_found=$(dig +short +tries=2 +time=1 "@${CHALLTESTSRV_DNS%:*}" -p "${CHALLTESTSRV_DNS#*:}" \
            "$no_txt_name" TXT) || return 1
        [ -z "$no_txt_found" ] || {
            echo "TXT at $no_txt_name: $no_txt_found"
            return 1
        }
    done
}

journal_empty() {
    [ -z "$(ls -A "$STATE/journal")" ] || {
        tail -n +1 "$STATE"/journal/*.log
        ls -lA "$STATE/journal"
        return 1
    }
}

tree() {
    (
        cd "${1:-$STATE}" 2>/dev/null || exit 0
        find . '(' -path ./locks -o -path ./failures ')' -prune -o -printf '%p %y %m %U:%G %l\n' | sort
        find . '(' -path ./locks -o -path ./failures ')' -prune -o -type f -print | sort | xargs -r sha256sum
    ) | sha256sum
}
