# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# One germanium transistor behind a small capacitor.
title='Bell'
gear='treble booster of one germanium transistor, after the Rangemaster'
source='our netlist spice/booster.cir, solved by ngspice'
netlist=booster
trained='Boost=0,0.25,0.5,0.75,1'
unseen='Boost=0.1,0.4,0.6,0.9'
bound=0.01
hidden=16
epochs=150
