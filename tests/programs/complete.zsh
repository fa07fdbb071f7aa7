# SPDX-License-Identifier: ISC
# zsh -f complete.zsh FOLDER <LINES: what becomes of each line when Tab is pressed at its end, with the
# completions in FOLDER. A zsh runs in a terminal of its own and says when it is ready: nothing here
# waits for a time.
zmodload zsh/zpty || exit 77

# ask TEXT: types it, and waits for what stands between the marks that come back.
ask() {
    local answer
    zpty -w -n shell "$1"
    zpty -r shell answer $'*<<begin>>*<<end>>*' || exit 1
    answer=${answer##*<<begin>>}
    REPLY=${answer%%<<end>>*}
}

zpty shell zsh -f -i
ask "stty -echo; PS1= PROMPT_EOL_MARK= TERM=dumb COLUMNS=10000; unset zle_bracketed_paste
    fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D
    unsetopt automenu beep; setopt noautolist
    press() { zle complete-word; print -rn -- '<<begin'\">>\$BUFFER<<\"'end>>'; BUFFER= }
    zle -N press; bindkey '^I' press
    print -r -- '<<begin'\">><<\"'end>>'"$'\n'
while IFS= read -r line; do
    ask "$line"$'\t'
    print -r -- "$REPLY"
done
zpty -d shell
