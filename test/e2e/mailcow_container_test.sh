#!/bin/sh
# mailcow's acme container with mcacme in it: its main program, outside of a container. And the examples of mailcow's
# page on DNS-01.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/mailcow.sh"

# A Redis that notes what it is told, unless it is out of order.
fake_redis() {
    cat >"$WORK/bin/redis-cli" <<REDIS
#!/bin/sh
[ ! -e "$WORK/no-redis" ] || exit 1
[ "\$REDISCLI_AUTH" = "redis-secret" ] || exit 1
shift 4
printf '%s\n' "\$*" >>"$WORK/redis"
REDIS
    chmod 755 "$WORK/bin/redis-cli"
}

# The folder as the container has it: what is mounted, and a mailcow.conf of its own.
container() {
    HOST=$WORK/host.conf
    mkdir "$WORK/snake-oil"
    cp "$COW/data/assets/ssl/cert.pem" "$COW/data/assets/ssl/key.pem" "$WORK/snake-oil"
    echo "dh parameters" >"$WORK/snake-oil/dhparams.pem"
    mv "$COW/mailcow.conf" "$HOST"
    container_port=$(free_ports 1)
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/api-key.pem" -out "$WORK/api-cert.pem" \
        -subj /CN=dockerapi/O=mailcow -days 30 2>/dev/null
    launch "$WORK" api python3 -B "$TOP/test/tools/dockerapi.py" "$container_port" "$WORK" mailcowdockerized
    API=https://127.0.0.1:$container_port
    await "$WORK" api curl -sk --noproxy '*' "$API/containers/json"
}

entry() {
    MCACME="$MCACME" MAILCOW="$COW" MAILCOW_CONF="$HOST" SNAKE_OIL="$WORK/snake-oil" DOCKERAPI="$API" \
        POSTFIX="$SMTP_AT" DOVECOT="$IMAP_AT" NGINX=127.0.0.1 NGINX_STATUS="$API/containers/json" \
        MAILCOW_HOSTNAME=mail.example.com REDISPASS=redis-secret "$TOP/packaging/mailcow/entry.sh" "$@"
}

once() {
    entry once --state "$STATE" --ca-bundle "$PEBBLE_CA" --resolver "$CHALLTESTSRV_DNS" "$@" </dev/null
}

all_show() {
    for all_way in smtp imap tls; do
        [ "$(shown $all_way)" = "$1" ] || return 1
    done
}

exit_statuses() {
    status "a certificate is created" 0 once
    has "with a line in the log" "$OUTPUT" " - example.com: issued (*.example.com, example.com)"
    check "all services show it" all_show "$(placed)"
    same "which dockerapi has restarted" "$(sort "$WORK/api-calls" | tr '\n' ' ')" \
        "restart dovecot restart nginx restart postfix "
    same "the parameters of mailcow are there" "$(cat "$COW/data/assets/ssl/dhparams.pem")" "dh parameters"
    status "none is due" 2 once
    status "one is renewed" 1 once --force
    check "all services show it, too" all_show "$(placed)"
    touch "$COW/data/assets/ssl/force_renew"
    status "force_renew asks for another one" 1 once
    refuse "and is gone" [ -e "$COW/data/assets/ssl/force_renew" ]
}

logs() {
    has "Redis has the log" "$WORK/redis" "LPUSH ACME_LOG {\"time\":\""
    has "with what happened" "$WORK/redis" "mail.example.com - example.com: issued (*.example.com, example.com)"
    lacks "and nothing failed" "$WORK/redis" ACME_FAIL_TIME
    : >"$WORK/no-redis"
    status "a Redis that is not there fails no run" 1 once --force
    rm "$WORK/no-redis"
    sed 's/^ACME_DNS_PROVIDER=.*/ACME_DNS_PROVIDER=dns_xxx/' "$HOST" >"$HOST.untouched"
    HOST=$HOST.untouched
    status "a failure has mcacme's status and 100" 103 once
    HOST=${HOST%.untouched}
    has "its words are in Redis" "$WORK/redis" "ACME_DNS_PROVIDER still is dns_xxx"
    has "and its time" "$WORK/redis" "SET ACME_FAIL_TIME "
    sed -n 's/^LPUSH ACME_LOG //p' "$WORK/redis" | while read -r line; do
        printf '%s' "$line" | python3 -c 'import json, sys; assert json.load(sys.stdin)["message"]' || echo "$line"
    done >"$WORK/no-json"
    same "every entry is JSON" "$(cat "$WORK/no-json")" ""
}

# Without a pair mailcow's services do not start.
gaps() {
    rm "$COW/data/assets/ssl/cert.pem" "$COW/data/assets/ssl/key.pem" "$COW/data/conf/acme/dns-01.conf"
    sed 's/^ACME_DNS_CHALLENGE.*/SKIP_LETS_ENCRYPT=y/' "$HOST" >"$HOST.skip"
    HOST=$HOST.skip
    status "with SKIP_LETS_ENCRYPT nothing is due" 2 once
    check "the snake-oil certificate is back" cmp "$WORK/snake-oil/cert.pem" "$COW/data/assets/ssl/cert.pem"
    check "with its key" same_key "$COW/data/assets/ssl/key.pem" "$COW/data/assets/ssl/cert.pem"
    check "there is a place for the credentials" grep -q '^#' "$COW/data/conf/acme/dns-01.conf"
    same "that is private" "$(stat -c %a "$COW/data/conf/acme/dns-01.conf")" 600
    status "an unknown word" 64 entry twice
}

# The loop waits for the services, does its work, and ends at a signal although it is asleep.
loop() {
    launch "$WORK" entry setsid env MCACME="$MCACME" MAILCOW="$COW" MAILCOW_CONF="$HOST" DOCKERAPI="$API" \
        SNAKE_OIL="$WORK/snake-oil" POSTFIX="$SMTP_AT" DOVECOT="$IMAP_AT" NGINX=127.0.0.1 \
        NGINX_STATUS="$API/containers/json" XDG_STATE_HOME="$WORK" HOME="$WORK" \
        "$TOP/packaging/mailcow/entry.sh"
    check "it waits and works" await "$WORK" entry grep -q "No certificate was due" "$WORK/entry.log"
    has "for postfix, too" "$WORK/entry.log" "Waiting for Postfix..."
    kill -TERM "-$LAUNCHED"
    check "a signal ends it" wait "$LAUNCHED"
}

# "NAME NAME..." of the one certificate that an example asks for.
names_of() {
    rm -rf "$WORK/example"
    cp -r "$TOP/test/data/mailcow/$1" "$WORK/example"
    chmod 600 "$WORK/example/mailcow.conf" "$WORK/example/data/conf/acme/dns-01.conf"
    "$MCACME" renew --mailcow "$WORK/example" --state "$WORK/example/state" --dry-run --json 2>/dev/null |
        python3 -c '
import json, sys
run = json.load(sys.stdin)
assert run["exit-status"] == 0 and len(run["certificates"]) == 1 and run["certificates"][0]["due"]
print(*run["certificates"][0]["names"])'
}

examples() {
    while read -r example names; do
        same "example $example" "$(names_of "$example")" "$names"
    done <<EXAMPLES
0-step-by-step mail.example.com
0-wildcard *.example.com example.com
1-servercow *.example.com example.com
2-cloudflare *.example.com example.com
3-hetzner *.example.de
4-ionos *.example.de
5-route53 mail.company.com mail.division.org smtp.company.com
EXAMPLES
}

start_ca || exit 1
# shellcheck disable=SC2119
start_mailcow || exit 1
fake_redis
container || exit 1
exit_statuses
logs
gaps
loop
examples
finish
