# shellcheck shell=sh
# A kit for tests written in shell. A test file reads:
#
#     . "$TOP/test/tools/report.sh"
#     check "a certificate is issued" "$MCACME" issue -d a.example.test ...
#     refuse "an unknown option is refused" "$MCACME" issue --nonsense
#     status "a second run finds the lock" 75 "$MCACME" renew
#     finish
#
# Commands run in this shell, so functions may set variables; what they print is kept in $OUTPUT (both streams)
# and shown when the test fails. `finish` prints "N passed, N failed" and ends the script.

PASSED=0
FAILED=0
OUTPUT=$(mktemp)

ok() {
    PASSED=$((PASSED + 1))
    printf 'ok   %s\n' "$1"
}

# fail NAME [WORDS]: counts a failure and shows why.
fail() {
    FAILED=$((FAILED + 1))
    printf 'FAIL %s\n' "$1"
    shift
    for report_words in "$@"; do
        printf '     %s\n' "$report_words"
    done
}

# status NAME WANTED COMMAND...: the command exits with exactly this number.
status() {
    report_name=$1 report_wanted=$2 report_status=0
    shift 2
    "$@" >"$OUTPUT" 2>&1 || report_status=$?
    if [ "$report_status" -eq "$report_wanted" ]; then
        ok "$report_name"
        return 0
    fi
    fail "$report_name" "exit status $report_status, not $report_wanted: $*"
    sed 's/^/     | /' "$OUTPUT"
    return 1
}

check() {
    report_name=$1
    shift
    status "$report_name" 0 "$@"
}

# refuse NAME COMMAND...: the command fails, but is not ended by a signal or a sanitizer.
refuse() {
    report_name=$1 report_status=0
    shift
    "$@" >"$OUTPUT" 2>&1 || report_status=$?
    if [ "$report_status" -gt 0 ] && [ "$report_status" -lt 126 ] &&
        ! grep -q 'Sanitizer\|runtime error:' "$OUTPUT"; then
        ok "$report_name"
        return 0
    fi
    fail "$report_name" "exit status $report_status: $*"
    sed 's/^/     | /' "$OUTPUT"
    return 1
}

# has NAME FILE WORDS / lacks NAME FILE WORDS: fixed strings in a file; "$OUTPUT" is the last command's.
has() {
    if grep -qF -e "$3" -- "$2"; then
        ok "$1"
        return 0
    fi
    fail "$1" "\"$3\" is not in $2:"
    sed 's/^/     | /' "$2"
    return 1
}

lacks() {
    if [ -f "$2" ] && ! grep -qF -e "$3" -- "$2"; then
        ok "$1"
        return 0
    fi
    fail "$1" "$2 is missing or holds \"$3\""
    return 1
}

# same NAME IS WANTED
same() {
    if [ "$2" = "$3" ]; then
        ok "$1"
        return 0
    fi
    fail "$1" "is:     $2" "wanted: $3"
    return 1
}

finish() {
    rm -f "$OUTPUT"
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
    exit
}
