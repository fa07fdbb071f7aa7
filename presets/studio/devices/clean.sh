# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# Two triodes with a tone stack between them.
title='Meadow'
gear='clean tube amplifier of two triodes, after American combos of the sixties'
source='our netlist spice/clean.cir, solved by ngspice'
netlist=clean
trained='Volume=0,0.125,0.25,0.375,0.5,0.625,0.75,0.875,1'
signals='Volume=0.5,1'
held='Volume=0.2,0.6,0.95'
tested='Volume=0,0.5,1'
unseen='Volume=0.1,0.4,0.85'
bound=0.01
hidden=24
seconds=20
epochs=120
