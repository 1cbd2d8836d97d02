#!/bin/sh
# The gate itself: test/run.sh counts what its parts say, and lets none of their ways to fail pass.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"

TREE=$(mktemp -d)
mkdir -p "$TREE/test/lint"
cp "$TOP/test/run.sh" "$TREE/test"
cp -r "$TOP/test/tools" "$TREE/test"

# part_says SCRIPT: the gate runs with one sound part and this one.
part_says() {
    rm -f "$TREE"/test/lint/*
    echo 'echo "3 passed, 0 failed"' >"$TREE/test/lint/a_lint.sh"
    echo "$1" >"$TREE/test/lint/b_lint.sh"
    env -u TOP sh "$TREE/test/run.sh" lint
}

closes() {
    same "$1" "$(tail -n 1 "$OUTPUT")" "$2"
}

check "sound parts pass" part_says 'echo "a sentence"; echo "4 passed, 0 failed"'
closes "counts are summed" "7 passed, 0 failed"
check "a part may have nothing to do and say so" part_says 'echo "skip: no tool"; echo "0 passed, 0 failed"'
refuse "a failed test fails" part_says 'echo "FAIL x"; echo "1 passed, 2 failed"; exit 1'
closes "failures are summed" "4 passed, 2 failed"
has "what failed is shown" "$OUTPUT" "| FAIL x"
refuse "a failed test fails although the part exits 0" part_says 'echo "1 passed, 1 failed"'
refuse "an exit status counts by itself" part_says 'echo "1 passed, 0 failed"; exit 1'
closes "it counts as one" "4 passed, 1 failed"
refuse "a part without counts fails" part_says 'echo "all is well"'
refuse "counts must come last" part_says 'echo "1 passed, 0 failed"; echo "ERROR: memory leaks"'
refuse "a part that ran nothing fails" part_says 'echo "0 passed, 0 failed"'
refuse "a part that kills itself fails" part_says 'kill -9 $$'
refuse "a name that no part has" env -u TOP sh "$TREE/test/run.sh" nonsense
refuse "an option that does not exist" env -u TOP sh "$TREE/test/run.sh" --nonsense
check "a name selects" env -u TOP sh "$TREE/test/run.sh" lint/a
closes "only what was named runs" "3 passed, 0 failed"
rm -rf "$TREE"
finish
