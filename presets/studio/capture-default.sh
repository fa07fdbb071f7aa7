#!/bin/sh
# SPDX-License-Identifier: ISC
# capture-default.sh [BUILD]: makes models/default.json anew: records the demo's pedal, trains on the recording,
# and says how far the model is from the pedal on a part that it never heard. Two minutes.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=${1:-$here/../../build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tool=$build/plugin/tool/gruff-model

"$build/presets/studio/gruff-demo-pair" "$work"
"$build/training/gruff-train" "$work/input.wav" "$work/target.wav" --output "$work/model.json" \
    --hidden 16 --epochs 150 --seed 1 --name 'Gruff Overdrive' --author Gruff --license ISC
"$tool" convert "$work/model.json" "$here/../models/default.json"
"$tool" render "$here/../models/default.json" "$work/test-input.wav" "$work/output.wav"
"$tool" compare "$work/test-target.wav" "$work/output.wav"
