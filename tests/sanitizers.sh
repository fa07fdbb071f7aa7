#!/bin/sh
# SPDX-License-Identifier: ISC
# sanitizers.sh BUILD [MESON-TEST-ARGUMENT...]: builds all with gcc's address and undefined-behaviour
# sanitizers in BUILD and runs the tests of the units, the plugin and the programs, or of these what the
# arguments leave.
set -eu
[ $# -ge 1 ] || {
    echo 'usage: sanitizers.sh BUILD [MESON-TEST-ARGUMENT...]' >&2
    exit 2
}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$1
shift
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS="suppressions=$root/tests/lsan.supp:print_suppressions=0"
if [ ! -f "$build/build.ninja" ]; then
    CC=gcc meson setup "$build" "$root" -Dtests=enabled -Dbuildtype=debugoptimized \
        -Db_sanitize=address,undefined -Dquick=true
fi
meson compile -C "$build"
meson test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier 5 \
    --suite unit --suite lv2 --suite programs "$@"
