#!/bin/sh
# When certificates are renewed: what the CA suggests (RFC 9773), and what the order says that it replaces.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# suggest CERT TEXT: what Pebble answers from now on about that certificate; "" for its own idea.
suggest() {
    python3 -c 'import json, sys
print(json.dumps({"Certificate": open(sys.argv[1]).read(), "ARIResponse": sys.argv[2]}))' \
        "$(current "$1")/cert.pem" "$2" >"$WORK/suggestion.json" &&
        pebble_get "$PEBBLE_MGMT/set-renewal-info/" -A test -d @"$WORK/suggestion.json"
}

# window FROM TO [URL]: relative to now, in words of date(1).
window() {
    printf '{"suggestedWindow":{"start":"%s","end":"%s"}%s}' "$(date -u -d "$1" +%FT%TZ)" \
        "$(date -u -d "$2" +%FT%TZ)" "${3:+,\"explanationURL\":\"$3\"}"
}

looks() {
    grep -c 'GET /draft-ietf-acme-ari-03/renewalInfo' "$PEBBLE_LOG" || :
}

# fact CERT MEMBER: of list --json.
fact() {
    client list --json "$1" | python3 -c 'import json, sys
value = json.load(sys.stdin)["certificates"][0]
for name in sys.argv[1].split("."):
    value = value.get(name) if value else None
print(value)' "$2"
}

fresh() {
    check "$1" issue --profile default -d "$1.example.com"
    before=$(serial "$1.example.com")
}

asked_and_remembered() {
    fresh plain
    same "the CA was not asked yet" "$(looks)" 0
    check "a dry run" client renew --dry-run
    same "asks nobody" "$(looks)" 0
    check "the first renew asks" client renew
    same "once" "$(looks)" 1
    same "and is silent" "$(cat "$OUTPUT")" ""
    check "the next one" client renew
    same "asks no more" "$(looks)" 1
    same "the certificate stays" "$(serial plain.example.com)" "$before"
    chosen=$(fact plain.example.com ari.chosen)
    check "the time lies in the window" test "$(fact plain.example.com ari.window-start)" \< "$chosen"
    check "up to its end" test "$chosen" \< "$(fact plain.example.com ari.window-end)"
    same "it is the next renewal" "$(fact plain.example.com next-renewal)" "$chosen"
    check "the plan" client renew --dry-run plain.example.com
    has "says so" "$OUTPUT" "plain.example.com: keep: due at $chosen, in the CA's window"
    client renew --dry-run >"$WORK/plan"
    client renew --dry-run >"$WORK/second"
    check "a second plan is the same byte for byte" cmp "$WORK/second" "$WORK/plan"
}

suggested() {
    fresh now
    check "a window that is over" suggest now.example.com "$(window '2 hours ago' '1 hour ago' https://ca.example/why)"
    check "is shown with the CA's link after the first look" client renew -v now.example.com
    lacks "as a replacement of the former one" "$OUTPUT" "does not take the order as a replacement"
    refuse "there is another one" test "$(serial now.example.com)" = "$before"
    check "and it is good" valid now.example.com
    before=$(serial now.example.com)
    check "a CA that says so again" suggest now.example.com "$(window '2 hours ago' '1 hour ago')"
    check "is asked" client renew now.example.com
    same "but not followed within a day" "$(serial now.example.com)" "$before"
    fresh later
    check "a window ahead" suggest later.example.com "$(window '2 days' '3 days')"
    check "is chosen from" client renew later.example.com
    check "early in the life" test "$(fact later.example.com next-renewal)" \< "$(date -u -d '73 hours' +%FT%TZ)"
    check "the plan shows it" client renew --dry-run later.example.com
    has "with the reason" "$OUTPUT" "in the CA's window"
}

nonsense() {
    for words in 'no json' '<html>' '{}' "$(window 'now' '1 hour ago')" '{"suggestedWindow":{"start":1,"end":2}}'; do
        fresh odd
        check "$words" suggest odd.example.com "$words"
        check "is no reason to fail" client renew odd.example.com
        same "nor to renew" "$(serial odd.example.com)" "$before"
        same "and silent" "$(cat "$OUTPUT")" ""
        rm -rf "$STATE/certs/odd.example.com"
    done
    check "an explanation that would write on the terminal" suggest plain.example.com \
        "$(window '2 days' '3 days' "https://a/$(printf '\\u001b')")"
    rm -rf "$STATE/certs/plain.example.com"
}

# A revoked certificate is renewed at once, and another machine's revocation is learnt from the CA.
revoked() {
    fresh gone
    cp -r "$STATE" "$WORK/elsewhere"
    check "revoked elsewhere" "$MCACME" revoke --state "$WORK/elsewhere" --yes gone.example.com
    check "is learnt from the window" client renew gone.example.com
    refuse "there is another one" test "$(serial gone.example.com)" = "$before"
}

# The CA has seen a successor already: the order goes on without the claim.
replaced_already() {
    fresh twice
    rm -rf "$WORK/elsewhere"
    cp -r "$STATE" "$WORK/elsewhere"
    check "renewed elsewhere" "$MCACME" renew --state "$WORK/elsewhere" --force twice.example.com
    check "renewed here" client renew -v --force twice.example.com
    has "after a second try" "$OUTPUT" "does not take the order as a replacement (409)"
    check "is good" valid twice.example.com
}

scratch
check "challtestsrv starts" start_challtestsrv "$WORK/dns"
export CHALLTESTSRV_URL="$CHALLTESTSRV"
STATE=$WORK/state PEBBLE_LOG=$WORK/ca/pebble.log
check "Pebble starts" start_pebble "$WORK/ca" dns="$CHALLTESTSRV_DNS" retry=0 PEBBLE_WFE_NONCEREJECT=0
CA="--server $PEBBLE_DIR --ca-bundle $PEBBLE_CA --dns challtestsrv --resolver $CHALLTESTSRV_DNS"
asked_and_remembered
suggested
nonsense
revoked
replaced_already
finish
