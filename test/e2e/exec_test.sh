#!/bin/sh
# The provider exec: a program of the user's own, called exactly as lego calls it.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

# Writes each call with its arguments, one a line, and its environment; and does what it is asked for.
program() {
    cat >"$WORK/program" <<PROGRAM
#!/bin/sh
{ echo "\$#"; printf '<%s>\n' "\$@"; } >>"$WORK/calls"
env >"$WORK/env"
cat >"$WORK/stdin"
case \$1 in
present) curl -sSf --noproxy '*' -d "{\"host\": \"\$2\", \"value\": \"\$3\"}" "$CHALLTESTSRV/set-txt" ;;
cleanup) curl -sSf --noproxy '*' -d "{\"host\": \"\$2\"}" "$CHALLTESTSRV/clear-txt" ;;
*) exit 9 ;;
esac
PROGRAM
    chmod 755 "$WORK/program"
}

calls() {
    grep -cx "<$1>" "$WORK/calls"
}

# The values of all calls with a verb, sorted.
values() {
    sed -n "/^<$1>\$/{n;n;p;}" "$WORK/calls" | sort
}

exec_issue() {
    SECRET_OF_ANOTHER=hunter2 "$MCACME" issue --state "$STATE" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" \
        --dns exec --resolver "$CHALLTESTSRV_DNS" "$@" </dev/null
}

if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    unset CHALLTESTSRV_URL
    program
    echo "EXEC_PATH='$WORK/program'" >"$WORK/credentials"
    chmod 600 "$WORK/credentials"
    check "apex, wildcard and another name" exec_issue -d example.com -d '*.example.com' -d a.example.com \
        --credentials "$WORK/credentials"
    check "is good" valid example.com
    same "present is called for each" "$(calls present)" 3
    same "and so is cleanup" "$(calls cleanup)" 3
    same "always with three words" "$(grep -cx 3 "$WORK/calls")" 6
    same "the name has its final dot" "$(calls _acme-challenge.example.com.)" 4
    same "for the other name, too" "$(calls _acme-challenge.a.example.com.)" 2
    same "cleanup gets what present got" "$(values cleanup)" "$(values present)"
    same "43 letters each" "$(values present | grep -cx '<[A-Za-z0-9_-]\{43\}>')" 3
    check "no record is left" no_txt _acme-challenge.example.com _acme-challenge.a.example.com
    lacks "it inherits nothing" "$WORK/env" SECRET_OF_ANOTHER
    lacks "not even what tells of itself" "$WORK/env" EXEC_PATH
    has "but PATH" "$WORK/env" PATH=
    same "its input is empty" "$(cat "$WORK/stdin")" ""
    check "renew remembers it" client renew --force
    check "and is good" valid example.com
    EXEC_PATH=$WORK/program
    export EXEC_PATH
    check "by the environment" exec_issue -d b.example.com
    check "--dns exec:ZONE covers that zone" exec_issue -d c.example.com --dns exec:other.test
    status "and no other" 3 "$MCACME" issue --state "$STATE" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" \
        --dns exec:other.test --resolver "$CHALLTESTSRV_DNS" -d d.example.com
    has "it says so" "$OUTPUT" 'no DNS provider covers'
    check "nothing in the journal" journal_empty
fi
finish
