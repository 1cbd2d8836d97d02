# shellcheck shell=sh
# kill -9 for real: strace ends the program when it enters its nth call of a kind. Source it after client.sh.
#
#     can_trace                    whether strace works here
#     kill_sweep KIND CALL STEP    every STEPth call CALL of a first issue (KIND first) or of a forced renewal of a
#                                  certificate held (KIND forced), until a run gets to its end; sets KILL_POINTS
#
# After each kill the next run must leave a valid and deployed certificate, no journal and no TXT record, and must
# not have placed a second order when the first one was known. It is renew where the killed run got far enough for
# renew to know of the certificate (every second time also issue).

KILL_POINTS=0
KILL_MOST=1000 # no run makes so many calls

can_trace() {
    strace -f -qq -o /dev/null -e trace=openat -e inject=openat:signal=KILL:when=1 true
    [ $? -eq 137 ]
}

# kill_run CALL N COMMAND...: 0 when it was killed, 1 when it got to its end.
kill_run() {
    kill_call=$1 kill_nth=$2 kill_status=0
    shift 2
    strace -f -qq -o /dev/null -e "trace=$kill_call" -e "inject=$kill_call:signal=KILL:when=$kill_nth" "$@" \
        </dev/null >"$WORK/killed" 2>&1 || kill_status=$?
    [ "$kill_status" -eq 137 ]
}

kill_issue() {
    # shellcheck disable=SC2086
    "$@" "$MCACME" issue --state "$STATE" $CA -d "$KILL_NAME" -d "*.$KILL_NAME" \
        --deploy-hook "cp \$MCACME_DIR/cert.pem $WORK/deployed.pem"
}

kill_prepare() {
    STATE=$WORK/kill-state
    rm -rf "$STATE" "$WORK/deployed.pem"
    KILL_NAME=$1-$2-$3.example.com
    [ "$1" = first ] || kill_issue env >/dev/null || return 1
    KILL_ORDERS=$(orders)
}

# Whether key and certificate belong together, where there are any.
never_torn() {
    [ ! -e "$(current "$KILL_NAME")" ] || same_key "$(current "$KILL_NAME")/key.pem" \
        "$(current "$KILL_NAME")/cert.pem"
}

kill_rerun() {
    if [ -f "$STATE/certs/$KILL_NAME/lineage.json" ] && [ $((kill_nth % 2)) -eq 0 ]; then
        client renew
    else
        kill_issue env
    fi
}

kill_made_good() {
    kill_most=2
    ! grep -qs '"order":{"url"' "$STATE/journal/$KILL_NAME.log" || kill_most=1
    never_torn || return 1
    kill_rerun || return 1
    kill_made=$(($(orders) - KILL_ORDERS))
    valid "$KILL_NAME" && journal_empty && no_txt "_acme-challenge.$KILL_NAME" &&
        cmp "$WORK/deployed.pem" "$(current "$KILL_NAME")/cert.pem" || return 1
    [ "$kill_made" -le "$kill_most" ] || {
        echo "$kill_made orders"
        return 1
    }
}

# One point; 0 made good, 1 not, 2 the run was not killed any more.
kill_point() {
    kill_prepare "$1" "$2" "$3" >"$WORK/made-good" 2>&1 || return 1
    if [ "$1" = first ]; then
        kill_issue kill_run "$2" "$3" || return 2
    else
        kill_run "$2" "$3" "$MCACME" renew --state "$STATE" --force || return 2
    fi
    KILL_POINTS=$((KILL_POINTS + 1))
    kill_made_good >"$WORK/made-good" 2>&1
}

kill_sweep() {
    kill_at=1 kill_result=0
    while :; do
        kill_answer=0
        [ "$kill_at" -lt "$KILL_MOST" ] || return 1
        kill_point "$1" "$2" "$kill_at" || kill_answer=$?
        [ "$kill_answer" -ne 2 ] || break
        if [ "$kill_answer" -ne 0 ]; then
            kill_result=1
            echo "killed at $2 number $kill_at:"
            cat "$WORK/made-good"
        fi
        kill_at=$((kill_at + $3))
    done
    [ "$kill_at" -gt 1 ] || {
        echo "the program never calls $2"
        return 1
    }
    return "$kill_result"
}
