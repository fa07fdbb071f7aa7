#!/bin/sh
# SPDX-License-Identifier: ISC
# What the host checks share. Each runs in a folder and a HOME of its own, which holds in.wav,
# model.json, other.json, knobs.json (sample_files.c) and lv2/gruff.lv2, the bundle without a default model.
# Their environment (meson.build): GRUFF_BUNDLE, GRUFF_MODEL and GRUFF_TOOLS (the folder of
# sample_files and friends).
set -eu

skip() {
    echo "skipped: $*"
    exit 77
}

fail() {
    echo "FAILED: $*"
    exit 1
}

# need PROGRAM PACKAGE
need() {
    command -v "$1" >/dev/null || skip "no $1 (Debian: $2)"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/gruff-hosts-XXXXXX")
children= # the last first: a server goes after its clients
leave() {
    for child in $children; do
        kill -TERM "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap leave EXIT
trap 'exit 143' TERM INT HUP

cd "$work"
HOME=$work
LV2_PATH=$work/lv2:/usr/lib/lv2
export HOME LV2_PATH
mkdir lv2
cp -R "$GRUFF_BUNDLE" lv2/gruff.lv2
rm -f lv2/gruff.lv2/models/default.json
"$GRUFF_TOOLS/sample_files" .
"$GRUFF_MODEL" render --chain model.json in.wav reference.wav >/dev/null

# same OUT [DB|exact]: whether OUT is what gruff-model rendered, DB louder, or bit by bit.
same() {
    "$GRUFF_TOOLS/same_audio" reference.wav "$@" || fail "$1 is not what gruff-model renders"
}

# until_true COMMAND...: tries ten times a second, for two minutes: only what hangs takes that long,
# however busy the machine is.
until_true() {
    tries=1200
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# JACK's clients of one name get in each other's way even when their servers are two: this is the name
# of the one under test, and tools have their process's number in theirs.
# shellcheck disable=SC2034 # for the scripts
dut=dut-$$

# jack_ports ARGUMENT...: see jack_ports.c. JACK 1.9.21 sometimes never comes back from closing a
# client, with all said and done by then.
jack_ports() {
    timeout 60 "$GRUFF_TOOLS/jack_ports" "$@"
}

# jack_start: a private JACK server without a sound card, at 48 kHz, in periods of $period (256), without
# real-time priority unless $priority is jackd's option for one. It is in step with its clients (-S):
# out of step, JACK 1.9.21 breaks down when clients come while it freewheels.
jack_start() {
    need jackd jackd2
    JACK_DEFAULT_SERVER=gruff-$$
    JACK_NO_START_SERVER=1
    JACK_NO_AUDIO_RESERVATION=1
    export JACK_DEFAULT_SERVER JACK_NO_START_SERVER JACK_NO_AUDIO_RESERVATION
    jackd -n "$JACK_DEFAULT_SERVER" -S "${priority:--r}" -d dummy -r 48000 -p "${period:-256}" >jackd.log 2>&1 &
    server=$!
    children="$server $children"
    until_true jack_ports list >/dev/null || {
        cat jackd.log
        fail 'the JACK server does not start'
    }
}

port_is_there() {
    jack_ports list | grep -qx "$1"
}

# gruff_plays ARGUMENT...: out.wav is what gruff makes of in.wav on JACK; gruff.log is what it says.
gruff_plays() {
    client=player-$$ # another name than that of the server
    "$GRUFF_STANDALONE" --name "$client" --no-connect "$@" 2>gruff.log &
    gruff=$!
    children="$gruff $children"
    until_true port_is_there "$client:in" || {
        cat gruff.log
        fail "gruff $* does not play"
    }
    "$GRUFF_TOOLS/jack_probe" in.wav out.wav "$client:out" "$client:in"
    kill -INT "$gruff"
    wait "$gruff" || fail "gruff $* ends with status $?"
}

# saved_state FILES: state/, what a host saved for the plugin: FILES are its files, in Turtle.
saved_state() {
    mkdir state
    cat >state/manifest.ttl <<'END'
@prefix lv2:  <http://lv2plug.in/ns/lv2core#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<state.ttl> a pset:Preset ; lv2:appliesTo <urn:gruff:amp> ; rdfs:seeAlso <state.ttl> .
END
    cat >state/state.ttl <<END
@prefix lv2:   <http://lv2plug.in/ns/lv2core#> .
@prefix pset:  <http://lv2plug.in/ns/ext/presets#> .
@prefix rdfs:  <http://www.w3.org/2000/01/rdf-schema#> .
@prefix state: <http://lv2plug.in/ns/ext/state#> .
<> a pset:Preset ;
	lv2:appliesTo <urn:gruff:amp> ;
	rdfs:label "saved" ;
	state:state [ $1 ] .
END
}

# saved_model: the same with model.json, copied into state/.
saved_model() {
    saved_state '<urn:gruff:amp#model> <chosen.json>'
    cp model.json state/chosen.json
}
