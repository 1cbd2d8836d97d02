#!/bin/sh
# The main job: a certificate is got, kept, checked, and got again only where that is needed.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# json WANTED PYTHON COMMAND...: exit status WANTED, one JSON object and nothing else on stdout, of which the
# expression is true.
json() {
    json_wanted=$1 json_expression=$2 json_status=0
    shift 2
    "$@" --json >"$WORK/json" 2>"$WORK/json.err" || json_status=$?
    cat "$WORK/json" "$WORK/json.err"
    [ "$json_status" -eq "$json_wanted" ] && python3 - "$WORK/json" "$json_expression" <<'PYTHON'
import json, sys
j = json.load(open(sys.argv[1]))
sys.exit(not (isinstance(j, dict) and j["version"] == 1 and eval(sys.argv[2])))
PYTHON
}

# prints_nothing COMMAND...: succeeds without a word on either stream.
prints_nothing() {
    "$@" >"$WORK/words" 2>&1 || return 1
    [ ! -s "$WORK/words" ] || {
        cat "$WORK/words"
        return 1
    }
}

mode() {
    stat -Lc '%a %u:%g' "$1"
}

key_type() {
    openssl pkey -in "$(current "$1")/key.pem" -noout -text | head -n 1
}

held_key() {
    sha256sum <"$(current "$1")/key.pem"
}

# order_count NAME WANTED
order_count() {
    same "$1" "$(orders)" "$2"
}

apex_and_wildcard() {
    check "apex and wildcard" issue -d example.com -d '*.example.com'
    same "one line for a changed certificate" "$(wc -l <"$OUTPUT")" 1
    has "which names it" "$OUTPUT" 'example.com, *.example.com'
    check "the pair fits and the chain leads to the root" valid example.com
    same "the names are those asked for" "$(sans example.com)" "DNS:*.example.com
DNS:example.com"
    me=$(id -u):$(id -g)
    for file in key:600 cert:644 chain:644 fullchain:644; do
        same "mode and owner of ${file%:*}.pem" "$(mode "$(current example.com)/${file%:*}.pem")" "${file#*:} $me"
    done
    same "current is a link to a generation" "$(readlink "$(current example.com)")" gen/0001
    same "the store is for its owner alone" "$(mode "$STATE")" "700 $me"
    same "so is the account's key" "$(mode "$STATE"/accounts/*/key.pem)" "600 $me"
    check "no record is left" no_txt _acme-challenge.example.com
    check "nothing in the journal" journal_empty
    order_count "one order" 1
}

again() {
    check "the first renew asks the CA for its window" prints_nothing client renew
    before=$(tree)
    check "a second time there is nothing to do" prints_nothing issue -d example.com -d '*.example.com'
    check "renew has nothing to do and is silent" prints_nothing client renew
    same "no file has changed" "$(tree)" "$before"
    check "the order of the names does not matter" prints_nothing issue -d '*.example.com,example.com' \
        --name example.com
    order_count "no further order" 1
    check "JSON when nothing is due" json 0 'j["exit-status"] == 0' client renew
    check "JSON of a certificate held" json 0 'j["certificates"][0]["changed"] is False' \
        issue -d example.com -d '*.example.com'
    check "other names make a new order" issue -d example.com -d www.example.com --name example.com
    order_count "which is the second" 2
    same "and the new names are in it" "$(sans example.com)" "DNS:example.com
DNS:www.example.com"
    same "in a generation of its own" "$(readlink "$(current example.com)")" gen/0002
    check "list knows it" client list
    has "with its names" "$OUTPUT" 'www.example.com'
    check "list as JSON" json 0 'j["certificates"][0]["names"] == ["example.com", "www.example.com"]' client list
}

forced() {
    serial=$(serial example.com)
    check "--force renews what is not due" client renew --force
    refuse "with another serial" [ "$serial" = "$(serial example.com)" ]
    status "--exit-changed" 42 client renew --force --exit-changed 42
    status "--exit-changed is for changes alone" 0 client renew --exit-changed 42
    check "JSON of a change" json 0 'j["certificates"][0]["changed"] is True' client renew --force
    check "the plan" client renew --dry-run
    has "gives a reason" "$OUTPUT" 'example.com: keep: due at'
    check "the plan with --force" client renew --dry-run --force
    has "gives that one" "$OUTPUT" 'example.com: renew: forced'
    orders=$(orders)
    check "the plan makes no order" [ "$orders" -eq 5 ]
}

keys() {
    check "--key-type ec384" issue -d kind.example.com --key-type ec384
    same "is one" "$(key_type kind.example.com)" "Private-Key: (384 bit)"
    for bits in 2048 3072 4096; do
        check "--key-type rsa$bits" issue -d kind.example.com --key-type "rsa$bits"
        same "is of its size" "$(key_type kind.example.com)" "Private-Key: ($bits bit, 2 primes)"
        check "and fits" valid kind.example.com
    done
    check "back to the default" issue -d kind.example.com --key-type ec256
    same "is P-256" "$(key_type kind.example.com)" "Private-Key: (256 bit)"
    old=$(held_key kind.example.com)
    check "a renewal" issue -d kind.example.com --force
    refuse "makes a new key" [ "$old" = "$(held_key kind.example.com)" ]
    old=$(held_key kind.example.com)
    check "a renewal with --reuse-key" issue -d kind.example.com --force --reuse-key
    same "keeps it" "$(held_key kind.example.com)" "$old"
    check "a later renewal remembers that" client renew --force kind.example.com
    same "and keeps it, too" "$(held_key kind.example.com)" "$old"
    status "an unknown kind" 2 issue -d kind.example.com --key-type ed25519
}

profiles() {
    check "--profile shortlived" issue -d profile.example.com --profile shortlived
    check "lasts six days" openssl x509 -in "$(current profile.example.com)/cert.pem" -noout -checkend 500000
    refuse "and not longer" openssl x509 -in "$(current profile.example.com)/cert.pem" -noout -checkend 520000
    check "--profile default" issue -d profile.example.com --profile default
    check "lasts ninety days" openssl x509 -in "$(current profile.example.com)/cert.pem" -noout -checkend 7700000
    status "a profile that is not offered" 3 issue -d other.example.com --profile classic
    has "the list is shown" "$OUTPUT" 'default, shortlived'
    check "JSON of a failure" json 3 '"profile" in j["certificates"][0]["error"]["text"]' \
        issue -d other.example.com --profile classic
    check "JSON of wrong usage" json 2 '"nonsense" in j["error"]["text"]' issue -d a.example.com --nonsense
    check "wherever --json stands" json 2 'j["error"]["exit-status"] == 2' "$MCACME" issu
    check "JSON of a refused name" json 4 'j["certificates"][0]["error"]["problem"] == "rejectedIdentifier"' \
        issue -d www.blocked-domain.example
}

names() {
    check "U-labels" issue -d bücher.example -d '*.BÜCHER.example.'
    same "become A-labels" "$(sans xn--bcher-kva.example)" "DNS:*.xn--bcher-kva.example
DNS:xn--bcher-kva.example"
    check "--name and a comma list" issue --name mail -d a.example.net,b.example.net
    same "the certificate has that name" "$(sans mail)" "DNS:a.example.net
DNS:b.example.net"
}

if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    apex_and_wildcard
    again
    forced
    keys
    profiles
    names
    check "nothing in the journal at the end" journal_empty
fi
finish
