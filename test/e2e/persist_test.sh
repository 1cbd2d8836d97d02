#!/bin/sh
# dns-persist-01: the record planned, published, used by orders, checked, dropped; every kind of bad record is told of
# before the CA sees it, and the CA refuses it, too.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/servers.sh"

ISSUER=pebble.letsencrypt.org
LABEL=_validation-persist

persist() {
    # shellcheck disable=SC2086
    client persist "$@" $CA
}

# By what stands in DNS: no provider, no credentials.
standing() {
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --resolver "$CHALLTESTSRV_DNS" \
        --challenge-type dns-persist-01 "$@"
}

account() {
    sed -n 's/.*"kid": *"\([^"]*\)".*/\1/p' "$STATE"/accounts/*/account.json
}

# put NAME VALUE: the only record at NAME's place.
put() {
    challtestsrv_post clear-txt "{\"host\":\"$LABEL.$1.\"}" >"$WORK/words" &&
        challtestsrv_post set-txt "{\"host\":\"$LABEL.$1.\",\"value\":\"$2\"}" >"$WORK/words"
}

txt() {
    dig +short +tries=2 +time=1 "@${CHALLTESTSRV_DNS%:*}" -p "${CHALLTESTSRV_DNS#*:}" "$LABEL.$1" TXT | sort
}

# json FILE EXPRESSION: of the object `o`.
json() {
    python3 -c "import json, sys; o = json.load(open(sys.argv[1])); print($2)" "$1"
}

validations() {
    grep -c 'Pulled a task' "$PEBBLE_LOG" || :
}

nothing_there() {
    status "check without an account" 2 persist check -d a.example.com
    has "says so" "$OUTPUT" 'there is no account with the CA'
    same "and makes none" "$(accounts)" 0
    check "plan" persist plan -d a.example.com -d '*.a.example.com' -d b.example.com
    cp "$OUTPUT" "$WORK/plan"
    KID=$(account)
    check "makes the account" [ -n "$KID" ]
    has "the record of two names" "$WORK/plan" \
        "$LABEL.a.example.com. IN TXT \"$ISSUER; accounturi=$KID; policy=wildcard\""
    has "and of one" "$WORK/plan" "$LABEL.b.example.com. IN TXT \"$ISSUER; accounturi=$KID\""
    same "two lines" "$(wc -l <"$WORK/plan")" 2
    check "nothing was published" no_txt "$LABEL.a.example.com" "$LABEL.b.example.com"
    status "check" 5 persist check -d a.example.com
    has "says that there is none" "$OUTPUT" "$LABEL.a.example.com: there is no record"
    before=$(validations)
    status "an order" 5 standing -d a.example.com -d '*.a.example.com'
    has "says what to do" "$OUTPUT" 'mcacme persist publish -d'
    has "and what to publish" "$OUTPUT" \
        "$LABEL.a.example.com. IN TXT \"$ISSUER; accounturi=$KID; policy=wildcard\""
    same "the CA was not told to look" "$(validations)" "$before"
    same "no order was placed for plan or check" "$(orders)" 1
    check "nothing is left" journal_empty
}

usage() {
    status "no verb" 2 persist -d a.example.com
    status "an unknown verb" 2 persist show -d a.example.com
    status "no name" 2 persist plan
    status "an address" 2 persist plan -d 192.0.2.1
    status "an end in the past" 2 persist plan -d a.example.com --persist-until 2020-01-01T00:00:00Z
    status "an end that is none" 2 persist plan -d a.example.com --persist-until soon
    status "an alias" 2 persist plan -d a.example.com --challenge-alias example.net
    status "publishing without a provider" 2 client persist publish -d a.example.com --server "$PEBBLE_DIR" \
        --ca-bundle "$PEBBLE_CA" --resolver "$CHALLTESTSRV_DNS"
    has "says that it can be done by hand" "$OUTPUT" 'mcacme persist plan'
}

published() {
    check "publish" persist publish -d a.example.com -d '*.a.example.com' -d b.example.com
    has "says so" "$OUTPUT" "$LABEL.a.example.com: published"
    same "the record is there" "$(txt a.example.com)" "\"$ISSUER; accounturi=$KID; policy=wildcard\""
    check "check" persist check -d a.example.com -d '*.a.example.com' -d b.example.com
    has "finds it good" "$OUTPUT" "$LABEL.a.example.com: good for ever"
    check "an order without any provider" standing -d a.example.com -d '*.a.example.com' -d b.example.com
    check "gets a certificate" valid a.example.com
    same "with all names" "$(sans a.example.com)" "DNS:*.a.example.com
DNS:a.example.com
DNS:b.example.com"
    check "renew needs no arguments" client renew --force
    check "and is good" valid a.example.com
    check "the journal is empty" journal_empty
    same "the record stays" "$(txt a.example.com)" "\"$ISSUER; accounturi=$KID; policy=wildcard\""
    check "publish again" persist publish -d a.example.com --json
    same "changes nothing" "$(json "$OUTPUT" '[(r["added"], r["removed"]) for r in o["records"]]')" "[(False, [])]"
    status "a wildcard where the record is not for it" 5 standing -d '*.b.example.com'
    has "is told" "$OUTPUT" 'the record there lacks policy=wildcard'
}

until_then() {
    check "publish with an end" persist publish -d b.example.com --persist-until 20d --json
    same "replaces the record" "$(json "$OUTPUT" 'o["records"][0]["removed"]')" "['$ISSUER; accounturi=$KID']"
    until=$(json "$OUTPUT" 'o["records"][0]["value"].split("persistUntil=")[1]')
    check "that is 20 days from now" [ "$((until - $(date +%s) - 20 * 86400))" -le 0 ]
    check "to the minute" [ "$((until - $(date +%s) - 20 * 86400))" -gt -60 ]
    same "alone" "$(txt b.example.com)" "\"$ISSUER; accounturi=$KID; persistUntil=$until\""
    check "check" persist check -d b.example.com --json
    has "warns" "$OUTPUT" "warning: the record at $LABEL.b.example.com is good for another"
    sed -i '/^mcacme: warning/d' "$OUTPUT"
    same "also programs" "$(json "$OUTPUT" '(o["records"][0]["state"], o["records"][0]["ends-soon"])')" "('fits', True)"
    check "an order" standing -d b.example.com
    has "warns" "$OUTPUT" 'publish it anew'
    check "and is good" valid b.example.com
}

# bad NAME VALUE STATE WORDS CA-WORDS: what is wrong, in our words and in the CA's.
bad() {
    put "${1#"*."}" "$2"
    status "$3: check" 5 persist check -d "$1"
    has "$3: tells why" "$OUTPUT" "$4"
    status "$3: check --json" 5 persist check -d "$1" --json
    sed -i '/^ *mcacme/d' "$OUTPUT"
    same "$3: has a word for it" "$(json "$OUTPUT" 'o["records"][0]["state"]')" "$3"
    before=$(validations)
    status "$3: an order" 5 standing -d "$1"
    has "$3: tells why" "$OUTPUT" "$4"
    same "$3: before the CA looks" "$(validations)" "$before"
    status "$3: without a look of ours the CA refuses" 4 standing -d "$1" --propagation none
    has "$3: for the same reason" "$OUTPUT" "$5"
    same "$3: once it has looked" "$(validations)" $((before + 1))
}

bad_records() {
    bad c1.example.com "$ISSUER; policy=wildcard" malformed 'it has no accounturi' 'missing mandatory accountURI'
    bad c2.example.com "$ISSUER; accounturi=$KID;" malformed 'a semicolon too many' 'trailing semicolon'
    bad c3.example.com "$ISSUER; accounturi=$KID; accounturi=$KID" malformed 'accounturi twice' 'duplicate parameter'
    bad c4.example.com "$ISSUER; accounturi=${KID}0" other-account "for the account ${KID}0" 'accounturi mismatch'
    bad '*.c5.example.com' "$ISSUER; accounturi=$KID" no-wildcard 'lacks policy=wildcard' 'policy mismatch'
    bad c6.example.com "$ISSUER; accounturi=$KID; persistUntil=1700000000" expired 'ended' 'is after persistUntil'
    bad c7.example.com "ca.example; accounturi=$KID" other-ca 'for another CA (ca.example)' 'No valid TXT record'
    bad c8.example.com "v=spf1 -all" absent 'there is no record' 'No valid TXT record'
}

good_records() {
    put d1.example.com "$ISSUER;accounturi=$KID;policy=other;x=y"
    put d2.example.com "$ISSUER ; POLICY = WildCard ; AccountURI = $KID ; persistuntil=4102444800"
    check "records of other hands" persist check -d d1.example.com -d '*.d2.example.com'
    check "are good for the CA, too" standing -d d1.example.com -d d2.example.com -d '*.d2.example.com'
    challtestsrv_post set-cname "{\"host\":\"$LABEL.d3.example.com.\",\"target\":\"$LABEL.d1.example.com.\"}" \
        >"$WORK/words"
    check "a CNAME" persist check -d d3.example.com
    check "is followed" standing -d d3.example.com
}

mixed() {
    check "a zone by its record, the rest by HTTP" standing -d web.example.net -d a.example.com -d 127.0.0.1 \
        --dns challtestsrv:example.com --standalone "127.0.0.1:$PEBBLE_HTTP_PORT"
    check "is good" valid web.example.net
}

dropped() {
    check "drop" persist drop -d a.example.com -d b.example.com
    has "says so" "$OUTPUT" "$LABEL.a.example.com: 1 record removed"
    check "they are gone" no_txt "$LABEL.a.example.com" "$LABEL.b.example.com"
    check "drop again" persist drop -d a.example.com
    has "has nothing to do" "$OUTPUT" 'no record of this account is there'
    status "check" 5 persist check -d a.example.com
}

# A real name server, with records of others at the same name.
bind_txt() {
    dig +short +norecurse @127.0.0.1 -p "$NAMED_PORT" "$LABEL.example.test" TXT | sort
}

bind_persist() {
    client persist "$@" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns rfc2136 --credentials "$WORK/credentials" \
        --resolver "127.0.0.1:$NAMED_PORT" --propagation resolver
}

beside_others() {
    printf 'NSUPDATE_SERVER="127.0.0.1"\nNSUPDATE_SERVER_PORT="%s"\nNSUPDATE_KEY="%s"\n' "$NAMED_PORT" "$WORK/key" \
        >"$WORK/credentials"
    printf 'key "%s" { algorithm %s; secret "%s"; };\n' "$TSIG_NAME" "$TSIG_ALGORITHM" "$TSIG_SECRET" >"$WORK/key"
    chmod 600 "$WORK/credentials" "$WORK/key"
    printf 'server 127.0.0.1 %s\nzone example.test.\nupdate add %s.example.test. 60 TXT "%s"\nsend\n' "$NAMED_PORT" \
        "$LABEL" "ca.example; accounturi=https://ca.example/1" | nsupdate -y "$TSIG_ALGORITHM:$TSIG_NAME:$TSIG_SECRET"
    others='"ca.example; accounturi=https://ca.example/1"'
    STATE=$WORK/state-bind
    check "publish at a name server" bind_persist publish -d example.test
    KID=$(account)
    same "beside the others" "$(bind_txt)" "$others
\"$ISSUER; accounturi=$KID\""
    check "publish for wildcards, too" bind_persist publish -d example.test -d '*.example.test'
    same "takes the place of ours alone" "$(bind_txt)" "$others
\"$ISSUER; accounturi=$KID; policy=wildcard\""
    check "an order" client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" -d example.test -d '*.example.test' \
        --challenge-type dns-persist-01 --resolver "127.0.0.1:$NAMED_PORT" --propagation resolver
    check "is good" valid example.test
    check "drop" bind_persist drop -d example.test
    same "leaves the others" "$(bind_txt)" "$others"
    STATE=$WORK/state
}

# PEBBLE_AUTHZREUSE=0: each order proves its names anew.
if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    nothing_there
    usage
    published
    until_then
    bad_records
    good_records
    mixed
    dropped
    check "BIND starts" start_named "$WORK/bind" &&
        check "a Pebble that asks it" start_pebble "$WORK/bind-ca" dns="127.0.0.1:$NAMED_PORT" retry=0 &&
        beside_others
fi
finish
