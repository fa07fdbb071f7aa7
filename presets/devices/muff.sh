# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# Four transistor stages, two of which clip, and a tone control that scoops.
title='Big Billy'
gear='fuzz of four transistors with a scooped tone, after the Big Muff'
source="guitarix's white-box plugin gx_bmp"
plugin='http://guitarix.sourceforge.net/plugins/gx_bmp_#_bmp_'
fixed='-c VOLUME 0.2'
knobs='Sustain:SUSTAIN:0.1:1 Tone:TONE:0.1:0.9'
trained='Sustain=0,0.25,0.5,0.75,1 Tone=0,0.5,1'
unseen='Sustain=0.1,0.4,0.9 Tone=0.3,0.8'
bound=0.03
hidden=24
epochs=100
