# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# Drive and tone of a pedal with diodes in the feedback of its op amp.
title='Little Billy'
gear='overdrive pedal with diodes in the feedback of the op amp, after the Tube Screamer TS9'
source="guitarix's white-box plugin gxts9"
plugin='http://guitarix.sourceforge.net/plugins/gxts9#ts9sim'
fixed='-c BYPASS 1 -c fslider0_ -10'
knobs='Drive:fslider2_:0:1 Tone:fslider1_:250:1000'
trained='Drive=0,0.125,0.25,0.5,0.75,1 Tone=0,0.125,0.25,0.5,0.75,1'
signals='Drive=0,1 Tone=0,1'
held='Drive=0.2,0.6,0.9 Tone=0.2,0.6,0.9'
tested='Drive=0,0.5,1 Tone=0,0.5,1'
unseen='Drive=0.06,0.4,0.85 Tone=0.06,0.4,0.85'
bound=0.01
hidden=16
seconds=20
epochs=40
