# SPDX-License-Identifier: ISC
# bash complete.bash FOLDER PROGRAM WORD...: what Tab offers at the end of the last of the words, with
# the completions in FOLDER, in one line.
folder=$1
shift
# shellcheck source=/dev/null
. "$folder/$1" || exit 1
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
function=$(complete -p "$1") && function=${function##*-F } && function=${function%% *}
"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ' '
echo
