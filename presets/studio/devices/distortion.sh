# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# An op amp at its limits, and two diodes to ground.
title='Middle Billy'
gear='distortion pedal of a slow op amp and diodes to ground, after the RAT'
source='our netlist spice/distortion.cir, solved by ngspice'
netlist=distortion
trained='Distortion=0,0.125,0.25,0.375,0.5,0.625,0.75,0.875,1'
signals='Distortion=0.5,1'
held='Distortion=0.2,0.6,0.95'
tested='Distortion=0,0.5,1'
unseen='Distortion=0.1,0.4,0.85'
bound=0.01
hidden=24
seconds=20
epochs=80
