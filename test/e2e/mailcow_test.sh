#!/bin/sh
# A mailcow installation from its first certificate by mcacme on: what was there is taken over, what mailcow.conf asks
# for comes to its place, and nothing that happens leaves a certificate beside the key of another one.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/mailcow.sh"
. "$TOP/test/tools/kill.sh"

API_KEY=read-only-key

# data/assets/ssl as it is: names, modes, contents.
ssl_tree() {
    tree "$COW/data/assets/ssl"
}

# matched FOLDER...: where both files are there, they belong together.
matched() {
    for matched_folder in "$@"; do
        [ ! -e "$matched_folder/cert.pem" ] || [ ! -e "$matched_folder/key.pem" ] ||
            same_key "$matched_folder/key.pem" "$matched_folder/cert.pem" || {
            echo "mismatch in $matched_folder"
            return 1
        }
    done
}

key_of() {
    openssl pkey -in "$1" -pubout | sha256sum
}

names_in() {
    openssl x509 -in "$1" -noout -ext subjectAltName | sed 1d | tr ',' '\n' | sed 's/.*DNS://' | sort | tr '\n' ' '
}

backups_of() {
    find "$SSL/backups/$1" -mindepth 1 -maxdepth 1 | wc -l
}

conf() {
    sed -i "/^${1%%=*}=/d" "$COW/mailcow.conf"
    printf '%s\n' "$1" >>"$COW/mailcow.conf"
}

shows() {
    [ -n "$(shown "$1")" ]
}

# The service that mailcow_web.py stands for in place of nginx: it has the API, too.
start_web() {
    await "$WORK" postfix shows smtp && await "$WORK" dovecot shows imap && await "$WORK" nginx shows tls || return 1
    stop "$WORK" nginx
    echo '{"domains": [], "aliases": [], "mta_sts": []}' >"$WORK/api.json"
    launch "$WORK" nginx python3 -B "$TOP/test/tools/mailcow_web.py" "${TLS_AT#*:}" "$SSL" "$WORK/api.json" "$API_KEY"
    await "$WORK" nginx shows tls
}

# An installation of some age: a certificate of Let's Encrypt, as far as its issuer tells, and the old client's keys.
existing() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/le.key" -out "$WORK/le.pem" -days 90 \
        -subj "/C=US/O=Let's Encrypt/CN=R11" 2>/dev/null
    openssl genrsa -out "$SSL/key.pem" 3072 2>/dev/null
    openssl req -new -key "$SSL/key.pem" -subj /CN=mail.example.com -out "$WORK/le.csr"
    printf 'subjectAltName=DNS:mail.example.com\nbasicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\n' >"$WORK/ext"
    openssl x509 -req -in "$WORK/le.csr" -CA "$WORK/le.pem" -CAkey "$WORK/le.key" -CAcreateserial -days 60 \
        -extfile "$WORK/ext" -out "$WORK/leaf.pem" 2>/dev/null
    cat "$WORK/leaf.pem" "$WORK/le.pem" >"$SSL/cert.pem"
    mkdir -p "$SSL/acme" "$SSL/mail.example.com"
    openssl genrsa -traditional -out "$SSL/acme/account.pem" 2048 2>/dev/null
    cp "$SSL/key.pem" "$SSL/acme/key.pem"
    cp "$SSL/key.pem" "$SSL/cert.pem" "$SSL/mail.example.com"
    printf 'mail.example.com' >"$SSL/mail.example.com/domains"
    echo "dh parameters" >"$SSL/dhparams.pem"
    chmod 600 "$SSL"/*.pem "$SSL"/*/*.pem
    kill -HUP "$(cat "$WORK/postfix.pid")" "$(cat "$WORK/dovecot.pid")" "$(cat "$WORK/nginx.pid")"
    OLD_KEY=$(key_of "$SSL/key.pem")
}

first() {
    existing
    first_before=$(ssl_tree)
    check "the plan" cow renew --dry-run
    same "changes nothing" "$(ssl_tree)" "$first_before"
    check "the first certificate" cow issue
    has "is one" "$OUTPUT" "example.com: renewed (*.example.com, example.com)"
    same "for these names" "$(names_in "$SSL/cert.pem")" "*.example.com example.com "
    same "with the key that was there" "$(key_of "$SSL/key.pem")" "$OLD_KEY"
    check "it is the server's" cmp "$SSL/cert.pem" "$SSL/example.com/cert.pem"
    check "with its key" matched "$SSL" "$SSL/example.com"
    same "and its list" "$(cat "$SSL/example.com/domains")" "*.example.com example.com"
    same "modes" "$(stat -c %a "$SSL/cert.pem" "$SSL/key.pem" "$SSL/example.com/cert.pem" \
        "$SSL/example.com/key.pem" "$SSL/example.com/domains" "$SSL/example.com" | tr '\n' ' ')" "644 600 644 600 644 755 "
    same "the old client's account is ours" "$(key_of "$STATE"/accounts/*/key.pem)" "$(key_of "$SSL/acme/account.pem")"
    check "the former files are in the backups" cmp "$(echo "$SSL"/backups/example.com/*/cert.pem)" \
        "$(echo "$SSL"/backups/mail.example.com/*/cert.pem)"
    refuse "the folder that is wanted no more is not in its place" [ -e "$SSL/mail.example.com" ]
    same "what is not ours is left alone" "$(cat "$SSL/dhparams.pem")" "dh parameters"
    same "the services show it" "$(shown smtp) $(shown imap) $(shown tls)" "$(placed) $(placed) $(placed)"
    refuse "no credential is where the mail containers see it" grep -rq CHALLTESTSRV "$SSL"
}

no_op() {
    no_op_orders=$(orders) no_op_before=$(ssl_tree)
    check "nothing is due" cow renew
    same "nothing is said" "$(wc -c <"$OUTPUT")" 0
    check "nor for the old folder" client renew
    same "nothing is ordered" "$(orders)" "$no_op_orders"
    same "nothing changes" "$(ssl_tree)" "$no_op_before"
}

added_name() {
    conf "ADDITIONAL_SAN=*.example.com,example.com,smtp.example.net"
    check "a name more" cow renew
    same "is in the certificate" "$(names_in "$SSL/cert.pem")" "*.example.com example.com smtp.example.net "
    same "and in the list" "$(cat "$SSL/example.com/domains")" "*.example.com example.com smtp.example.net"
    same "with the same key" "$(key_of "$SSL/key.pem")" "$OLD_KEY"
    same "and one backup more" "$(backups_of example.com)" 2
}

# The domains that mailcow's API tells, each with a certificate of its own, and the shared key.
sni() {
    conf ENABLE_SSL_SNI=y
    conf AUTODISCOVER_SAN=y
    conf "API_KEY_READ_ONLY=$API_KEY"
    echo '{"domains": ["example.com", "example.org"], "aliases": ["alias.example"], "mta_sts": ["example.org"]}' \
        >"$WORK/api.json"
    check "certificates of the mail domains" cow renew
    has "are issued" "$OUTPUT" "autodiscover.example.org: issued"
    same "with what they need" "$(cat "$SSL/autodiscover.example.org/domains")" \
        "autodiscover.example.org autoconfig.example.org mta-sts.example.org"
    refuse "a domain under the wildcard needs none" [ -e "$SSL/autodiscover.example.com" ]
    same "the key is the shared one" "$(key_of "$SSL/autodiscover.example.org/key.pem")" "$OLD_KEY"
    same "it is shown for its name" "$(shown imap autodiscover.example.org)" "$(placed autodiscover.example.org)"
    same "and the server's for all others" "$(shown imap)" "$(placed)"
    mv "$WORK/api.json" "$WORK/api.away"
    sni_before=$(ssl_tree)
    check "an API that does not answer" cow renew
    same "costs no name" "$(ssl_tree)" "$sni_before"
    mv "$WORK/api.away" "$WORK/api.json"
    echo '{"domains": ["example.com"], "aliases": [], "mta_sts": []}' >"$WORK/api.json"
    check "a domain that is gone" cow renew
    refuse "has no folder any more" [ -e "$SSL/autodiscover.example.org" ]
    same "but a backup" "$(cat "$SSL"/backups/autodiscover.example.org/*/domains)" \
        "autodiscover.example.org autoconfig.example.org mta-sts.example.org"
    same "its entry is in the archive" "$(ls "$STATE/certs")" "example.com"
    same "the server's is shown for its name now" "$(shown imap autodiscover.example.org)" "$(placed)"
}

renewal() {
    renewal_before=$(placed) renewal_backups=$(backups_of example.com)
    check "a renewal" cow renew --force
    refuse "brings another certificate" [ "$(placed)" = "$renewal_before" ]
    same "with the same key" "$(key_of "$SSL/key.pem")" "$OLD_KEY"
    same "after a backup" "$(backups_of example.com)" $((renewal_backups + 1))
    check "another kind of key, asked for in words" cow issue --key-type ec256
    check "the pairs match" matched "$SSL" "$SSL/example.com"
    refuse "the key is another one" [ "$(key_of "$SSL/key.pem")" = "$OLD_KEY" ]
    same "plain files again" "$(find "$SSL" -type l -o -name '.*' -o -name '*.new')" ""
    OLD_KEY=$(key_of "$SSL/key.pem")
    renewal_before=$(ssl_tree)
    check "that is not taken back" cow renew
    same "by the next run" "$(ssl_tree)" "$renewal_before"
}

force_renew() {
    force_before=$(placed)
    touch "$SSL/force_renew"
    check "the file force_renew" cow renew
    refuse "brings another certificate" [ "$(placed)" = "$force_before" ]
    refuse "and is gone" [ -e "$SSL/force_renew" ]
    same "the key stays" "$(key_of "$SSL/key.pem")" "$OLD_KEY"
    force_before=$(placed)
    check "the next run" cow renew
    same "brings none" "$(placed)" "$force_before"
}

# The store is lost, or this is another machine with the same folder: nothing needs to be issued.
lost_store() {
    mv "$STATE" "$WORK/lost"
    lost_orders=$(orders) lost_before=$(ssl_tree)
    check "the plan for a new store" cow renew --dry-run
    has "is to keep what there is" "$OUTPUT" "example.com: keep: "
    same "and leaves nothing behind" "$(find "$STATE" -type f)" ""
    check "a new store" cow renew
    same "orders nothing" "$(orders)" "$lost_orders"
    same "changes nothing" "$(ssl_tree)" "$lost_before"
    check "has the certificate" cmp "$(current example.com)/fullchain.pem" "$SSL/cert.pem"
    rm "$SSL/cert.pem"
    check "what somebody takes away" cow renew
    check "comes back" cmp "$(current example.com)/fullchain.pem" "$SSL/cert.pem"
    same "without an order" "$(orders)" "$lost_orders"
}

foreign() {
    mkdir "$WORK/ours"
    mv "$SSL/cert.pem" "$SSL/key.pem" "$WORK/ours"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$SSL/key.pem" -out "$SSL/cert.pem" -days 30 \
        -subj "/O=Some Company/CN=mail.example.com" 2>/dev/null
    foreign_before=$(ssl_tree) foreign_orders=$(orders)
    check "the administrator's own certificate" cow renew --force
    has "is noticed" "$OUTPUT" "issued by Some Company (mail.example.com)"
    same "and left alone, with all else" "$(ssl_tree)" "$foreign_before"
    same "at no cost" "$(orders)" "$foreign_orders"
    rm "$SSL/cert.pem" "$SSL/key.pem"
    check "when it is gone" cow renew
    check "ours is back" cmp "$SSL/cert.pem" "$WORK/ours/cert.pem"
}

broken() {
    broken_before=$(ssl_tree) broken_conf=$COW/data/conf/acme/dns-01.conf
    cp "$broken_conf" "$WORK/credentials"
    echo "CHALLTESTSRV_URL=\"$CHALLTESTSRV/nowhere\"" >"$broken_conf"
    status "credentials that the provider refuses" 5 cow renew --force
    conf ACME_DNS_PROVIDER=dns_cf
    echo "# nothing yet" >"$broken_conf"
    status "credentials that are missing" 3 cow renew --force
    has "are named" "$OUTPUT" CF_Token
    conf ACME_DNS_PROVIDER=dns_xxx
    status "a provider that nobody has chosen" 3 cow renew --force
    same "nothing changes" "$(ssl_tree)" "$broken_before"
    conf ACME_DNS_PROVIDER=challtestsrv
    cp "$WORK/credentials" "$broken_conf"
    check "when all is well again" cow renew
    check "nothing remains" journal_empty
}

# mcacme check looks at mailcow's own files, line by line, and then at all that an issue needs.
checked() {
    check "the files are looked at" cow check
    lacks "and nothing is misspelt" "$OUTPUT" "is meant?"
    conf ADITIONAL_SAN=x.example.com
    check "a variable that is misspelt" cow check
    has "is found" "$OUTPUT" "is ADDITIONAL_SAN meant?"
    sed -i '/^ADITIONAL_SAN/d' "$COW/mailcow.conf"
    status "a probe beside those that mailcow has" 2 cow renew --force --verify "imap:$IMAP_AT"
    has "is not needed" "$OUTPUT" "asked for the certificate without it"
}

# A renewal with a new key that is ended when it begins to switch: the certificate is there, its places are owed.
snapshot() {
    snapshot_at=1
    while kill_run symlink $snapshot_at "$MCACME" renew --state "$STATE" --mailcow "$COW" --ca-bundle "$PEBBLE_CA" \
        --resolver "$CHALLTESTSRV_DNS" --force --key-type ec384; do
        [ ! -e "$SSL/example.com/.mcacme" ] || break
        snapshot_at=$((snapshot_at + 1))
        [ $snapshot_at -lt 9 ] || return 1
    done
    [ -e "$SSL/example.com/.mcacme" ] || return 1
    rm -rf "$WORK/state-then" "$WORK/ssl-then"
    cp -a "$STATE" "$WORK/state-then"
    cp -a "$SSL" "$WORK/ssl-then"
}

# The folder itself stays: it is what the containers have mounted.
restore() {
    rm -rf "$STATE" && cp -a "$WORK/state-then" "$STATE" && rm -rf "$SSL/example.com" "$SSL/backups" "$SSL/.mcacme" &&
        cp -a "$WORK/ssl-then/." "$SSL"
}

# point CALL N: 2 when the run was not killed any more.
point() {
    restore || return 1
    kill_run "$1" "$2" "$MCACME" renew --state "$STATE" --mailcow "$COW" --ca-bundle "$PEBBLE_CA" \
        --resolver "$CHALLTESTSRV_DNS" || return 2
    KILL_POINTS=$((KILL_POINTS + 1))
    matched "$SSL" "$SSL/example.com" && cow renew && matched "$SSL" "$SSL/example.com" &&
        cmp "$SSL/cert.pem" "$(current example.com)/fullchain.pem" &&
        cmp "$SSL/cert.pem" "$SSL/example.com/cert.pem" &&
        same_key "$SSL/key.pem" "$SSL/cert.pem" && [ "$(shown imap)" = "$(placed)" ] &&
        [ -z "$(find "$SSL" -type l -o -name '.*' -o -name '*.new')" ]
}

# sweep CALL STEP
sweep() {
    sweep_at=1
    while :; do
        sweep_answer=0
        point "$1" $sweep_at >"$WORK/point" 2>&1 || sweep_answer=$?
        [ $sweep_answer -ne 2 ] || break
        [ $sweep_answer -eq 0 ] || {
            echo "killed at $1 number $sweep_at:"
            cat "$WORK/point"
            return 1
        }
        sweep_at=$((sweep_at + $2))
    done
    [ $sweep_at -gt 1 ]
}

kills() {
    check "strace works here" can_trace || return
    check "a run that dies with a new key" snapshot || return
    check "leaves matching pairs" matched "$SSL" "$SSL/example.com"
    for kills_call in "symlink 1" "rename 1" "mkdir 1" "unlink 3" "rmdir 1" "fsync 6"; do
        # shellcheck disable=SC2086
        check "killed at $kills_call" sweep $kills_call
    done
    check "that were many points" [ "$KILL_POINTS" -gt 30 ]
    echo "$KILL_POINTS points"
}

start_ca PEBBLE_AUTHZREUSE=0 || exit 1
# shellcheck disable=SC2119
start_mailcow || exit 1
SSL=$COW/data/assets/ssl
start_web || exit 1
first
no_op
added_name
sni
renewal
force_renew
lost_store
foreign
broken
checked
kills
finish
