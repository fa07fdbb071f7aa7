#!/bin/sh
# SPDX-License-Identifier: ISC
# mutate.sh --check | --all | --share I/N | ROOM/NAME...: whether the tests see that a promise is broken.
#
# tests/mutants/ROOM/NAME.patch is a fault that the suite ROOM must see: a `diff -u` after a head,
#   the promise that it breaks, in one line
#   Tests: the meson tests, by name, of which at least one must fail
# --check only asks whether each fault still applies; --share takes every Nth, starting with number
# I modulo N. The others put one fault after the other into a copy of the tree, run its tests,
# and print what became of it. Exits 1 when a fault survives, does not apply or does not build,
# when its tests do not pass without it, or none of them runs.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

refuse() {
    printf 'mutate.sh: %s\n' "$*" >&2
    exit 2
}

# ---- The faults ----

all=$(find tests/mutants -name '*.patch' | sed 's,^tests/mutants/,,; s,\.patch$,,' | LC_ALL=C sort)

tree=$root # where they are taken from
patch_of() {
    printf '%s/tests/mutants/%s.patch' "$tree" "$1"
}

promise_of() {
    head -n 1 "$(patch_of "$1")"
}

tests_of() {
    sed -n '/^--- /q; s/^Tests: *//p' "$(patch_of "$1")"
}

# applies NAME OPTION...: git apply in the folder where we are, as if it were no part of a repository.
applies() {
    name=$1
    shift
    GIT_CEILING_DIRECTORIES=$(dirname "$PWD") git apply -p1 -C1 "$@" "$(patch_of "$name")"
}

# What is wrong with the patches themselves.
check_heads() {
    find tests/mutants -name '*.patch' -exec awk '
        function end() {
            if (name != "" && !tests) {
                print name ": names no tests"
            }
        }
        FNR == 1 {
            end()
            name = FILENAME
            head = 1
            tests = 0
            if ($0 == "" || /^(--- |Tests:)/) {
                print name ": its first line is no promise"
            }
        }
        /^--- / { head = 0 }
        head && /^Tests: *[^ ]/ { tests = 1 }
        END { end() }' {} +
}

check_all() {
    faults=$(
        check_heads
        for name in $all; do
            why=$(applies "$name" --check 2>&1) || printf '%s\n' "$why" "$name: does not apply"
        done
    )
    if [ -n "$faults" ]; then
        printf '%s\n' "$faults"
        return 1
    fi
}

# every_nth I/N
every_nth() {
    printf '%s\n' "$all" | awk -v turn="${1%/*}" -v count="${1#*/}" 'NR % count == turn % count'
}

case ${1:-} in
--check)
    [ $# -eq 1 ] || refuse '--check stands alone'
    command -v git >/dev/null || { echo 'skipped: no git' && exit 77; }
    check_all
    echo "$(printf '%s\n' "$all" | grep -c .) faults apply"
    exit
    ;;
--all)
    [ $# -eq 1 ] || refuse '--all stands alone'
    chosen=$all
    ;;
--share)
    case ${2:-} in
    *[!0-9/]* | */*/* | */0* | /*) refuse '--share takes I/N' ;;
    [0-9]*/[0-9]*) ;;
    *) refuse '--share takes I/N' ;;
    esac
    [ $# -eq 2 ] || refuse '--share takes one I/N'
    chosen=$(every_nth "$2")
    ;;
'' | -*)
    refuse 'takes --check, --all, --share I/N or names'
    ;;
*)
    chosen=$(printf '%s\n' "$@")
    for name in $chosen; do
        [ -f "$(patch_of "$name")" ] || refuse "there is no fault '$name' in tests/mutants"
    done
    ;;
esac

# ---- The copy ----

work=$(mktemp -d "${TMPDIR:-/tmp}/gruff-mutate-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
tree=$work/gruff build=$work/build log=$work/log
mkdir "$tree"

# The tree as it is now, but what git ignores.
# shellcheck disable=SC2016 # it is the inner shell's
git ls-files -z --cached --others --exclude-standard |
    xargs -0 sh -c 'for file; do [ ! -e "$file" ] || printf "%s\0" "$file"; done' sh |
    tar -c --null -T - | tar -x -C "$tree"
[ ! -d ../shared ] || ln -s "$(cd ../shared && pwd)" "$work/shared"
cd "$tree"

# fail TEXT: what the last command wrote, and the end.
fail() {
    tail -n 40 "$log"
    echo "$*"
    exit 1
}

meson setup "$build" -Dbuildtype=plain -Doptimization=2 -Dquick=true >"$log" 2>&1 ||
    fail 'the tree cannot be configured'
known=" $(meson test -C "$build" --no-rebuild --list 2>/dev/null | sed 's,.* / ,,' | tr '\n' ' ') "

# A name that is no test's any more would only weaken its fault.
for name in $all; do
    for test in $(tests_of "$name"); do
        case $known in
        *" $test "*) ;;
        *) echo "$name: there is no test '$test' here" && touch "$work/unknown" ;;
        esac
    done
done
[ ! -e "$work/unknown" ] || exit 1

# run TEST...: builds them and runs them until one fails. Sets status (0: all pass, 125: does not
# build) and, from meson's log, how many passed, failed and ran out of time.
run() {
    status=0
    summary=$build/meson-logs/testlog.txt
    rm -f "$summary"
    meson test -C "$build" --maxfail 1 --timeout-multiplier 5 "$@" >"$log" 2>&1 || status=$?
    [ -f "$summary" ] || : >"$summary"
    counts=$(awk '
        /^Ok: +[0-9]+/ { passed += $NF }
        /^Fail: +[0-9]+/ { failed += $NF }
        /^Timeout: +[0-9]+/ { late += $NF }
        END { print passed + 0, failed + 0, late + 0 }' "$summary")
    read -r passed failed late <<END
$counts
END
}

# ---- One after the other ----

tests=$(for name in $chosen; do
    tests_of "$name"
done | tr ' ' '\n' | LC_ALL=C sort -u)
# shellcheck disable=SC2086 # a list of words
run $tests
[ "$status" -eq 0 ] || fail 'these tests do not pass as the tree is'

# verdict NAME: what became of it, once its tests were run.
verdict() {
    if [ "$status" -eq 125 ]; then
        echo 'DOES NOT BUILD'
    elif [ "$late" -gt 0 ]; then
        echo 'NEVER ENDS' # as on a machine that is busy: no answer
    elif [ "$failed" -gt 0 ]; then
        echo 'caught'
    elif [ "$passed" -eq 0 ]; then
        echo 'NO TEST RAN'
    else
        echo 'SURVIVES'
    fi
}

count=0 caught=0
for name in $chosen; do
    count=$((count + 1))
    # What it changes is put back as it was: taken out by its context, a fault may come out elsewhere.
    # shellcheck disable=SC2046 # a list of words
    tar -cf "$work/kept" $(sed -n 's,^--- a/,,p' "$(patch_of "$name")")
    if applies "$name" >"$log" 2>&1; then
        # shellcheck disable=SC2046 # a list of words
        run $(tests_of "$name")
        end=$(verdict)
        tar -xmf "$work/kept"
    else
        end='DOES NOT APPLY'
    fi
    printf '%-14s %s: %s\n' "$end" "$name" "$(promise_of "$name")"
    [ "$end" != caught ] && [ "$end" != SURVIVES ] && tail -n 20 "$log"
    [ "$end" != caught ] || caught=$((caught + 1))
done
echo "$count faults, $caught caught"
[ "$caught" -eq "$count" ]
