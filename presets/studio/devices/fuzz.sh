# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# Two germanium transistors in a loop.
title='Ram'
gear='fuzz of two germanium transistors, after the Fuzz Face'
source='our netlist spice/fuzz.cir, solved by ngspice'
netlist=fuzz
trained='Fuzz=0,0.125,0.25,0.375,0.5,0.625,0.75,0.875,1'
signals='Fuzz=0.5,1'
held='Fuzz=0.2,0.6,0.95'
tested='Fuzz=0,0.5,1'
unseen='Fuzz=0.1,0.4,0.85'
bound=0.03
hidden=24
seconds=20
epochs=80
