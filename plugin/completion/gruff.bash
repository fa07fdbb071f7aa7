# SPDX-License-Identifier: ISC
# Completion of gruff, gruff-capture, gruff-train and gruff-model in bash. What there is, the programs know: their
# --help is read, so that nothing here grows old.

# The words of --help that are options, or the symbols of controls.
_gruff_words() {
    case $2 in
    options) "$1" --help 2>/dev/null | grep -oE -- '(^|[ ,])--?[A-Za-z][-A-Za-z0-9_]*' | tr -d ' ,' ;;
    controls)
        if [ "${1##*/}" = gruff-model ]; then
            "$1" --help 2>/dev/null | sed -n 's/^ \{20,\}\([a-z][a-z0-9_]*\)  *[A-Z].*/\1=/p'
        else
            "$1" --help 2>/dev/null | sed -n 's/^ *--\([a-z][a-z0-9_]*\) *VALUE .*/\1=/p'
        fi
        ;;
    esac
}

_gruff() {
    local program=$1 word=$2 previous=$3 words=
    COMPREPLY=()
    case $previous in
    --set) words=$(_gruff_words "$program" controls) && compopt -o nospace 2>/dev/null ;;
    --learn) words=$(_gruff_words "$program" controls | tr -d '=') ;;
    --backend) words='jack portaudio' ;;
    --isa) words='scalar sse2 avx2 avx512 neon' ;;
    --cell) words='gru gru-before lstm' ;;
    -p | --preset) [ "${program##*/}" != gruff-train ] || words='quick standard best' ;;
    --schedule) words='cosine plateau' ;;
    --optimiser) words='soap adam' ;;
    *)
        if [[ $word == -* ]]; then
            words=$(_gruff_words "$program" options)
        elif [[ ${program##*/} == gruff-model && $COMP_CWORD -eq 1 ]]; then
            words='render compare info check convert bench'
        fi
        ;;
    esac
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    fi
}

# Files where nothing else fits.
complete -o bashdefault -o default -F _gruff gruff gruff-capture gruff-train gruff-model
