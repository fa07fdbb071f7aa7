# shellcheck shell=sh
# SPDX-License-Identifier: ISC
# What capture.sh measures of a model that it made, and the card that says it. With capture.sh's
# variables; a file of scores or of settings has a line for each.
# shellcheck disable=SC2154

# score MODEL: for each line of test.csv: yes or no, the error, the setting.
score() {
    tail -n +2 "$folder/test.csv" | while IFS=, read -r _ target _ values; do
        seen=${values##*,} values=${values%,*}
        settings=$(printf '%s %s\n' "$names_of_knobs" "$values" | awk '{
            count = split($1, names, ",")
            split($2, values, ",")
            for (i = 1; i <= count; i++)
                print names[i] "=" values[i]
        }')
        # shellcheck disable=SC2046,SC2086 # lists of words
        "$model_tool" render --latency $(printf -- '--knob %s ' $settings) \
            "$1" "$work/test-input.wav" "$work/output.wav" >/dev/null
        error=$("$model_tool" compare --json --skip 0.5 "$folder/$target" "$work/output.wav" |
            sed 's/.*"esr": \([-+.e0-9]*\).*/\1/')
        # shellcheck disable=SC2086 # a line of them
        echo "$seen $error" $settings
    done
}

# anywhere: ten settings that no grid has.
anywhere() {
    printf '%s\n' "$names_of_knobs" | awk -F , '
        BEGIN { srand(1) }
        {
            for (i = 0; i < 10; i++)
                for (k = 1; k <= NF; k++)
                    printf "%s=%.3f%s", $k, rand(), k < NF ? " " : "\n"
        }'
}

# tame MODEL: for each setting of the scores, and for ten others: whether check finds the model calm
# there, yes or no, the setting, the verdict.
tame() {
    { cut -d ' ' -f 3- "$folder/scores" && anywhere; } | while read -r settings; do
        # shellcheck disable=SC2046,SC2086 # lists of words
        "$model_tool" check --json $(printf -- '--knob %s ' $settings) "$1" >"$work/check" || :
        grep -q '"divergence": {"passed": true' "$work/check" && calm=yes || calm=no
        printf '%s %s: %s\n' "$calm" "$settings" \
            "$(sed 's/.*"divergence": {"passed": [a-z]*, "verdict": "\([^"]*\)".*/\1/' "$work/check")"
    done
}

# aliasing MODEL: the rows of the card's table, from check at the knobs' defaults.
aliasing() {
    "$model_tool" check --json "$1" | sed 's/.*"aliasing": {//; s/"levels": {.*//; s/"level": .*"oversampled"//' |
        tr '{},' '\n' | awk '
            /"loud": / { loud = loud sprintf(" %.0f dB |", $2) }
            /"soft": / { soft = soft sprintf(" %.0f dB |", $2) }
            END { printf "| at 0 dBFS |%s\n| at -20 dBFS |%s\n", loud, soft }'
}

# mean SEEN FILE
mean() {
    awk -v seen="$1" '$1 == seen { sum += $2; count++ } END { printf "%.2g", sum / count }' "$2"
}

card() {
    model=$1
    cat <<END
# $title

$(printf '%s' "$gear" | cut -c 1 | tr '[:lower:]' '[:upper:]')$(printf '%s' "$gear" | cut -c 2-).
Source: $source.

| | |
|---|---|
| file | \`$name.json\`: GRU, hidden size $hidden, 48 kHz; Gruff, AIDA-X |
| knobs | $(printf '%s' "$names_of_knobs" | sed 's/,/, /g') (0 to 1) |
| trained on | $seconds s of guitar at each setting of $trained; $epochs passes, the best by the settings $held; seed 1 |
| test ESR, trained settings | $(mean yes "$folder/scores") |
| test ESR, unseen settings | $(mean no "$folder/scores") |
| cost | $(field ns_per_sample "$model" | cut -d . -f 1) ns a sample with $isa where it was made |
| calm | to +24 dB, on sines, noise and after anything loud, at $(grep -c ^yes "$folder/calm") of $(wc -l <"$folder/calm") settings |
| loudness | $(field loudness "$model" | awk '{ printf "%.1f", $1 }') dB |
| level | full scale at the input is a sine of $input_level dBu (1 V peak) |
| licence | ISC |

Captured with \`presets/studio/capture.sh $name\`. The error (ESR, no pre-emphasis, over all but the first
half second) is that of the file in the engine, on a guitar part and at settings as named:

| setting | trained | test ESR |
|---|---|---:|
$(awk '{
        printf "| %s", $3
        for (i = 4; i <= NF; i++)
            printf ", %s", $i
        printf " | %s | %.2g |\n", $1, $2
    }' "$folder/scores")

Inharmonic power of sines, means of 450 Hz to 5.1 kHz, knobs at their defaults:

| | 1x | 2x | 4x |
|---|---:|---:|---:|
$(aliasing "$model")

$(cat "$folder/curve.md")
END
}

# The worst of both kinds against what is promised: unseen settings may be twice as far off. And no
# model is to be wild anywhere.
judge() {
    awk -v bound="$bound" -v name="$name" '
        { sum[$1] += $2; count[$1]++; if ($2 > worst) worst = $2 }
        END {
            seen = sum["yes"] / count["yes"]
            unseen = sum["no"] / count["no"]
            printf "%s: test ESR %.2g, at unseen settings %.2g, at worst %.2g (bound %g)\n",
                name, seen, unseen, worst, bound
            exit !(worst <= bound && unseen <= 2 * seen)
        }' "$folder/scores" && ! grep '^no' "$folder/calm"
}
