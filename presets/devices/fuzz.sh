# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# Two germanium transistors in a loop.
title='Ram'
gear='fuzz of two germanium transistors, after the Fuzz Face'
source='our netlist spice/fuzz.cir, solved by ngspice'
netlist=fuzz
trained='Fuzz=0,0.25,0.5,0.75,1'
unseen='Fuzz=0.1,0.4,0.6,0.9'
bound=0.03
hidden=24
epochs=150
