#!/bin/sh
# HTTP-01 by a server of our own, by a webroot that another one shows, alone, beside DNS, and as mailcow has it.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# A web server at the port where Pebble looks; http_issue is issue without a DNS provider.
start_web() {
    WEB=$WORK/web
    mkdir "$WEB" || return 1
    launch "$WORK" web python3 -m http.server "$PEBBLE_HTTP_PORT" --bind 127.0.0.1 --directory "$WEB"
    await "$WORK" web curl -sSf --noproxy '*' "http://127.0.0.1:$PEBBLE_HTTP_PORT/"
}

http_issue() {
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" "$@"
}

no_files() {
    [ -z "$(ls -A "$WEB/.well-known/acme-challenge")" ] || {
        ls -lA "$WEB/.well-known/acme-challenge"
        return 1
    }
}

webroot() {
    check "two names by a webroot" http_issue -d a.example.com -d b.example.com --webroot "$WEB"
    check "the certificate is good" valid a.example.com
    same "and has both" "$(sans a.example.com)" "DNS:a.example.com
DNS:b.example.com"
    check "no file is left" no_files
    same "the folder is for the web server to read" "$(stat -c %a "$WEB/.well-known" | tail -c 2)" 5
    check "nothing in the journal" journal_empty
    serial=$(serial a.example.com)
    check "renew needs no arguments" client renew --force a.example.com
    refuse "and has renewed" [ "$serial" = "$(serial a.example.com)" ]
    has "the webroot is saved" "$STATE/certs/a.example.com/lineage.json" "\"webroot\":\"$WEB\""
    (cd "$WORK" && http_issue -d rel.example.com --webroot web >"$WORK/words" 2>&1)
    has "as an absolute path" "$STATE/certs/rel.example.com/lineage.json" "\"webroot\":\"$WEB\""
    check "an IP address" http_issue -d 127.0.0.1 --webroot "$WEB"
    same "is in it" "$(sans 127.0.0.1)" "IPAddress:127.0.0.1"
}

# Whether nobody listens at the port where Pebble looks.
port_free() {
    ! python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' \
        "$PEBBLE_HTTP_PORT" 2>"$WORK/words"
}

standalone() {
    check "no web server is there now" port_free
    check "a server of our own" http_issue -d s.example.com -d t.example.com \
        --standalone "127.0.0.1:$PEBBLE_HTTP_PORT"
    check "the certificate is good" valid s.example.com
    check "the port is free again" port_free
    check "renew remembers it" client renew --force s.example.com
    check "on all addresses" http_issue -d s.example.com --force --standalone=":$PEBBLE_HTTP_PORT"
    cat >"$WORK/web-again" <<HOOK
#!/bin/sh
exec python3 -c 'import socket; socket.create_server(("127.0.0.1", $PEBBLE_HTTP_PORT))'
HOOK
    chmod 700 "$WORK/web-again"
    check "the port is free for the post hook" client renew --force s.example.com \
        --post-hook "$WORK/web-again"
    status "both ways of HTTP" 2 http_issue -d s.example.com --force --standalone --webroot "$WORK"
    status "an address that is none" 3 http_issue -d s.example.com --force --standalone=localhost:5002
}

in_use() {
    status "a port in use" 5 http_issue -d s.example.com --force --standalone "127.0.0.1:$PEBBLE_HTTP_PORT"
    has "says what to do" "$OUTPUT" 'another web server'
    check "another way replaces the saved one" http_issue -d s.example.com --force --webroot "$WEB"
    lacks "for good" "$STATE/certs/s.example.com/lineage.json" '"standalone"'
}

failures() {
    status "a wildcard" 2 http_issue -d a.example.com -d '*.example.com' --webroot "$WEB" --name star
    has "needs DNS" "$OUTPUT" '*.example.com is a wildcard, which only DNS can prove'
    status "nothing to prove it by" 2 http_issue -d a.example.com --name none
    has "both ways are named" "$OUTPUT" '--webroot DIR'
    status "a webroot that is not there" 5 http_issue -d n.example.com --webroot "$WORK/nothing"
    has "is named" "$OUTPUT" "$WORK/nothing"
    mkdir "$WORK/unseen"
    status "a folder that nobody shows" 4 http_issue -d u.example.com --webroot "$WORK/unseen"
    has "the CA's own words" "$OUTPUT" 'returned 404 (unauthorized)'
    has "and where to look" "$OUTPUT" 'is the folder of --webroot what its web server shows'
    same "its file is gone" "$(find "$WORK/unseen" -type f | wc -l)" 0
    refuse "nothing was installed" [ -e "$STATE/certs/u.example.com" ]
    check "nothing in the journal" journal_empty
}

mixed() {
    check "DNS for its zone, HTTP for the rest" http_issue -d web.example.com -d '*.example.net' \
        -d example.net --webroot "$WEB" --dns challtestsrv:example.net --resolver "$CHALLTESTSRV_DNS"
    same "three names" "$(sans web.example.com)" "DNS:*.example.net
DNS:example.net
DNS:web.example.com"
    check "no file is left" no_files
    check "no record is left" no_txt _acme-challenge.example.net
}

# cow LINE...: a mailcow folder with these lines in its mailcow.conf
cow() {
    COW=$WORK/cow
    mkdir -p "$COW/data/web" "$COW/data/assets/ssl"
    printf '%s\n' "MAILCOW_HOSTNAME=mail.example.com" "DIRECTORY_URL=$PEBBLE_DIR" "AUTODISCOVER_SAN=n" \
        "ACME_DNS_PROVIDER=dns_xxx" "ACME_ACCOUNT_EMAIL=me@example.com" "$@" >"$COW/mailcow.conf"
    rm -rf "$WEB/.well-known" && ln -s "$COW/data/web/.well-known" "$WEB/.well-known"
}

# What mailcow wants, rehearsed; port 80 is where the test has it.
cow_issue() {
    client issue --mailcow "$COW" --dry-run --ca-bundle "$PEBBLE_CA" --resolver "$CHALLTESTSRV_DNS" \
        --connect-to "127.0.0.1:80:127.0.0.1:$PEBBLE_HTTP_PORT" "$@"
}

mailcow() {
    cow "ADDITIONAL_SAN=smtp.example.com"
    check "mailcow without DNS-01" cow_issue
    has "is proved by HTTP" "$OUTPUT" 'the dry run succeeded (mail.example.com, smtp.example.com)'
    same "no file is left in its webroot" "$(find "$COW/data/web" -type f | wc -l)" 0
    challtestsrv_post add-a '{"host":"bad.example.com.","addresses":["127.0.0.9"]}' >"$WORK/words"
    cow "ADDITIONAL_SAN=bad.example.com,smtp.example.com"
    check "a name that leads elsewhere" cow_issue
    has "is left out" "$OUTPUT" 'bad.example.com is left out of the certificate mail.example.com'
    has "and the others go on" "$OUTPUT" 'succeeded (mail.example.com, smtp.example.com)'
    cow "ADDITIONAL_SAN=*.example.com"
    status "a wildcard" 3 cow_issue
    has "needs DNS-01" "$OUTPUT" 'set ACME_DNS_CHALLENGE=y and ACME_DNS_PROVIDER'
    cow "SKIP_LETS_ENCRYPT=y"
    check "SKIP_LETS_ENCRYPT=y" cow_issue
    has "says so" "$OUTPUT" 'SKIP_LETS_ENCRYPT=y'
    cow "ACME_DNS_CHALLENGE=y"
    status "the untouched provider" 3 cow_issue
    has "is no provider" "$OUTPUT" 'ACME_DNS_PROVIDER still is dns_xxx'
    cow
    status "-d beside --mailcow" 2 cow_issue -d x.example.com
    status "--name of none that mailcow wants" 2 cow_issue --name nope
    has "lists those that it wants" "$OUTPUT" 'it wants mail.example.com'
    check "the store is as it was" valid a.example.com
    printf 'mailcow = %s\n' "$COW" >"$WORK/mcacme.conf"
    check "a certificate beside a mailcow of the file" http_issue -d beside.example.com --webroot "$WEB" \
        --config "$WORK/mcacme.conf"
    lacks "is not mailcow's" "$STATE/certs/beside.example.com/lineage.json" '"mailcow"'
    check "and that mailcow is known to renew" client renew --config "$WORK/mcacme.conf" --dry-run \
        --ca-bundle "$PEBBLE_CA" --resolver "$CHALLTESTSRV_DNS" \
        --connect-to "127.0.0.1:80:127.0.0.1:$PEBBLE_HTTP_PORT"
    has "as to be got" "$OUTPUT" 'mail.example.com: renew: no certificate yet'
    check "nothing was saved by all this" [ ! -e "$STATE/certs/mail.example.com" ]
}

# PEBBLE_AUTHZREUSE=0: each order proves its names anew.
if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    standalone
    check "a web server starts" start_web
    in_use
    webroot
    failures
    mixed
    mailcow
fi
finish
