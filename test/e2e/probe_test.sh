#!/bin/sh
# mailcow's services load a new certificate, and mcacme sees it there before it is content.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/mailcow.sh"

RESTARTS="docker compose restart nginx-mailcow
docker compose restart dovecot-mailcow
docker compose restart postfix-mailcow"
RELOADS="docker compose exec -T nginx-mailcow nginx -s reload
docker compose restart dovecot-mailcow
docker compose restart postfix-mailcow"

all_show() {
    for all_way in smtp imap tls; do
        [ "$(shown $all_way)" = "$1" ] || {
            echo "$all_way shows $(shown $all_way), not $1"
            return 1
        }
    done
}

first() {
    check "the first certificate" cow renew
    has "is issued" "$OUTPUT" 'example.com: issued (*.example.com, example.com)'
    check "postfix, dovecot and nginx show it" all_show "$(placed)"
    same "they were all restarted, for it is a new one" "$(docker_calls)" "$RESTARTS"
    check "the next run is silent" cow renew
    same "entirely" "$(wc -c <"$OUTPUT")" 0
    same "and leaves the services alone" "$(docker_calls)" ""
}

renewal() {
    renewal_before=$(placed)
    check "a renewal" cow renew --force
    refuse "brings another certificate" [ "$(placed)" = "$renewal_before" ]
    check "that all show" all_show "$(placed)"
    same "nginx was only reloaded" "$(docker_calls)" "$RELOADS"
}

# A service that goes on as if nothing had happened.
deaf() {
    : >"$WORK/deaf-dovecot"
    status "a service that does not load it" 6 cow renew --force --deadline 8s
    has "is named" "$OUTPUT" "imap at $IMAP_AT shows the certificate"
    lacks "and no other one" "$OUTPUT" "smtp at"
    has "with a place to look" "$OUTPUT" "docker compose logs"
    same "the others show it" "$(shown smtp) $(shown tls)" "$(placed) $(placed)"
    docker_calls >"$WORK/calls"
    check "the list" client list
    has "says so" "$OUTPUT" "a deploy step is owed"
    rm "$WORK/deaf-dovecot"
    check "the next run mends that" cow renew
    check "so that all show it" all_show "$(placed)"
    same "without touching the others" "$(docker_calls)" "docker compose restart dovecot-mailcow"
    check "the list again" client list
    lacks "says no more of it" "$OUTPUT" owed
}

# Nobody listens there at all, and docker says so.
broken() {
    printf '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2\nexit 1\n' >"$WORK/bin/broken"
    chmod 755 "$WORK/bin/broken"
    mv "$WORK/bin/docker" "$WORK/bin/docker-compose" "$WORK"
    cp "$WORK/bin/broken" "$WORK/bin/docker"
    cp "$WORK/bin/broken" "$WORK/bin/docker-compose"
    status "without docker the step is owed" 6 cow renew --force --json
    has "in JSON as well" "$OUTPUT" '"deploy-owed":true'
    has "in docker's words" "$OUTPUT" "Cannot connect to the Docker daemon"
    has "with the remedy" "$OUTPUT" "group docker"
    cp "$WORK/docker-compose" "$WORK/bin"
    check "the older program serves as well" cow renew
    check "all show it" all_show "$(placed)"
    same "by docker-compose" "$(docker_calls)" "$(echo "$RELOADS" | sed 's/^docker compose/docker-compose/')"
    cp "$WORK/docker" "$WORK/bin"
}

# With SNI each certificate is asked for by its own name.
sni() {
    mkdir "$COW/data/assets/ssl/imap.example.net"
    printf 'imap.example.net' >"$COW/data/assets/ssl/imap.example.net/domains"
    sed -i 's/^ADDITIONAL_SAN=.*/&,imap.*/' "$COW/mailcow.conf"
    echo ENABLE_SSL_SNI=y >>"$COW/mailcow.conf"
    check "a certificate for a mail domain" cow renew
    refuse "for which services were restarted" [ -z "$(docker_calls)" ]
    for sni_way in smtp imap tls; do
        same "is shown by $sni_way for its name" "$(shown $sni_way imap.example.net)" "$(placed imap.example.net)"
        same "and not for another one" "$(shown $sni_way)" "$(placed)"
    done
}

# In a container of the project: dockerapi, whose certificate nobody has signed.
inside() {
    inside_port=$(free_ports 1)
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/api-key.pem" -out "$WORK/api-cert.pem" \
        -subj /CN=dockerapi/O=mailcow -days 30 2>/dev/null
    launch "$WORK" api python3 -B "$TOP/test/tools/dockerapi.py" "$inside_port" "$WORK" mailcowdockerized
    await "$WORK" api curl -sk --noproxy '*' "https://127.0.0.1:$inside_port/containers/json"
    echo "MCACME_DOCKERAPI=https://127.0.0.1:$inside_port" >>"$COW/mailcow.conf"
    check "inside a container" cow renew --force -vv
    lacks "the answers of dockerapi are not for logs" "$OUTPUT" not-for-logs
    check "all show it" all_show "$(placed)"
    sort -u "$WORK/api-calls" >"$WORK/calls"
    has "nginx was reloaded" "$WORK/calls" 'exec nginx {"cmd":"reload","task":"nginx"}'
    has "dovecot restarted" "$WORK/calls" 'restart dovecot'
    has "postfix, too" "$WORK/calls" 'restart postfix'
    same "and no docker program" "$(docker_calls)" ""
}

start_ca || exit 1
# shellcheck disable=SC2119
start_mailcow || exit 1
first
renewal
deaf
broken
sni
inside
finish
