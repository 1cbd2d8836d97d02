#!/bin/sh
# A kill -9 at any point of an issue leaves a store that the next run finishes from, and no TXT record remains after
# that run. Here are the points that matter most; test/long has all of them.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/kill.sh"

# sweep KIND CALL STEP
sweep() {
    check "killed at $2 ($1)" kill_sweep "$1" "$2" "$3"
}

if check "strace works here" can_trace && check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    sweep first symlink 1
    sweep forced symlink 1
    sweep first rename 1
    sweep forced rename 2
    sweep first unlink 3
    sweep forced unlink 3
    sweep first fsync 4
    sweep forced fsync 5
    sweep first mkdir 4
    sweep first write 4
    sweep first sendto 6
    sweep forced sendto 6
    check "that were many points" [ "$KILL_POINTS" -gt 40 ]
    echo "$KILL_POINTS points"
fi
finish
