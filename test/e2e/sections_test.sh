#!/bin/sh
# One certificate by several providers: sections [dns NAME] of the configuration, two accounts of one vendor and a
# plugin of an acme.sh among them.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# account NAME: a program for the provider exec, with its credentials: it has a log of its own.
account() {
    cat >"$WORK/$1" <<PROGRAM
#!/bin/sh
echo "\$1 \$2" >>"$WORK/$1.log"
case \$1 in
present) curl -sSf --noproxy '*' "$CHALLTESTSRV/set-txt" -d "{\"host\": \"\$2\", \"value\": \"\$3\"}" ;;
cleanup) curl -sSf --noproxy '*' "$CHALLTESTSRV/clear-txt" -d "{\"host\": \"\$2\"}" ;;
esac
PROGRAM
    chmod 755 "$WORK/$1"
    echo "EXEC_PATH=$WORK/$1" >"$WORK/$1.conf"
    chmod 600 "$WORK/$1.conf"
}

# A plugin that is known to no acme.sh but the one of this test.
plugin() {
    mkdir -p "$WORK/acme.sh/dnsapi"
    cp "$TOP/test/data/acme.sh/acme.sh" "$WORK/acme.sh"
    cat >"$WORK/acme.sh/dnsapi/dns_test.sh" <<'PLUGIN'
dns_test_add() {
    echo "add $1 with $TEST_Token" >>"$TEST_Log"
    curl -sSf --noproxy '*' "$TEST_Api/set-txt" -d "{\"host\": \"$1.\", \"value\": \"$2\"}" || return 1
    _savedomainconf TEST_Id 42
}

dns_test_rm() {
    echo "rm $1 id $(_readdomainconf TEST_Id)" >>"$TEST_Log"
    curl -sSf --noproxy '*' "$TEST_Api/clear-txt" -d "{\"host\": \"$1.\"}"
}
PLUGIN
    cat >"$WORK/plugin.conf" <<CONF
ACMESH_HOME=$WORK/acme.sh
TEST_Token=token-of-the-test
TEST_Log=$WORK/plugin.log
TEST_Api=$CHALLTESTSRV
CONF
    chmod 600 "$WORK/plugin.conf"
}

configuration() {
    cat >"$WORK/mcacme.conf" <<CONF
server = $PEBBLE_DIR
ca-bundle = $PEBBLE_CA
state = $STATE
resolver = $CHALLTESTSRV_DNS

[dns one]
provider = exec
zones = example.com
credentials = one.conf

[dns two]
provider = exec
zones = example.net, sub.example.com
credentials = two.conf

[dns three]
provider = dns_test
zones = example.org
credentials = plugin.conf

[certificate all]
domain = example.com, www.example.com, sub.example.com, example.net, example.org, *.example.org
dns = one
dns = two
dns = three
CONF
}

together() {
    check "one certificate by three" "$MCACME" renew --config "$WORK/mcacme.conf"
    check "it is good" valid all
    same "the first account has had its own" "$(sort "$WORK/one.log")" "cleanup _acme-challenge.example.com.
cleanup _acme-challenge.www.example.com.
present _acme-challenge.example.com.
present _acme-challenge.www.example.com."
    same "so has the second" "$(sort "$WORK/two.log")" "cleanup _acme-challenge.example.net.
cleanup _acme-challenge.sub.example.com.
present _acme-challenge.example.net.
present _acme-challenge.sub.example.com."
    same "and the plugin, with what it had saved" "$(sort "$WORK/plugin.log")" \
        "add _acme-challenge.example.org with token-of-the-test
add _acme-challenge.example.org with token-of-the-test
rm _acme-challenge.example.org id 42
rm _acme-challenge.example.org id 42"
    check "no record is left" no_txt _acme-challenge.example.com _acme-challenge.example.net \
        _acme-challenge.example.org
    check "nothing in the journal" journal_empty
    refuse "no secret in the store" grep -r token-of-the-test "$STATE"
    check "the second run has nothing to do" "$MCACME" renew --config "$WORK/mcacme.conf"
}

failures() {
    status "a name that no section covers" 3 "$MCACME" issue --config "$WORK/mcacme.conf" -d other.example --dns one
    has "is told" "$OUTPUT" 'no DNS provider covers'
    status "a plugin that is nowhere" 2 "$MCACME" issue --config "$WORK/mcacme.conf" -d example.com --dns dns_nowhere
    has "is told with the places" "$OUTPUT" 'no acme.sh with such a plugin in'
    sed 's/^TEST_Api=.*/TEST_Api=http:\/\/127.0.0.1:1/' "$WORK/plugin.conf" >"$WORK/bad.conf"
    chmod 600 "$WORK/bad.conf"
    status "a plugin that fails" 5 "$MCACME" issue --config "$WORK/mcacme.conf" -d fresh.example.org \
        --dns dns_test --credentials "$WORK/bad.conf"
    has "is told in its words" "$OUTPUT" 'dns_test: dns_test_add failed'
    refuse "without its secret" grep token-of-the-test "$OUTPUT"
}

start_ca
account one
account two
plugin
configuration
together
failures
finish
