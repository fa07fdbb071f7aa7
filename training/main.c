// SPDX-License-Identifier: ISC
// gruff-train: fits a model to a pair of recordings.
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsp/files/atomic_file.h"
#include "dsp/files/model_file.h"
#include "dsp/memory.h"
#include "training/progress.h"
#include "training/report.h"
#include "training/trainer.h"
#include "training/validation.h"

enum { EXIT_USAGE = 2 };

static volatile sig_atomic_t stop_signal;

static void on_signal(int number) {
    stop_signal = number;
}

static const char usage[] =
    "Usage: gruff-train INPUT.wav TARGET.wav -o MODEL.json [options]\n"
    "Fits a GRU to a pair of recordings: the dry guitar, and what the device made of it.\n"
    "\n"
    "  -o, --output FILE    the model file to write (required)\n"
    "  -H, --hidden N       hidden size, 1 to 128 (16): more is more exact and costs more CPU\n"
    "  -t, --time SECONDS   how long to train (45)\n"
    "  -e, --epochs N       train N passes over the audio instead of for a time; the same\n"
    "                       seed then gives the same model\n"
    "  -s, --seed N         start of the random numbers (1)\n"
    "      --seeds N        try N seeds a short way and go on with the best (1)\n"
    "  -j, --threads N      threads (all processors)\n"
    "      --rate R         peak learning rate (0.01)\n"
    "      --no-skip        do not add the input to the output\n"
    "      --resume         go on with a run that was cut off, with the same options\n"
    "  -q, --quiet          print nothing but errors\n"
    "  -h, --help           this text\n"
    "  -V, --version        the version\n"
    "\n"
    "What the model file says of itself:\n"
    "  -n, --name TEXT      the model's name (the file's)\n"
    "      --author TEXT    who made it\n"
    "      --license TEXT   on what terms others may use it\n"
    "      --gear TEXT      the device that was recorded\n"
    "      --input-level DBU, --output-level DBU\n"
    "                       levels at the device's input and output of a 1 kHz sine whose\n"
    "                       peaks are full scale in the recordings\n"
    "\n"
    "The best model so far is in FILE at any time; Ctrl-C ends the run and keeps it, and\n"
    "--resume goes on from FILE.checkpoint.\n"
    "A report is written to FILE's name with .report in place of .json.\n";

typedef struct Arguments {
    const char *input, *target, *output;
    bool quiet;
    TrainerOptions options;
} Arguments;

static bool read_number(const char *text, double least, double most, double *value) {
    char *end;
    errno = 0;
    double number = strtod(text, &end);
    if (end == text || *end || errno || !(number >= least && number <= most)) {
        return false;
    }
    *value = number;
    return true;
}

// Reads a whole number of an option into `value`; says what is wrong and gives false otherwise.
static bool number_option(const char *option, const char *text, double least, double most,
                          bool whole, double *value) {
    if (read_number(text, least, most, value) && (!whole || *value == floor(*value))) {
        return true;
    }
    fprintf(stderr, "gruff-train: --%s %s: a%s number from %g to %g expected\n", option, text,
            whole ? " whole" : "", least, most);
    return false;
}

enum {
    OPTION_RATE = 256,
    OPTION_SEEDS,
    OPTION_RESUME,
    OPTION_NO_SKIP,
    OPTION_AUTHOR,
    OPTION_LICENSE,
    OPTION_GEAR,
    OPTION_INPUT_LEVEL,
    OPTION_OUTPUT_LEVEL
};

// Takes a text that goes into the model file.
static bool text_option(const char *option, const char *text, const char **value) {
    *value = text;
    if (strlen(text) < MODEL_TEXT) {
        return true;
    }
    fprintf(stderr, "gruff-train: --%s: %zu bytes are too long, at most %d\n", option, strlen(text),
            MODEL_TEXT - 1);
    return false;
}

static bool take_option(Arguments *a, int option) {
    Labels *labels = &a->options.labels;
    double value = 0.0;
    bool good = true;
    switch (option) {
    case 'o':
        a->output = optarg;
        break;
    case 'H':
        good = number_option("hidden", optarg, 1, MODEL_MAX_HIDDEN, true, &value);
        a->options.shape.hidden = (int)value;
        break;
    case 't':
        good = number_option("time", optarg, 0.1, 1e6, false, &a->options.seconds);
        break;
    case 'e':
        good = number_option("epochs", optarg, 1e-3, 1e6, false, &a->options.epochs);
        break;
    case 's':
        good = number_option("seed", optarg, 0, 4294967295.0, true, &value);
        a->options.seed = (uint64_t)value;
        break;
    case 'j':
        good = number_option("threads", optarg, 1, 64, true, &value);
        a->options.threads = (int)value;
        break;
    case OPTION_SEEDS:
        good = number_option("seeds", optarg, 1, 20, true, &value);
        a->options.race = (int)value;
        break;
    case OPTION_RATE:
        good = number_option("rate", optarg, 1e-8, 1, false, &a->options.rate);
        break;
    case OPTION_RESUME:
        a->options.resume = true;
        break;
    case OPTION_NO_SKIP:
        a->options.shape.skip = false;
        break;
    case 'n':
        good = text_option("name", optarg, &labels->name);
        break;
    case OPTION_AUTHOR:
        good = text_option("author", optarg, &labels->author);
        break;
    case OPTION_LICENSE:
        good = text_option("license", optarg, &labels->license);
        break;
    case OPTION_GEAR:
        good = text_option("gear", optarg, &labels->gear);
        break;
    case OPTION_INPUT_LEVEL:
        good = number_option("input-level", optarg, -60, 60, false, &labels->input_level_dbu);
        break;
    case OPTION_OUTPUT_LEVEL:
        good = number_option("output-level", optarg, -60, 60, false, &labels->output_level_dbu);
        break;
    case 'q':
        a->quiet = true;
        break;
    default: // getopt_long has said what is wrong
        good = false;
        break;
    }
    return good;
}

// Fills *a; gives -1 to go on, or the program's exit status.
static int read_arguments(Arguments *a, int argc, char **argv) {
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"hidden", required_argument, NULL, 'H'},
        {"time", required_argument, NULL, 't'},
        {"epochs", required_argument, NULL, 'e'},
        {"seed", required_argument, NULL, 's'},
        {"threads", required_argument, NULL, 'j'},
        {"seeds", required_argument, NULL, OPTION_SEEDS},
        {"rate", required_argument, NULL, OPTION_RATE},
        {"resume", no_argument, NULL, OPTION_RESUME},
        {"no-skip", no_argument, NULL, OPTION_NO_SKIP},
        {"name", required_argument, NULL, 'n'},
        {"author", required_argument, NULL, OPTION_AUTHOR},
        {"license", required_argument, NULL, OPTION_LICENSE},
        {"gear", required_argument, NULL, OPTION_GEAR},
        {"input-level", required_argument, NULL, OPTION_INPUT_LEVEL},
        {"output-level", required_argument, NULL, OPTION_OUTPUT_LEVEL},
        {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "o:H:t:e:s:j:n:qhV", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (option == 'V') {
            printf("gruff-train %s\n", GRUFF_VERSION);
            return EXIT_SUCCESS;
        }
        if (!take_option(a, option)) {
            return EXIT_USAGE;
        }
    }
    if (argc - optind != 2) {
        fprintf(stderr,
                "gruff-train: two files expected, INPUT.wav and TARGET.wav (%d given); "
                "see gruff-train --help\n",
                argc - optind);
        return EXIT_USAGE;
    }
    if (!a->output) {
        fprintf(stderr, "gruff-train: no model file named; add -o MODEL.json\n");
        return EXIT_USAGE;
    }
    a->input = argv[optind];
    a->target = argv[optind + 1];
    return -1;
}

// The file's name without its folder and ending; owned by the caller.
static char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
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

static void print_end(const Arguments *a, const TrainerResult *result, double esr,
                      const char *report) {
    printf("%s%.1f epochs in %.1f s (%.0f ns/sample)", result->stopped ? "stopped after " : "",
           result->epoch, result->seconds, result->seconds / fmax(result->samples, 1.0) * 1e9);
    if (result->rollbacks) {
        printf(", went back to the best %d times", result->rollbacks);
    }
    printf("\nvalidation ESR %.3g (%.1f dB)\nmodel  %s\nreport %s\n", esr, 10.0 * log10(esr),
           a->output, report);
}

// Loads the written file as its user will, scores it and writes the report.
static Status finish(const Arguments *a, const Dataset *dataset, const TrainerResult *result,
                     Diagnostic *diagnostic) {
    Model *model = NULL;
    Validation validation = {0};
    char path[4096];
    Report report = {.model_path = a->output,
                     .options = &a->options,
                     .result = result,
                     .validation = &validation};
    Status status = model_file_read(&model, a->output, diagnostic);
    if (status == STATUS_OK) {
        status = validation_init(&validation, dataset, diagnostic);
    }
    if (status == STATUS_OK) {
        report.esr = validation_esr(&validation, model);
        status = report_write(path, sizeof path, &report, diagnostic);
    }
    if (status == STATUS_OK && !a->quiet) {
        print_end(a, result, report.esr, path);
    }
    validation_clear(&validation);
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

static Status run(Arguments *a, Diagnostic *diagnostic) {
    Dataset dataset;
    Status status = check_output(a->output, diagnostic);
    if (status == STATUS_OK) {
        status = dataset_read(&dataset, a->input, a->target, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!a->quiet) {
        for (int i = 0; i < dataset.note_count; i++) {
            printf("note: %s\n", dataset.notes[i]);
        }
        printf("%.1f s at %d Hz, %.1f s of it held out; GRU of hidden size %d, %d thread%s\n",
               (double)(dataset.training_frames + dataset.validation_frames) / dataset.rate,
               dataset.rate, (double)dataset.validation_frames / dataset.rate,
               a->options.shape.hidden, a->options.threads, a->options.threads == 1 ? "" : "s");
    }
    ProgressLine line = {.stream = stdout, .terminal = isatty(STDOUT_FILENO) == 1};
    if (!a->quiet) {
        a->options.progress = progress_show;
        a->options.context = &line;
    }
    watch_signals();
    a->options.stop = &stop_signal;
    TrainerResult result;
    status = trainer_run(&a->options, &dataset, a->output, &result, diagnostic);
    if (!a->quiet) {
        progress_end(&line);
    }
    if (status == STATUS_OK) {
        status = finish(a, &dataset, &result, diagnostic);
    }
    dataset_clear(&dataset);
    return status;
}

int main(int argc, char **argv) {
    Arguments arguments = {.options = trainer_defaults()};
    arguments.options.keep_checkpoint = true;
    int exit_status = read_arguments(&arguments, argc, argv);
    if (exit_status >= 0) {
        return exit_status;
    }
    char *name = arguments.options.labels.name[0] ? NULL : name_of(arguments.output);
    if (name) {
        arguments.options.labels.name = name;
    }
    Diagnostic diagnostic = {""};
    Status status = run(&arguments, &diagnostic);
    memory_free(name);
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-train: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
