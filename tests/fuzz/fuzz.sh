#!/bin/sh
# SPDX-License-Identifier: ISC
# fuzz.sh ROOT BUILD [SECONDS]: builds the fuzzing targets under BUILD with libFuzzer and the address
# and undefined-behaviour sanitizers, and lets each search for SECONDS (10), from the corpus of this
# folder and what earlier runs have left in BUILD. A finding fails, and stays as a file in BUILD.
set -eu
root=$1 build=$2 seconds=${3:-10}
sanitizers=address,undefined
# shellcheck source=tests/rig/builds.sh
. "$root/tests/rig/builds.sh"

compiler=
for name in clang-22 clang-21 clang-20 clang-19 clang-16 clang-15 clang-14 clang; do
    if command -v "$name" >/dev/null &&
        echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
        "$name" -x c -fsanitize=fuzzer,$sanitizers -o /dev/null - 2>/dev/null; then
        compiler=$name
        break
    fi
done
if [ -z "$compiler" ]; then
    skip 'no clang with libFuzzer (Debian 12: clang-22 and libclang-rt-22-dev)'
fi
"$compiler" --version | head -n 1

mkdir -p "$build"
build=$(CDPATH='' cd -- "$build" && pwd)
# The kernels hold no branches to find, and their unrolled loops take minutes to compile with every
# check of undefined behaviour; the unit tests run with those.
printf '[undefined]\nsrc:*/network/kernels/*\n' >"$build/unchecked"
printf 'src:*/network/kernels/*\n' >"$build/uncovered"
flags="-g1 -fsanitize=fuzzer-no-link,$sanitizers -fno-sanitize-recover=undefined"
flags="$flags -fsanitize-ignorelist='$build/unchecked'"
flags="$flags -fsanitize-coverage-ignorelist='$build/uncovered'"
if [ ! -f "$build/tree/build.ninja" ]; then
    rm -rf "$build/tree"
    CC=$compiler CFLAGS=$flags LDFLAGS=-fsanitize=$sanitizers \
        quiet meson setup "$build/tree" "$root" -Dbuildtype=debug -Doptimization=1 -Db_lundef=false
fi
quiet meson compile -C "$build/tree" fuzz_audio fuzz_model

# search TARGET OPTION...
search() {
    target=$1
    shift
    mkdir -p "$build/found-$target"
    if ! "$build/tree/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=120 \
        -rss_limit_mb=2000 -print_final_stats=1 -artifact_prefix="$build/$target-" "$@" \
        "$build/found-$target" "$root/tests/fuzz/corpus/$target" >"$build/$target.log" 2>&1; then
        tail -n 60 "$build/$target.log"
        echo "failed: $target; the input is in $build/$target-*"
        exit 1
    fi
    echo "$target: $seconds s"
    sed -n 's/^stat:://p' "$build/$target.log"
}
search model -dict="$root/tests/fuzz/model.dict" -max_len=2048 &
model=$!
search audio -max_len=512 &
audio=$!
status=0
wait "$model" || status=1
wait "$audio" || status=1
exit "$status"
