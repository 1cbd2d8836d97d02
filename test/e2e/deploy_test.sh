#!/bin/sh
# What happens around a certificate: the configuration file, hooks, places where the files are wanted as well.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

serials_differ() {
    [ "$(serial "$1")" != "$2" ]
}

# The configuration that needs no arguments: conf FILE, with the lines of stdin behind the common ones.
conf() {
    cat - >"$WORK/more"
    cat >"$1" <<CONF
# a comment
server = $PEBBLE_DIR
ca-bundle = $PEBBLE_CA
state = $STATE
dns = challtestsrv
resolver = $CHALLTESTSRV_DNS
CONF
    cat "$WORK/more" >>"$1"
}

configured() {
    conf "$WORK/mcacme.conf" <<CONF
[certificate web]
domain = www.example.com, example.com
key-type = ec384
[certificate mail]
domain = mail.example.com
deploy-hook = echo "\$MCACME_CERT \$MCACME_NAMES" >>$WORK/deployed
CONF
    check "renew issues what is configured" "$MCACME" renew --config "$WORK/mcacme.conf"
    has "one line for the one" "$OUTPUT" 'web: issued (www.example.com, example.com)'
    has "and one for the other" "$OUTPUT" 'mail: issued (mail.example.com)'
    same "no more than that" "$(wc -l <"$OUTPUT")" 2
    check "the first is good" valid web
    check "the second is good" valid mail
    same "the hook of the one ran" "$(cat "$WORK/deployed")" "mail mail.example.com"
    check "the second run is silent" "$MCACME" renew --config "$WORK/mcacme.conf"
    same "entirely" "$(wc -c <"$OUTPUT")" 0
    conf "$WORK/bad.conf" <<CONF
[certificate web]
domian = www.example.com
CONF
    status "an unknown key" 3 "$MCACME" renew --config "$WORK/bad.conf"
    has "is told with file and line" "$OUTPUT" "$WORK/bad.conf line 8"
    has "and with what may be meant" "$OUTPUT" '"domain"'
    status "a configuration that is not there" 3 "$MCACME" renew --config "$WORK/none.conf"
    echo '[certificate web' >"$WORK/bad.conf"
    status "a section without its end" 3 "$MCACME" renew --config "$WORK/bad.conf"
    status "a certificate that is not known" 2 "$MCACME" renew --config "$WORK/mcacme.conf" wbe
    has "with the nearest" "$OUTPUT" '"web"'
}

# Files by relative names: renew runs in another folder.
relative() {
    cp "$PEBBLE_CA" "$WORK/ca.pem"
    echo "CHALLTESTSRV_URL=\"$CHALLTESTSRV\"" >"$WORK/credentials"
    chmod 600 "$WORK/credentials"
    relative_from=$PWD
    cd "$WORK" || return 1
    "$MCACME" issue --state state --server "$PEBBLE_DIR" --ca-bundle ca.pem --dns challtestsrv \
        --credentials ./credentials --resolver "$CHALLTESTSRV_DNS" -d relative.example.com \
        --install-fullchain installed.pem </dev/null && cd / &&
        client renew --force relative.example.com && cd "$relative_from" &&
        cmp "$WORK/installed.pem" "$(current relative.example.com)/fullchain.pem"
}

# A hook that fails as long as the file "broken" is there.
owed() {
    cat >"$WORK/hook" <<HOOK
#!/bin/sh
echo called >>"$WORK/calls"
[ ! -e "$WORK/broken" ] || { echo "the service is on fire" >&2; exit 9; }
HOOK
    chmod 755 "$WORK/hook"
    : >"$WORK/broken"
    status "a deploy hook that fails" 6 issue -d owed.example.com --deploy-hook "$WORK/hook"
    has "is told with its words" "$OUTPUT" "the service is on fire"
    has "and its status" "$OUTPUT" "exit status 9"
    check "the certificate is there" valid owed.example.com
    before=$(orders)
    status "the next renew tries again" 6 client renew
    check "list shows it" client list
    has "as owed" "$OUTPUT" "a deploy step is owed"
    rm "$WORK/broken"
    check "and again, with success" client renew
    same "one call each time" "$(wc -l <"$WORK/calls")" 3
    check "then it is done" client renew
    same "for good" "$(wc -l <"$WORK/calls")" 3
    same "and cost no order" "$(orders)" "$before"
}

targets() {
    mkdir -p "$WORK/out"
    owner=$(id -u):$(id -g)
    [ "$(id -u)" -ne 0 ] || owner=12345:54321
    check "install targets" issue -d targets.example.com --install-cert "$WORK/out/cert:$owner:0640" \
        --install-key "$WORK/out/key:$owner:0400" --install-chain "$WORK/out/chain" \
        --install-bundle "$WORK/out/bundle" --install-fullchain "$WORK/out/fullchain:::0604"
    same "a target's owner and mode" "$(stat -c '%u:%g %a' "$WORK/out/cert")" "$owner 640"
    same "the key's" "$(stat -c '%u:%g %a' "$WORK/out/key")" "$owner 400"
    same "the bundle's by default" "$(stat -c '%a' "$WORK/out/bundle")" 600
    same "the chain's by default" "$(stat -c '%a' "$WORK/out/chain")" 644
    same "a mode alone" "$(stat -c '%a' "$WORK/out/fullchain")" 604
    check "the key fits" same_key "$WORK/out/key" "$WORK/out/cert"
    cat "$WORK/out/key" "$WORK/out/cert" "$WORK/out/chain" >"$WORK/whole"
    check "the bundle is key, certificate and chain" cmp "$WORK/whole" "$WORK/out/bundle"
    check "a renewal writes them again" client renew --force targets.example.com
    check "all of them" same_key "$WORK/out/bundle" "$(current targets.example.com)/cert.pem"
    same "nothing else lies about" "$(find "$WORK/out" -type f | wc -l)" 5
    rm -r "$WORK/out"
    status "a folder that went away" 6 client renew --force targets.example.com
    mkdir "$WORK/out"
    check "is made good later" client renew
    check "then it is there" same_key "$WORK/out/key" "$(current targets.example.com)/cert.pem"
    before=$(tree)
    status "an owner who does not exist" 2 issue -d other.example.com --install-cert "$WORK/x:nobody-here::"
    status "a mode that is none" 2 issue -d other.example.com --install-cert "$WORK/x:::999"
    same "neither leaves anything behind" "$(tree)" "$before"
}

around() {
    check "hooks around the work" issue -d around.example.com --pre-hook "echo pre >>$WORK/around" \
        --post-hook "echo post >>$WORK/around" \
        --deploy-hook "echo deploy \$MCACME_DIR; env >$WORK/env; echo deploy >>$WORK/around"
    same "run in their order" "$(tr '\n' ' ' <"$WORK/around")" "pre post deploy "
    has "the hook is told where the files are" "$WORK/env" "MCACME_DIR=$(current around.example.com)"
    lacks "its environment is its own" "$WORK/env" CHALLTESTSRV_URL
    check "no work" client renew around.example.com
    same "no hooks" "$(wc -l <"$WORK/around")" 3
    status "a pre hook that fails" 5 client renew --force around.example.com --pre-hook "exit 3"
    : >"$WORK/around"
    # The name is refused by the CA, so the work fails.
    status "a failure" 4 issue -d blocked-domain.example --pre-hook true --post-hook "echo post >>$WORK/around"
    same "has its post hook all the same" "$(cat "$WORK/around")" post
    before=$(date +%s)
    status "a hook that does not end" 6 issue -d slow.example.com --hook-timeout 1s --deploy-hook "sleep 30 & wait"
    has "is ended" "$OUTPUT" "time limit"
    check "in time" [ $(($(date +%s) - before)) -lt 10 ]
}

if check "the servers start" start_ca; then
    configured
    check "relative paths are made absolute" relative
    owed
    targets
    around
    check "nothing in the journal at the end" journal_empty
fi
finish
