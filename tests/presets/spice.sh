#!/bin/sh
# SPDX-License-Identifier: ISC
# presets/studio/spice.sh and the netlists beside it, each on a piece of noise.
# Arguments: spice.sh build gruff-model make_wav
set -eu

here=$(dirname "$0")
# shellcheck source=tests/rig/programs.sh
. "$here/../rig/programs.sh"

spice=$(absolute "$1")
GRUFF_BUILD=$(absolute "$2")
export GRUFF_BUILD
model=$(absolute "$3")
make_wav=$(absolute "$4")
circuits=$(dirname "$spice")/spice
begin

# ---- What it refuses, ngspice or not ----

"$make_wav" noise 48000 0.25 noise.wav
"$make_wav" noise 44100 0.25 other.wav
cat >wire.cir <<'EOF'
* nothing but a gain
.param gain=0.25
Rload in 0 10k
Eout out 0 in 0 {gain}
EOF

mkdir few
for program in cat cp dirname grep awk mktemp rm sed tail; do
    ln -s "$(command -v "$program")" few/
done
shell=$(command -v sh)
refuses 1 'install the package "ngspice"' env PATH="$PWD/few" \
    "$shell" "$spice" wire.cir noise.wav bad.wav
need ngspice
refuses 1 'none.cir: cannot be read' "$spice" none.cir noise.wav bad.wav
refuses 1 'none.wav: cannot be read' "$spice" wire.cir none.wav bad.wav
refuses 1 'other.wav: its rate is 44100 Hz' "$spice" wire.cir other.wav bad.wav
refuses 1 'there is no knob "tone"' "$spice" wire.cir noise.wav bad.wav tone=0.5
refuses 1 'gain is "2", not a number' "$spice" wire.cir noise.wav bad.wav gain=2
refuses 1 'is not KNOB=VALUE' "$spice" wire.cir noise.wav bad.wav =1
refuses 1 '"99", not a number' "$spice" --times 99 wire.cir noise.wav bad.wav
printf '* no such thing\nRload in 0\n' >broken.cir
refuses 1 'broken.cir: ngspice failed: ' "$spice" broken.cir noise.wav bad.wav
printf '* not driven\nRload in 0 1k\n' >silent.cir
refuses 1 'silent.cir: ' "$spice" silent.cir noise.wav bad.wav

# ---- No delay, every frame, the knob ----

# near A B TOLERANCE
near() {
    awk "BEGIN { exit !(($1) - ($2) < $3 && ($2) - ($1) < $3) }" || fail "$1 is not near $2"
}

# limit: what the filters leave out next to half the rate.
for limit in 1:1e-12 3:0.01 4:0.01; do
    "$spice" --times "${limit%:*}" wire.cir noise.wav out.wav gain=1
    json "$model" compare --json noise.wav out.wav
    near "$(number frames)" 12000 1
    holds "$(number esr) < ${limit#*:}"
done
"$spice" wire.cir noise.wav out.wav
json "$model" compare --json noise.wav out.wav
near "$(number gain)" 0.25 0.02

# ---- The circuits ----

for netlist in "$circuits"/*.cir; do
    name=$(basename "$netlist" .cir)
    "$spice" "$netlist" noise.wav "$name.wav"
    json "$model" compare --json noise.wav "$name.wav"
    near "$(number frames)" 12000 1
    holds "$(number rms_other) > 0.01 && $(number peak_other) < 1"
    echo "ok: $name, $(number rms_other) RMS"
done
