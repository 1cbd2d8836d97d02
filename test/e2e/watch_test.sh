#!/bin/sh
# What others learn of a run: metrics for node_exporter, pings for a watchdog; and runs that wait for each other.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# A watchdog that writes down what it is told.
start_watchdog() {
    # shellcheck disable=SC2046
    set -- $(free_ports 1)
    WATCHDOG=http://127.0.0.1:$1/ping/c0ffee-c0ffee
    python3 -c 'import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with open(sys.argv[2], "a") as log:
            log.write(self.path + " " + body.replace("\n", " ") + "\n")
        self.send_response(200)
        self.end_headers()
    do_POST = do_GET
    def log_message(self, *words):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()' "$1" "$WORK/told" &
    WATCHDOG_PID=$!
    await_port "$1"
}

await_port() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        ! nc -z 127.0.0.1 "$1" || return 0
        sleep 0.3
    done
    return 1
}

pings() {
    : >"$WORK/told"
    check "an issue" issue -d a.example.com --ping "$WATCHDOG"
    same "is told of at both ends" "$(tr -d ' ' <"$WORK/told" | tr '\n' ' ')" \
        "/ping/c0ffee-c0ffee/start /ping/c0ffee-c0ffee "
    : >"$WORK/told"
    status "a failure" 4 issue -d www.blocked-domain.example --ping "$WATCHDOG?create=1"
    has "is told of" "$WORK/told" "/ping/c0ffee-c0ffee/fail?create=1"
    has "with its words" "$WORK/told" "blocked-domain.example"
    check "with all requests shown" client renew -vv --force --ping "$WATCHDOG"
    lacks "the URL is in no log" "$OUTPUT" "c0ffee"
    refuse "nor in the store" grep -rq c0ffee "$STATE"
    : >"$WORK/told"
    check "nothing due" client renew --ping "$WATCHDOG"
    same "is a success, too" "$(wc -l <"$WORK/told")" 2
    check "a watchdog that is not there" client renew --force --ping http://127.0.0.1:1/x
    has "is a warning" "$OUTPUT" "the watchdog of --ping was not told"
    status "one by plain http elsewhere" 2 client renew --ping http://192.0.2.1/x
}

metric() {
    sed -n "s/^$1 //p" "$WORK/metrics.prom"
}

metrics() {
    check "metrics" client renew --metrics "$WORK/metrics.prom"
    same "are silent" "$(cat "$OUTPUT")" ""
    same "and for all to read" "$(stat -c %a "$WORK/metrics.prom")" 644
    same "the end of the certificate" "$(metric 'mcacme_certificate_not_after_timestamp_seconds{certificate="a.example.com"}')" \
        "$(date -d "$(openssl x509 -in "$(current a.example.com)/cert.pem" -noout -enddate | sed 's/.*=//')" +%s)"
    same "all is well" "$(metric mcacme_last_run_exit_status)" 0
    success=$(metric mcacme_last_success_timestamp_seconds)
    printf 'server = %s\nca-bundle = %s\ndns = challtestsrv\nresolver = %s\n[certificate bad]\ndomain = x.blocked-domain.example\n' \
        "$PEBBLE_DIR" "$PEBBLE_CA" "$CHALLTESTSRV_DNS" >"$WORK/bad.conf"
    status "a failure" 4 client renew --config "$WORK/bad.conf" --metrics "$WORK/metrics.prom"
    same "is seen" "$(metric mcacme_last_run_exit_status)" 4
    same "with its certificate" "$(metric 'mcacme_certificate_failures{certificate="bad"}')" 1
    same "the last success stays" "$(metric mcacme_last_success_timestamp_seconds)" "$success"
    check "by list, too" client list --metrics "$WORK/metrics.prom"
    status "of some certificates" 2 client renew --metrics "$WORK/metrics.prom" a.example.com
    check "a file that cannot be written" client renew --metrics /proc/none/metrics
    has "is a warning" "$OUTPUT" "writing the metrics"
}

# at_terminal COMMAND...: its standard output is one.
at_terminal() {
    at_terminal_status=0
    python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" </dev/null >"$WORK/terminal" ||
        at_terminal_status=$?
    tr -d '\r' <"$WORK/terminal"
    return "$at_terminal_status"
}

bars() {
    check "list in a pipe" client list a.example.com
    lacks "has no bars" "$OUTPUT" "█"
    python3 -c 'import os; os.openpty()' 2>/dev/null || {
        echo "skip no terminal can be made here: /dev/pts is not mounted"
        return
    }
    check "at a terminal" at_terminal env TERM=xterm LC_ALL=C.UTF-8 "$MCACME" list --state "$STATE" a.example.com
    has "there is a bar of what is left" "$OUTPUT" "█"
    has "with the days" "$OUTPUT" " d  due at"
    has "in colour" "$OUTPUT" "$(printf '\033[32m')"
    check "without colours" at_terminal env TERM=xterm LC_ALL=C NO_COLOR=1 "$MCACME" list --state "$STATE" a.example.com
    lacks "there is none" "$OUTPUT" "$(printf '\033')"
    has "nor a block in another locale" "$OUTPUT" "####"
}

# journal COMMAND...: standard error is what JOURNAL_STREAM says, as under systemd.
journal() {
    : >"$WORK/journal"
    journal_stream=$(stat -c %d:%i "$WORK/journal")
    JOURNAL_STREAM=$journal_stream "$@" 2>"$WORK/journal"
}

priorities() {
    status "a failure in the journal" 2 journal client renew nothing.example.com
    has "is an error" "$WORK/journal" '<3>mcacme: there is no certificate "nothing.example.com"'
    same "in all its lines" "$(grep -vc '^<3>' "$WORK/journal")" 0
    check "a warning" journal client renew --force a.example.com --ping http://127.0.0.1:1/x
    has "is one" "$WORK/journal" "<4>mcacme: warning: "
    check "what -v shows" journal client renew -v --force a.example.com
    has "is information" "$WORK/journal" "<6>POST "
    status "elsewhere" 2 env JOURNAL_STREAM=1:1 "$MCACME" renew --state "$STATE" nothing.example.com
    lacks "there are no priorities" "$OUTPUT" "<3>"
}

# Another run that holds the certificate for longer than a minute is waited for.
waiting() {
    check "another run" sh -c "flock '$STATE/locks/cert-a.example.com' sleep 3 & sleep 1"
    check "is waited for" client renew --force --wait a.example.com
    status "but not beyond the deadline" 75 sh -c "flock '$STATE/locks/cert-a.example.com' '$MCACME' renew --state '$STATE' \
        --force --wait --deadline 2s a.example.com"
}

check "the servers start" start_ca PEBBLE_WFE_NONCEREJECT=0
check "a watchdog starts" start_watchdog
pings
metrics
bars
priorities
waiting
kill "$WATCHDOG_PID"
finish
