# shellcheck shell=sh
# A mailcow on loopback: its folder, and servers in the place of its services. Source it after client.sh.
#
#     start_mailcow [LINE]...     the folder $COW with a snake-oil certificate and a mailcow.conf that ends in LINEs;
#                                 postfix, dovecot and nginx on $SMTP_AT, $IMAP_AT, $TLS_AT; programs docker and
#                                 docker-compose first in PATH, which reload them and note it in $WORK/docker-calls.
#                                 While $WORK/deaf-SERVICE exists, that service does not hear them
#     cow COMMAND [WORD]...       client COMMAND --mailcow $COW at the Pebble of start_ca
#     shown smtp|imap|tls [NAME]  the serial of the certificate that is shown
#     placed [FOLDER]             the serial of the certificate in data/assets/ssl
#     docker_calls                what docker was told since the last time, without `version` and the folder

cow_docker() {
    cat <<DOCKER
#!/bin/sh
echo "\${0##*/} \$*" >>"$WORK/docker-calls"
case \$* in
*"exec -T nginx-mailcow nginx -s reload") service=nginx ;;
*" restart "*-mailcow) service=\${*##* } service=\${service%-mailcow} ;;
*version) exit 0 ;;
*) echo "unknown: \$*" >&2; exit 1 ;;
esac
[ -e "$WORK/deaf-\$service" ] || kill -HUP "\$(cat "$WORK/\$service.pid")"
DOCKER
}

cow_conf() {
    cat <<CONF
# mailcow.conf of a test
MAILCOW_HOSTNAME=mail.example.com
COMPOSE_PROJECT_NAME=mailcowdockerized
DOCKER_COMPOSE_VERSION=native
AUTODISCOVER_SAN=n
ADDITIONAL_SAN=*.example.com,example.com
ACME_DNS_CHALLENGE=y
ACME_DNS_PROVIDER=challtestsrv
ACME_ACCOUNT_EMAIL=admin@example.com
DIRECTORY_URL=$PEBBLE_DIR
SMTP_PORT=$SMTP_AT
IMAP_PORT=$IMAP_AT
HTTPS_PORT=${TLS_AT#*:}
CONF
    for cow_line in "$@"; do
        printf '%s\n' "$cow_line"
    done
}

cow_service() {
    launch "$WORK" "$1" python3 -B "$TOP/test/tools/mailserver.py" "$2" "${3#*:}" "$COW/data/assets/ssl"
    await "$WORK" "$1" shown "$2"
}

# shellcheck disable=SC2120
start_mailcow() {
    COW=$WORK/cow
    # shellcheck disable=SC2046
    cow_ports $(free_ports 3)
    mkdir -p "$COW/data/assets/ssl" "$COW/data/conf/acme" "$COW/data/web" "$WORK/bin"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$COW/data/assets/ssl/key.pem" \
        -out "$COW/data/assets/ssl/cert.pem" -subj /C=DE/O=mailcow/CN=mail.example.com -days 30 2>/dev/null || return 1
    cow_conf "$@" >"$COW/mailcow.conf"
    echo "CHALLTESTSRV_URL=\"$CHALLTESTSRV\"" >"$COW/data/conf/acme/dns-01.conf"
    chmod 600 "$COW/mailcow.conf" "$COW/data/conf/acme/dns-01.conf"
    cow_docker >"$WORK/bin/docker"
    cp "$WORK/bin/docker" "$WORK/bin/docker-compose"
    chmod 755 "$WORK/bin/docker" "$WORK/bin/docker-compose"
    PATH=$WORK/bin:$PATH
    cow_service postfix smtp "$SMTP_AT" && cow_service dovecot imap "$IMAP_AT" && cow_service nginx tls "$TLS_AT"
}

cow_ports() {
    SMTP_AT=127.0.0.1:$1 IMAP_AT=127.0.0.1:$2 TLS_AT=127.0.0.1:$3
}

cow() {
    cow_command=$1
    shift
    client "$cow_command" --mailcow "$COW" --ca-bundle "$PEBBLE_CA" --resolver "$CHALLTESTSRV_DNS" "$@"
}

cow_serial() {
    openssl x509 -noout -serial | sed 's/.*=//'
}

shown() {
    case $1 in
    smtp) set -- "$SMTP_AT" "${2:-mail.example.com}" -starttls smtp ;;
    imap) set -- "$IMAP_AT" "${2:-mail.example.com}" -starttls imap ;;
    tls) set -- "$TLS_AT" "${2:-mail.example.com}" ;;
    esac
    shown_at=$1 shown_name=$2
    shift 2
    openssl s_client -connect "$shown_at" -servername "$shown_name" "$@" </dev/null 2>/dev/null | cow_serial
}

placed() {
    cow_serial <"$COW/data/assets/ssl/${1:+$1/}cert.pem"
}

docker_calls() {
    [ ! -e "$WORK/docker-calls" ] || sed -e "s| --project-directory $COW||" -e '/version$/d' "$WORK/docker-calls"
    rm -f "$WORK/docker-calls"
}
