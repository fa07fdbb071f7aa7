#!/bin/sh
# SPDX-License-Identifier: ISC
# effects.sh ROOT BUILD: compiles everything with a clang that knows function effects, so that a
# function marked REALTIME that may allocate, lock, wait, print or call what is not marked is an
# error. Then runs the unit tests and the plugin's with clang's real-time sanitizer, which stops a
# program that does so all the same, through a function pointer, say. Small files show that both do
# look.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/realtime/lib.sh
. "$here/lib.sh"

checked='-Wfunction-effects -Werror=function-effects'
# shellcheck disable=SC2086 # two words
{
    quiet control good -fsyntax-only $checked
    must_fail '-Wfunction-effects' control bad_malloc -fsyntax-only $checked
    must_fail '-Wfunction-effects' control bad_unmarked -fsyntax-only $checked
}

sanitizer=-fsanitize=realtime
if ! control bad_malloc -w "$sanitizer" -o "$build/bad_malloc" 2>/dev/null; then
    echo 'no real-time sanitizer (Debian 12: libclang-rt-22-dev), compile-time check only'
    sanitizer=
else
    must_fail 'RealtimeSanitizer' "$build/bad_malloc"
fi

# The plugin finds the sanitizer in the program that loads it: hence -rdynamic.
rm -rf "$build/tree"
CC=$compiler CFLAGS="-g1 -Werror=function-effects $sanitizer" LDFLAGS="$sanitizer -rdynamic" \
    quiet meson setup "$build/tree" "$root" -Dbuildtype=debug -Doptimization=1 \
    -Db_lundef=false -Dquick=true
quiet meson compile -C "$build/tree"
if [ -n "$sanitizer" ]; then
    meson test -C "$build/tree" --no-rebuild --suite unit --suite lv2 --no-suite long \
        --print-errorlogs --timeout-multiplier 5
fi
