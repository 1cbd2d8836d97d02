# shellcheck shell=sh
# How each client is called. For a client X:
#
#     X_first      gets a certificate for $NAMES in the empty folder $STATE, registration included
#     X_issue      the same in a folder that has an account (and a certificate for another name) already
#     X_many       makes $MANY certificates of the one in $STATE
#     X_renew      looks after them
#     X_version, X_help
#
# "$RUN" stands before the command that counts. All ask $DIRECTORY, set TXT records at challtestsrv and get P-256
# keys for certificates. None waits for DNS where it can be told not to.

# What a case asks of mcacme alone: X_forget, so that all windows are asked for again. $MANY is set by the case, and
# $prepared is the folder that $STATE was copied from.

# each_name OPTION: "OPTION a OPTION b" in $WORDS.
each_name() {
    WORDS=
    for each_one in $NAMES; do
        WORDS="$WORDS $1 $each_one"
    done
}

# can CLIENT CASE: whether it is here and has that case.
can() {
    case $1/$2 in
    mcacme/*-10k) ;;
    */*-10k) return 1 ;;
    bare/version | bare/help | bare/renew | mcacme_bundle/version | mcacme_bundle/help | mcacme_bundle/renew) return 1 ;;
    bare/* | mcacme/* | mcacme_bundle/*) ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# copies COMMAND...: the command with each number as its last word.
copies() {
    copy=0
    while [ "$copy" -lt "$MANY" ]; do
        copy=$((copy + 1))
        "$@" "$copy" || return 1
    done
}

# The clients that know one certificate a call are called so often; what they exit with is their own affair.
one_by_one() {
    # shellcheck disable=SC2016
    "$RUN" sh -c 'left=$1; shift; while [ "$left" -gt 0 ]; do "$@" >/dev/null 2>&1; left=$((left - 1)); done' \
        one_by_one "$MANY" "$@"
}

# ---- the anchor ----

bare_first() {
    # shellcheck disable=SC2086
    "$RUN" "$TOOLS/bench-bare" "$STATE/account" "$DIRECTORY" "$PEBBLE_CA" "$CHALLTESTSRV_URL" $NAMES
}

bare_issue() { bare_first; }

# ---- mcacme, with the system's trust store and with a bundle of one certificate ----

mcacme_first() {
    each_name -d
    # shellcheck disable=SC2086
    "$RUN" "$MCACME" issue --state "$STATE" --server "$DIRECTORY" --dns challtestsrv \
        --resolver "$CHALLTESTSRV_DNS" $WORDS "$@"
}

mcacme_issue() { mcacme_first; }
mcacme_bundle_first() { mcacme_first --ca-bundle "$PEBBLE_CA"; }
mcacme_bundle_issue() { mcacme_bundle_first; }

mcacme_copy() { cp -a "$STATE/certs/${NAMES# }" "$STATE/certs/copy$1"; }

# Windows are asked for by the first renew, and not again for hours.
mcacme_many() { copies mcacme_copy && quietly "$MCACME" renew --state "$STATE"; }

# As before the first renew. The account's own certificate keeps its answer.
mcacme_forget() {
    # shellcheck disable=SC2154
    for forget_folder in "$STATE"/certs/copy*; do
        cp "$prepared/certs/${NAMES# }/lineage.json" "$forget_folder/lineage.json"
    done
}

mcacme_renew() { "$RUN" "$MCACME" renew --state "$STATE"; }
mcacme_version() { "$RUN" "$MCACME" --version; }
mcacme_help() { "$RUN" "$MCACME" --help; }

# ---- uacme ----

uacme_first() {
    # shellcheck disable=SC2016,SC2086
    "$RUN" sh -c 'uacme -y -c "$1" -t EC -a "$2" new && exec uacme -y -c "$1" -t EC -a "$2" -h "$3" issue $4' \
        uacme "$STATE" "$DIRECTORY" "$HOOK" "$NAMES"
}

uacme_issue() {
    # shellcheck disable=SC2086
    "$RUN" uacme -y -c "$STATE" -t EC -a "$DIRECTORY" -h "$HOOK" issue $NAMES
}

uacme_many() { :; }
uacme_renew() { one_by_one uacme -y -c "$STATE" -t EC -a "$DIRECTORY" -h "$HOOK" issue "${NAMES# }"; }
uacme_version() { "$RUN" uacme --version; }
uacme_help() { "$RUN" uacme --help; }

# ---- lego ----

lego_call() {
    each_name --domains
    # shellcheck disable=SC2086
    "$1" env EXEC_PATH="$HOOK" EXEC_POLLING_INTERVAL=0 EXEC_SEQUENCE_INTERVAL=0 lego --accept-tos \
        --email a@example.test --server "$DIRECTORY" --path "$STATE" --dns exec --dns.disable-cp \
        --dns.resolvers "$CHALLTESTSRV_DNS" --key-type ec256 $WORDS "$2"
}

lego_first() { lego_call "$RUN" run; }
lego_issue() { lego_call "$RUN" run; }
lego_many() { :; }
lego_renew() { lego_call one_by_one renew; }
lego_version() { "$RUN" lego --version; }
lego_help() { "$RUN" lego --help; }

# ---- dehydrated ----

dehydrated_configure() {
    cat >"$STATE/config" <<EOF
CA=$DIRECTORY
CHALLENGETYPE=dns-01
HOOK=$HOOK
HOOK_CHAIN=yes
BASEDIR=$STATE
KEY_ALGO=prime256v1
EOF
}

dehydrated_first() {
    dehydrated_configure
    each_name --domain
    # shellcheck disable=SC2016
    "$RUN" sh -c 'dehydrated -f "$1" --register --accept-terms && exec dehydrated -f "$1" --cron $2' \
        dehydrated "$STATE/config" "$WORDS"
}

dehydrated_issue() {
    dehydrated_configure
    each_name --domain
    # shellcheck disable=SC2086
    "$RUN" dehydrated -f "$STATE/config" --cron $WORDS
}

dehydrated_copy() {
    cp -a "$STATE/certs/${NAMES# }" "$STATE/certs/copy$1"
    echo "${NAMES# } > copy$1" >>"$STATE/domains.txt"
}

dehydrated_many() { copies dehydrated_copy; }
dehydrated_renew() { "$RUN" dehydrated -f "$STATE/config" --cron; }
dehydrated_version() { "$RUN" dehydrated --version; }
dehydrated_help() { "$RUN" dehydrated --help; }

# ---- certbot ----

certbot_folders() {
    FOLDERS="--config-dir $STATE --work-dir $STATE/work --logs-dir $STATE/logs"
}

certbot_first() {
    each_name -d
    certbot_folders
    # shellcheck disable=SC2086
    "$RUN" certbot certonly -n --agree-tos --register-unsafely-without-email $FOLDERS --server "$DIRECTORY" \
        --manual --preferred-challenges dns --manual-auth-hook "$HOOK certbot_auth" \
        --manual-cleanup-hook "$HOOK certbot_cleanup" $WORDS
}

certbot_issue() { certbot_first; }

certbot_copy() {
    mkdir "$STATE/live/copy$1"
    cp -a "$STATE/archive/${NAMES# }" "$STATE/archive/copy$1"
    for copy_kind in cert chain fullchain privkey; do
        ln -s "../../archive/copy$1/${copy_kind}1.pem" "$STATE/live/copy$1/$copy_kind.pem"
    done
    sed "s/${NAMES# }/copy$1/g" "$STATE/renewal/${NAMES# }.conf" >"$STATE/renewal/copy$1.conf"
}

certbot_many() { copies certbot_copy; }

certbot_renew() {
    certbot_folders
    # shellcheck disable=SC2086
    "$RUN" certbot renew -n --no-random-sleep-on-renew $FOLDERS
}

certbot_version() { "$RUN" certbot --version; }
certbot_help() { "$RUN" certbot --help; }
