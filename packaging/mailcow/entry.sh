#!/bin/sh
# What mailcow's acme container runs, with mcacme in the place of its own client.
#
#     entry.sh                   waits for the other services, then renews twice a day, for ever
#     entry.sh once [OPTION]...  one run of mcacme renew. Exit status: 0 a certificate was created, 1 renewed,
#                                2 none was due; anything else is an error, mcacme's own number plus 100
#
# Messages go to standard output, and as far as Redis is there to ACME_LOG and ACME_FAIL_TIME, which mailcow's web
# interface shows. Whatever Redis does, the run goes on.

set -u
umask 077

MCACME=${MCACME:-mcacme}
MAILCOW=${MAILCOW:-/mailcow}                     # laid out as the folder on the host
MAILCOW_CONF=${MAILCOW_CONF:-/etc/mailcow.conf}  # the host's mailcow.conf
SNAKE_OIL=${SNAKE_OIL:-/var/lib/ssl-example}
# The services as they are seen from here.
DOCKERAPI=${DOCKERAPI:-https://dockerapi}
POSTFIX=${POSTFIX:-postfix:25}
DOVECOT=${DOVECOT:-dovecot:143}
NGINX=${NGINX:-nginx}
NGINX_STATUS=${NGINX_STATUS:-http://nginx:8081}
REDIS=${REDIS_SLAVEOF_IP:-redis}
REDIS_PORT=${REDIS_SLAVEOF_PORT:-6379}

PAUSE=43200        # twice a day: the CA may want a certificate renewed earlier than it ends
PAUSE_FAILED=1800  # mcacme itself remembers failures and does not hurry
SSL=$MAILCOW/data/assets/ssl
STOP=

redis() {
    command -v redis-cli >/dev/null || return 0
    REDISCLI_AUTH=${REDISPASS:-} timeout 5 redis-cli -h "$REDIS" -p "$REDIS_PORT" "$@" >/dev/null 2>&1 || :
}

# One line. The web interface takes the list for JSON, and its text for HTML.
log() {
    printf '%s - %s\n' "$(date)" "$1"
    log_safe=$(printf '%s - %s' "${MAILCOW_HOSTNAME:-mailcow}" "$1" | tr -d '\000-\037' | tr '%&;$"<>{}\\[]' ' ')
    redis LPUSH ACME_LOG "{\"time\":\"$(date +%s)\",\"message\":\"$log_safe\"}"
}

await() {
    await_name=$1
    shift
    log "Waiting for $await_name..."
    until [ -n "$STOP" ] || "$@" >/dev/null 2>&1; do
        sleep 2
    done
}

await_services() {
    await "Docker API" curl -fsk -m 10 "$DOCKERAPI/containers/json"
    await "Postfix" curl -s -m 15 "smtp://$POSTFIX" -X NOOP
    await "Dovecot" curl -s -m 15 "imap://$DOVECOT" -X NOOP
    await "Nginx" curl -fsk -m 10 "$NGINX_STATUS"
}

# The host's settings, and after them, so that they win, what is different in here.
write_conf() {
    cat "$MAILCOW_CONF" - >"$MAILCOW/mailcow.conf.new" <<CONF

MCACME_DOCKERAPI=$DOCKERAPI
SMTP_PORT=$POSTFIX
IMAP_PORT=$DOVECOT
HTTPS_BIND=$NGINX
CONF
    mv "$MAILCOW/mailcow.conf.new" "$MAILCOW/mailcow.conf"
}

# The other containers cannot start without these.
fill_gaps() {
    [ -s "$SSL/dhparams.pem" ] || cp "$SNAKE_OIL/dhparams.pem" "$SSL/dhparams.pem" 2>/dev/null
    if [ ! -s "$SSL/cert.pem" ] && [ ! -s "$SSL/key.pem" ]; then
        log "Restoring mailcow's snake-oil certificate"
        cp "$SNAKE_OIL/key.pem" "$SSL/key.pem" && cp "$SNAKE_OIL/cert.pem" "$SSL/cert.pem" && chmod 644 "$SSL/cert.pem"
    fi
    [ -e "$MAILCOW/data/conf/acme/dns-01.conf" ] ||
        echo '# Credentials of the DNS provider, NAME="value"' >"$MAILCOW/data/conf/acme/dns-01.conf"
}

# Passes on what mcacme says; what has become of the certificates is the exit status. A signal is for mcacme, which
# has last words.
relay() {
    trap '' TERM
    relay_status=2
    while IFS= read -r relay_line; do
        case $relay_line in
        *": issued ("*) relay_status=0 ;;
        *": renewed ("*) [ "$relay_status" -eq 0 ] || relay_status=1 ;;
        esac
        log "$relay_line"
    done
    return "$relay_status"
}

once() {
    once_file=$(mktemp) || return 107
    { "$MCACME" renew --mailcow "$MAILCOW" "$@" 2>&1; echo $? >"$once_file"; } | relay
    once_result=$?
    once_status=$(cat "$once_file")
    rm -f "$once_file"
    [ "$once_status" -ne 0 ] || return "$once_result"
    redis SET ACME_FAIL_TIME "$(date +%s)"
    return $((once_status + 100))
}

prepare() {
    write_conf && fill_gaps
}

keep_renewing() {
    await_services
    while [ -z "$STOP" ]; do
        prepare
        once
        case $? in
        0 | 1) log "Certificates were requested or renewed where required" && pause=$PAUSE ;;
        2) log "No certificate was due" && pause=$PAUSE ;;
        *) log "Some errors occurred, the next try is in 30 minutes" && pause=$PAUSE_FAILED ;;
        esac
        [ -n "$STOP" ] || sleep "$pause"
    done
    log "Stopped"
}

# The whole process group gets the signal (tini -g); what runs in the foreground ends in its own way first.
trap 'STOP=1' TERM INT
case ${1:-} in
"") keep_renewing ;;
once)
    shift
    prepare && once "$@"
    ;;
*)
    echo "usage: entry.sh [once [OPTION]...]" >&2
    exit 64
    ;;
esac
