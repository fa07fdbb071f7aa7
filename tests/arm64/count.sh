#!/bin/sh
# SPDX-License-Identifier: ISC
# count.sh ROOT RUN_FRAMES: prints how many instructions the scalar and the NEON kernel execute for a
# sample, as qemu counts them: it logs each instruction, and the difference between two lengths of
# the same run leaves only the samples. NEON must take the fewest. ROOT holds the arm64 libraries.
set -eu
root=$1 program=$2
short=8 long=24

skip() {
    echo "skipped: $1"
    exit 77
}

# One translation block for each instruction: newer versions of qemu have another name for it.
one=-one-insn-per-tb
qemu-aarch64 -h | grep -q -e "$one" || one=-singlestep
qemu-aarch64 -h | grep -q -e "$one" || skip 'this qemu-aarch64 cannot step through a program'

# executed ISA HIDDEN FRAMES
executed() {
    qemu-aarch64 -L "$root" $one -d exec,nochain "$program" "$@" 2>&1 | grep -c '^Trace'
}

# for_sample ISA HIDDEN
for_sample() {
    few=$(executed "$1" "$2" $short)
    many=$(executed "$1" "$2" $long)
    echo $(((many - few) / (long - short)))
}

echo 'instructions for a sample, GRU, one channel:'
for hidden in 8 16 32 64; do
    scalar=$(for_sample scalar $hidden)
    neon=$(for_sample neon $hidden)
    [ "$neon" -gt 0 ] || {
        echo "failed: qemu counted $neon instructions for NEON"
        exit 1
    }
    echo "hidden $hidden: scalar $scalar, NEON $neon, $((100 * neon / scalar)) % of it"
    [ "$neon" -lt "$scalar" ] || {
        echo 'failed: NEON takes no fewer than scalar'
        exit 1
    }
done
