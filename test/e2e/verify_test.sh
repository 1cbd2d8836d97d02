#!/bin/sh
# Behind the deploy hook the services of --verify have to show the new certificate; else the step is owed.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# server LABEL smtp|imap|tls PORT [FOLDER]: one that shows what is in FOLDER.
server() {
    launch "$WORK" "$1" python3 -B "$TOP/test/tools/mailserver.py" "$2" "$3" "${4:-$WORK/ssl}"
    await "$WORK" "$1" shown "$2" "$3"
}

# shown smtp|imap|tls PORT [NAME]: the serial of the certificate that is shown.
shown() {
    shown_at=127.0.0.1:$2 shown_name=${3:-mail.example.com}
    case $1 in
    tls) set -- ;;
    *) set -- -starttls "$1" ;;
    esac
    shown_serial=$(openssl s_client -connect "$shown_at" -servername "$shown_name" "$@" </dev/null 2>/dev/null |
        openssl x509 -noout -serial 2>/dev/null) && echo "${shown_serial#*=}"
}

# snake_oil FOLDER: what a service has before ours.
snake_oil() {
    mkdir -p "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1/key.pem" \
        -out "$1/cert.pem" -subj /CN=snake.example -days 30 2>/dev/null
}

# The hook tells all services to load it, at once or after a while; $WORK/deaf-LABEL keeps one from hearing.
write_hook() {
    cat >"$WORK/reload" <<HOOK
#!/bin/sh
echo called >>"$WORK/calls"
later() {
    sleep "\$1"
    for label in smtp imap tls; do
        [ -e "$WORK/deaf-\$label" ] || kill -HUP "\$(cat "$WORK/\$label.pid")"
    done
}
if [ -e "$WORK/slow" ]; then
    later 3 >/dev/null 2>&1 &
else
    later 0
fi
HOOK
    chmod 755 "$WORK/reload"
}

calls() {
    wc -l <"$WORK/calls"
}

all_show() {
    for all_way in "smtp $SMTP" "imap $IMAP" "tls $TLS"; do
        # shellcheck disable=SC2086
        [ "$(shown $all_way)" = "$(serial mail.example.com)" ] || {
            echo "$all_way does not"
            return 1
        }
    done
}

first() {
    check "services that load it" issue -d mail.example.com -d '*.example.com' --deploy-hook "$WORK/reload" \
        --install-fullchain "$WORK/ssl/cert.pem" --install-key "$WORK/ssl/key.pem" \
        --verify "smtp:127.0.0.1:$SMTP,imap:127.0.0.1:$IMAP" --verify "https:127.0.0.1:$TLS"
    check "show it" all_show
    check "there is nothing to do then" client renew
    same "silently" "$(wc -c <"$OUTPUT")" 0
    : >"$WORK/slow"
    first_before=$(serial mail.example.com)
    check "one that needs a while" client renew --force mail.example.com
    rm "$WORK/slow"
    refuse "has a new one" [ "$(serial mail.example.com)" = "$first_before" ]
    check "which all show" all_show
}

deaf() {
    : >"$WORK/deaf-imap"
    status "one that goes on as if nothing had happened" 6 client renew --force mail.example.com --deadline 9s --json
    has "is named" "$OUTPUT" "imap at 127.0.0.1:$IMAP shows the certificate"
    lacks "and no other" "$OUTPUT" "smtp at"
    has "the step is owed" "$OUTPUT" '"deploy-owed":true'
    has "but the certificate is there" "$OUTPUT" '"changed":true'
    deaf_orders=$(orders) deaf_serial=$(serial mail.example.com) deaf_calls=$(calls)
    check "the list" client list
    has "knows" "$OUTPUT" "a deploy step is owed"
    status "the next run tries again" 6 client renew --deadline 5s
    rm "$WORK/deaf-imap"
    check "until it is done" client renew
    check "and all show it" all_show
    same "with the certificate that was there" "$(serial mail.example.com)" "$deaf_serial"
    same "and no order more" "$(orders)" "$deaf_orders"
    same "the hook was called each time" "$(calls)" $((deaf_calls + 2))
    check "then nothing is owed" client renew
    same "and the hook is left alone" "$(calls)" $((deaf_calls + 2))
}

nobody() {
    stop "$WORK" smtp
    status "a service that is down" 6 client renew --force mail.example.com --deadline 6s
    has "is told in the system's words" "$OUTPUT" "smtp at 127.0.0.1:$SMTP: "
    has "with what comes next" "$OUTPUT" "the next renew tries this step again"
    server smtp smtp "$SMTP"
    check "it is up again" client renew
    check "all is well" all_show
}

# The server has a certificate for one name, and snake oil for all others.
by_name() {
    snake_oil "$WORK/sni"
    snake_oil "$WORK/sni/www"
    echo www.example.com >"$WORK/sni/www/domains"
    server sni tls "$SNI" "$WORK/sni"
    by_name_hook="kill -HUP $(cat "$WORK/sni.pid")"
    check "an address is asked for the certificate's first name" issue -d '*.www.example.com' -d www.example.com \
        --name www --deploy-hook "$by_name_hook" --install-fullchain "$WORK/sni/www/cert.pem" \
        --install-key "$WORK/sni/www/key.pem" --verify "tls:127.0.0.1:$SNI"
    same "where it is" "$(shown tls "$SNI" www.example.com)" "$(serial www)"
    status "a name is asked for itself" 6 client renew --force www --verify "tls:localhost:$SNI" --deadline 6s
    has "so it shows another one" "$OUTPUT" "tls at localhost:$SNI shows the certificate"
    check "what was saved is as before" client renew www
}

wrong() {
    wrong_orders=$(orders) wrong_tree=$(tree)
    for wrong_probe in smtp: pop3:127.0.0.1:110 tls:127.0.0.1:0 tls:a/b 127.0.0.1:25; do
        status "$wrong_probe is no probe" 2 issue -d wrong.example.com --verify "$wrong_probe"
        has "as is told" "$OUTPUT" "--verify: \"$wrong_probe\" is not"
    done
    same "before the CA was asked" "$(orders)" "$wrong_orders"
    same "or anything written" "$(tree)" "$wrong_tree"
}

given_up() {
    stop "$WORK" smtp
    check "a service that is no more" client renew --force mail.example.com --verify none
    check "is given up for good" issue --force -d mail.example.com -d '*.example.com' --verify none
    check "and asked no more" client renew --force mail.example.com
}

if check "the servers start" start_ca; then
    # shellcheck disable=SC2046
    set -- $(free_ports 4)
    SMTP=$1 IMAP=$2 TLS=$3 SNI=$4
    snake_oil "$WORK/ssl"
    write_hook
    server smtp smtp "$SMTP" && server imap imap "$IMAP" && server tls tls "$TLS" || exit 1
    first
    deaf
    nobody
    by_name
    wrong
    given_up
    check "nothing in the journal at the end" journal_empty
fi
finish
