#!/bin/sh
# SPDX-License-Identifier: ISC
# Plays five guitar parts that no training hears: what a model is tried on beyond its recording.
set -eu

usage() {
    cat <<'END'
usage: presets/studio/parts.sh FOLDER [SECONDS]

Writes into FOLDER, 10 s each or as long as said, 48 kHz, mono, 32-bit floats:
low.wav     a guitar with seven strings, its riffs from low B on
bass.wav    a bass, from low B to its highest frets
chords.wav  clean chords
lead.wav    single notes from the 12th to the 24th fret
mutes.wav   palm mutes, 6 dB hotter than the rest: up to full scale

$GRUFF_BUILD: the build folder (build). $GRUFF_SOUNDFONT: another sound font.
Needs fluid-soundfont-gm and a build with libfluidsynth.
END
}

die() {
    printf 'parts.sh: %s\n' "$*" >&2
    exit 1
}

case ${1-} in
-h | --help)
    usage
    exit 0
    ;;
esac
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    usage >&2
    exit 2
fi
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$1 seconds=${2-10}
player=${GRUFF_BUILD:-$here/../../build}/presets/studio/gruff-soundfont-part
font=${GRUFF_SOUNDFONT:-/usr/share/sounds/sf2/FluidR3_GM.sf2}
[ -x "$player" ] || die "$player is not there: build Gruff, with libfluidsynth-dev installed"
[ -f "$font" ] || die "$font is not there; install the package fluid-soundfont-gm"
mkdir -p "$folder"

# part NAME PEAK OPTION...
part() {
    name=$1 peak=$2
    shift 2
    "$player" "$folder/$name.wav" --font "$font" --seconds "$seconds" --peak "$peak" "$@"
}

# General MIDI's programs, counted from 0: clean guitar 27, muted guitar 28, finger bass 33.
part low 0.5 --program 27 --manner riff --transpose -5 --seed 11
part bass 0.5 --program 33 --manner bass --seed 12
part chords 0.5 --program 27 --manner chords --seed 13
part lead 0.5 --program 27 --manner high --seed 14
part mutes 1 --program 28 --manner riff --seed 15
