#!/bin/sh
# SPDX-License-Identifier: ISC
# gruff-model bench as a user meets it; how fast it says that this machine is does not matter.
# Arguments: gruff-model check_bench default.json
set -eu
tool=$1 check=$2 default=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "FAIL: $*" >&2
    exit 1
}

# All of it: the checker knows what must be there.
"$tool" bench --json >"$folder/all.json" 2>"$folder/err.txt" || fail "$(cat "$folder/err.txt")"
[ ! -s "$folder/err.txt" ] || fail "$(cat "$folder/err.txt")"
"$check" all "$folder/all.json"

# A part of it: one size, two channels, one ISA, three block sizes, three cells.
"$tool" bench --json --hidden 9 --channels 2 --isa scalar --blocks >"$folder/part.json"
"$check" 9 "$folder/part.json"
"$tool" bench "$default" --json --channels 1 >"$folder/model.json"
"$check" model "$folder/model.json"

# Approximate activations: of all ISAs but the reference.
"$tool" bench "$default" --json --fast --channels 1 >"$folder/fast.json"
grep -q '"fast": *true' "$folder/fast.json" || fail 'not said to be fast'
if grep -q '"isa": *"scalar"' "$folder/fast.json"; then
    fail 'the reference is not fast'
fi
"$check" model "$folder/fast.json"

# For people: a line for each size, with the share of the limit at its end.
"$tool" bench "$default" --channels 1 --isa scalar >"$folder/text.txt"
grep -q '^ *[0-9][0-9]* *64 .* [0-9.]*% *[0-9]*%$' "$folder/text.txt" ||
    fail "no line of numbers: $(cat "$folder/text.txt")"
grep -q '^  scalar  *[0-9.]* multiply-adds' "$folder/text.txt" || fail 'no word on the machine'

# refuses STATUS WORDS ARGUMENT...: that exit status, and one line with the words in it.
refuses() {
    expected=$1 words=$2
    shift 2
    status=0
    "$tool" bench "$@" >"$folder/out.txt" 2>"$folder/err.txt" || status=$?
    [ "$status" -eq "$expected" ] || fail "exit status $status instead of $expected: $*"
    [ "$(wc -l <"$folder/err.txt")" -eq 1 ] || fail "not one line: $(cat "$folder/err.txt")"
    grep -q -- "$words" "$folder/err.txt" || fail "'$words' is not in: $(cat "$folder/err.txt")"
    [ ! -s "$folder/out.txt" ] || fail "it printed: $(cat "$folder/out.txt")"
}
refuses 2 'hidden takes a whole number from 1 to 128' --hidden 129
refuses 2 'hidden takes a whole number from 1 to 128' --hidden 8x
refuses 2 'channels takes a whole number from 1 to 2' --channels 3
refuses 2 'leave out --hidden' "$default" --hidden 8
refuses 2 "isa takes scalar, sse2, avx2, avx512 or neon, not 'mmx'" --isa mmx
refuses 2 'one file too many' "$default" "$default"
refuses 2 'does not take' --skip 1
refuses 1 'no fast activations' --fast --isa scalar
refuses 1 'cannot be read' "$folder/missing.json"
missing=neon
[ "$(uname -m)" != aarch64 ] || missing=avx2
refuses 1 "'$missing' is not available" --isa $missing
echo 'all is well'
