# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# One germanium transistor behind a small capacitor.
title='Bell'
gear='treble booster of one germanium transistor, after the Rangemaster'
source='our netlist spice/booster.cir, solved by ngspice'
netlist=booster
trained='Boost=0,0.125,0.25,0.375,0.5,0.625,0.75,0.875,1'
signals='Boost=0.5,1'
held='Boost=0.06,0.2,0.45,0.7,0.95'
tested='Boost=0,0.25,0.5,0.75,1'
unseen='Boost=0.03,0.1,0.4,0.6,0.9'
bound=0.01
hidden=16
epochs=60
