#!/bin/sh
# SPDX-License-Identifier: ISC
# presets/studio/parts.sh: five parts, each of which is what it is called, as gruff-train hears it.
# Arguments: parts.sh build gruff-train
set -eu

here=$(dirname "$0")
# shellcheck source=tests/rig/programs.sh
. "$here/../rig/programs.sh"

parts=$(absolute "$1")
GRUFF_BUILD=$(absolute "$2")
train=$(absolute "$3")
export GRUFF_BUILD
begin

refuses 1 'nowhere.sf2 is not there' env GRUFF_SOUNDFONT=nowhere.sf2 "$parts" bad
need sox "$GRUFF_BUILD/presets/studio/gruff-soundfont-part"
find_sound_font
export GRUFF_SOUNDFONT="$font"
"$parts" made 32

for part in low bass chords lead mutes; do
    [ "$(sox --i -D "made/$part.wav" | cut -d . -f 1)" -eq 32 ] || fail "$part.wav is not 32 s long"
done

# value ID PART: what --check counts of it, through a device that does next to nothing.
value() {
    sox -V1 "made/$2.wav" -e floating-point -b 32 wet.wav gain -1
    json "$train" --check --json --no-trials --force "made/$2.wav" wet.wav
    sed -n 's/.*{"id": "'"$1"'", "verdict": "[a-z]*", "value": \([-0-9.e+]*\).*/\1/p' json.txt
}

# The lowest frequency that is played for long.
value low bass >hertz
value low chords >others
echo "low: $(cat hertz) Hz, $(cat others) Hz"
holds "$(cat hertz) < 71 && $(cat others) > 71"
value high lead >seconds
value high low >others
echo "high: $(cat seconds) s, $(cat others) s"
holds "$(cat seconds) > 10 && $(cat others) < 1"
# peak PART: dBFS.
peak() {
    sox -V1 "made/$1.wav" -n stats 2>&1 | sed -n 's/^Pk lev dB *//p'
}
for part in low bass chords lead; do
    holds "$(peak $part) > -6.1 && $(peak $part) < -5.9"
done
holds "$(peak mutes) > -0.1"
