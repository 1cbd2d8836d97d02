#!/bin/sh
# What is wrong with the question is said in words, with the right exit status, and changes nothing: the store is
# compared before and after, and no record is left.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# wrong NAME STATUS WORDS COMMAND...: the exit status, the words, the store as before.
wrong() {
    wrong_name=$1 wrong_status=$2 wrong_words=$3 wrong_tree=$(tree)
    shift 3
    status "$wrong_name" "$wrong_status" "$@" || return 0
    has "$wrong_name: the words" "$OUTPUT" "$wrong_words"
    same "$wrong_name: the store is as it was" "$(tree)" "$wrong_tree"
}

# at URL [WORD]...: issue with another CA.
at() {
    at_url=$1
    shift
    client issue --server "$at_url" --ca-bundle "$PEBBLE_CA" --dns challtestsrv --resolver "$CHALLTESTSRV_DNS" \
        -d other.example.com "$@"
}

# through PROVIDER [WORD]...: issue with another provider.
through() {
    through_provider=$1
    shift
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns "$through_provider" \
        --resolver "$CHALLTESTSRV_DNS" -d other.example.com "$@"
}

usage() {
    wrong "no command" 2 "mcacme COMMAND --help" "$MCACME"
    wrong "an unknown command" 2 '"renew"' "$MCACME" renw
    wrong "an unknown option" 2 '--domain' issue --domian a.example.com
    wrong "an option without its value" 2 'needs a value' client issue -d
    wrong "a word that is no option" 2 'names are given with -d' issue a.example.com
    wrong "no name" 2 'no name is given' issue
    wrong "an option of another command" 2 'unknown option --reason' issue -d a.example.com --reason 1
    wrong "no provider" 2 '--dns PROVIDER' client issue -d a.example.com --server "$PEBBLE_DIR" --ca-bundle \
        "$PEBBLE_CA"
    wrong "an unknown provider" 2 'cloudflare' through cloudfare
    wrong "an unknown CA" 2 '"letsencrypt"' at letsencript
    wrong "an unknown certificate" 2 '"held.example.com"' client renew hold.example.com
    wrong "no duration" 2 'is not a duration' issue -d a.example.com --hook-timeout soon
    wrong "no exit status" 2 'exit status' issue -d held.example.com --exit-changed 999
}

names() {
    long=$(printf '%064d' 0)
    for name in '' '.' 'a..example.com' '-a.example.com' 'a-.example.com' 'a b.example.com' '*' '*.*.example.com' \
        'a.*.example.com' 'http://example.com' 'example.com/x' '../../etc' "$long.example.com" 'example.com:443' \
        'a_b.example.com' '*.127.0.0.1' "$(printf 'a\tb.example.com')" "$(printf 'a\nb.example.com')"; do
        wrong "the name \"$(printf %s "$name" | tr '\n\t' '  ')\"" 2 mcacme: issue -d "$name"
    done
    wrong "a certificate's name that leaves the store" 2 'cannot name a certificate' issue -d a.example.com \
        --name ../../x
}

credentials() {
    unset CHALLTESTSRV_URL
    echo 'EXEC_PATH="/bin/false"' >"$WORK/credentials"
    chmod 666 "$WORK/credentials"
    wrong "credentials that others may write" 3 'chmod 600' through exec --credentials "$WORK/credentials"
    chmod 600 "$WORK/credentials"
    wrong "credentials that are not there" 3 'No such file' through exec --credentials "$WORK/none"
    wrong "a credential that is missing" 3 'EXEC_PATH (path of the program)' through exec
    wrong "two that are missing" 3 'PDNS_Token (api-key' through powerdns
    has "both are named" "$OUTPUT" 'PDNS_Url (where the API is'
    has "and where they may be" "$OUTPUT" '--credentials'
    wrong "a credential that is missing in the file" 3 "$WORK/credentials" through powerdns \
        --credentials "$WORK/credentials"
    echo "CHALLTESTSRV_URL=\"$CHALLTESTSRV\"" >"$WORK/readable"
    chmod 644 "$WORK/readable"
    check "credentials that others may read" issue -d readable.example.com --credentials "$WORK/readable"
    has "are warned of" "$OUTPUT" 'can be read by other users'
    export CHALLTESTSRV_URL="$CHALLTESTSRV"
}

# ca NAME WORDS COMMAND...
authorities() {
    port=$(free_ports 1)
    wrong "nobody listens" 75 "127.0.0.1:$port" at "https://127.0.0.1:$port/dir"
    wrong "plain http" 3 'https' at "http://127.0.0.1:$port/dir"
    wrong "no URL" 3 mcacme: at "https://user@127.0.0.1/dir"
    wrong "a CA that is not trusted" 75 '--ca-bundle' client issue --server "$PEBBLE_DIR" --dns challtestsrv \
        -d other.example.com
    has "that is clear" "$OUTPUT" 'certificate'
    wrong "no such page" 4 'is this the URL of an ACME directory?' at "$PEBBLE_MGMT/nothing"
    wrong "a page that is no directory" 4 'is this the URL of an ACME directory?' at "$PEBBLE_MGMT/roots/0"
    wrong "a CA bundle that is not there" 3 'No such file' issue -d other.example.com --ca-bundle "$WORK/none"
    echo "no certificate" >"$WORK/none.pem"
    wrong "a CA bundle that is none" 3 "$WORK/none.pem" issue -d other.example.com --ca-bundle "$WORK/none.pem"
    wrong "a name that the CA refuses" 4 'rejectedIdentifier' issue -d www.blocked-domain.example
}

# provider EXIT WORDS: how adding a record ends.
provider() {
    cat >"$WORK/provider" <<PROVIDER
#!/bin/sh
[ "\$1" = present ] || exit 0
echo "$2" >&2
exit $1
PROVIDER
    chmod 755 "$WORK/provider"
    export EXEC_PATH="$WORK/provider"
}

providers() {
    provider 1 "the zone is frozen"
    wrong "a provider that refuses" 5 'the zone is frozen' through exec
    EXEC_PATH=$WORK/nothing
    status "a program that is not there" 3 through exec -d absent.example.com --name absent
    has "is named" "$OUTPUT" "$WORK/nothing"
    has "and what is owed is told" "$OUTPUT" "the next run tries again"
    provider 0 ""
    check "once it is there, what it owed is done" issue --name absent -d absent.example.com
    check "and nothing is left of it" journal_empty
    wrong "a record that never comes" 5 'cannot be seen' through exec --propagation resolver --deadline 8s
    port=$(free_ports 1)
    launch "$WORK" listener python3 -c "import socket, time
s = socket.socket(); s.bind(('127.0.0.1', $port)); s.listen(); time.sleep(60)"
    await "$WORK" listener nc -z 127.0.0.1 "$port"
    export STANDALONE_LISTEN="127.0.0.1:$port"
    wrong "a port that is in use" 5 "in use" through standalone
    stop "$WORK" listener
}

stores() {
    echo x >"$WORK/file"
    status "a store that is a file" 7 "$MCACME" issue --state "$WORK/file" -d a.example.com
    mkdir "$WORK/open" && chmod 777 "$WORK/open"
    status "a store that others may write to" 7 "$MCACME" renew --state "$WORK/open"
    has "what to do" "$OUTPUT" 'chmod go-w'
    [ "$(id -u)" -eq 0 ] || return 0
    mkdir -m 700 "$WORK/foreign" && chown 12345:12345 "$WORK/foreign"
    status "a store of another user" 7 "$MCACME" renew --state "$WORK/foreign"
    has "whose" "$OUTPUT" 'uid 12345'
    cp -a "$STATE" "$WORK/unreadable" && cp "$MCACME" "$WORK/mcacme" && chmod 755 "$WORK" "$WORK/mcacme"
    status "a store that cannot be read" 7 setpriv --reuid=12345 --regid=12345 --clear-groups "$WORK/mcacme" renew \
        --state "$WORK/unreadable"
}

if check "the servers start" start_ca && check "a certificate is held" issue -d held.example.com; then
    usage
    names
    credentials
    authorities
    providers
    stores
    check "no record is left" no_txt _acme-challenge.other.example.com
    check "nothing in the journal" journal_empty
    check "the certificate held is good" valid held.example.com
fi
finish
