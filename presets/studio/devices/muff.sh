# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# Four transistor stages, two of which clip; the tone control stands where it scoops.
title='Big Billy'
gear='fuzz of four transistors with a scooped tone, after the Big Muff'
source="guitarix's white-box plugin gx_bmp"
plugin='http://guitarix.sourceforge.net/plugins/gx_bmp_#_bmp_'
fixed='-c VOLUME 0.2 -c TONE 0.5'
level=3
knobs='Sustain:SUSTAIN:0.1:1'
trained='Sustain=0,0.125,0.25,0.375,0.5,0.625,0.75,0.875,1'
signals='Sustain=0.5,1'
held='Sustain=0.06,0.2,0.6,0.95'
tested='Sustain=0,0.25,0.5,0.75,1'
unseen='Sustain=0.03,0.1,0.4,0.85'
bound=0.03
hidden=24
seconds=20
epochs=60
