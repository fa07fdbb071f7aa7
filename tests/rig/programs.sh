#!/bin/sh
# SPDX-License-Identifier: ISC
# What the tests of the programs share: each runs in a folder of its own, once `absolute` has made
# its arguments safe and `begin` has been called.

# absolute PATH: the same from any folder.
absolute() {
    case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$PWD/$1" ;;
    esac
}

begin() {
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cd "$folder" || exit 1
}

fail() {
    echo "FAIL: $*" >&2
    exit 1
}

skip() {
    echo "skipped: $*"
    exit 77
}

# need PROGRAM...: or the test is skipped.
need() {
    for program; do
        command -v "$program" >/dev/null || skip "no $program"
    done
}

# find_sound_font: its path in $font, or the test is skipped.
find_sound_font() {
    for font in /usr/share/sounds/sf2/TimGM6mb.sf2 /usr/share/sounds/sf2/FluidR3_GM.sf2 ''; do
        [ ! -f "$font" ] || break
    done
    [ -n "$font" ] || skip 'no sound font'
}

# refuses STATUS WORDS COMMAND...: that exit status, one line on standard error with the words in
# it, nothing on standard output, and no file called bad*.
refuses() {
    expected=$1 words=$2
    shift 2
    status=0
    "$@" >out.txt 2>err.txt || status=$?
    [ "$status" -eq "$expected" ] || fail "exit status $status instead of $expected: $*"
    [ "$(wc -l <err.txt)" -eq 1 ] || fail "not one line: $(cat err.txt)"
    grep -q -- "$words" err.txt || fail "'$words' is not in: $(cat err.txt)"
    [ ! -s out.txt ] || fail "it printed: $(cat out.txt)"
    [ -z "$(find . -name 'bad*' -o -name '.gruff*')" ] || fail "left behind: $(ls -A)"
    echo "ok: $(cat err.txt)"
}

# json COMMAND...: runs it into json.txt, which must be one line with one object.
json() {
    "$@" >json.txt 2>err.txt || fail "$*: $(cat err.txt)"
    [ ! -s err.txt ] || fail "$*: $(cat err.txt)"
    one_object "$*"
}

# one_object WHAT: json.txt is one line with one object.
one_object() {
    [ "$(wc -l <json.txt)" -eq 1 ] || fail "$1: not one line: $(cat json.txt)"
    grep -q '^{.*}$' json.txt || fail "$1: not an object: $(cat json.txt)"
}

# number KEY: its value in json.txt.
number() {
    sed -n 's/.*"'"$1"'": *\([-0-9.e+nul]*\).*/\1/p' json.txt
}

# holds CONDITION: of numbers, for awk.
holds() {
    awk "BEGIN { exit !($1) }" || fail "not so: $1"
}

# until_true COMMAND...: tries twenty times a second, for ten minutes: only what hangs takes that
# long, however busy the machine is.
until_true() {
    tries=12000
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "not so after ten minutes: $*"
        sleep 0.05
    done
}
