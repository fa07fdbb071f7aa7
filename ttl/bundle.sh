#!/bin/sh
# SPDX-License-Identifier: ISC
# bundle.sh BUILD STAMP FILE...: makes the folder BUILD/lv2/gruff.lv2 hold exactly these files:
# responses in cabinets/, models in models/, the rest beside them. It has a parent of its own since
# LV2 hosts take every folder of LV2_PATH for a bundle; BUILD/gruff.lv2 is a link to it.
set -eu
build=$1 stamp=$2
shift 2
bundle=$build/lv2/gruff.lv2
rm -rf "$bundle"
mkdir -p "$bundle/cabinets" "$bundle/models"
for file in "$@"; do
    case $file in
    *.json) cp -- "$file" "$bundle/models" ;;
    *.wav) cp -- "$file" "$bundle/cabinets" ;;
    *) cp -- "$file" "$bundle" ;;
    esac
done
ln -sfn lv2/gruff.lv2 "$build/gruff.lv2"
: >"$stamp"
