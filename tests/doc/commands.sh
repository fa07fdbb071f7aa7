#!/bin/sh
# SPDX-License-Identifier: ISC
# For docs.sh, which sets $root, $build and $work: tries the commands of the documents, in
# $work/run, where `build` is the build, the tree's folders lie beside it, and recordings have the
# names that the documents use. Our programs run, trainings shortened; what needs a sound card, a
# package manager or a host is held against what the program knows instead.
# shellcheck disable=SC2154 # variables of docs.sh

tried=0
skipped=0

# leave_out WHY: the present command.
leave_out() {
    echo "left out in $place: $*"
    skipped=$((skipped + 1))
}

# ---- The place ----

short_train() {
    build/training/gruff-train "$@" --epochs 1 --threads 1 --no-trials
}

commands_prepare() {
    : >before
    mkdir -p run/build/demo run/home
    for entry in "$root"/*; do
        case ${entry##*/} in
        build*) ;;
        *) ln -s "$entry" "run/${entry##*/}" ;;
        esac
    done
    for entry in "$build"/*; do
        case ${entry##*/} in
        demo) ;;
        *) ln -s "$entry" "run/build/${entry##*/}" ;;
        esac
    done
    HOME=$work/run/home
    XDG_CONFIG_HOME=$HOME/.config XDG_STATE_HOME=$HOME/.local/state
    LV2_PATH=$build/lv2:$HOME/.lv2
    PKG_CONFIG_PATH=$build/meson-uninstalled # as if it were installed
    export HOME XDG_CONFIG_HOME XDG_STATE_HOME LV2_PATH PKG_CONFIG_PATH
    (
        cd run
        build/presets/studio/gruff-demo-pair build/demo --seconds 31
        short_train build/demo/input.wav build/demo/target.wav -o build/demo/model.json
        ln -s build/demo/input.wav dry.wav
        ln -s build/demo/target.wav amp.wav
        ln -s build/demo/input.wav amp-input.wav
        ln -s build/demo/target.wav amp-target.wav
        ln -s build/demo/test-input.wav test-dry.wav
        ln -s build/demo/test-target.wav test-amp.wav
        ln -s build/demo/test-input.wav in.wav
        ln -s build/demo/test-input.wav impulse-response.wav
    ) >log 2>&1 || {
        cat log
        exit 1
    }
    for list in blocks/*.csv; do
        [ -f "$list" ] || continue
        place=$(cat "${list%.csv}.place")
        cp "$list" run/list.csv
        sed 1d "$list" | while IFS=, read -r input target split _; do
            kind=
            [ "$split" != test ] || kind=test-
            [ -e "run/$input" ] || ln -s "build/demo/${kind}input.wav" "run/$input"
            [ -e "run/$target" ] || ln -s "build/demo/${kind}target.wav" "run/$target"
        done
    done
}

# ---- Commands ----

# A block: a command a line, or over several that end in a backslash; what stands behind " #" is for
# the reader.
try_block() {
    sed -e ':more' -e '/\\$/N; s/\\\n//; t more' "$1" | sed 's/[[:space:]]#.*//' >commands
    while IFS= read -r command; do
        case $command in
        '') ;;
        *)
            grep -qxF -e "$command" "$work/before" && continue
            printf '%s\n' "$command" >>"$work/before"
            tried=$((tried + 1))
            try_line "$command"
            ;;
        esac
    done <commands
}

# The words as the shell has them, in the place itself.
try_line() {
    cd "$work/run" || exit 1
    eval "set -- $1"
    assigned=
    while case $1 in [A-Z]*=*) true ;; *) false ;; esac do
        assigned=$1
        shift
    done
    try "$@" </dev/null
    cd "$work" || exit 1
}

# runs COMMAND...: it must succeed.
runs() {
    "$@" >"$work/log" 2>&1 || complain "$*: $(tail -n 1 "$work/log")"
}

# there FILE...: those of our words that name a recording or a model must be there.
there() {
    for word; do
        case $word in
        *.wav | *.json | *.csv) [ -e "$word" ] || complain "there is no $word" ;;
        esac
    done
}

# knows PROGRAM WORDS...: a program that would need a sound card reads the options before --help.
knows() {
    if [ ! -x "$1" ]; then
        [ -e "$root/plugin/${1#build/plugin/}.1.in" ] || complain "there is no $1"
        check_options "$work/options/${1##*/}" "$*"
        leave_out "$1 was not built"
        return
    fi
    runs "$@" --help
}

try() {
    case $1 in
    build/training/gruff-train)
        shift
        runs short_train "$@"
        ;;
    build/plugin/tool/gruff-model)
        case $* in
        *' bench') set -- "$@" --hidden 8 --isa scalar ;;
        esac
        runs "$@"
        ;;
    build/training/gallery/gruff-gallery | build/presets/studio/gruff-demo-pair) runs "$@" ;;
    build/plugin/standalone/gruff) try_standalone "$@" ;;
    build/plugin/capture/gruff-capture) try_capture "$@" ;;
    presets/studio/*.sh) try_studio "$@" ;;
    tests/*.sh) try_script "$@" ;;
    ./setup)
        ./setup --help >"$work/usage"
        shift
        for word; do
            grep -qE -e "(^|[^a-z-])$word([^a-z-]|\$)" "$work/usage" || complain "setup knows no $word"
        done
        ;;
    sudo)
        shift
        try "$@"
        ;;
    meson) try_meson "$@" ;;
    cc)
        if command -v cc >/dev/null && command -v pkg-config >/dev/null; then
            runs "$@"
        else
            leave_out 'no cc, or no pkg-config'
        fi
        ;;
    lv2ls)
        [ -d build/lv2 ] || {
            leave_out 'the plugin was not built'
            return
        }
        command -v lv2ls >/dev/null || {
            leave_out 'no lv2ls'
            return
        }
        env "$assigned" lv2ls >"$work/log" 2>&1 || complain "$*: $(cat "$work/log")"
        grep -qx 'urn:gruff:amp' "$work/log" || complain "$assigned does not show the plugin"
        ;;
    oscsend)
        case $4 in
        /gruff/*) ;;
        *) complain "no OSC address: $4" ;;
        esac
        grep -qwF -e "$4" "$work/options/gruff" ||
            grep -q "\`${4#/gruff/}\`" "$root/doc/manual.md" || complain "nothing listens to $4"
        ;;
    ardour) [ -d build/lv2 ] || leave_out 'the plugin was not built' ;;
    apt-get | git | man) leave_out "$1" ;;
    *) complain "there is no way to try '$1': teach tests/doc/commands.sh" ;;
    esac
}

try_standalone() {
    there "$@"
    case $* in
    *--save-preset* | *--list-presets*)
        if [ -x "$1" ]; then
            runs "$@"
        else
            knows "$@"
        fi
        ;;
    *) knows "$@" ;;
    esac
    case $* in
    *--preset*)
        while [ "$1" != --preset ]; do
            shift
        done
        if [ -x build/plugin/standalone/gruff ]; then
            build/plugin/standalone/gruff --list-presets >"$work/log" 2>&1
            grep -qF -e "$2" "$work/log" || complain "there is no preset '$2'"
        fi
        ;;
    esac
}

try_capture() {
    case $* in
    *--write-signal*)
        if [ -x "$1" ]; then
            runs "$@" --seconds 32
        else
            knows "$@"
        fi
        ;;
    *)
        there "$@"
        knows "$@"
        ;;
    esac
}

# The scripts that make the models anew: their words.
try_studio() {
    [ -x "$1" ] || complain "there is no $1"
    case $1 in
    */capture.sh)
        check_options "$work/options/capture.sh" "$*"
        shift
        for word; do
            case $word in
            -* | all) ;;
            *) [ -f "presets/studio/devices/$word.sh" ] || complain "there is no device $word" ;;
            esac
        done
        ;;
    */spice.sh)
        [ -f "$2" ] || complain "there is no $2"
        command -v ngspice >/dev/null || {
            leave_out 'no ngspice'
            return
        }
        GRUFF_BUILD=$build runs "$@"
        ;;
    */parts.sh)
        font=/usr/share/sounds/sf2/TimGM6mb.sf2
        if [ ! -x "$build/presets/studio/gruff-soundfont-part" ] || [ ! -f "$font" ]; then
            leave_out 'parts.sh: no FluidSynth, or no sound font'
            return
        fi
        GRUFF_BUILD=$build GRUFF_SOUNDFONT=$font runs "$@" 1
        ;;
    */gallery.sh | */capture-default.sh) leave_out "${1##*/}: hours of recordings, minutes of training" ;;
    *) complain "there is no way to try $1" ;;
    esac
}

# A script of the tests: its options stand in its head.
try_script() {
    [ -x "$1" ] || complain "there is no $1"
    sed '/^#/!q' "$1" >"$work/log" 2>/dev/null || true
    check_options "$work/log" "$*"
    script=$1
    shift
    for word; do
        case $word in
        -*) ;;
        *) grep -qw -e "$word" "$work/log" || complain "$script knows no $word" ;;
        esac
    done
}

# meson JOB WORD...: the job's options, suites that are there, options of the project.
try_meson() {
    job=$2
    meson "$job" --help >"$work/log" 2>&1 || {
        complain "meson has no $job"
        return
    }
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
        -D*)
            name=${1#-D}
            meson introspect "$build" --buildoptions | tr '{' '\n' |
                grep -qF -e "\"name\": \"${name%%=*}\"" || complain "no such option of the build: $1"
            ;;
        --suite)
            meson introspect "$build" --tests | grep -qF -e "gruff:$2\"" ||
                grep -rqF --include=meson.build -e "'$2'" "$root/tests/" || # not configured
                complain "no such suite: $2"
            shift
            ;;
        -*) grep -qE -e "(^|[^A-Za-z-])$1([^A-Za-z-]|\$)" "$work/log" || complain "meson $job has no $1" ;;
        esac
        shift
    done
}
