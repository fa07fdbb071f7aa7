#!/bin/sh
# SPDX-License-Identifier: ISC
# presets/studio/capture.sh in a hurry: a guitar of a sound font through a plugin of guitarix at every
# setting of its knob, a small training, and the errors at trained and other settings.
# Arguments: capture_model.sh capture.sh build
set -eu

here=$(dirname "$0")
# shellcheck source=tests/rig/programs.sh
. "$here/../rig/programs.sh"

capture=$(absolute "$1")
GRUFF_BUILD=$(absolute "$2")
GRUFF_WORK=work
export GRUFF_BUILD GRUFF_WORK
begin

refuses 1 "unknown option '--fast'" "$capture" high-gain --fast
need sox lv2apply "$GRUFF_BUILD/presets/studio/gruff-soundfont-part" "$GRUFF_BUILD/plugin/capture/gruff-capture"
[ -d /usr/lib/lv2/gxmetal_amp.lv2 ] || skip 'no guitarix-lv2'
find_sound_font
export GRUFF_SOUNDFONT=nowhere.sf2
refuses 1 'nowhere.sf2 is not there' "$capture" high-gain --quick
GRUFF_SOUNDFONT=$font
refuses 1 'there is no devices/bad.sh' "$capture" bad --quick

"$capture" high-gain --quick >printed
cat printed
[ "$(grep -c '^yes ' printed)" -eq 5 ] || fail 'not each trained setting has an error'
[ "$(grep -c '^no ' printed)" -eq 4 ] || fail 'not each unseen setting has an error'
# A device that the model does not hear leaves all of the signal; a knob that does nothing, much.
awk '/^(yes|no) / && !($2 > 0 && $2 < 0.2) { print "too far off: " $0; bad = 1 } END { exit bad }' \
    printed
head -n 1 work/quick/high-gain/test.csv | grep -qx 'input,target,split,Gain,seen' ||
    fail 'test.csv has other columns'
