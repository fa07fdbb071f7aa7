#!/bin/sh
# SPDX-License-Identifier: ISC
# long.sh [PART...]: what takes longer than .ci/run may, after `./setup test`, which leaves build/:
#   suites      every test, those of the setup "thorough" too: all instruction sets, all of 64-bit
#               Arm, capturing a model
#   kernels     the kernels' checks at every size, and the trained nets of ../shared where it is
#   clang       the kernels, optimised by clang
#   faults      every fault of tests/mutants
#   sanitizers  the units, the plugin and the programs with sanitizers, those too that CI leaves out
#   fuzz        ten minutes of broken files
#   stress      the hosts, the plugin and the programs, three times, beside busy processors
# or these parts alone. Prints what became of each, and writes that with the date, the commit and the
# machine to doc/long-tests.txt, where the last run of each part stands. Exits 1 if one failed.
set -eu
cd "$(dirname -- "$0")/.."
build=build
log=$build/log/long
record=doc/long-tests.txt

parts='suites kernels clang faults sanitizers fuzz stress'
# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $parts
for part; do
    case " $parts " in
    *" $part "*) ;;
    *) echo "long.sh: there is no part '$part': $parts" >&2 && exit 2 ;;
    esac
done
[ -f "$build/build.ninja" ] || {
    echo "long.sh: there is no $build: run ./setup test first" >&2
    exit 2
}
mkdir -p "$log"
meson compile -C "$build" >"$log/compile" 2>&1 || {
    tail -n 40 "$log/compile"
    exit 1
}

# ---- The parts: each prints, and says in its last line what was done ----

# tally LOG: meson's counts, in one line.
tally() {
    awk '
        /^(Ok|Fail|Skipped|Timeout): +[0-9]+/ {
            sub(/:/, "", $1)
            line = line (line == "" ? "" : ", ") tolower($1) " " $NF
        }
        END { print line }' "$1"
}
thorough=$build/meson-logs/testlog-thorough.txt

run_suites() {
    status=0
    meson test -C "$build" --no-rebuild --setup thorough --print-errorlogs || status=$?
    tally "$thorough"
    return "$status"
}

run_kernels() {
    status=0
    "$build/tests/dsp/network/check_trained" ../shared || [ $? -eq 77 ] || status=1
    for check in activations kernels; do
        "$build/tests/dsp/network/check_$check" || status=1
    done
    return "$status"
}

run_clang() {
    rm -rf "$build/clang"
    CC=clang meson setup "$build/clang" -Dtests=enabled -Dwerror=true -Dbuildtype=release &&
        meson compile -C "$build/clang" || return 1
    status=0
    meson test -C "$build/clang" --no-rebuild --print-errorlogs --timeout-multiplier 5 \
        --suite dsp-network --suite training-network || status=$?
    tally "$build/clang/meson-logs/testlog.txt"
    return "$status"
}

# As many at a time as there are processors.
run_faults() {
    rm -f "$log"/faults-*
    status=0 jobs=$(nproc) pids=
    for job in $(seq "$jobs"); do
        tests/mutate.sh --share "$job/$jobs" >"$log/faults-$job" 2>&1 &
        pids="$pids $!"
    done
    for pid in $pids; do
        wait "$pid" || status=1
    done
    cat "$log"/faults-*
    awk '/^[0-9]+ faults, [0-9]+ caught$/ { all += $1; caught += $3 }
         END { print all + 0 " faults, " caught + 0 " caught" }' "$log"/faults-*
    return "$status"
}

run_sanitizers() {
    status=0
    rm -rf "$build/sanitizers"
    tests/sanitizers.sh "$build/sanitizers" || status=$?
    tally "$build/sanitizers/meson-logs/testlog.txt"
    return "$status"
}

run_fuzz() {
    tests/fuzz/fuzz.sh "$PWD" "$PWD/$build/fuzz" 600 || return 1
    # In one line.
    sed -n 's/^stat::number_of_executed_units: */ /p' "$build"/fuzz/*.log | tr -d '\n' |
        sed 's/^/inputs tried:/'
    echo
}

# Twice as many busy loops as there are processors.
run_stress() {
    loops=
    for _ in $(seq $(($(nproc) * 2))); do
        sh -c 'while :; do :; done' &
        loops="$loops $!"
    done
    # shellcheck disable=SC2064,SC2086 # these loops, a list of words
    trap "kill $loops" EXIT
    status=0
    meson test -C "$build" --no-rebuild --setup thorough --print-errorlogs --repeat 3 \
        --suite hosts --suite lv2 --suite programs || status=$?
    tally "$thorough"
    return "$status"
}

run() {
    case $1 in
    suites) run_suites ;;
    kernels) run_kernels ;;
    clang) run_clang ;;
    faults) run_faults ;;
    sanitizers) run_sanitizers ;;
    fuzz) run_fuzz ;;
    stress) run_stress ;;
    esac
}

# ---- The record ----

commit=$(git describe --always --dirty 2>/dev/null || echo 'no commit')
machine=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
machine="$(nproc) processors, ${machine:-$(uname -m)}"

# note PART LINE: in the place of what the record has of that part.
note() {
    {
        echo 'The last run of each part of tests/long.sh.'
        echo
        for part in $parts; do
            if [ "$part" = "$1" ]; then
                printf '%s\n' "$2"
            elif [ -f "$record" ]; then
                grep "^$part:" "$record" || true
            fi
        done
    } >"$record.new"
    mv "$record.new" "$record"
}

failed=0
for part; do
    begin=$(date +%s)
    verdict=passed
    (run "$part") >"$log/$part" 2>&1 || {
        verdict=FAILED failed=1
        tail -n 40 "$log/$part"
    }
    seconds=$(($(date +%s) - begin))
    line="$part: $verdict, $(tail -n 1 "$log/$part") ($(date -u +%Y-%m-%d), $commit, $seconds s, $machine)"
    echo "$line"
    note "$part" "$line"
done
exit "$failed"
