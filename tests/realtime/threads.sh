#!/bin/sh
# SPDX-License-Identifier: ISC
# threads.sh ROOT BUILD: the plugin and its worker thread, and the swap of models between threads,
# under clang's thread sanitizer. A small file shows that it does look.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/realtime/lib.sh
. "$here/lib.sh"

if ! control bad_race -fsanitize=thread -pthread -o "$build/bad_race" 2>/dev/null; then
    skip 'no thread sanitizer (Debian 12: libclang-rt-22-dev)'
fi
must_fail 'ThreadSanitizer: data race' "$build/bad_race"

rm -rf "$build/tree"
CC=$compiler CFLAGS=-g1 quiet meson setup "$build/tree" "$root" -Dbuildtype=debug -Doptimization=1 \
    -Db_sanitize=thread -Db_lundef=false
grep -q lv2_switching "$build/tree/build.ninja" ||
    skip 'no lv2 or lilv (Debian: lv2-dev, liblilv-dev)'
quiet meson compile -C "$build/tree" bundle lv2_cabinet lv2_model lv2_step lv2_switching test_swap
meson test -C "$build/tree" --no-rebuild --print-errorlogs --timeout-multiplier 5 \
    lv2-cabinet lv2-model lv2-step lv2-switching swap
