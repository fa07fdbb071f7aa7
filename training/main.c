// SPDX-License-Identifier: ISC
// gruff-train: fits a model to a pair of recordings.
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "dsp/base/path.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/models/model_file.h"
#include "dsp/measures/behaviour.h"
#include "dsp/network/isa_choice.h"
#include "training/arguments.h"
#include "training/data/coverage.h"
#include "training/learning/checkpoint.h"
#include "training/learning/delay_fit.h"
#include "training/learning/recipe.h"
#include "training/learning/trainer.h"
#include "training/learning/validation.h"
#include "training/progress.h"
#include "training/report/record.h"
#include "training/report/report_file.h"

enum {
    EXIT_USAGE = 2,
    EXIT_NOTHING_LEARNT = 3,
    GIVE_UP_UPDATES = 2000, // a run that has come to nothing by then comes to nothing
};

static volatile sig_atomic_t stop_signal;

// What listens to the trainer.
typedef struct Watch {
    ProgressLine line;
    const Arguments *arguments;
    const Dataset *dataset;
    double error; // when it was given up; 0: it was not
} Watch;

static void on_signal(int number) {
    stop_signal = number;
}

// The file's name without its folder and ending; owned by the caller.
static char *name_of(const char *path) {
    const char *base = path_name(path), *dot = strrchr(base, '.');
    size_t length = dot && dot != base ? (size_t)(dot - base) : strlen(base);
    char *name = memory_new(length + 1, 1);
    if (name) {
        memcpy(name, base, length);
    }
    return name;
}

static void watch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

// The most memory that this process has had so far, in bytes.
static double peak_memory(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? 1024.0 * (double)usage.ru_maxrss : 0.0;
}

static void print_esr(const char *what, double esr, const char *of) {
    printf("%-14s %.3g (%.1f dB)%s%s\n", what, esr, decibels_of_power(esr), *of ? "  " : "", of);
}

// "20.0 s held out in 10 stretches".
static void describe_held_out(char *text, size_t size, const Dataset *dataset) {
    int stretches = dataset_held_out_count(dataset);
    snprintf(text, size, "%.1f s held out in %d stretch%s",
             (double)dataset->validation_frames / dataset->rate, stretches,
             stretches == 1 ? "" : "es");
}

// The least that any model could reach, beside what this one did.
static void print_noise(const Dataset *dataset) {
    for (int i = 0; i < dataset->count; i++) {
        const Check *noise = checks_find(&dataset->recordings[i].checks, "noise");
        if (noise && isfinite(noise->value) && noise->value > 0.0) {
            print_esr("  noise alone", noise->value, dataset->recordings[i].name);
        }
    }
}

static void print_end(const Record *record) {
    const TrainerResult *result = record->result;
    const Scores *scores = record->scores;
    printf("%s%.1f epochs in %.1f s (%.0f ns/sample), %.0f MiB of memory",
           result->stopped ? "stopped after " : "", result->epoch, result->seconds,
           result->seconds / fmax(result->samples, 1.0) * 1e9, record->peak_memory / 1048576.0);
    if (result->rollbacks) {
        printf(", went back to the best %d times", result->rollbacks);
    }
    putchar('\n');
    char held_out[64];
    describe_held_out(held_out, sizeof held_out, record->dataset);
    print_esr("validation ESR", record->esr, held_out);
    print_noise(record->dataset);
    for (int i = 0; i < scores->count; i++) {
        print_esr("test ESR", scores->score[i].measure.esr, scores->score[i].recording->name);
    }
    if (scores->count > 1) {
        print_esr("test ESR", scores->esr, "all together");
    }
    Diagnostic verdict;
    divergence_describe(&result->calmness, &verdict);
    printf("%-14s %s\n%-14s %s\n%-14s %s\n", "calm", verdict.text, "aliasing",
           record->behaviour->aliasing_verdict, "levels", record->behaviour->levels_verdict);
    Diagnostic warning;
    agreement_describe(record->agreement, &warning);
    if (warning.text[0]) {
        printf("warning: %s\n", warning.text);
    }
    printf("%-14s %s\n%-14s %s\n", "model", record->model_path, "report", record->report_path);
}

// Prints the JSON that was made, and frees it.
static Status print_json(Status made, char *text) {
    if (made == STATUS_OK) {
        fputs(text, stdout);
    }
    memory_free(text);
    return made;
}

static Status tell_end(const Arguments *a, const Record *record, Diagnostic *diagnostic) {
    if (a->json) {
        char *text = NULL;
        Status made = record_run(&text, record, diagnostic);
        return print_json(made, text);
    }
    if (!a->quiet) {
        print_end(record);
    }
    return STATUS_OK;
}

// Finds out what is not known yet of how the model behaves away from its recording, and puts all of
// it into its file, too.
static Status add_behaviour(Behaviour *behaviour, const Divergence *calmness, Model *model,
                            const char *path, Diagnostic *diagnostic) {
    behaviour->divergence = *calmness;
    Status status = behaviour_measure_output(behaviour, model, diagnostic);
    if (status == STATUS_OK) {
        behaviour_record(&model->info.behaviour, behaviour);
        status = model_file_write(model, path, diagnostic);
    }
    return status;
}

// Loads the written file as its user will, scores it and writes the report.
static Status finish(const Arguments *a, const Dataset *dataset, const TrainerResult *result,
                     Diagnostic *diagnostic) {
    Model *model = NULL;
    Validation validation = {0};
    Scores scores = {0};
    Agreement agreement;
    Behaviour behaviour;
    char path[4096];
    Report report = {.model_path = a->output,
                     .options = &a->options,
                     .result = result,
                     .validation = &validation,
                     .scores = &scores};
    Status status = model_file_read(&model, a->output, diagnostic);
    if (status == STATUS_OK) {
        status = validation_init(&validation, dataset, diagnostic);
    }
    if (status == STATUS_OK) {
        status = scores_make(&scores, model, dataset, diagnostic);
    }
    if (status == STATUS_OK) {
        status = agreement_find(&agreement, model, diagnostic);
    }
    if (status == STATUS_OK) {
        status = add_behaviour(&behaviour, &result->calmness, model, a->output, diagnostic);
    }
    if (status == STATUS_OK) {
        report.model = model;
        report.behaviour = &behaviour;
        report.esr = validation_esr(&validation, model);
        status = report_file_write(path, sizeof path, &report, diagnostic);
    }
    if (status == STATUS_OK) {
        Record record = {.model_path = a->output,
                         .report_path = path,
                         .options = &a->options,
                         .result = result,
                         .dataset = dataset,
                         .scores = &scores,
                         .agreement = &agreement,
                         .behaviour = &model->info.behaviour,
                         .esr = report.esr,
                         .peak_memory = peak_memory()};
        status = tell_end(a, &record, diagnostic);
    }
    validation_clear(&validation);
    scores_clear(&scores);
    model_free(model);
    return status;
}

// Finds out before the training, not after it, that the model cannot be written.
static Status check_output(const char *path, Diagnostic *diagnostic) {
    AtomicFile file;
    Status status = atomic_file_begin(&file, path, diagnostic);
    if (status == STATUS_OK) {
        atomic_file_abandon(&file);
    }
    return status;
}

// The check's number with its unit, as a person would write it.
static void print_value(char *text, size_t size, const Check *check) {
    double value = check->value, large = fabs(value);
    bool share = !check->unit[0] || check->unit[0] == '%';
    if (isnan(value)) {
        text[0] = '\0';
    } else if (share) {
        snprintf(text, size, "%.2g %s", value, check->unit);
    } else {
        int places = large >= 1000.0 || value == round(value) ? 0 : 1;
        snprintf(text, size, "%.*f %s", places, value + 0.0, check->unit);
    }
}

static void print_list(const Checks *checks, bool all) {
    for (int i = 0; i < checks->count; i++) {
        const Check *check = &checks->check[i];
        if (all) {
            char value[32];
            print_value(value, sizeof value, check);
            printf("%-6s  %-10s  %18s  %s\n", verdict_name(check->verdict), check->id, value,
                   check->text);
        } else if (check->verdict != VERDICT_OK) {
            printf("warning: %s\n", check->text);
        }
    }
}

// Says what is worth it, or (`all`) every check with its verdict and number.
static void print_checks(const Dataset *dataset, bool all) {
    int count = dataset->count + dataset->tests;
    for (int r = 0; r < count; r++) {
        const Recording *recording = &dataset->recordings[r];
        if (all && count > 1) {
            printf("%s:\n", recording->name);
        }
        print_list(&recording->checks, all);
        if (!all && recording->latency != 0) {
            printf("%s: %d samples %s; they are taken out\n", recording->name,
                   abs(recording->latency), recording->latency > 0 ? "late" : "early");
        }
    }
    if (dataset->coverage) {
        if (all && count > 1) {
            printf("what is trained on:\n");
        }
        print_list(&dataset->coverage->missing, all);
    }
}

// --check: everything that can be said of the recordings. A refusal makes the program fail.
static Status check_recordings(const Arguments *a, Diagnostic *diagnostic) {
    DatasetOptions options = a->data;
    options.fits = a->no_fits ? NULL : delay_fit_errors;
    Dataset dataset;
    options.checks_only = true;
    char *text = NULL;
    Status status = dataset_read(&dataset, a->paths, a->path_count, &options, diagnostic);
    if (status != STATUS_OK && a->json) {
        Diagnostic cause = *diagnostic;
        Status made = record_failure(&text, cause.text, diagnostic);
        if (print_json(made, text) != STATUS_OK) {
            return STATUS_NO_MEMORY;
        }
        *diagnostic = cause;
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (a->json) {
        Status made = record_checks(&text, &dataset, diagnostic);
        status = print_json(made, text);
    } else {
        print_checks(&dataset, true);
    }
    for (int i = 0; i < dataset.count + dataset.tests && status == STATUS_OK; i++) {
        const Check *refusal = checks_refusal(&dataset.recordings[i].checks);
        if (refusal) {
            status = diagnose(diagnostic, STATUS_BAD_AUDIO, "%s", refusal->text);
        }
    }
    dataset_clear(&dataset);
    return status;
}

// Ends a run that learns nothing, unless it was forced.
static void watch(void *context, const TrainerProgress *progress) {
    Watch *watch = context;
    const Arguments *a = watch->arguments;
    const LossMix *mix = &a->options.loss;
    double error = progress->loss / (mix->plain + mix->emphasised + mix->a_weighted);
    if (!a->quiet) {
        progress_show(&watch->line, progress);
    }
    if (progress->updates >= GIVE_UP_UPDATES && error > TRAINER_USELESS && !a->data.force &&
        (progress->best < 0.0 || progress->best > TRAINER_USELESS)) {
        watch->error = error;
        stop_signal = SIGUSR1; // any but 0
    }
}

// Why nothing was learnt, as far as the checks know.
static const char *cause_of(const Dataset *dataset) {
    static const char *const causes[] = {"confidence", "delay", "blips", "drift", "gate"};
    const char *cause = "do the recordings belong together, and do they start together? If so, a "
                        "lower --rate or another --seed may help";
    for (size_t i = sizeof causes / sizeof *causes; i-- > 0;) {
        const Check *check = checks_find(&dataset->recordings[0].checks, causes[i]);
        if (check && check->verdict != VERDICT_OK) {
            cause = check->text;
        }
    }
    return cause;
}

// Ends a run that was stopped since it learnt nothing; nothing was written by then.
static Status give_up(const Arguments *a, const Watch *watch, Diagnostic *diagnostic) {
    char checkpoint[4096];
    if (checkpoint_path(checkpoint, sizeof checkpoint, a->output)) {
        unlink(checkpoint);
    }
    return diagnose(diagnostic, STATUS_DIVERGED,
                    "nothing is learnt: after %d updates the error is still %.2f of 1, so that it "
                    "was stopped (--force goes on)",
                    GIVE_UP_UPDATES, watch->error);
}

static void print_start(const Arguments *a, const Dataset *dataset) {
    const NetworkShape *shape = &a->options.shape;
    print_checks(dataset, false);
    char held_out[64];
    describe_held_out(held_out, sizeof held_out, dataset);
    printf("%.1f s at %d Hz, %s; %s, %d x %d, %d thread%s\n",
           (double)(dataset->training_frames + dataset->validation_frames) / dataset->rate,
           dataset->rate, held_out, layer_kind_name(shape->cell), shape->layers, shape->hidden,
           a->options.threads, a->options.threads == 1 ? "" : "s");
    fflush(stdout);
}

static Status run(Arguments *a, Diagnostic *diagnostic) {
    Dataset dataset;
    Status status = check_output(a->output, diagnostic);
    if (status == STATUS_OK) {
        status = dataset_read(&dataset, a->paths, a->path_count, &a->data, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!a->quiet) {
        print_start(a, &dataset);
    }
    a->options.shape.knobs = dataset.knobs;
    Watch watching = {{.stream = stdout, .terminal = isatty(STDOUT_FILENO) == 1}, a, &dataset, 0.0};
    a->options.progress = watch;
    a->options.context = &watching;
    watch_signals();
    a->options.stop = &stop_signal;
    TrainerResult result;
    status = trainer_run(&a->options, &dataset, a->output, &result, diagnostic);
    if (!a->quiet) {
        progress_end(&watching.line);
    }
    if (status == STATUS_DIVERGED && watching.error > 0.0) {
        status = give_up(a, &watching, diagnostic);
    } else if (status == STATUS_OK) {
        dataset_undo_gains(&dataset); // from here on as its user hears it
        status = finish(a, &dataset, &result, diagnostic);
    }
    if (status == STATUS_DIVERGED) {
        Diagnostic what = *diagnostic;
        diagnose(diagnostic, status, "%.600s: %s", what.text, cause_of(&dataset));
    }
    dataset_clear(&dataset);
    return status;
}

static int run_program(int argc, char **argv) {
    Arguments arguments = {.options = trainer_defaults()};
    arguments.options.keep_checkpoint = true;
    OptionRest rest;
    Diagnostic diagnostic = {""};
    if (arguments_read(&arguments, argc, argv, &rest, &diagnostic) != STATUS_OK ||
        isa_check_environment(&diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff-train: %s; see gruff-train --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    if (options_answer(&arguments_program, &rest, GRUFF_VERSION, stdout)) {
        return EXIT_SUCCESS;
    }
    if (arguments.check) {
        Status status = check_recordings(&arguments, &diagnostic);
        if (status != STATUS_OK) {
            fprintf(stderr, "gruff-train: %s\n", diagnostic.text);
        }
        return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    char *name = arguments.options.labels.name[0] ? NULL : name_of(arguments.output);
    if (name) {
        arguments.options.labels.name = name;
    }
    Status status = run(&arguments, &diagnostic);
    memory_free(name);
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-train: %s\n", diagnostic.text);
        return status == STATUS_DIVERGED ? EXIT_NOTHING_LEARNT : EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    return options_end(&arguments_program, run_program(argc, argv), stdout, stderr);
}
