#!/bin/sh
# SPDX-License-Identifier: ISC
# effects.sh ROOT BUILD: compiles everything with a clang that knows function effects, so that a
# function marked REALTIME that may allocate, lock, wait, print or call what is not marked is an
# error. Then runs the unit tests with clang's real-time sanitizer, which stops a program that does
# so all the same, through a function pointer, say. Small files show that both do look.
set -eu
root=$1 build=$2

compiler=
for name in clang-22 clang-21 clang-20 clang; do
    # Older ones do not know the attribute, and would accept anything.
    if command -v "$name" >/dev/null &&
        echo '__has_attribute(nonblocking)' | "$name" -E -P -x c - 2>/dev/null | grep -qw 1; then
        compiler=$name
        break
    fi
done
if [ -z "$compiler" ]; then
    echo 'skipped: no clang 20 or later (Debian 12: clang-22 from the security archive)'
    exit 77
fi
"$compiler" --version | head -n 1

mkdir -p "$build"
log=$build/log
: >"$log"

# control NAME OPTION...: compiles a file of this folder.
control() {
    name=$1
    shift
    "$compiler" -std=c17 -I "$root" "$@" "$root/tests/realtime/$name.c"
}

# quiet COMMAND...: silent unless it fails.
quiet() {
    "$@" >"$log" 2>&1 || {
        cat "$log"
        echo "failed: $*"
        exit 1
    }
}

# must_fail TEXT COMMAND...: COMMAND must fail and say TEXT.
must_fail() {
    text=$1
    shift
    if "$@" >"$log" 2>&1; then
        echo "the check sees nothing, this should have failed: $*"
        exit 1
    elif ! grep -q -e "$text" "$log"; then
        cat "$log"
        echo "failed for another reason than \"$text\": $*"
        exit 1
    fi
}

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

rm -rf "$build/tree"
CC=$compiler CFLAGS="-Werror=function-effects $sanitizer" LDFLAGS=$sanitizer \
    quiet meson setup "$build/tree" "$root" -Dbuildtype=debug -Doptimization=1 \
    -Db_lundef=false
quiet meson compile -C "$build/tree"
if [ -n "$sanitizer" ]; then
    meson test -C "$build/tree" --no-rebuild --suite unit --no-suite long \
        --print-errorlogs --timeout-multiplier 5
fi
