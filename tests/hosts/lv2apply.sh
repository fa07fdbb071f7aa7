#!/bin/sh
# SPDX-License-Identifier: ISC
# The plugin in lv2apply, which offers no features at all, with a default model in the bundle: the
# audio of gruff-model render. And lv2bench, which offers a few.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
need lv2apply lilv-utils

lv2apply -i in.wav -o dry.wav urn:gruff:amp 2>said
grep -q 'no default model' said || fail 'nothing is said about the missing default model'
"$GRUFF_TOOLS/same_audio" in.wav dry.wav || fail 'without a model the input does not pass'
cp model.json lv2/gruff.lv2/models/default.json
lv2apply -i in.wav -o out.wav urn:gruff:amp
same out.wav
if command -v lv2bench >/dev/null; then
    lv2bench -n 48000 urn:gruff:amp | grep -q 'urn:gruff:amp' || fail 'lv2bench cannot run it'
fi
