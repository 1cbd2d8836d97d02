#!/bin/sh
# SIGTERM and SIGINT at different moments: the records are gone, the exit status tells the signal, the next run goes
# on with the same order. And the records go when the CA refuses, too.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"

RECORD=_acme-challenge.example.com

# A provider that writes what it is asked for into a file and changes no DNS, so that a run waits for its records.
provider() {
    cat >"$WORK/provider" <<PROVIDER
#!/bin/sh
echo "\$*" >>"$WORK/calls"
PROVIDER
    chmod 755 "$WORK/provider"
    export EXEC_PATH="$WORK/provider"
}

# stopped_at WORDS SIGNAL COMMAND...: the signal comes once the words are in Pebble's log, the number of records
# that were added and not removed is 0 afterwards; sets STOPPED to the exit status.
stopped_at() {
    stopped_words=$1 stopped_signal=$2
    shift 2
    launch "$WORK" stopped "$@"
    await "$WORK" stopped grep -q -e "$stopped_words" "$PEBBLE_LOG" || return 1
    kill -s "$stopped_signal" "$LAUNCHED"
    STOPPED=0
    wait "$LAUNCHED" || STOPPED=$?
    cat "$WORK/stopped.log"
}

# A launched program is a background job, for which a shell ignores SIGINT; Python gives it back its meaning.
interruptible() {
    exec python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
}

# Pebble sleeps at random: a run that has got to its end before the signal came shows nothing, and is tried again.
stopped_in_time() {
    for stopped_try in 1 2 3 4 5 6 7 8; do
        : >"$PEBBLE_LOG"
        rm -rf "$STATE"
        # shellcheck disable=SC2086
        stopped_at "$1" "$2" interruptible "$MCACME" issue --state "$STATE" $CA -d example.com || return 1
        [ "$STOPPED" -eq 0 ] || return 0
    done
    echo "eight runs were too fast"
    return 1
}

# stop_and_resume SIGNAL STATUS ORDERS WORDS: with a Pebble whose validation takes some time. Where it is stopped
# between the answer to a challenge and the CA's look at it, the CA finds no record, and a second order is needed.
stop_and_resume() {
    check "$1 at \"$4\"" stopped_in_time "$4" "$1"
    same "the exit status tells it" "$STOPPED" "$2"
    check "no record is left" no_txt "$RECORD"
    refuse "there is no certificate yet" [ -e "$(current example.com)" ]
    check "the next renew goes on" client renew
    check "to a certificate" valid example.com
    check "with at most $3 orders in all" [ "$(orders)" -le "$3" ]
    check "and leaves nothing" journal_empty
    check "no record either" no_txt "$RECORD"
}

# While the name servers are waited for.
stop_in_wait() {
    : >"$PEBBLE_LOG"
    check "SIGTERM while waiting for the name servers" stopped_at 'POST /authZ/' TERM "$MCACME" issue \
        --state "$STATE" --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" --dns exec \
        --resolver "$CHALLTESTSRV_DNS" -d wait.example.com
    same "the exit status tells it" "$STOPPED" 143
    same "each record added is removed" "$(sed -n 's/^present //p' "$WORK/calls" | sort)" \
        "$(sed -n 's/^cleanup //p' "$WORK/calls" | sort)"
    check "another provider goes on" client renew wait.example.com --dns challtestsrv
    same "with the same order" "$(orders)" 1
    check "to a certificate" valid wait.example.com
    check "and leaves nothing" journal_empty
}

# The record that the CA looks for is not the one that we set.
refused() {
    rm -f "$WORK/calls"
    status "the CA does not find the record" 4 client issue --server "$PEBBLE_DIR" --ca-bundle "$PEBBLE_CA" \
        --dns exec --propagation none --resolver "$CHALLTESTSRV_DNS" -d refused.example.com -d '*.refused.example.com'
    has "it says for which name" "$OUTPUT" "refused.example.com"
    has "and why, in the CA's words" "$OUTPUT" "unauthorized"
    check "records were added" grep -q present "$WORK/calls"
    same "each is removed" "$(sed -n 's/^present //p' "$WORK/calls" | sort)" \
        "$(sed -n 's/^cleanup //p' "$WORK/calls" | sort)"
    check "nothing in the journal" journal_empty
}

if check "the servers start" start_ca PEBBLE_AUTHZREUSE=0 PEBBLE_VA_NOSLEEP=0 PEBBLE_VA_SLEEPTIME=3; then
    provider
    stop_and_resume TERM 143 2 'POST /chalZ/'
    stop_and_resume INT 130 2 'POST /chalZ/'
    stop_and_resume TERM 143 2 'POST /authZ/'
    stop_and_resume TERM 143 2 'Starting 3 validations'
    stop_in_wait
    refused
fi
finish
