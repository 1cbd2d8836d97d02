#!/bin/sh
# The provider standalone: the CA asks mcacme itself.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

standalone() {
    client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns standalone --resolver "127.0.0.1:$port" "$@"
}

scratch
STATE=$WORK/state
port=$(free_ports 1)
export STANDALONE_LISTEN="127.0.0.1:$port" STANDALONE_NS=ns.example.com
check "Pebble starts" start_pebble "$WORK/ca" dns="127.0.0.1:$port" retry=0 PEBBLE_AUTHZREUSE=0 \
    PEBBLE_VA_NOSLEEP=0 PEBBLE_VA_SLEEPTIME=2
check "apex and wildcard" standalone -d example.com -d '*.example.com' -d other.example.net
check "is good" valid example.com
refuse "nobody listens any more" nc -z 127.0.0.1 "$port"
check "renew" client renew --force
check "is good" valid example.com
check "nothing in the journal" journal_empty
finish
