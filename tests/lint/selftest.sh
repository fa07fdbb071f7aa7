#!/bin/sh
# SPDX-License-Identifier: ISC
# selftest.sh: each lint check accepts a small good tree and rejects it with one fault put in.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 130' INT TERM
failures=0
cases=0

good_tree() {
    rm -rf "$tree"
    mkdir -p "$tree/dsp/base" "$tree/dsp/network" "$tree/dsp/chain" "$tree/dsp/files/models" "$tree/training/data" "$tree/plugin/lv2" "$tree/tests"
    cp "$here/../../.clang-format" "$here/../../.clang-tidy" "$tree/"
    cat >"$tree/dsp/base/status.h" <<'EOF'
// SPDX-License-Identifier: ISC
// malloc(1) and fopen("x") in a comment are nobody's business; parameters neither.
int status(void);
EOF
    cat >"$tree/dsp/network/engine.c" <<'EOF'
// SPDX-License-Identifier: ISC
#include <math.h>

#include "dsp/base/status.h"

const char *const text = "malloc(1); exit(1); parameters";
EOF
    printf '// SPDX-License-Identifier: ISC\n#include <jansson.h>\n' >"$tree/dsp/files/models/tree.c"
    mkdir -p "$tree/tests/mutants/dsp-base"
    cp "$here/../mutate.sh" "$tree/tests/"
    printf '%s\n' 'Says ok.' 'Tests: says' '--- a/setup' '+++ b/setup' '@@ -3,2 +3,2 @@' ' set -eu' \
        '-echo ok' '+echo no' >"$tree/tests/mutants/dsp-base/says.patch"
    printf '#!/bin/sh\n# SPDX-License-Identifier: ISC\nset -eu\necho ok\n' >"$tree/setup"
}

# run CHECK: its exit status; what it printed goes to $tree.log.
run() {
    case $1 in
    tidy)
        printf '[\n  {\n    "directory": "%s",\n    "command": "cc -I. -c dsp/network/engine.c",\n    "file": "dsp/network/engine.c"\n  }\n]\n' \
            "$tree" >"$tree/compile_commands.json"
        ;;
    esac
    status=0
    case $1 in
    mutants) sh "$tree/tests/mutate.sh" --check >"$tree.log" 2>&1 || status=$? ;;
    *) sh "$here/$1.sh" "$tree" >"$tree.log" 2>&1 || status=$? ;;
    esac
}

accepts() {
    cases=$((cases + 1))
    good_tree
    run "$1"
    if [ "$status" -eq 77 ]; then
        echo "skipped $1: $(cat "$tree.log")"
    elif [ "$status" -ne 0 ]; then
        echo "$1 rejects a good tree:"
        cat "$tree.log"
        failures=$((failures + 1))
    fi
}

# rejects CHECK FILE LINE [NAME]: CHECK must name FILE, or NAME, once LINE is appended to FILE.
rejects() {
    cases=$((cases + 1))
    good_tree
    [ -e "$tree/$2" ] || printf '// SPDX-License-Identifier: ISC\n' >"$tree/$2"
    printf '%s\n' "$3" >>"$tree/$2"
    run "$1"
    if [ "$status" -eq 77 ]; then
        return
    elif [ "$status" -eq 0 ] || ! grep -q "${4:-$2}" "$tree.log"; then
        echo "$1 accepts, or does not name, $2 with: $(printf '%s\n' "$3" | head -n 1)"
        failures=$((failures + 1))
    fi
}

accepts house
rejects house dsp/network/engine.c 'void *leak(void) { return malloc(1); }'
rejects house plugin/lv2/a.c 'char *leak(void) { return strdup(text); }'
rejects house training/a.c 'void f(void) { fopen("a", "r"); }'
rejects house dsp/network/engine.c 'void f(void) { printf("a"); }'
rejects house plugin/lv2/a.c 'void f(void) { fputs("a", stderr); }'
rejects house training/a.c 'void f(void) { exit(1); }'
rejects house training/a.c 'double f(double x) { return 20.0 * log10(x); }'
rejects house dsp/chain/a.c 'float f(float x) { return powf(10.0f, x / 20.0f); }'
rejects house training/a.c 'void f(void) { clock_gettime(0, 0); }'
rejects house dsp/network/engine.c 'int count_parameters;'
rejects house tests/a.c 'void f(void) { assert_float_equal(x, 1.0, 0.0); }'
rejects house plugin/lv2/a.c 'void amp_run(LV2_Handle handle, uint32_t frames) {}' amp_run
rejects house plugin/lv2/a.c 'int a(void) { return jack_set_process_callback(c, on_audio, 0); }' \
    on_audio
rejects house plugin/lv2/a.c \
    'int a(void) { return Pa_OpenStream(&s, &i, &o, 48000.0, (unsigned long)64, 0, on_sound, d); }' \
    on_sound
rejects house dsp/meson.build "# SPDX-License-Identifier: ISC
x = dependency('nowhere')" nowhere
long=$(awk 'BEGIN { while (i++ < 600) print "int x" i ";" }')
rejects house dsp/network/engine.c "$long"
rejects house tests/a.sh "$long"
good_tree
printf '// SPDX-License-Identifier: ISC\n%s\n' "$long" >"$tree/dsp/network/notes_table.h"
run house
cases=$((cases + 1))
if [ "$status" -ne 0 ]; then
    echo 'house rejects a long table'
    failures=$((failures + 1))
fi
good_tree
printf 'int x;\n' >"$tree/dsp/bare.c"
run house
cases=$((cases + 1))
if [ "$status" -eq 0 ]; then
    echo 'house accepts a file without its licence'
    failures=$((failures + 1))
fi

accepts includes
rejects includes dsp/base/status.h '#include "dsp/network/engine.h"
' dsp/network/engine.c
rejects includes dsp/chain/a.c '#include "dsp/network/kernels/kernels.h"'
rejects includes dsp/chain/a.c '#include "presets/studio/a.h"'
rejects includes dsp/network/engine.c '#include "training/a.h"'
rejects includes dsp/network/engine.c '#include "status.h"'
rejects includes dsp/network/engine.c '#include <unistd.h>'
rejects includes dsp/network/engine.c '#include <immintrin.h>'
rejects includes dsp/base/status.h '#include <jansson.h>'
rejects includes training/a.c '#include "plugin/lv2/a.h"'
rejects includes plugin/lv2/a.c '#include "training/a.h"'
rejects includes plugin/lv2/a.c '#include "tests/a.h"'
rejects includes dsp/files/b.c '#include <jansson.h>' jansson

# tied NAME FILE LINE...: includes must name module NAME as part of a knot once each LINE is appended to
# its FILE; with NAME "", there must be no knot.
tied() {
    cases=$((cases + 1))
    good_tree
    name=$1
    shift
    files=$*
    while [ $# -gt 0 ]; do
        printf '%s\n' "$2" >>"$tree/$1"
        shift 2
    done
    run includes
    if [ -z "$name" ] && [ "$status" -ne 0 ]; then
        echo "includes sees a knot where none is: $files: $(cat "$tree.log")"
        failures=$((failures + 1))
    elif [ -n "$name" ] && ! grep -q "leads back to $name\$" "$tree.log"; then
        echo "includes does not see the knot of $name: $files"
        failures=$((failures + 1))
    fi
}
tied dsp/chain/a dsp/chain/a.h '#include "dsp/chain/b.h"' dsp/chain/b.h '#include "dsp/chain/a.h"'
tied dsp/chain/b dsp/chain/a.c '#include "dsp/chain/b.h"' dsp/chain/b.c '#include "dsp/chain/a.h"' \
    dsp/chain/a.h '' dsp/chain/b.h ''
tied dsp/chain/c dsp/chain/a.h '#include "dsp/chain/b.h"' dsp/chain/b.h '#include "dsp/chain/c.h"' \
    dsp/chain/c.h '#include "dsp/chain/a.h"'
tied '' dsp/chain/a.h '#include "dsp/chain/b.h"' dsp/chain/b.h '#include "dsp/chain/c.h"' \
    dsp/chain/a.c '#include "dsp/chain/c.h"' dsp/chain/c.h ''
# A file without a header of its own belongs to the one that declares what it defines.
tied dsp/chain/a dsp/chain/a.h 'void draw(void);' dsp/chain/b.h '' dsp/chain/draw.c \
    '#include "dsp/chain/b.h"
void draw(void) {' dsp/chain/b.c '#include "dsp/chain/a.h"'
tied '' dsp/chain/a.h '' dsp/chain/b.h 'void draw(void);' dsp/chain/draw.c '#include "dsp/chain/a.h"
void draw(void) {' dsp/chain/b.c '#include "dsp/chain/a.h"'

accepts format
rejects format dsp/network/engine.c 'int  x ;'

accepts shell
# shellcheck disable=SC2016 # the fault is meant to reach the file as it stands
rejects shell setup 'rm -rf $unquoted'

accepts mutants
rejects mutants tests/mutants/dsp-base/other.patch '--- a/setup' dsp-base/other
good_tree
sed -i 's/echo ok/echo yes/' "$tree/setup"
run mutants
cases=$((cases + 1))
if [ "$status" -ne 77 ] && ! grep -q 'dsp-base/says: does not apply' "$tree.log"; then
    echo 'mutants accepts a fault that does not apply'
    failures=$((failures + 1))
fi

accepts tidy
rejects tidy dsp/network/engine.c 'int f(int a) { if (a == a) return 1; return 0; }'

rm -f "$tree.log"
echo "$cases cases, $failures failures"
[ "$failures" -eq 0 ]
