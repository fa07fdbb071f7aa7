#!/bin/sh
# SPDX-License-Identifier: ISC
# Plays a recording through a circuit: ngspice solves the netlist for it.
set -eu

usage() {
    cat <<'EOF'
usage: spice.sh [--times N] NETLIST.cir INPUT.wav OUTPUT.wav [KNOB=VALUE...]

INPUT.wav: 48 kHz, its first channel; a sample of 1 is 1 V. OUTPUT.wav: mono, 48 kHz, 32-bit float,
as many frames, not delayed; the netlist says how many volts make a 1. Each KNOB (0 to 1) is a line
".param KNOB=..." of the netlist, which is the value when it is not given here.
--times N: solves at N (1 to 32, default 4) times 48 kHz.

The netlist has the nodes "in", which the recording drives, and "out". The programs of Gruff are
taken from $GRUFF_BUILD, or build/ beside presets/.
EOF
}

die() {
    printf 'spice.sh: %s\n' "$*" >&2
    exit 1
}

times=4
case ${1-} in
-h | --help)
    usage
    exit 0
    ;;
--times)
    times=${2-}
    shift 2 || shift
    ;;
esac
if [ $# -lt 3 ]; then
    usage >&2
    exit 2
fi
case $times in
[1-9] | [12][0-9] | 3[0-2]) ;;
*) die "--times is \"$times\", not a number from 1 to 32" ;;
esac
netlist=$1 input=$2 output=$3
shift 3

LC_ALL=C
export LC_ALL
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
wave=${GRUFF_BUILD:-$here/../../build}/presets/studio/gruff-spice-wave
[ -x "$wave" ] || die "$wave is not there: build Gruff, or let GRUFF_BUILD name the build folder"
command -v ngspice >/dev/null || die 'ngspice is not there: install the package "ngspice"'
for file in "$netlist" "$input"; do
    [ -r "$file" ] || die "$file: cannot be read"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# The circuit with the knobs where they are wanted.
cp "$netlist" "$work/circuit.cir"
for knob in "$@"; do
    name=${knob%%=*} value=${knob#*=}
    case $name in
    '' | *[!a-z_]*) die "\"$knob\" is not KNOB=VALUE" ;;
    esac
    grep -q "^\.param $name=[0-9.]* *\$" "$netlist" || die "$netlist: there is no knob \"$name\""
    printf '%s\n' "$value" | awk '{ exit !(/^[0-9.]+$/ && $1 >= 0 && $1 <= 1) }' ||
        die "$name is \"$value\", not a number from 0 to 1"
    sed "s/^\.param $name=.*/.param $name=$value/" "$work/circuit.cir" >"$work/turned.cir"
    mv "$work/turned.cir" "$work/circuit.cir"
done

"$wave" feed "$times" "$input" >"$work/input.txt" 2>"$work/error" ||
    die "$(sed 's/^[a-z-]*: //' "$work/error")"
read -r _ frames _ <"$work/input.txt"

# Every step is one sample: the check of the truncation error, which would shorten some, is put
# beyond reach (chgtol; ngspice overrules trtol). With a long printing step the first step is a
# tenth of the longest: what "lead" in spice_wave.c relies on.
step=$(awk "BEGIN { printf \"%.17g\", 1 / (48000 * $times) }")
cat >"$work/run.cir" <<EOF
$netlist
.include circuit.cir
arecording %v([in]) recording
.model recording filesource(file="input.txt" amploffset=[0] amplscale=[1]
+ timeoffset=0 timescale=$step timerelative=false amplstep=false)
.options chgtol=1 itl4=100
.save v(out)
.tran {100 * $step} {($frames + 1100) / 48000} 0 $step
.end
EOF
# In the folder itself: ngspice reads names of files in lower case.
(cd "$work" && ngspice -b -n -r output.raw run.cir >log 2>&1 </dev/null) || true
[ -s "$work/output.raw" ] ||
    die "$netlist: ngspice failed: $(grep -iE 'error|fatal' "$work/log" | head -n 1)"
"$wave" fetch "$times" "$frames" "$output" <"$work/output.raw" 2>"$work/error" ||
    die "$netlist: $(sed 's/^[a-z-]*: //' "$work/error")"
