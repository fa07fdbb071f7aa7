# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# Several triodes in a row.
title='Troll'
gear='high-gain tube amplifier head'
source="guitarix's white-box plugin gxmetal_amp"
plugin='http://guitarix.sourceforge.net/plugins/gxmetal_amp#metal_amp'
fixed='-c TONE 0.5 -c PREGAIN 15 -c GAIN1 0 -c HIGHGAIN 0'
knobs='Gain:DRIVE:1:20'
trained='Gain=0,0.125,0.25,0.375,0.5,0.625,0.75,0.875,1'
signals='Gain=0.5,1'
held='Gain=0.06,0.2,0.6,0.95'
tested='Gain=0,0.25,0.5,0.75,1'
unseen='Gain=0.03,0.1,0.4,0.85'
bound=0.01
hidden=24
level=2
epochs=60
