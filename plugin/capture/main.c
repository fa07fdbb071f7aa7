// SPDX-License-Identifier: ISC
// gruff-capture: records the pair that a model is trained from.
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "dsp/base/decibels.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/signals/test_signal.h"
#include "plugin/backend/advice.h"
#include "plugin/capture/latency.h"
#include "plugin/capture/options.h"
#include "plugin/capture/pair.h"
#include "plugin/capture/take.h"

enum {
    EXIT_USAGE = 2,
    TICK = 100000000, // ns between looks at a take
    SEED = 1,
    USUAL_RATE = 48000, // Hz
    DRY_RUN = 10,       // s
    CLIPPED = 10,       // samples that may be, in a take
};

#define LEAD 0.5         // s of silence before a take
#define LONGEST 1.0      // s that a loop may take
#define SILENT (-80.0)   // dBFS, peak of a return that is nothing but noise
#define SOON 6.0         // s after which there must be more than that
#define TOO_SOFT (-40.0) // dBFS, peak of a return that is worth recording

typedef struct Capture {
    const Options *options;
    const BackendKind *kind;
    Backend *backend;
    double rate;
    float *signal, *recorded;
    Take take;
    size_t longest, latency;
    unsigned early_xruns; // before the take
    sigset_t signals;     // that end it
} Capture;

// ---- Before ----

static Status read_signal(Capture *capture, Diagnostic *diagnostic) {
    Audio audio = {0};
    Status status = audio_file_read_channel(&audio, capture->options->signal, AUDIO_SOUNDING,
                                            diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    if (audio.rate != capture->rate) {
        audio_clear(&audio);
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "%.500s: is of %d Hz, the sound card runs at %g Hz: say --rate %d, or "
                        "start the server at that rate",
                        capture->options->signal, audio.rate, capture->rate, audio.rate);
    }
    capture->signal = audio.samples; // owned from here on
    capture->take.frames = audio.frames;
    float gain = (float)decibels_to_amplitude(capture->options->level) /
                 fmaxf(level_peak(audio.samples, audio.frames), 1e-9f);
    for (size_t i = 0; i < audio.frames; i++) {
        capture->signal[i] *= gain;
    }
    return STATUS_OK;
}

static Status make_signal(Capture *capture, Diagnostic *diagnostic) {
    const Options *options = capture->options;
    int seconds = (options->dry_run ? DRY_RUN : options->seconds) + (int)TEST_SIGNAL_GUITAR;
    size_t frames = (size_t)(seconds * capture->rate);
    capture->signal = memory_new(frames, sizeof *capture->signal);
    if (!capture->signal) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %d s of audio", seconds);
    }
    capture->take.frames = frames;
    return test_signal_make(capture->signal, frames, capture->rate,
                            decibels_to_amplitude(options->level), SEED, diagnostic);
}

// A dry run plays the first seconds of the guitar alone.
static void cut_for_dry_run(Capture *capture) {
    size_t begin = capture->options->signal ? 0 : (size_t)(TEST_SIGNAL_GUITAR * capture->rate);
    size_t frames = (size_t)(DRY_RUN * capture->rate);
    capture->take.played = capture->signal + begin;
    capture->take.frames -= begin;
    capture->take.frames = capture->take.frames < frames ? capture->take.frames : frames;
}

static Status prepare(Capture *capture, Diagnostic *diagnostic) {
    Take *take = &capture->take;
    Status status = capture->options->signal ? read_signal(capture, diagnostic)
                                             : make_signal(capture, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    take->played = capture->signal;
    if (capture->options->dry_run) {
        cut_for_dry_run(capture);
    }
    capture->longest = (size_t)(LONGEST * capture->rate);
    take->room = take->frames + capture->longest;
    take->lead = (size_t)(LEAD * capture->rate);
    take->recorded = capture->recorded = memory_new(take->room, sizeof *capture->recorded);
    return take->recorded ? STATUS_OK
                          : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for what comes back");
}

// ---- The take ----

// In place on a terminal; a line every ten seconds elsewhere.
static void show(Capture *capture, bool terminal, unsigned ticks) {
    Take *take = &capture->take;
    if (ticks % (terminal ? 5 : 100) != 0) {
        return;
    }
    double level = decibels_of_amplitude((double)atomic_exchange(&take->peak, 0.0f));
    fprintf(stderr, "%sgruff-capture: %.0f of %.0f s, return %.1f dBFS, %u samples clipped%s",
            terminal ? "\r" : "", (double)atomic_load(&take->done) / capture->rate,
            (double)take->room / capture->rate, level, atomic_load(&take->clipped),
            terminal ? "   " : "\n");
    fflush(stderr);
}

static Status silence(double level, Diagnostic *diagnostic) {
    return diagnose(diagnostic, STATUS_BAD_AUDIO,
                    "nothing comes back (%.0f dBFS); check the cables, --channel and "
                    "--output-channel",
                    level);
}

// Until a signal ends all, or the server goes away (both STATUS_INTERRUPTED), or the next look.
static Status tick(Capture *capture, Diagnostic *diagnostic) {
    static const struct timespec length = {.tv_nsec = TICK};
    if (sigtimedwait(&capture->signals, NULL, &length) > 0) {
        return diagnose(diagnostic, STATUS_INTERRUPTED, "stopped; nothing was written");
    }
    return capture->kind->alive(capture->backend, diagnostic) ? STATUS_OK : STATUS_INTERRUPTED;
}

// What comes back before the cables are in is no take.
static Status wait_for_cables(Capture *capture, Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    if (!capture->kind->plugged(capture->backend)) {
        fputs("gruff-capture: the take begins when both ports are connected\n", stderr);
    }
    while (status == STATUS_OK && !capture->kind->plugged(capture->backend)) {
        status = tick(capture, diagnostic);
    }
    return status;
}

// Looks after a take under way.
static Status watch(Capture *capture, Diagnostic *diagnostic) {
    double done = (double)atomic_load(&capture->take.done) / capture->rate;
    double level = decibels_of_amplitude((double)atomic_load(&capture->take.loudest));
    if (done == 0.0) {
        capture->early_xruns = capture->kind->xruns(capture->backend).count;
    }
    return done > SOON && level < SILENT ? silence(level, diagnostic) : STATUS_OK;
}

static Status record(Capture *capture, Diagnostic *diagnostic) {
    bool terminal = isatty(STDERR_FILENO);
    Status status = capture->kind->start(capture->backend, take_run, &capture->take, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    fprintf(stderr, "gruff-capture: %s\n", diagnostic->text);
    status = wait_for_cables(capture, diagnostic);
    capture->early_xruns = capture->kind->xruns(capture->backend).count;
    take_begin(&capture->take);
    for (unsigned ticks = 1; !take_is_done(&capture->take) && status == STATUS_OK; ticks++) {
        status = tick(capture, diagnostic);
        if (status == STATUS_OK) {
            show(capture, terminal, ticks);
            status = watch(capture, diagnostic);
        }
    }
    if (terminal) {
        fputc('\n', stderr);
    }
    return status;
}

// ---- After ----

// What makes a take useless, or spoils it.
static Status check_take(const Capture *capture, Diagnostic *diagnostic) {
    const Take *take = &capture->take;
    double level = decibels_of_amplitude((double)atomic_load(&take->loudest));
    unsigned clipped = atomic_load(&take->clipped);
    unsigned xruns = capture->kind->xruns(capture->backend).count - capture->early_xruns;
    if (level < SILENT) {
        return silence(level, diagnostic);
    }
    if (clipped > CLIPPED) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%u samples of what came back are clipped; turn down the sound card's "
                        "input, or the device's output",
                        clipped);
    }
    if (xruns > 0) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "there were gaps (%u xruns): do it again, with a longer --period", xruns);
    }
    if (level < TOO_SOFT) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "what came back is very soft (peak %.1f dBFS); turn up the sound card's "
                        "input",
                        level);
    }
    return STATUS_OK;
}

static Status write_file(const Capture *capture, const char *ending, const float *samples,
                         char path[PAIR_PATH], Diagnostic *diagnostic) {
    Status status = pair_name(capture->options, ending, path, diagnostic);
    return status == STATUS_OK ? audio_file_write(path, (int)capture->rate, samples,
                                                  capture->take.frames, diagnostic)
                               : status;
}

static Status write_pair(const Capture *capture, Diagnostic *diagnostic) {
    char input[PAIR_PATH], target[PAIR_PATH], list[PAIR_PATH];
    Status status = write_file(capture, "-input.wav", capture->signal, input, diagnostic);
    if (status == STATUS_OK) {
        status = write_file(capture, "-target.wav", capture->recorded + capture->latency, target,
                            diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    printf("%s and %s: %.1f s, latency of the loop %zu samples (%.1f ms), peak %.1f dBFS\n", input,
           target, (double)capture->take.frames / capture->rate, capture->latency,
           1e3 * (double)capture->latency / capture->rate,
           decibels_of_amplitude((double)atomic_load(&capture->take.loudest)));
    status = pair_list(capture->options, input, target, list, diagnostic);
    if (list[0] && status == STATUS_OK) {
        printf("filed in %s\n", list);
    }
    return status;
}

static Status finish(Capture *capture, Diagnostic *diagnostic) {
    const Take *take = &capture->take;
    Status fault = check_take(capture, diagnostic);
    Status status = latency_find(&capture->latency, take->played, take->recorded, take->frames,
                                 capture->longest, fault == STATUS_OK ? diagnostic : NULL);
    if (capture->options->dry_run) {
        printf(
            "peak of the return %.1f dBFS, %u samples clipped, latency of the loop %zu samples\n",
            decibels_of_amplitude((double)atomic_load(&take->loudest)), atomic_load(&take->clipped),
            capture->latency);
        return fault != STATUS_OK ? fault : status;
    }
    if (fault != STATUS_OK && capture->options->force && status == STATUS_OK) {
        fprintf(stderr, "gruff-capture: kept all the same: %s\n", diagnostic->text);
    } else if (fault != STATUS_OK) {
        return fault;
    }
    return status == STATUS_OK ? write_pair(capture, diagnostic) : status;
}

// ---- All ----

static Status record_pair(Capture *capture, Diagnostic *diagnostic) {
    Status status = pair_check(capture->options, diagnostic);
    if (status == STATUS_OK) {
        status = backend_open(&capture->backend, &capture->kind, &capture->options->backend.setup,
                              diagnostic);
    }
    if (status == STATUS_OK) {
        capture->rate = capture->kind->sample_rate(capture->backend);
        status = prepare(capture, diagnostic);
    }
    if (status == STATUS_OK) {
        Diagnostic advice = {""};
        advise_on_real_time(&advice);
        if (advice.text[0]) {
            fprintf(stderr, "gruff-capture: %s\n", advice.text);
        }
        status = record(capture, diagnostic);
    }
    return status == STATUS_OK ? finish(capture, diagnostic) : status;
}

static bool capture_pair(const Options *options) {
    Capture capture = {.options = options, .kind = options->backend.kind};
    Diagnostic diagnostic = {""};
    sigemptyset(&capture.signals);
    sigaddset(&capture.signals, SIGINT);
    sigaddset(&capture.signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &capture.signals, NULL);
    Status status = record_pair(&capture, &diagnostic);
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-capture: %s\n", diagnostic.text);
    }
    if (capture.backend) {
        capture.kind->free(capture.backend);
    }
    memory_free(capture.signal);
    memory_free(capture.recorded);
    return status == STATUS_OK;
}

// What --write-signal does: no sound card is needed.
static bool write_signal(const Options *options) {
    double rate = options->backend.setup.rate;
    Capture capture = {.options = options, .rate = rate > 0.0 ? rate : USUAL_RATE};
    Diagnostic diagnostic = {""};
    Status status = options->signal
                        ? atomic_file_spares(options->signal_file, options->signal, &diagnostic)
                        : STATUS_OK;
    if (status == STATUS_OK) {
        status = make_signal(&capture, &diagnostic);
    }
    if (status == STATUS_OK) {
        status = audio_file_write(options->signal_file, (int)capture.rate, capture.signal,
                                  capture.take.frames, &diagnostic);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-capture: %s\n", diagnostic.text);
    }
    memory_free(capture.signal);
    return status == STATUS_OK;
}

int main(int argc, char **argv) {
    Options options;
    OptionRest rest;
    Diagnostic diagnostic = {""};
    Status status = options_read(&options, argc, argv, &rest, &diagnostic);
    if (status == STATUS_OK && options_answer(&capture_program, &rest, GRUFF_VERSION, stdout)) {
        return options_end(&capture_program, EXIT_SUCCESS, stdout, stderr);
    }
    if (status == STATUS_OK) {
        status = backend_choose(&options.backend.kind, options.backend.name, &diagnostic);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-capture: %s; see gruff-capture --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    bool good = true;
    if (options.backend.list) {
        good = backend_list(options.backend.kind, "gruff-capture");
    } else if (options.signal_file) {
        good = write_signal(&options);
    } else {
        good = capture_pair(&options);
    }
    return options_end(&capture_program, good ? EXIT_SUCCESS : EXIT_FAILURE, stdout, stderr);
}
