#!/bin/sh
# SPDX-License-Identifier: ISC
# house.sh ROOT: the rules of the house that a pattern can hold (doc/architecture.md, "Rules").
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$1"

# rule TEXT: standard input holds the offending places, one a line. Prints nothing without any.
rule() {
    offences=$(cat)
    if [ -n "$offences" ]; then
        printf '%s:\n%s\n' "$1" "$offences"
    fi
}

# sources FOLDER...: the C files of those folders that are there.
sources() {
    for folder in "$@"; do
        if [ -d "$folder" ]; then
            find "$folder" -name '*.[ch]'
        fi
    done | LC_ALL=C sort
}

# code FOLDER...: their code as code.awk prints it.
code() {
    sources "$@" | tr '\n' '\0' | xargs -0 -r awk -f "$here/code.awk"
}

programs=$(sources dsp training plugin presets | tr '\n' '\0' |
    xargs -0 -r grep -lE '^int main\(' || true)

# Everything that is written by hand and read by a machine carries the licence tag at its head.
check_licence() {
    {
        sources dsp training plugin presets tests
        for folder in dsp training plugin presets tests ttl; do
            [ ! -d "$folder" ] || find "$folder" \( -name '*.sh' -o -name '*.py' -o -name '*.awk' \
                -o -name '*.lua' -o -name '*.ttl' -o -name '*.ttl.in' \)
        done
        for script in setup .ci/run; do
            [ ! -f "$script" ] || echo "$script"
        done
    } | while read -r file; do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: ISC' || echo "$file"
    done | rule 'no "SPDX-License-Identifier: ISC" in the first two lines'
}

# Files aim below 400 lines; what is longer than 600 is more than one idea. A table is one, however long.
check_length() {
    {
        sources dsp training plugin presets tests
        for folder in dsp training plugin presets tests; do
            [ ! -d "$folder" ] || find "$folder" -name '*.sh' -o -name '*.py' -o -name '*.awk'
        done
    } | while read -r file; do
        case $file in
        *_table.[ch]) ;;
        *)
            lines=$(wc -l <"$file")
            [ "$lines" -le 600 ] || echo "$file: $lines lines"
            ;;
        esac
    done | rule 'longer than 600 lines: split it'
}

check_allocation() {
    code dsp training plugin presets | grep -v '^dsp/base/memory\.c:' |
        grep -E '\b(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|alloca|strdup|strndup|asprintf|vasprintf)\(' |
        rule 'allocates beside dsp/base/memory.h'
}

check_opening() {
    code dsp training plugin presets | grep -v '^dsp/files/' |
        grep -E '\b(fopen|fdopen|freopen|open|openat|creat|mkstemp|mkostemp|tmpfile|opendir|sf_open|sf_open_fd|json_load_file|json_dump_file)\(' |
        rule 'opens files beside dsp/files'
}

check_printing() {
    code dsp plugin/lv2 plugin/session |
        grep -E '\b(printf|puts|putchar|perror|vprintf|dprintf|syslog)\(|\b(stdout|stderr)\b' |
        rule 'prints, but only programs print'
}

check_ending() {
    code dsp training plugin presets |
        grep -E '\b(exit|_exit|_Exit|quick_exit|abort)\(' |
        while IFS= read -r place; do
            printf '%s\n' "$programs" | grep -qxF "${place%%:*}" || printf '%s\n' "$place"
        done | rule 'ends the process, but only main exits'
}

# What is written once.
check_once() {
    code dsp training plugin presets | grep -v '^dsp/base/decibels\.c:' |
        grep -E '\b(10|20)(\.0f?)? \* log10f?\(|\bpowf?\(10(\.0f?)?, [^()]*/ [12]0(\.0f?)?\)' |
        rule 'decibels beside dsp/base/decibels.h'
    code dsp training plugin presets | grep -v '^dsp/base/clock\.c:' |
        grep -E '\bclock_gettime\(' | rule 'a clock beside dsp/base/clock.h'
}

check_vocabulary() {
    code dsp training plugin/standalone plugin/tool presets | grep -iE 'parameters?\b' |
        grep -viE 'lv2|jack|PaStream' | rule 'knobs are controls, the network has weights: not "parameters"'
}

# Where a host enters the audio thread the mark must stand, or the compiler looks at nothing
# (tests/realtime). Declarations go over several lines: the code is looked at as one.
check_entries() {
    all=$(code plugin | sed 's/^[^:]*:[^:]*://' | tr '\n' ' ')
    {
        printf '%s\n' "$all" | grep -oE '\b[a-z_]*run\(LV2_Handle' | sed 's/(.*//'
        printf '%s\n' "$all" | grep -oE 'jack_set_process_callback\([^,]*, *[a-z_]*' |
            sed 's/.*[ ,]//'
        printf '%s\n' "$all" | grep -oE 'Pa_OpenStream\([^;]*;' |
            sed 's/.*[ ,]\([a-z_]*\), *[a-z_]*);/\1/'
    } | sort -u | while read -r entry; do
        printf '%s\n' "$all" | grep -qE "\b$entry\([^()]*\) REALTIME \{" ||
            printf '%s\n' "$entry"
    done | rule 'called by the host on the audio thread, but not marked REALTIME'
}

# What cmocka holds for equal to everything.
check_numbers() {
    code tests | grep -v '^tests/rig/near\.h:' | grep -E '\bassert_float_equal\(' |
        rule 'takes NaN for any number: assert_near of tests/rig/near.h does not'
}

# What meson asks for, setup brings.
check_libraries() {
    if [ -f setup ]; then
        find meson.build dsp training plugin presets ttl tests -name meson.build 2>/dev/null |
            tr '\n' '\0' | xargs -0 -r grep -ohE "\bdependency\('[^']+'" |
            sed "s/.*('//; s/'//" | sort -u | while read -r library; do
            [ "$library" = threads ] || grep -q "^[a-z]* *pc:$library " setup || echo "$library"
        done
    fi | rule 'a library of a meson.build that setup does not bring'
}

offences=$(for check in licence length allocation opening printing ending once vocabulary \
    entries numbers libraries; do
    "check_$check"
done)
if [ -n "$offences" ]; then
    printf '%s\n' "$offences"
    exit 1
fi
