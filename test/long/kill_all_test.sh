#!/bin/sh
# Every file and network call of an issue and of a forced renewal, killed one by one; see test/tools/kill.sh.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
. "$TOP/test/tools/client.sh"
. "$TOP/test/tools/kill.sh"

if check "strace works here" can_trace && check "the servers start" start_ca PEBBLE_AUTHZREUSE=0; then
    for call in openat rename unlink symlink mkdir fchmod fsync write close sendto recvfrom connect; do
        for kind in first forced; do
            check "killed at each $call ($kind)" kill_sweep "$kind" "$call" 1
        done
    done
    check "that were many points" [ "$KILL_POINTS" -gt 400 ]
    echo "$KILL_POINTS points"
fi
finish
