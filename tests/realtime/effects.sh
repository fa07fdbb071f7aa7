#!/bin/sh
# SPDX-License-Identifier: ISC
# effects.sh ROOT BUILD: compiles everything with a clang that knows function effects, so that a
# function marked REALTIME that may allocate, lock, wait, print or call what is not marked is an
# error. Three small files show that the compiler does look.
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

compile() {
    "$compiler" -std=c17 -fsyntax-only -I "$root" -Wfunction-effects -Werror=function-effects \
        "$root/tests/realtime/$1.c"
}

compile good
for control in bad_malloc bad_unmarked; do
    if compile "$control" 2>"$build.log"; then
        echo "$compiler accepts $control.c: the check sees nothing"
        exit 1
    fi
    grep -q 'function-effects' "$build.log" || {
        echo "$compiler rejects $control.c for another reason:"
        cat "$build.log"
        exit 1
    }
done

rm -rf "$build"
CC=$compiler meson setup "$build" "$root" -Dtests=false -Dbuildtype=plain \
    -Dc_args=-Werror=function-effects >"$build.log" 2>&1 || {
    cat "$build.log"
    exit 1
}
meson compile -C "$build" >"$build.log" 2>&1 || {
    cat "$build.log"
    exit 1
}
"$compiler" --version | head -n 1
