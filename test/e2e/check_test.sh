#!/bin/sh
# mcacme check: each thing that it looks at is broken once, and found; and it leaves nothing behind. Name servers are
# asked on port 53, so everything runs in a network of its own.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/servers.sh"

# Who is no root becomes one in a user namespace, which a chroot does not allow (and root does not need).
own_network() {
    if [ "$(id -u)" -eq 0 ]; then
        unshare -n "$@"
    else
        unshare -rn "$@"
    fi
}

if [ -z "${CHECK_INSIDE:-}" ]; then
    if check "Pebble is there" find_pebble && check "a network of our own" own_network true; then
        rm -f "$OUTPUT"
        export CHECK_INSIDE=yes PEBBLE_BIN CHALLTESTSRV_BIN PEBBLE_VERSION
        own_network sh "$0"
        exit
    fi
    finish
fi

NAME=_acme-challenge.example.test
FIRST=127.0.0.2:53
SLOW=127.0.0.3:53
LAST=127.0.0.4:53

# doctor NAME STATUS WORD...: check --json with these words; what it prints is in $WORK/json.
doctor() {
    doctor_name=$1 doctor_status=$2
    shift 2
    status "$doctor_name" "$doctor_status" doctor_json "$@"
}

doctor_json() {
    doctor_result=0
    client check --json "$@" >"$WORK/json" || doctor_result=$?
    cat "$WORK/json"
    return "$doctor_result"
}

# finding CODE [SUBJECT [TEXT]]: the last doctor has found it, about a subject and in a text that hold these words.
finding() {
    python3 - "$WORK/json" "$@" <<'PYTHON'
import json, sys
path, code, subject, text = (sys.argv[1:] + ["", ""])[:4]
found = [f for f in json.load(open(path))["findings"] if f["code"] == code]
sys.exit(not any(subject in f["subject"] and text in f["text"] for f in found))
PYTHON
}

found() {
    check "$1" finding "$2" "${3:-}" "${4:-}" || sed 's/^/     | /' "$WORK/json"
}

not_found() {
    refuse "$1" finding "$2" "${3:-}" "${4:-}"
}

ca() {
    doctor_title=$1 doctor_wanted=$2
    shift 2
    # shellcheck disable=SC2153
    doctor "$doctor_title" "$doctor_wanted" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" "$@"
}

# ---- real name servers and dynamic updates ----

txt() {
    dig +short +norecurse @127.0.0.1 "$NAME" TXT
}

foreign() {
    printf 'server 127.0.0.1\nzone test.\nupdate add %s. 60 TXT "foreign"\nsend\n' "$NAME" |
        "$1" -y "$TSIG_ALGORITHM:$TSIG_NAME:$TSIG_SECRET"
}

# credentials SECRET
credentials() {
    printf 'key "%s" {\n    algorithm %s;\n    secret "%s";\n};\n' "$TSIG_NAME" "$TSIG_ALGORITHM" "$1" >"$WORK/key"
    printf 'NSUPDATE_SERVER="127.0.0.1"\nNSUPDATE_KEY="%s"\n' "$WORK/key" >"$WORK/credentials"
    chmod 600 "$WORK/key" "$WORK/credentials"
}

update() {
    update_title=$1 update_wanted=$2
    shift 2
    ca "$update_title" "$update_wanted" --dns rfc2136 --credentials "$WORK/credentials" --resolver 127.0.0.1 "$@"
}

round_trip() {
    credentials "$TSIG_SECRET"
    update "$1: all is well" 0 -d example.test -d '*.example.test' -d mail.example.test
    found "$1: the record was seen at the name server" txt-seen "$NAME" 'ns1.test (127.0.0.1) after '
    found "$1: and is gone" txt-gone "$NAME" 'ns1.test (127.0.0.1) after '
    found "$1: for the other name, too" txt-gone _acme-challenge.mail.example.test
    found "$1: the zone" zone-found "$NAME" 'zone test'
    found "$1: its servers" nameservers-good test
    found "$1: a name that the wildcard covers" names-redundant mail.example.test '*.example.test'
    same "$1: and no other" "$(grep -o names-redundant "$WORK/json" | wc -l)" 1
    found "$1: the CA" ca-reached '' 'the first issue makes an account'
    found "$1: the clock" clock-good
    found "$1: no CAA record" caa-good
    same "$1: the record of somebody else is alone" "$(txt)" '"foreign"'
    check "$1: nothing in the journal" journal_empty
}

refusals() {
    credentials AAAA
    update "$1: a wrong key" 5 -d example.test -d a.example.test
    found "$1: is the provider's refusal" provider-failed "$NAME"
    same "$1: told once" "$(grep -o provider-failed "$WORK/json" | wc -l)" 1
    credentials "$TSIG_SECRET"
    update "$1: a zone of others beside ours" 1 -d example.test -d example.org
    found "$1: is found" provider-failed _acme-challenge.example.org
    found "$1: a CA would refuse it as well" caa-unanswered example.org
    found "$1: and ours is looked at all the same" txt-gone "$NAME"
    same "$1: nothing is left" "$(txt)" '"foreign"'
    check "$1: nothing in the journal" journal_empty
}

secret_files() {
    chmod 644 "$WORK/credentials"
    update "credentials that others can read" 0 -d example.test
    found "are a warning" credentials-readable "$WORK/credentials"
    same "told once" "$(grep -c 'can be read by other' "$OUTPUT")" 0
    chmod 666 "$WORK/credentials"
    update "credentials that others can change" 3 -d example.test
    found "are refused" credentials-wrong example.test 'can be changed'
    not_found "and nothing is put up" txt-seen
    credentials "$TSIG_SECRET"
    ca "credentials of another provider" 3 --dns hetzner --credentials "$WORK/credentials" --resolver 127.0.0.1 -d \
        example.test
    found "are told by what is missing" credentials-wrong example.test HETZNER_
    credentials "$TSIG_SECRET"
    rm "$WORK/credentials"
    update "credentials that are not there" 3 -d example.test
    found "are found missing" credentials-wrong example.test "$WORK/credentials"
    credentials "$TSIG_SECRET"
}

# ended SIGNAL LINES COMMAND...: sent as soon as so many records stand at the name; ends with the command's status.
ended() {
    ended_signal=$1 ended_lines=$2 ended_tries=200
    shift 2
    "$MCACME" "$@" --state "$STATE" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --resolver 127.0.0.1 -d \
        example.test </dev/null >"$WORK/ended" 2>&1 &
    ended_pid=$!
    until [ "$(txt | wc -l)" -ge "$ended_lines" ] || [ "$ended_tries" -eq 0 ]; do
        sleep 0.05
        ended_tries=$((ended_tries - 1))
    done
    kill "-$ended_signal" "$ended_pid"
    wait "$ended_pid"
}

clean() {
    STATE=$WORK/state-killed
    check "a store of its own" mkdir -m 700 "$STATE"
    status "an issue is killed while its record stands" 137 ended KILL 2 issue --dns rfc2136 --credentials \
        "$WORK/credentials" --propagation 60s
    cleaned '"foreign"'
    check "the order is still to be finished" [ -s "$STATE/journal/example.test.log" ]
    status "--clean takes no names" 2 client check --clean -d example.test
    STATE=$WORK/state
}

cleaned() {
    value=$(txt | grep -v foreign | tr -d '"')
    check "the record is left" [ -n "$value" ]
    doctor "--clean" 0 --clean
    found "tells what it took away" clean-removed "$NAME" "$value"
    same "and nothing else is gone" "$(txt)" "$1"
    doctor "once more" 0 --clean
    found "there is nothing to do" clean-nothing
}

with_named() {
    free_ports() { echo 53; }
    check "named starts" start_named "$WORK/named" test
    check "a record of somebody else" foreign nsupdate
    round_trip BIND
    refusals BIND
    secret_files
    same "no account was made for all that" "$(accounts)" 0
    same "and no order" "$(orders)" 0
    clean
    stop "$WORK/named" named
}

with_knot() {
    check "knotd starts" start_knot "$WORK/knot" test
    check "a record of somebody else" foreign knsupdate
    round_trip Knot
    refusals Knot
    stop "$WORK/knot" knotd
}

# ---- a parent zone, a zone below it and a resolver: three servers in one named ----

family_zone() {
    cat <<ZONE
\$TTL 60
@    IN SOA ns1 hostmaster 1 3600 600 86400 1
@    IN NS  ns1
ns1  IN A   $1
ZONE
}

start_family() {
    mkdir -p "$1"
    ip address add 127.0.0.6/8 dev lo && ip address add 127.0.0.7/8 dev lo # named wants to see them there
    family_zone 127.0.0.6 >"$1/parent"
    family_zone 127.0.0.7 >"$1/child"
    cat >>"$1/parent" <<ZONE
example     IN NS ns1.example
example     IN NS ns9.example
ns1.example IN A  127.0.0.7
ns9.example IN A  127.0.0.7
ZONE
    cat >"$1/named.conf" <<CONF
options {
    directory "$1";
    pid-file none;
    session-keyfile "$1/session.key";
    listen-on { 127.0.0.1; 127.0.0.6; 127.0.0.7; };
    listen-on-v6 { none; };
    dnssec-validation no;
    notify no;
};
controls { };
key "$TSIG_NAME" { algorithm $TSIG_ALGORITHM; secret "$TSIG_SECRET"; };
view parent {
    match-destinations { 127.0.0.6; };
    recursion no;
    zone "test" { type primary; file "$1/parent"; };
};
view child {
    match-destinations { 127.0.0.7; };
    recursion no;
    zone "example.test" { type primary; file "$1/child"; allow-update { key "$TSIG_NAME"; }; };
};
view resolver {
    match-destinations { 127.0.0.1; };
    recursion yes;
    allow-recursion { any; };
    zone "test" { type static-stub; server-addresses { 127.0.0.6; }; };
};
CONF
    cp "$(command -v named)" "$1/named" || return 1
    launch "$1" named "$1/named" -g -n 1 -c "$1/named.conf"
    await "$1" named family_answers
}

family_answers() {
    dig +short +tries=1 +time=2 @127.0.0.1 example.test SOA | grep -q hostmaster
}

# change FILE SED: and the server reads it again.
family_change() {
    sed -i -e "$2" -e 's/hostmaster [0-9]*/hostmaster 9/' "$WORK/family/$1"
    stop "$WORK/family" named
    rm -f "$WORK"/family/*.jnl
    launch "$WORK/family" named "$WORK/family/named" -g -n 1 -c "$WORK/family/named.conf"
    await "$WORK/family" named family_answers
}

with_family() {
    check "a parent, a zone below it, a resolver" start_family "$WORK/family"
    credentials "$TSIG_SECRET"
    sed -i 's/NSUPDATE_SERVER=.*/NSUPDATE_SERVER="127.0.0.7"/' "$WORK/credentials"
    update "a parent that names another server as well" 0 -d example.test
    found "is warned of" delegation-differs example.test \
        'the zone itself ns1.example.test'
    found "with the round trip done" txt-gone "$NAME"
    check "the same servers in both" family_change parent /ns9/d
    update "are good" 0 -d example.test
    not_found "and not mentioned" delegation-differs
    found "though the servers are" nameservers-good example.test
    stop "$WORK/family" named
}

# ---- name servers that behave badly ----

start_dnsd() {
    launch "$WORK" dnsd python3 "$TOP/test/tools/dnsd.py" --control 127.0.0.1:8055 --zone example.test \
        --zone other.test --server 127.0.0.1:53,resolver --server "$FIRST",zones=example.test \
        --server "$SLOW",zones=example.test --server "$LAST",zones=example.test --server 127.0.0.5:53,zones=other.test
    await "$WORK" dnsd grep -q '^dnsd ready' "$WORK/dnsd.log"
}

control() {
    curl -sSf --noproxy '*' -d "$2" "http://127.0.0.1:8055/$1" >/dev/null
}

# option SERVER JSON-MEMBERS
option() {
    control set-option "{\"server\": \"$1\", $2}"
}

# caa HOST TAG VALUE
caa() {
    control clear-caa "{\"host\": \"$1\"}"
    [ $# -lt 3 ] || control add-caa "{\"host\": \"$1\", \"policies\": [{\"tag\": \"$2\", \"value\": \"$3\"}]}"
}

bad() {
    bad_title=$1 bad_wanted=$2
    shift 2
    ca "$bad_title" "$bad_wanted" --dns challtestsrv --resolver 127.0.0.1 "$@"
}

seconds() {
    bad "three name servers" 0 -d example.test
    found "all good" nameservers-good example.test '3 name server'
    option "$SLOW" '"delay": 2'
    bad "a slow one" 0 -d example.test
    found "is waited for" txt-seen "$NAME" '(127.0.0.3) after 2.'
    found "the others are seen at once" txt-seen "$NAME" '(127.0.0.2) after 0.'
    found "it is slow to forget, too" txt-gone "$NAME" '(127.0.0.3) after 2.'
    option "$SLOW" '"delay": 3600'
    bad "one that never gets it" 5 -d example.test --deadline 20s
    found "is named" txt-unseen "$NAME" '127.0.0.3'
    not_found "the others are not" txt-unseen "$NAME" '127.0.0.2'
    status "a check that is stopped while it waits for that" 143 ended TERM 1 check --dns challtestsrv
    same "takes its record away" "$(txt)" ""
    check "and leaves nothing in the journal" journal_empty
    status "a check that is killed" 137 ended KILL 1 check --dns challtestsrv
    cleaned ""
    check "nothing in the journal" journal_empty
    option "$SLOW" '"delay": 0'
}

# useless MODE CODE
useless() {
    option "$LAST" "\"mode\": \"$1\""
    bad "a name server that is $1" 0 -d example.test
    found "is a warning" "$2" example.test 127.0.0.4
    found "and no obstacle" txt-gone "$NAME" 127.0.0.2
    option "$LAST" '"mode": "ok"'
}

lame() {
    option "$LAST" '"zones": "other.test"'
    bad "a name server that knows nothing of the zone" 0 -d example.test
    found "is lame" nameserver-lame example.test 127.0.0.4
    not_found "the others are not" nameserver-lame example.test 127.0.0.2
    option "$LAST" '"zones": "example.test"'
}

all_dead() {
    for server in "$FIRST" "$SLOW" "$LAST"; do
        option "$server" '"mode": "refused"'
    done
    bad "no name server that is good" 5 -d example.test
    found "is an error" nameservers-dead example.test
    for server in "$FIRST" "$SLOW" "$LAST"; do
        option "$server" '"mode": "ok"'
    done
}

cnames() {
    control set-cname '{"host": "_acme-challenge.www.example.test", "target": "hop.example.test"}'
    control set-cname '{"host": "hop.example.test", "target": "proofs.other.test"}'
    bad "CNAMEs" 0 -d www.example.test
    found "are shown" cname _acme-challenge.www.example.test 'hop.example.test, then proofs.other.test'
    found "and followed" txt-seen proofs.other.test 127.0.0.5
    control set-cname '{"host": "_acme-challenge.loop.example.test", "target": "_acme-challenge.loop.example.test"}'
    ca "a loop of CNAMEs" 1 --dns challtestsrv --resolver 127.0.0.2 -d loop.example.test -d example.test
    found "is found" cname-loop _acme-challenge.loop.example.test
    found "and the other name is looked at" txt-gone "$NAME"
    bad "an alias" 0 -d example.test --challenge-alias other.test
    found "is where the record goes" txt-seen _acme-challenge.other.test 127.0.0.5
}

dnsd_issue() {
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns challtestsrv --resolver 127.0.0.1 -d example.test
}

caa_records() {
    caa example.test issue strange.test
    bad "CAA that names another CA" 4 -d a.example.test
    found "forbids" caa-forbids a.example.test 'strange.test'
    caa example.test issue pebble.letsencrypt.org
    bad "CAA that names ours" 0 -d a.example.test -d '*.example.test'
    found "allows" caa-good CAA '2 of 2'
    caa example.test issuewild ';'
    bad "issuewild" 4 -d example.test -d '*.example.test'
    found "forbids the wildcard" caa-forbids '*.example.test' nobody
    found "and nothing else" caa-good CAA '1 of 2'
    caa example.test issue 'pebble.letsencrypt.org; validationmethods=http-01'
    bad "validationmethods" 4 -d example.test
    found "without ours forbid" caa-forbids example.test dns-01
    caa example.test issue 'pebble.letsencrypt.org; accounturi=https://127.0.0.1/other'
    bad "accounturi before there is an account" 0 -d example.test
    found "is told of" caa-unclear example.test https://127.0.0.1/other
    caa example.test issue strange.test
    before=$(orders)
    status "issue looks at CAA, too" 4 dnsd_issue
    has "and says so" "$OUTPUT" strange.test
    same "before it places an order" "$(orders)" "$before"
    caa example.test
    check "without the record there is a certificate" dnsd_issue
    caa example.test issue 'pebble.letsencrypt.org; accounturi=https://127.0.0.1/other'
    bad "accounturi of another account" 4 -d example.test
    found "forbids" caa-forbids example.test https://127.0.0.1/other
    account=$(sed -n 's/.*"kid": *"\([^"]*\)".*/\1/p' "$STATE"/accounts/*/account.json)
    caa example.test issue "pebble.letsencrypt.org; accounturi=$account"
    bad "our own account" 0 -d example.test
    found "may" caa-good example.test
    caa example.test
}

# ---- what is saved of certificates, and this machine ----

doctor_saved() {
    doctor "a certificate's own settings" 0
    found "are those that count" txt-gone "$NAME"
    found "we have an account" ca-reached '' 'we have an account'
    chmod 644 "$STATE/certs/example.test/gen/0001/key.pem"
    doctor "a private key for all to read" 0 example.test
    found "is a warning" key-readable "$STATE/certs/example.test"
    chmod 600 "$STATE/certs/example.test/gen/0001/key.pem"
    chmod 777 "$STATE/certs/example.test"
    doctor "a folder for all to write" 7 example.test
    found "is an error" state-open "$STATE/certs/example.test"
    chmod 700 "$STATE/certs/example.test"
    status "a certificate that is not known" 2 client check example.tset
    status "names and certificates" 2 client check -d example.test example.test
}

# conf LINE...
conf() {
    {
        printf '[certificate conf.example.test]\ndomain = conf.example.test\nserver = %s\nca-bundle = %s\n' \
            "$PEBBLE_DIR" "$PEBBLE_CA"
        printf 'dns = challtestsrv\nresolver = 127.0.0.1\n'
        printf '%s\n' "$@"
    } >"$WORK/conf"
}

configured() {
    printf '#!/bin/sh\ntouch %s/hook-ran\n' "$WORK" >"$WORK/hook"
    chmod 644 "$WORK/hook"
    conf "deploy-hook = $WORK/hook now" "post-hook = no-such-program-here" "pre-hook = cd / && true"
    doctor "hooks" 3 --config "$WORK/conf" conf.example.test
    found "one that is not executable" hook-not-executable --deploy-hook "$WORK/hook: is not executable"
    found "one that is nowhere" hook-not-executable --post-hook 'not found in PATH'
    found "one that the shell knows itself" hook-good --pre-hook
    chmod 755 "$WORK/hook"
    conf "deploy-hook = [\"$WORK/hook\", \"now\"]" "post-hook = A=1 no-one-knows"
    doctor "executable" 0 --config "$WORK/conf" conf.example.test
    found "is good" hook-good --deploy-hook
    not_found "what only a shell can tell is not judged" hook-not-executable
    refuse "no hook was run" [ -e "$WORK/hook-ran" ]
    conf "install-cert = $WORK/nowhere/cert.pem"
    doctor "a copy in a folder that is not there" 3 --config "$WORK/conf" conf.example.test
    found "is found" install-wrong --install-cert "$WORK/nowhere"
    conf "install-cert = $WORK/cert.pem" "profile = weekly"
    doctor "a profile that is not offered" 3 --config "$WORK/conf" conf.example.test
    found "is found" profile-not-offered weekly
    found "the copy is good" install-good
}

other_ways() {
    status "nothing is listening yet" 0 client check -d web.example.test --server "$PEBBLE_DIR" --ca-bundle \
        "$PEBBLE_CA" --resolver 127.0.0.1 --standalone 127.0.0.1:8080
    has "the port is free" "$OUTPUT" '127.0.0.1:8080 can be listened on'
    ca "a port that is taken" 5 -d web.example.test --resolver 127.0.0.1 --standalone 127.0.0.1:8055
    found "is found" port-taken --standalone
    ca "the same for TLS" 5 -d web.example.test --resolver 127.0.0.1 --tls-alpn 127.0.0.1:8055
    found "is found" port-taken --tls-alpn
    mkdir "$WORK/web"
    ca "a webroot" 0 -d web.example.test --resolver 127.0.0.1 --webroot "$WORK/web"
    found "is good" webroot-good --webroot
    same "and left alone" "$(find "$WORK/web" | wc -l)" 1
    ca "one that is not there" 5 -d web.example.test --resolver 127.0.0.1 --webroot "$WORK/no-web"
    found "is not" webroot-wrong --webroot
    ca "a CA that is not there" 75 -d web.example.test --resolver 127.0.0.1 --webroot "$WORK/web" --server \
        https://127.0.0.1:1/dir
    found "is found" ca-unreachable https://127.0.0.1:1/dir
}

words() {
    status "as text" 4 client check -q -d example.test --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns \
        challtestsrv --resolver 127.0.0.1
    lacks "-q keeps quiet about what is good" "$OUTPUT" 'ok  '
    has "and tells what is wrong" "$OUTPUT" 'error    example.test: the issue records'
    has "and what to do" "$OUTPUT" '         add the record: CAA 0 issue "pebble.letsencrypt.org"'
}

with_dnsd() {
    export CHALLTESTSRV_URL=http://127.0.0.1:8055
    check "the name servers start" start_dnsd || return
    seconds
    useless silent nameserver-silent
    useless servfail nameserver-lame
    useless refused nameserver-lame
    lame
    all_dead
    cnames
    caa_records
    doctor_saved
    configured
    other_ways
    caa example.test issue strange.test
    words
    check "nothing in the journal" journal_empty
}

ip link set lo up
scratch
STATE=$WORK/state
PEBBLE_LOG=$WORK/ca/pebble.log
if check "Pebble starts" start_pebble "$WORK/ca" dns=127.0.0.1:53 retry=0; then
    with_named
    with_knot
    with_family
    with_dnsd
fi
finish
