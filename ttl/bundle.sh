#!/bin/sh
# SPDX-License-Identifier: ISC
# bundle.sh BUILD STAMP FILE...: makes the folder BUILD/lv2/gruff.lv2 hold exactly these files. It
# has a parent of its own since LV2 hosts take every folder of LV2_PATH for a bundle;
# BUILD/gruff.lv2 is a link to it.
set -eu
build=$1 stamp=$2
shift 2
bundle=$build/lv2/gruff.lv2
rm -rf "$bundle"
mkdir -p "$bundle"
cp -- "$@" "$bundle"
ln -sfn lv2/gruff.lv2 "$build/gruff.lv2"
: >"$stamp"
