#!/bin/sh
# SPDX-License-Identifier: ISC
# static.sh BUILD OBJCOPY OUT.a COMPILER... -- FIRST.a OTHER.a...: puts what FIRST.a needs of the others
# into one object without the names that are hidden, and that into OUT.a.
set -eu
cd "$1"
objcopy=$2 out=$3
shift 3
compiler=
while [ "$1" != -- ]; do
    compiler="$compiler $1"
    shift
done
first=$2
shift 2
object=${out%.a}.o
# shellcheck disable=SC2086 # words of a command
$compiler -r -nostdlib -o "$object" -Wl,--whole-archive "$first" -Wl,--no-whole-archive \
    -Wl,--start-group "$@" -Wl,--end-group
"$objcopy" --localize-hidden "$object"
rm -f "$out"
"${objcopy%objcopy}ar" rcs "$out" "$object" # beside it
rm "$object"
