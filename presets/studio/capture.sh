#!/bin/sh
# SPDX-License-Identifier: ISC
# Makes a factory model anew, from the circuit to the card. capture.sh --help says more.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

usage() {
    cat <<'END'
usage: presets/studio/capture.sh NAME|all [--no-curve] [--quick]

Makes presets/models/NAME.json and its card NAME.md: plays a guitar through the device at every
setting of its knobs, tries some hidden sizes (the curve of error against cost), trains the size
that devices/NAME.sh says, and measures the error on another guitar part, at settings that were
trained and at settings that were not. A model takes some minutes on two cores.

--no-curve: tries no other hidden sizes; the card keeps the curve of the last time.
--quick: short parts and a short training, and nothing written but in $GRUFF_WORK/quick: to see
         that everything works.

$GRUFF_BUILD: the build folder (build). $GRUFF_WORK: for what is in between, some 100 MB a model
(build/factory); recordings that are there, and newer than their device, are not made again.
Needs sox, lilv-utils, guitarix-lv2, ngspice, fluid-soundfont-gm, and a build with libfluidsynth.
END
}

die() {
    printf 'capture.sh: %s\n' "$*" >&2
    exit 1
}

build=${GRUFF_BUILD:-$here/../../build}
work=${GRUFF_WORK:-$build/factory}
font=${GRUFF_SOUNDFONT:-/usr/share/sounds/sf2/FluidR3_GM.sf2}
curve=yes quick=no names=
for argument; do
    case $argument in
    -h | --help)
        usage
        exit 0
        ;;
    --no-curve) curve=no ;;
    --quick) quick=yes curve=no ;;
    all)
        for device in "$here"/devices/*.sh; do
            names="$names $(basename "$device" .sh)"
        done
        ;;
    -*) die "unknown option '$argument'; see presets/studio/capture.sh --help" ;;
    *) names="$names $argument" ;;
    esac
done
if [ -z "$names" ]; then
    usage >&2
    exit 2
fi

model_tool=$build/plugin/tool/gruff-model
trainer=$build/training/gruff-train
capture=$build/plugin/capture/gruff-capture
soundfont_part=$build/presets/studio/gruff-soundfont-part
for program in "$model_tool" "$trainer" "$capture" "$soundfont_part"; do
    [ -x "$program" ] || die "$program is not there: build Gruff, with libfluidsynth-dev installed"
done
command -v sox >/dev/null || die 'sox is not there; install the package sox'
[ -f "$font" ] || die "$font is not there; install the package fluid-soundfont-gm"
[ "$quick" = no ] || work=$work/quick # whose recordings are too short for anything else
mkdir -p "$work"
work=$(CDPATH='' cd -- "$work" && pwd)

# ---- The guitar ----

# join OUTPUT INPUT...: one after the other, as 32-bit floats.
join() {
    joined=$1
    shift
    sox -V1 "$@" -e floating-point -b 32 "$joined"
}

# change INPUT OUTPUT EFFECT...: through sox, as 32-bit floats.
change() {
    changed=$1 to_be=$2
    shift 2
    sox -V1 "$changed" -e floating-point -b 32 "$to_be" "$@"
}

# part OUTPUT SEED SECONDS: two guitars of the sound font, each so long.
part() {
    for guitar in 26 27; do # General MIDI's jazz and clean guitar, counted from 0
        "$soundfont_part" "$work/part-$guitar.wav" --font "$font" --program "$guitar" \
            --seed "$2$guitar" --seconds "$3"
    done
    join "$1" "$work/part-26.wav" "$work/part-27.wav"
    rm "$work/part-26.wav" "$work/part-27.wav"
}

# To train on: gruff-capture's signal (8 s of clicks, sweep and noise, then a guitar at many levels)
# and a part of the sound font. To test on: another part.
make_guitar() {
    own=180 other=30 test_seconds=8
    if [ "$quick" = yes ]; then
        own=32 other=2 test_seconds=2
    fi
    guitar_seconds=$((own + 2 * other))
    [ ! -f "$work/test-input.wav" ] || return 0
    "$capture" --write-signal "$work/signal.wav" --seconds "$own" --level -3
    part "$work/sound-font.wav" 1 "$other"
    join "$work/input.wav" "$work/signal.wav" "$work/sound-font.wav"
    part "$work/test-input.wav" 2 "$test_seconds"
    rm "$work/signal.wav" "$work/sound-font.wav"
}

# piece SPLIT NUMBER SECONDS: the file of what setting NUMBER hears: so much of the guitar, each
# setting others. The first one to train on hears the signals before it, too, by which gruff-train
# finds the delay.
piece() {
    begin=$((8 + 17 * ($2 - 1) % (guitar_seconds - $3))) length=$3
    if [ "$1" = signals ]; then
        begin=0
    elif [ "$1-$2" = train-1 ]; then
        begin=0 length=$(($3 + 8))
    fi
    piece=$work/input-$begin-$length.wav
    [ -f "$piece" ] || {
        change "$work/input.wav" "$work/piece.wav" trim "$begin" "$length"
        mv "$work/piece.wav" "$piece"
    }
}

# ---- The device ----

# expand GRID: "Drive=0,1 Tone=0,1" becomes a line for each setting of all its knobs.
expand() {
    printf '%s\n' "$1" | awk '{
        lines[1] = ""
        count = 1
        for (knob = 1; knob <= NF; knob++) {
            split($knob, halves, "=")
            values = split(halves[2], value, ",")
            made = 0
            for (i = 1; i <= count; i++)
                for (j = 1; j <= values; j++)
                    more[++made] = lines[i] (knob > 1 ? " " : "") halves[1] "=" value[j]
            for (i = 1; i <= made; i++)
                lines[i] = more[i]
            count = made
        }
        for (i = 1; i <= count; i++)
            print lines[i]
    }'
}

# turn SETTING...: lv2apply's options for these knobs; $knobs has KNOB:PORT:LEAST:MOST of each.
turn() {
    for setting; do
        for knob in $knobs; do
            printf '%s:%s\n' "$setting" "$knob" | awk -F '[=:]' '
                $1 == $3 { printf "-c %s %.6g ", $4, $5 + $2 * ($6 - $5) }'
        done
    done
}

# loudest FILE: its peak, dBFS: 0.00 is beyond full scale.
loudest() {
    sox -V1 "$1" -n stats 2>&1 | awk '/^Pk lev/ { print $4 }'
}

# At four times the rate, because not every plugin keeps aliases out by itself, and after a second
# of silence, in which it comes to rest.
through_plugin() {
    change "$1" "$work/dry.wav" rate -v 192k pad 1
    wet=$2
    shift 2
    # shellcheck disable=SC2046,SC2086 # lists of words
    lv2apply -i "$work/dry.wav" -o "$work/fast.wav" $fixed $(turn "$@") "$plugin" \
        >"$work/said" 2>&1 ||
        die "lv2apply fails on $plugin (package guitarix-lv2): $(tail -n 1 "$work/said")"
    change "$work/fast.wav" "$work/settled.wav" trim 1
    [ "$(loudest "$work/settled.wav")" != 0.00 ] ||
        die "$name at $*: the plugin goes beyond full scale; turn down its level in \$fixed"
    change "$work/settled.wav" "$wet" rate -v 48k
    rm "$work/dry.wav" "$work/fast.wav" "$work/settled.wav"
}

# The netlists' knobs are in lower case, as ngspice reads them.
through_circuit() {
    dry=$1 wet=$2
    shift 2
    # shellcheck disable=SC2046 # a list of words
    "$here/spice.sh" "$circuit" "$dry" "$wet" \
        $(printf '%s\n' "$@" | tr '[:upper:]' '[:lower:]')
}

# newer FILE THAN: whether both are there, and FILE is newer.
newer() {
    [ -n "$(find "$1" -newer "$2" 2>/dev/null)" ]
}

# reamp INPUT OUTPUT SETTING...: through the device, and $level dB louder. Not made again while it
# is newer than the device.
reamp() {
    from=$1 to=$2 circuit=$here/spice/$netlist.cir
    shift 2
    if newer "$to" "$here/devices/$name.sh" && { [ -z "$netlist" ] || newer "$to" "$circuit"; }; then
        return
    fi
    if [ -n "$plugin" ]; then
        through_plugin "$from" "$work/wet.wav" "$@"
    else
        through_circuit "$from" "$work/wet.wav" "$@"
    fi
    change "$work/wet.wav" "$work/loud.wav" gain "$level"
    [ "$(loudest "$work/loud.wav")" != 0.00 ] || die "$name at $*: beyond full scale; lower its level"
    mv "$work/loud.wav" "$to"
}

# values SETTING...: "0,0.5"
values() {
    printf '%s\n' "$*" | sed 's/[^ =]*=//g; s/ /,/g'
}

# record_pieces SPLIT SECONDS GRID: so much at each setting of the grid, filed in train.csv. The
# signals (the split's name is then "signals") are trained on, too: sweep and noise keep a model calm
# that hears what no guitar plays, another pedal's fuzz for instance.
record_pieces() {
    number=0
    expand "$3" | while read -r setting; do
        number=$((number + 1))
        piece "$1" "$number" "$2"
        # shellcheck disable=SC2086 # a list of words
        reamp "$piece" "$folder/$1-$number.wav" $setting
        echo "../$(basename "$piece"),$1-$number.wav,${1%signals},$(values "$setting")" |
            sed 's/,,/,train,/' >>"$folder/train.csv"
    done
}

# record_tests SEEN GRID: the same with the test's part, for test.csv.
record_tests() {
    number=0
    expand "$2" | while read -r setting; do
        number=$((number + 1))
        # shellcheck disable=SC2086 # a list of words
        reamp "$work/test-input.wav" "$folder/test-$1-$number.wav" $setting
        echo "../test-input.wav,test-$1-$number.wav,test,$(values "$setting"),$1" \
            >>"$folder/test.csv"
    done
}

record_all() {
    names_of_knobs=$(printf '%s' "$trained" | sed 's/=[^ ]*//g; s/ /,/g')
    printf 'input,target,split,%s\n' "$names_of_knobs" >"$folder/train.csv"
    printf 'input,target,split,%s,seen\n' "$names_of_knobs" >"$folder/test.csv"
    record_pieces train "$seconds" "$trained"
    record_pieces signals 8 "$signals"
    record_pieces val 6 "$held"
    record_tests yes "$tested"
    record_tests no "$unseen"
}

# ---- The model ----

# shellcheck source=presets/studio/card.sh
. "$here/card.sh"

# field NAME MODEL: a number that the model says of itself.
field() {
    "$model_tool" info --json "$2" | sed "s/.*\"$1\": \([-+.e0-9]*\)[,}].*/\1/"
}

# train HIDDEN EPOCHS OUTPUT: the first one finds the delay.
train() {
    # shellcheck disable=SC2086 # two words or none
    "$trainer" "$folder/train.csv" --output "$3" --hidden "$1" --epochs "$2" --seed 1 --quiet \
        --keep-signals $delay --name "$title" --author Gruff --license ISC --gear "$gear" \
        --input-level "$input_level"
    delay="--latency $(field latency "$3" | cut -d . -f 1)"
}

# What other hidden sizes would give, after a short training.
try_sizes() {
    printf 'Hidden sizes after %d passes:\n\n| hidden size | ESR | ns a sample |\n|---:|---:|---:|\n' \
        "$curve_epochs" >"$folder/curve.md"
    for size in 8 16 32; do
        train "$size" "$curve_epochs" "$folder/curve-$size.json"
        score "$folder/curve-$size.json" >"$work/scores"
        printf '| %d | %s | %.0f |\n' "$size" "$(mean yes "$work/scores")" \
            "$(field ns_per_sample "$folder/curve-$size.json")" | tee -a "$folder/curve.md"
    done
}

make_model() {
    name=$1
    title='' gear='' source='' trained='' signals='' held='' tested='' unseen='' bound='' hidden='' epochs=''
    [ -f "$here/devices/$name.sh" ] || die "there is no devices/$name.sh"
    plugin='' netlist='' fixed='' knobs='' level=0 delay='' seconds=30
    # shellcheck source=/dev/null
    . "$here/devices/$name.sh"
    if [ "$quick" = yes ]; then
        hidden=8 epochs=4 seconds=8
    fi
    folder=$work/$name
    mkdir -p "$folder"
    echo "$name: recording"
    record_all
    if [ "$curve" = yes ]; then
        echo "$name: trying hidden sizes"
        try_sizes
    elif [ ! -f "$folder/curve.md" ] && [ -f "$here/../models/$name.md" ]; then
        sed -n '/^Hidden sizes/,$p' "$here/../models/$name.md" >"$folder/curve.md"
    fi
    echo "$name: training hidden size $hidden"
    train "$hidden" "$epochs" "$folder/trained.json"
    "$model_tool" convert "$folder/trained.json" "$folder/model.json" >/dev/null
    "$model_tool" check "$folder/model.json" >"$folder/check" || die "$(tail -n 1 "$folder/check")"
    score "$folder/model.json" >"$folder/scores"
    tame "$folder/model.json" >"$folder/calm"
    if [ "$quick" = yes ]; then
        cat "$folder/scores" "$folder/calm"
        return
    fi
    judge || missed="$missed $name"
    card "$folder/model.json" >"$folder/card.md"
    mkdir -p "$here/../models"
    cp "$folder/model.json" "$here/../models/$name.json"
    cp "$folder/card.md" "$here/../models/$name.md"
}

curve_epochs=6 input_level=-0.8 missed=
isa=$("$model_tool" info --json "$here/../models/default.json" | sed 's/.*"isa": "\([a-z0-9]*\)".*/\1/')
make_guitar
for name in $names; do
    make_model "$name"
done
[ -z "$missed" ] || die "above its bound, or not calm:$missed"
