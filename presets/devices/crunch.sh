# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# A small tube amplifier, from nearly clean to broken up.
title='Footbridge'
gear='small tube amplifier of the sixties, preamplifier and power stage'
source="guitarix's white-box plugin gx_w20"
plugin='http://guitarix.sourceforge.net/plugins/gx_w20#w20'
fixed='-c level 0.25'
knobs='Gain:gain:0.1:1'
trained='Gain=0,0.25,0.5,0.75,1'
unseen='Gain=0.1,0.4,0.6,0.9'
bound=0.01
hidden=32
epochs=150
