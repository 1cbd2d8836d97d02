#!/bin/sh
# The real clients of this Debian get a certificate each from Pebble, and mcacme takes it over and renews it.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
INSTALL_ONLY_DEFINE=1
. "$TOP/test/tools/install.sh"

# uacme trusts what the system trusts: the test CA goes into a copy of that, mounted over it where only we see it.
if [ -z "${IMPORT_INSIDE:-}" ]; then
    # shellcheck disable=SC2046
    [ "$(id -u)" -ne 0 ] ||
        install_listed "$(install_missing util-linux certbot lego dehydrated uacme | tr '\n' ' ')" || exit 1
    export IMPORT_INSIDE=yes
    [ "$(id -u)" -eq 0 ] || exec unshare --map-root-user --mount sh "$0"
    exec unshare --mount sh "$0"
fi

trust() {
    cp -a /etc/ssl/certs "$WORK/certs" && mount --bind "$WORK/certs" /etc/ssl/certs && trust_more
}

trust_more() {
    cat "$PEBBLE_CA" >>"$WORK/certs/ca-certificates.crt" && cp "$PEBBLE_CA" "$WORK/certs/mcacme-test$$.pem" &&
        openssl rehash "$WORK/certs" 2>/dev/null
}

# uacme gives up on dns-persist-01, which newer Pebbles offer: it meets this Debian's own.
older_ca() {
    PEBBLE_CACHE=$TOP/build/tools/pebble-distribution
    { pebble_cached || pebble_unpack_from "$(apt_codename)"; } && pebble_cached &&
        start_pebble "$WORK/older" dns="$CHALLTESTSRV_DNS" retry=0 PEBBLE_WFE_NONCEREJECT=0 && trust_more &&
        PEBBLE_LOG=$WORK/older/pebble.log
}

# One hook for all: the records go to challtestsrv.
write_hook() {
    HOOK=$WORK/hook
    cat >"$HOOK" <<EOF
#!/bin/sh
post() { curl -sS -o /dev/null -d "\$2" "$CHALLTESTSRV/\$1"; }
set_txt() { post set-txt "{\"host\": \"\$1\", \"value\": \"\$2\"}"; }
clear_txt() { post clear-txt "{\"host\": \"\$1\"}"; }
case \$1 in
certbot_auth) set_txt "_acme-challenge.\$CERTBOT_DOMAIN." "\$CERTBOT_VALIDATION" ;;
certbot_cleanup) clear_txt "_acme-challenge.\$CERTBOT_DOMAIN." ;;
present) set_txt "\$2" "\$3" ;;
cleanup) clear_txt "\$2" ;;
deploy_challenge) set_txt "_acme-challenge.\$2." "\$4" ;;
clean_challenge) clear_txt "_acme-challenge.\$2." ;;
begin) [ "\$2" = dns-01 ] && set_txt "_acme-challenge.\$3." "\$5" ;;
done | failed) clear_txt "_acme-challenge.\$3." ;;
esac
EOF
    chmod +x "$HOOK"
}

get_certbot() {
    REQUESTS_CA_BUNDLE=$PEBBLE_CA certbot certonly -n --agree-tos --register-unsafely-without-email \
        --config-dir "$1" --work-dir "$1/work" --logs-dir "$1/logs" --server "$PEBBLE_DIR" --manual \
        --preferred-challenges dns --manual-auth-hook "$HOOK certbot_auth" \
        --manual-cleanup-hook "$HOOK certbot_cleanup" --deploy-hook "touch $1/deployed" -d real.example.com \
        -d www.real.example.com
}

get_lego() {
    LEGO_CA_CERTIFICATES=$PEBBLE_CA EXEC_PATH=$HOOK EXEC_POLLING_INTERVAL=1 EXEC_SEQUENCE_INTERVAL=0 lego \
        --accept-tos --email a@example.test --server "$PEBBLE_DIR" --path "$1" --dns exec --dns.disable-cp \
        --dns.resolvers "$CHALLTESTSRV_DNS" --domains real.example.com --domains www.real.example.com run
}

get_dehydrated() {
    mkdir "$1/conf.d" "$1/lib" # as Debian has it
    printf 'CONFIG_D=%s/conf.d\nBASEDIR=%s/lib\nDOMAINS_TXT="%s/domains.txt"\n' "$1" "$1" "$1" >"$1/config"
    printf 'CA=%s\nCHALLENGETYPE=dns-01\nHOOK=%s\nKEY_ALGO=prime256v1\n' "$PEBBLE_DIR" "$HOOK" >"$1/conf.d/our.sh"
    echo "real.example.com www.real.example.com" >"$1/domains.txt"
    dehydrated -f "$1/config" --register --accept-terms && dehydrated -f "$1/config" --cron
}

get_uacme() {
    uacme -y -c "$1" -t EC -a "$PEBBLE_DIR" new &&
        uacme -y -c "$1" -t EC -a "$PEBBLE_DIR" -h "$HOOK" issue real.example.com www.real.example.com
}

with() {
    mkdir "$WORK/$1"
    STATE=$WORK/$1.state
    check "$1: a certificate" "get_$1" "$WORK/$1" || return
    with_accounts=$(accounts)
    check "$1: taken over" client import "$1" "$WORK/$1" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" \
        --dns challtestsrv --resolver "$CHALLTESTSRV_DNS"
    check "it is good" valid real.example.com
    check "nothing is due" client renew
    check "it is renewed" client renew --force -v
    lacks "in the CA's eyes, too" "$OUTPUT" "does not take the order as a replacement"
    check "the new one is good" valid real.example.com
    same "for the same names" "$(sans real.example.com | tr '\n' ' ')" "DNS:real.example.com DNS:www.real.example.com "
    same "with the same account" "$(accounts)" "$with_accounts"
}

each() {
    for client_name in "$@"; do
        if command -v "$client_name" >/dev/null; then
            with "$client_name"
        else
            echo "skip $client_name is not here"
        fi
    done
}

# dehydrated does not try again after a nonce that was refused.
if check "a CA and its DNS" start_ca PEBBLE_WFE_NONCEREJECT=0 && check "which is trusted" trust; then
    write_hook
    each certbot lego dehydrated
    check "an older CA" older_ca && each uacme
fi
finish
