#!/bin/sh
# SPDX-License-Identifier: ISC
# fuzz.sh ROOT BUILD [SECONDS]: feeds the model loader with broken files under libFuzzer and the
# sanitizers, from the files in corpus/. New finds and what libFuzzer learns stay in BUILD.
set -eu
root=$1 build=$2 seconds=${3:-10}
here=$root/tests/fuzz
clang=
for name in clang-22 clang-14 clang; do
    if command -v "$name" >/dev/null; then
        clang=$name
        break
    fi
done
if [ -z "$clang" ]; then
    echo 'skipped: no clang'
    exit 77
fi
mkdir -p "$build/learnt"
echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 1 ? 0 : 0; }' \
    >"$build/probe.c"
if ! "$clang" -fsanitize=fuzzer,address,undefined "$build/probe.c" -o "$build/probe" 2>/dev/null; then
    echo "skipped: $clang has no libFuzzer"
    exit 77
fi
# shellcheck disable=SC2046 # lists of words
"$clang" -std=c17 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all -I"$root" "$here/fuzz_model.c" "$root"/dsp/model.c \
    "$root"/dsp/memory.c "$root"/dsp/status.c \
    $(find "$root/dsp/files" -name '*.c' ! -name 'audio_file.c') \
    $(pkg-config --cflags --libs jansson) -lm -o "$build/fuzz-model"
"$build/fuzz-model" -dict="$here/json.dict" -max_total_time="$seconds" -max_len=8192 \
    -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$build/" -print_final_stats=1 \
    "$build/learnt" "$here/corpus" 2>"$build/fuzz.log" || {
    tail -n 40 "$build/fuzz.log"
    exit 1
}
grep -E '^(Done|stat::number_of_executed_units)' "$build/fuzz.log"
