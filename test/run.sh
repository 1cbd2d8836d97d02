#!/bin/sh
# The test command: installs what is missing (as root on Debian), builds, runs all tests.
#
#     sh test/run.sh [--all] [NAME...]
#
# The last line is "N passed, N failed"; the exit status is 0 only when nothing failed. With NAMEs only the parts
# whose name holds one of them run: `sh test/run.sh lint`, `sh test/run.sh unit e2e/renew`. --all adds what takes
# longer: test/long and the end-to-end tests once more under the sanitizers.
#
# A part is a program or script that ends in "N passed, N failed" itself. Logs are kept in build/log.

set -u
TOP=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$TOP" || exit 1
export TOP
LOGS=build/log
JOBS=$(nproc 2>/dev/null || echo 2)
PART_LIMIT=900 # seconds; a part that hangs must not hang the gate
ALL=
NAMES=
PASSED=0
FAILED=0

# Errors that sanitizers find must never look like an exit status of ours.
export ASAN_OPTIONS="${ASAN_OPTIONS:-exitcode=99:quarantine_size_mb=16:detect_stack_use_after_return=1:strict_string_checks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-exitcode=99:quarantine_size_mb=16:halt_on_error=1:print_stacktrace=1}"
# The machine's own settings must not reach the tests: messages are compared, proxies would swallow loopback. The
# odd time zone would show in whatever forgot that the protocols speak UTC.
export LC_ALL=C.UTF-8 TZ=MCA-12:45
export KIT_JOBS="$JOBS" # processes that share the tests of a program (test/kit)
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY

INSTALL_ONLY_DEFINE=1
. test/tools/install.sh

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
    exit "$1"
}

read_arguments() {
    for argument in "$@"; do
        case $argument in
        --all) ALL=yes ;;
        --help) usage 0 ;;
        -*) usage 2 >&2 ;;
        *) NAMES="$NAMES $argument" ;;
        esac
    done
}

# Whether a part was asked for; a kind such as "e2e" also when only one of its parts was.
wanted() {
    [ -n "$NAMES" ] || return 0
    for name in $NAMES; do
        case $1 in *"$name"*) return 0 ;; esac
        case $name in "$1"/*) return 0 ;; esac
    done
    return 1
}

now() {
    date +%s
}

# What went well is of no interest in the log of a part that failed.
show_log() {
    sed -e '/^ok  /d' -e '/^-- /d' -e '/^\[ *[0-9]*%\] /d' -e 's/^/    | /' "$1"
}

# part NAME COMMAND...: runs it and adds its counts; anything but a clean summary and a fitting exit status fails.
part() {
    part_name=$1
    shift
    wanted "$part_name" || return 0
    part_log=$LOGS/$(printf '%s' "$part_name" | tr / -).log
    part_began=$(now)
    part_status=0
    timeout -k 10 "$PART_LIMIT" "$@" </dev/null >"$part_log" 2>&1 || part_status=$?
    part_counts=$(sed -n '$s/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$part_log")
    part_good=${part_counts% *} part_bad=${part_counts#* }
    if [ -z "$part_counts" ]; then
        echo "it ended with exit status $part_status and without its counts" >>"$part_log"
        part_good=0 part_bad=1
    elif [ "$part_bad" -eq 0 ] && [ "$part_status" -ne 0 ]; then
        echo "exit status $part_status although nothing failed" >>"$part_log"
        part_bad=1
    elif [ "$((part_good + part_bad))" -eq 0 ] && ! grep -q '^skip' "$part_log"; then
        echo "it ran no test" >>"$part_log"
        part_bad=1
    fi
    printf '%-32s %4d passed %4d failed %5d s\n' "$part_name" "$part_good" "$part_bad" $(($(now) - part_began))
    [ "$part_bad" -eq 0 ] || show_log "$part_log"
    PASSED=$((PASSED + part_good))
    FAILED=$((FAILED + part_bad))
}

# missing NAME WORDS: a part that should be there and is not.
missing() {
    wanted "$1" || return 0
    printf '%-32s %s\n' "$1" "$2"
    FAILED=$((FAILED + 1))
}

# step NAME COMMAND...: no test itself, but nothing may fail.
step() {
    step_name=$1
    shift
    step_log=$LOGS/$(printf '%s' "$step_name" | tr / -).log
    step_began=$(now)
    if "$@" </dev/null >"$step_log" 2>&1; then
        printf '%-32s %25s %5d s\n' "$step_name" "done" $(($(now) - step_began))
        return 0
    fi
    printf '%-32s FAILED\n' "$step_name"
    show_log "$step_log"
    FAILED=$((FAILED + 1))
    return 1
}

build() {
    build_folder=$1
    shift
    cmake -S . -B "$build_folder" "$@" && cmake --build "$build_folder" -j "$JOBS"
}

build_for_tests() {
    build build/test -DCMAKE_BUILD_TYPE=Debug -DMCACME_SANITIZE=address,undefined -DCMAKE_C_FLAGS='-Werror -O1'
}

build_release() {
    build build/release -DCMAKE_BUILD_TYPE=Release -DMCACME_TESTS=OFF -DCMAKE_C_FLAGS=-Werror
}

# Whether the shell pattern matches any file.
any() {
    for any_file in "$@"; do
        [ ! -e "$any_file" ] || return 0
    done
    return 1
}

lints() {
    for lint in test/lint/*_lint.py; do
        [ ! -e "$lint" ] || part "lint/$(basename "$lint" _lint.py)" python3 -B "$lint"
    done
    for lint in test/lint/*_lint.sh; do
        [ ! -e "$lint" ] || part "lint/$(basename "$lint" _lint.sh)" sh "$lint"
    done
}

# program NAME FILES...: a program of the test build; required where its folder holds anything.
program() {
    program_name=$1
    shift
    any "$@" || return 0
    if [ -x "build/test/test/$program_name" ]; then
        part "$program_name" "build/test/test/$program_name"
    else
        missing "$program_name" "has files, but the build made no program of them"
    fi
}

# scripts KIND BINARY FILES...: shell tests that run the program itself.
scripts() {
    scripts_kind=$1 MCACME=$TOP/$2
    export MCACME
    shift 2
    for script in "$@"; do
        [ ! -e "$script" ] || part "$scripts_kind/$(basename "$script" .sh | sed 's/_test$//')" sh "$script"
    done
}

# One look for Pebble serves all tests.
prepare_pebble() {
    . test/tools/pebble.sh
    find_pebble && export PEBBLE_BIN CHALLTESTSRV_BIN PEBBLE_VERSION
}

# The fuzz targets, each over its corpus.
replays() {
    for target in test/fuzz/fuzz_*.c; do
        target=$(basename "$target" .c)
        part "fuzz/${target#fuzz_}" "build/test/test/replay_${target#fuzz_}"
    done
}

programs() {
    step build/test build_for_tests || return 0
    program unit test/unit/*_test.c
    program providers test/providers/*
    replays
    [ -z "$ALL" ] || scripts e2e-sanitized build/test/mcacme test/e2e/*_test.sh
}

end_to_end() {
    step build/release build_release || return 0
    scripts e2e build/release/mcacme test/e2e/*_test.sh
    [ -z "$ALL" ] || scripts long build/release/mcacme test/long/*_test.sh
}

# Whether any of these kinds was asked for.
any_wanted() {
    for kind in "$@"; do
        ! wanted "$kind" || return 0
    done
    return 1
}

run() {
    lints
    ! any_wanted e2e ${ALL:+long} || step prepare/pebble prepare_pebble
    ! any_wanted unit providers fuzz ${ALL:+e2e-sanitized} || programs
    ! any_wanted e2e ${ALL:+long} || end_to_end
}

needed_groups() {
    echo build test lint pebble servers e2e
    [ -z "$ALL" ] || echo long
}

read_arguments "$@"
mkdir -p "$LOGS"
began=$(now)
# shellcheck disable=SC2046
if need $(needed_groups); then
    run
else
    FAILED=1
fi
[ "$((PASSED + FAILED))" -gt 0 ] || missing "$NAMES" "no part has such a name"
printf '%-32s %25s %5d s\n' all "" $(($(now) - began))
printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
[ "$FAILED" -eq 0 ]
