#!/bin/sh
# Revocation, checked at Pebble's own status; and what renew makes of a revoked certificate.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# revoked SERIAL REASON: what the CA says; an empty reason is "unspecified".
revoked() {
    pebble_get "$PEBBLE_MGMT/cert-status-by-serial/$1" >"$WORK/status" || return 1
    cat "$WORK/status"
    grep -q '"Status": *"Revoked"' "$WORK/status" && grep -q "\"Reason\": *\"*$2\"*[,}]*" "$WORK/status"
}

fresh() {
    rm -rf "$STATE/certs/$1"
    check "a certificate for $1" issue -d "$1"
    serial=$(serial "$1")
}

revoke() {
    # shellcheck disable=SC2086
    client revoke --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" "$@"
}

by_account() {
    fresh a.example.com
    status "without --yes and without a terminal" 2 client revoke a.example.com
    has "the way is shown" "$OUTPUT" '--yes'
    refuse "it is not revoked" revoked "$serial" ''
    check "by the account" client revoke a.example.com --yes
    check "the CA knows" revoked "$serial" 0
    check "once more" client revoke a.example.com --yes
    has "is a note" "$OUTPUT" "was revoked before"
    check "renew replaces it at once" client renew
    refuse "by another one" [ "$serial" = "$(serial a.example.com)" ]
    check "which is good" valid a.example.com
    check "and stays" client renew
    same "silently" "$(cat "$OUTPUT")" ""
}

reasons() {
    for reason in keyCompromise:1 affiliationChanged:3 superseded:4 5:5; do
        fresh reason.example.com
        check "--reason ${reason%:*}" client revoke reason.example.com --yes --reason "${reason%:*}"
        check "is what the CA has" revoked "$serial" "${reason#*:}"
    done
    check "a certificate that is given up" client renew
    same "is not renewed" "$(serial reason.example.com)" "$serial"
    check "list" client list
    has "shows that" "$OUTPUT" "switched off"
    check "to ask for it again" issue -d reason.example.com
    refuse "switches it on" [ "$serial" = "$(serial reason.example.com)" ]
    status "a reason that is none" 2 client revoke reason.example.com --yes --reason because
    status "a number that is none" 2 client revoke reason.example.com --yes --reason 7
}

keys() {
    rm -rf "$STATE/certs/k.example.com"
    check "a certificate that keeps its key" issue -d k.example.com --reuse-key
    cp -L "$(current k.example.com)/key.pem" "$WORK/key.pem"
    check "superseded" client revoke k.example.com --yes --reason superseded
    check "it is replaced" client renew
    check "with the same key" cmp "$WORK/key.pem" "$(current k.example.com)/key.pem"
    check "the key has become known" client revoke k.example.com --yes --reason keyCompromise
    check "it is replaced" client renew
    refuse "with another key" cmp "$WORK/key.pem" "$(current k.example.com)/key.pem"
    check "which is good" valid k.example.com
    cp -L "$(current k.example.com)/key.pem" "$WORK/key.pem"
    check "the renewal after that" client renew --force k.example.com
    check "keeps it again" cmp "$WORK/key.pem" "$(current k.example.com)/key.pem"
}

by_key() {
    fresh b.example.com
    cp -L "$(current b.example.com)/cert.pem" "$(current b.example.com)/key.pem" "$WORK"
    rm -rf "$STATE/certs/b.example.com" "$STATE/accounts"
    refuse "somebody else's certificate" revoke --cert "$WORK/cert.pem" --key "$(current a.example.com)/key.pem" \
        --yes
    refuse "is not revoked" revoked "$serial" ''
    check "by its own key, without an account" revoke --cert "$WORK/cert.pem" --key "$WORK/key.pem" --yes \
        --reason keyCompromise
    check "the CA knows" revoked "$serial" 1
    same "no account was made for that" "$(find "$STATE" -name account.json | wc -l)" 0
    check "once more is fine" revoke --cert "$WORK/cert.pem" --key "$WORK/key.pem" --yes
    status "a file that is no certificate" 3 revoke --cert "$WORK/status" --yes
    status "a file that is not there" 3 revoke --cert "$WORK/nothing" --yes
    status "nothing to revoke" 2 revoke --yes
    status "two at once" 2 revoke --cert "$WORK/cert.pem" a.example.com --yes
    status "a certificate that is not known" 2 client revoke a.exmaple.com --yes
    has "with the nearest" "$OUTPUT" a.example.com
}

as_json() {
    client revoke "$1" --yes --json >"$WORK/json" && python3 -m json.tool "$WORK/json"
}

deleted() {
    fresh d.example.com
    check "a file of ours" client revoke --cert "$(current d.example.com)/cert.pem" --server "$PEBBLE_DIR" \
        --ca-bundle "$PEBBLE_CA" --yes
    check "is known by its content" client renew
    refuse "and replaced" [ "$serial" = "$(serial d.example.com)" ]
    serial=$(serial d.example.com)
    check "--delete" client revoke d.example.com --yes --delete
    check "the CA knows" revoked "$serial" 0
    refuse "the entry is gone" [ -e "$STATE/certs/d.example.com" ]
    same "the files are archived" "$(find "$STATE/archive" -path '*d.example.com-*' -name key.pem | wc -l)" 2
    check "renew has nothing to do" client renew
    refuse "and brings nothing back" [ -e "$STATE/certs/d.example.com" ]
    check "--json is one object" as_json a.example.com
}

if check "the servers start" start_ca; then
    by_account
    reasons
    keys
    by_key
    fresh a.example.com
    deleted
    check "nothing in the journal" journal_empty
fi
finish
