#!/bin/sh
# SPDX-License-Identifier: ISC
# The plugin in jalv on a JACK server, its model from saved state: the audio of gruff-model render.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
need jalv jalv
jack_start

saved_model

# jalv reads commands until its input ends, so the input stays open.
mkfifo commands
jalv -n "$dut" -x -l state urn:gruff:amp <commands >jalv.log 2>&1 &
children="$! $children"
exec 9>commands
until_true port_is_there "$dut:in" || {
    cat jalv.log
    fail 'jalv does not run the plugin'
}
"$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
exec 9>&-
same out.wav
