# shellcheck shell=sh
# Servers for tests: started on free loopback ports, waited for, and ended by their process ids.
#
#     scratch                          a fresh folder $WORK; when the script ends, servers are stopped and it goes
#     launch DIR LABEL COMMAND...      runs in the background: DIR/LABEL.log, DIR/LABEL.pid, $LAUNCHED
#     await DIR LABEL COMMAND...       until the command succeeds; fails when the server ends or 15 s pass
#     stop DIR LABEL                   ends one
#     stop_all                         ends every server of this shell
#
# All of them set variables and must not run in a subshell.

DAEMONS=${DAEMONS:-}
PATH=$PATH:/usr/sbin:/sbin # where Debian keeps servers, also for people who are not root

scratch() {
    # Short, because the path of a Unix socket may have 107 bytes.
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/mcacme.XXXXXX") || exit 1
    trap 'stop_all; rm -rf "$WORK"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# free_ports N: N ports of 127.0.0.1 that are free for TCP and UDP, below the range of outgoing connections.
free_ports() {
    python3 - "$1" <<'PYTHON'
import random, socket, sys

def take(port):
    held = []
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        held.append(socket.socket(socket.AF_INET, kind))
        held[-1].bind(("127.0.0.1", port))
    return held

ports, held = [], []
while len(ports) < int(sys.argv[1]):
    port = random.randrange(20000, 32000)
    try:
        held.append(take(port))
        ports.append(str(port))
    except OSError:
        pass
print(" ".join(ports))
PYTHON
}

launch() {
    launch_dir=$1 launch_label=$2
    shift 2
    "$@" </dev/null >"$launch_dir/$launch_label.log" 2>&1 &
    LAUNCHED=$!
    DAEMONS="$DAEMONS $LAUNCHED"
    echo "$LAUNCHED" >"$launch_dir/$launch_label.pid"
}

await() {
    await_dir=$1 await_label=$2 await_tries=150
    shift 2
    until "$@" >/dev/null 2>&1; do
        await_tries=$((await_tries - 1))
        if [ "$await_tries" -eq 0 ] || ! kill -0 "$(cat "$await_dir/$await_label.pid")" 2>/dev/null; then
            echo "$await_label did not start:" >&2
            tail -n 20 "$await_dir/$await_label.log" >&2
            return 1
        fi
        sleep 0.1
    done
}

# They hold nothing worth saving, so they are not asked twice.
stop_pid() {
    kill -KILL "$1" 2>/dev/null
    wait "$1" 2>/dev/null
    return 0
}

stop() {
    stop_pid "$(cat "$1/$2.pid")"
}

stop_all() {
    for daemon in $DAEMONS; do
        stop_pid "$daemon"
    done
    DAEMONS=
}
