# shellcheck shell=sh
# Real name servers for tests, each primary for a zone, all on 127.0.0.1. Source it after setting TOP.
#
#     start_named DIR [ZONE]     sets NAMED_PORT; updates with the TSIG key
#     start_knot DIR [ZONE]      sets KNOT_PORT; the same
#     start_pdns DIR [ZONE]      sets PDNS_PORT (DNS), PDNS_API (http://127.0.0.1:PORT), PDNS_API_KEY
#
# The zone is example.test by default. TSIG_NAME, TSIG_ALGORITHM and TSIG_SECRET (base64) are the update key.

. "$TOP/test/tools/daemons.sh"

TSIG_NAME=mcacme-test
TSIG_ALGORITHM=hmac-sha256
TSIG_SECRET=MTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTBhYmNkZWY=

servers_zone_file() {
    cat <<ZONE
\$ORIGIN $1.
\$TTL 60
@    IN SOA ns1 hostmaster 1 3600 600 86400 1
@    IN NS  ns1
ns1  IN A   127.0.0.1
@    IN A   127.0.0.1
mail IN A   127.0.0.1
ZONE
}

# Whether the server at PORT answers for ZONE with authority.
servers_answers() {
    dig +tries=1 +time=1 +norecurse @127.0.0.1 -p "$1" "$2" SOA | grep -q 'flags:[^;]* aa'
}

start_named() {
    NAMED_PORT=$(free_ports 1)
    named_zone=${2:-example.test}
    mkdir -p "$1"
    servers_zone_file "$named_zone" >"$1/zone"
    cat >"$1/named.conf" <<CONF
options {
    directory "$1";
    pid-file none;
    session-keyfile "$1/session.key";
    listen-on port $NAMED_PORT { 127.0.0.1; };
    listen-on-v6 { none; };
    recursion no;
    dnssec-validation no;
    notify no;
};
controls { };
key "$TSIG_NAME" { algorithm $TSIG_ALGORITHM; secret "$TSIG_SECRET"; };
zone "$named_zone" {
    type primary;
    file "$1/zone";
    allow-update { key "$TSIG_NAME"; };
};
CONF
    # AppArmor confines the program at its usual path to Debian's own folders; a copy is free of that.
    cp "$(command -v named)" "$1/named" || return 1
    launch "$1" named "$1/named" -g -n 1 -c "$1/named.conf"
    await "$1" named servers_answers "$NAMED_PORT" "$named_zone"
}

start_knot() {
    KNOT_PORT=$(free_ports 1)
    knot_zone=${2:-example.test}
    mkdir -p "$1/db"
    servers_zone_file "$knot_zone" >"$1/zone"
    cat >"$1/knot.conf" <<CONF
server:
    rundir: "$1"
    listen: 127.0.0.1@$KNOT_PORT
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "$1/db"
log:
  - target: stderr
    any: info
key:
  - id: $TSIG_NAME
    algorithm: $TSIG_ALGORITHM
    secret: $TSIG_SECRET
acl:
  - id: update
    key: $TSIG_NAME
    action: update
zone:
  - domain: $knot_zone
    storage: "$1"
    file: zone
    acl: update
CONF
    launch "$1" knotd knotd -c "$1/knot.conf"
    await "$1" knotd servers_answers "$KNOT_PORT" "$knot_zone"
}

# Every cache is off, so that a change is visible at once; no question leaves this machine.
servers_pdns_conf() {
    cat <<CONF
launch=gsqlite3
gsqlite3-database=$1/pdns.sqlite3
local-address=127.0.0.1
local-port=$PDNS_PORT
socket-dir=$1
api=yes
api-key=$PDNS_API_KEY
webserver=yes
webserver-address=127.0.0.1
webserver-port=$2
webserver-allow-from=127.0.0.1
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
security-poll-suffix=
version-string=anonymous
guardian=no
daemon=no
setuid=
setgid=
CONF
}

start_pdns() {
    # shellcheck disable=SC2046
    start_pdns_on "$1" "${2:-example.test}" $(free_ports 2)
}

start_pdns_on() {
    PDNS_PORT=$3 PDNS_API=http://127.0.0.1:$4 PDNS_API_KEY=test-api-key
    mkdir -p "$1"
    servers_pdns_conf "$1" "$4" >"$1/pdns.conf"
    rm -f "$1/pdns.sqlite3"
    sqlite3 "$1/pdns.sqlite3" </usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql || return 1
    {
        pdnsutil --config-dir="$1" create-zone "$2" "ns1.$2" &&
            pdnsutil --config-dir="$1" add-record "$2" ns1 A 127.0.0.1 &&
            pdnsutil --config-dir="$1" add-record "$2" mail A 127.0.0.1
    } >"$1/pdnsutil.log" 2>&1 || {
        cat "$1/pdnsutil.log" >&2
        return 1
    }
    launch "$1" pdns pdns_server --config-dir="$1"
    await "$1" pdns servers_answers "$PDNS_PORT" "$2" && await "$1" pdns pdns_call /servers/localhost
}

# pdns_call PATH [CURL OPTION...] under /api/v1
pdns_call() {
    pdns_path=$1
    shift
    curl -sSf --noproxy '*' -H "X-API-Key: $PDNS_API_KEY" "$@" "$PDNS_API/api/v1$pdns_path"
}
