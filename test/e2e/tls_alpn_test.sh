#!/bin/sh
# TLS-ALPN-01 by a listener of our own: names and IP addresses, beside DNS, under bad company, and by openssl's eyes.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# alpn_issue [WORD]...: issue without a DNS provider, at the port where Pebble looks.
alpn_issue() {
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --tls-alpn "127.0.0.1:$PEBBLE_TLS_PORT" "$@"
}

port_free() {
    ! nc -z 127.0.0.1 "$PEBBLE_TLS_PORT"
}

names() {
    check "two names" alpn_issue -d a.example.com -d b.example.com
    check "the certificate is good" valid a.example.com
    same "and has both" "$(sans a.example.com)" "DNS:a.example.com
DNS:b.example.com"
    check "nobody listens any more" port_free
    check "nothing in the journal" journal_empty
    has "the way is saved" "$STATE/certs/a.example.com/lineage.json" \
        "\"tls-alpn\":\"127.0.0.1:$PEBBLE_TLS_PORT\""
    serial=$(serial a.example.com)
    check "renew needs no arguments" client renew --force a.example.com
    refuse "and has renewed" [ "$serial" = "$(serial a.example.com)" ]
    check "on all addresses" client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" -d all.example.com \
        --tls-alpn=":$PEBBLE_TLS_PORT"
}

addresses() {
    check "an IPv4 address with a profile" alpn_issue -d 127.0.0.1 --profile shortlived
    same "is in it" "$(sans 127.0.0.1)" "IPAddress:127.0.0.1"
    if grep -q '^0*1 ' /proc/net/if_inet6; then
        check "an IPv6 address" client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" -d ::1 \
            --profile shortlived --tls-alpn "[::1]:$PEBBLE_TLS_PORT" --name six
        same "is in it" "$(sans six)" "IPAddress:0:0:0:0:0:0:0:1"
        check "both, and a name" client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" -d ::1 \
            -d 127.0.0.1 -d n.example.com --profile shortlived --tls-alpn ":$PEBBLE_TLS_PORT" --name both
        same "are in it" "$(sans both)" "DNS:n.example.com
IPAddress:0:0:0:0:0:0:0:1
IPAddress:127.0.0.1"
    fi
}

mixed() {
    check "DNS for its zone, TLS for the rest" alpn_issue -d web.example.com -d '*.example.net' -d example.net \
        -d 127.0.0.1 --dns challtestsrv:example.net --resolver "$CHALLTESTSRV_DNS"
    same "four names" "$(sans web.example.com)" "DNS:*.example.net
DNS:example.net
DNS:web.example.com
IPAddress:127.0.0.1"
    check "no record is left" no_txt _acme-challenge.example.net
    check "nobody listens any more" port_free
}

refusals() {
    status "a wildcard" 2 alpn_issue -d '*.example.com' --name star
    has "needs DNS" "$OUTPUT" '*.example.com is a wildcard, which only DNS can prove'
    status "TLS beside HTTP" 2 alpn_issue -d a.example.com --standalone --name two
    has "are two ways" "$OUTPUT" 'either --tls-alpn or --standalone, not both'
    status "TLS beside a webroot" 2 alpn_issue -d a.example.com --webroot "$WORK" --name two
    status "an address that is none" 3 client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" \
        -d a.example.com --tls-alpn=localhost:5001 --name two
    has "is shown" "$OUTPUT" '--tls-alpn: "localhost:5001" is not an address to listen on'
    launch "$WORK" rival python3 -c "import socket, time
server = socket.create_server(('127.0.0.1', $PEBBLE_TLS_PORT))
time.sleep(600)"
    await "$WORK" rival nc -z 127.0.0.1 "$PEBBLE_TLS_PORT"
    status "a port in use" 5 alpn_issue -d busy.example.com
    has "is named" "$OUTPUT" "listening for TLS connections on 127.0.0.1:$PEBBLE_TLS_PORT"
    has "and what to do" "$OUTPUT" 'a web server (nginx, apache2?) is there'
    status "a listener that is not ours to reach" 4 client issue --server "$PEBBLE_DIR" \
        --ca-bundle "$PEBBLE_CA" -d far.example.com --tls-alpn "127.0.0.1:$(free_ports 1)"
    refuse "nothing was installed" [ -e "$STATE/certs/far.example.com" ]
    check "nothing in the journal" journal_empty
}

# ---- by openssl's eyes, while the CA takes its time ----

# shake [OPTION]...: a handshake; what openssl says of it is in $WORK/shake.
shake() {
    timeout 10 openssl s_client -connect "127.0.0.1:$PEBBLE_TLS_PORT" "$@" </dev/null >"$WORK/shake" 2>&1
}

# acme NAME [OPTION]...: as the CA does it.
acme() {
    acme_name=$1
    shift
    shake -alpn acme-tls/1 -servername "$acme_name" "$@"
}

listening() {
    for _ in $(seq 100); do
        ! acme slow.example.com || return 0
        sleep 0.1
    done
    return 1
}

# A certificate was shown, and it is what RFC 8737 section 3 asks for. The last field is the proof.
shown() {
    openssl x509 -in "$WORK/shake" -out "$WORK/shown.pem" &&
        openssl x509 -in "$WORK/shown.pem" -noout -text >"$WORK/shown" &&
        openssl verify -ignore_critical -CAfile "$WORK/shown.pem" "$WORK/shown.pem" &&
        grep -A1 '1.3.6.1.5.5.7.1.31: critical' "$WORK/shown" &&
        [ "$(openssl x509 -in "$WORK/shown.pem" -noout -ext subjectAltName | sed 1d | tr -d ' ')" = "$1" ]
}

# alert NAME NUMBER COMMAND...: the handshake ends with this alert, and no certificate is shown.
alert() {
    alert_name=$1 alert_number=$2
    shift 2
    status "$alert_name" 1 "$@"
    has "gets an alert" "$WORK/shake" "SSL alert number $alert_number"
    lacks "and no certificate" "$WORK/shake" 'BEGIN CERTIFICATE'
}

bad_company() {
    alert "a wrong name" 112 acme other.example.com
    alert "no name" 40 shake -alpn acme-tls/1 -noservername
    alert "no ALPN" 120 shake -servername slow.example.com
    alert "other protocols" 120 shake -servername slow.example.com -alpn h2,http/1.1
    alert "TLS 1.1" 70 acme slow.example.com -tls1_1 -cipher DEFAULT:@SECLEVEL=0
    printf 'GET / HTTP/1.1\r\nHost: slow.example.com\r\n\r\n' | nc -N -w 2 127.0.0.1 "$PEBBLE_TLS_PORT" \
        >"$WORK/plain"
    lacks "plain HTTP gets no page" "$WORK/plain" 'HTTP/1'
    head -c 100000 /dev/urandom | nc -N -w 2 127.0.0.1 "$PEBBLE_TLS_PORT" >"$WORK/garbage" 2>&1
    for _ in $(seq 40); do
        nc -w 20 127.0.0.1 "$PEBBLE_TLS_PORT" </dev/zero >/dev/null 2>&1 &
    done
    check "beside forty talkers, the name" acme slow.example.com
}

# Pebble waits a random time before it looks, and meanwhile it is made to wait until we have looked.
watched() {
    "$MCACME" issue --state "$STATE" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" \
        --tls-alpn "127.0.0.1:$PEBBLE_TLS_PORT" -d slow.example.com -d 127.0.0.1 </dev/null >"$WORK/slow" 2>&1 &
    slow=$!
    check "the listener stands" listening
    kill -STOP "$LAUNCHED"
    check "and shows the name" shown DNS:slow.example.com
    check "by TLS 1.2" acme slow.example.com -tls1_2
    check "too" shown DNS:slow.example.com
    check "the address" acme 1.0.0.127.in-addr.arpa
    check "is shown" shown IPAddress:127.0.0.1
    bad_company
    kill -CONT "$LAUNCHED"
    check "after all that the certificate comes" wait "$slow"
    check "and is good" valid slow.example.com
}

# PEBBLE_AUTHZREUSE=0: each order proves its names anew.
if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    names
    addresses
    mixed
    refusals
    check "a slow CA starts" start_pebble "$WORK/slow-ca" dns="$CHALLTESTSRV_DNS" retry=0 PEBBLE_AUTHZREUSE=0 \
        PEBBLE_VA_NOSLEEP=0 PEBBLE_VA_SLEEPTIME=8
    watched
fi
finish
