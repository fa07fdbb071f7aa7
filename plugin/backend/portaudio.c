// SPDX-License-Identifier: ISC
// The PortAudio backend: ALSA, and whatever else PortAudio was built with. MIDI comes from ALSA's
// sequencer.
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <portaudio.h>
#ifdef GRUFF_HAS_PA_JACK
#include <pa_jack.h>
#endif

#include "dsp/base/clock.h"
#include "dsp/base/memory.h"
#include "dsp/base/number.h"
#include "plugin/backend/alsa_midi.h"
#include "plugin/backend/backend.h"
#include "plugin/backend/mute_stderr.h"

// A device that asks for nothing so long, s, is gone: some host APIs do not tell.
#define STALL 3.0

struct Backend {
    BackendRun run;
    void *data;
    PaStream *stream;
    double rate;
    int channels, input, output; // as of BackendSetup
    int outputs;                 // channels that the stream has
    bool on_jack;
    bool gone; // as `alive` saw
    char device[200];
    AlsaMidi *midi;     // NULL: none
    Diagnostic no_midi; // why, if it was asked for
    _Atomic unsigned calls, xruns;
    // Main's: the calls that `alive` last saw, and when.
    unsigned seen;
    double seen_at;
};

// PortAudio 19.6 waits for ten minutes when it is to close a stream whose JACK server has gone, so
// we leave that alone, and it cannot start anew in this process.
static bool stuck;

// ---- Audio thread ----

static int process(const void *input, void *output, unsigned long frames,
                   const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                   void *argument) REALTIME {
    (void)time;
    Backend *backend = argument;
    const float *const *in = input;
    float *const *out = output;
    if (flags & (paInputOverflow | paOutputUnderflow)) {
        atomic_fetch_add(&backend->xruns, 1);
    }
    atomic_fetch_add(&backend->calls, 1);
    if (in && out) {
        int first = backend->output > 0 ? backend->output - 1 : 0;
        backend->run(backend->data, out + first, in + backend->input - 1, (int)frames);
        for (int c = 0; c < first; c++) {
            memset(out[c], 0, frames * sizeof *out[c]);
        }
        if (backend->output == 0 && backend->channels < backend->outputs) {
            memcpy(out[1], out[0], frames * sizeof *out[0]);
        }
    }
    return paContinue;
}

// ---- Main's thread ----

static const char *api_name(const PaDeviceInfo *info) {
    const PaHostApiInfo *api = Pa_GetHostApiInfo(info->hostApi);
    return api ? api->name : "?";
}

// `name` is that of our client if the host API is JACK; PortAudio keeps the pointer.
static Status begin(const char *name, Diagnostic *diagnostic) {
    int muted = mute_stderr_begin();
#ifdef GRUFF_HAS_PA_JACK
    PaJack_SetClientName(name);
#else
    (void)name;
#endif
    PaError error = Pa_Initialize();
    mute_stderr_end(muted);
    if (error != paNoError) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "PortAudio does not start: %s",
                        Pa_GetErrorText(error));
    }
    return STATUS_OK;
}

static bool name_holds(const char *name, const char *part) {
    size_t length = strlen(part);
    for (; length > 0 && *name; name++) {
        if (strncasecmp(name, part, length) == 0) {
            return true;
        }
    }
    return false;
}

// Whether `device`, an option's text, means device `index`: its number or a part of its name.
static bool is_meant(const char *device, PaDeviceIndex index) {
    double number = 0.0;
    return number_read(device, &number) ? number == index
                                        : name_holds(Pa_GetDeviceInfo(index)->name, device);
}

static int channels_of(PaDeviceIndex index, bool inputs) {
    const PaDeviceInfo *info = Pa_GetDeviceInfo(index);
    if (!info) {
        return 0;
    }
    return inputs ? info->maxInputChannels : info->maxOutputChannels;
}

// The device called `device` with inputs or else outputs; for NULL `usual`, or else the first one.
static PaDeviceIndex find_device(const char *device, bool inputs, PaDeviceIndex usual,
                                 Diagnostic *diagnostic) {
    const char *job = inputs ? "records" : "plays";
    if (!device && usual != paNoDevice && channels_of(usual, inputs) > 0) {
        return usual;
    }
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++) {
        if (channels_of(i, inputs) > 0 && (!device || is_meant(device, i))) {
            return i;
        }
    }
    if (device) {
        diagnose(diagnostic, STATUS_CANNOT_READ,
                 "no device '%s' that %s; gruff --list shows what there is", device, job);
    } else {
        diagnose(diagnostic, STATUS_CANNOT_READ,
                 "no sound card that %s is to be seen; is it plugged in, and are you in the group "
                 "'audio'?",
                 job);
    }
    return paNoDevice;
}

// One device for both if that can be, since two have two clocks.
static bool find_devices(const BackendSetup *setup, PaDeviceIndex *in, PaDeviceIndex *out,
                         Diagnostic *diagnostic) {
    *in = find_device(setup->device, true, Pa_GetDefaultInputDevice(), diagnostic);
    if (*in == paNoDevice) {
        return false;
    }
    PaDeviceIndex usual = channels_of(*in, false) > 0 ? *in : Pa_GetDefaultOutputDevice();
    *out = find_device(setup->output_device, false, usual, diagnostic);
    return *out != paNoDevice;
}

static Status refuse(const Backend *backend, double usual_rate, PaError error,
                     Diagnostic *diagnostic) {
    switch (error) {
    case paInvalidSampleRate:
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "%s does not run at %g Hz; leave out --rate for its own, %g Hz",
                        backend->device, backend->rate, usual_rate);
    case paDeviceUnavailable:
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "%s is busy or gone; end the program that uses it, or choose another one "
                        "of gruff --list with --device",
                        backend->device);
    case paUnanticipatedHostError:
        return diagnose(diagnostic, STATUS_CANNOT_READ, "%s cannot be opened: %s", backend->device,
                        Pa_GetLastHostErrorInfo()->errorText);
    default:
        return diagnose(diagnostic, STATUS_CANNOT_READ, "%s cannot be opened: %s", backend->device,
                        Pa_GetErrorText(error));
    }
}

// Whether the devices have the channels that are asked for.
static Status check_channels(Backend *backend, int inputs, int outputs, Diagnostic *diagnostic) {
    int last = backend->input + backend->channels - 1;
    if (last > inputs) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%s has no input channel %d, only %d",
                        backend->device, last, inputs);
    }
    backend->outputs = outputs < 2 ? 1 : 2;
    if (backend->output > 0) {
        backend->outputs = backend->output + backend->channels - 1;
        return backend->outputs <= outputs ? STATUS_OK
                                           : diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                                                      "%s has no output channel %d, only %d",
                                                      backend->device, backend->outputs, outputs);
    }
    if (backend->channels > backend->outputs) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%s has one output: not for --stereo",
                        backend->device);
    }
    return STATUS_OK;
}

static Status open_stream(Backend *backend, PaDeviceIndex in_device, PaDeviceIndex out_device,
                          int period, Diagnostic *diagnostic) {
    const PaDeviceInfo *in_info = Pa_GetDeviceInfo(in_device);
    const PaDeviceInfo *out_info = Pa_GetDeviceInfo(out_device);
    PaStreamParameters in = {
        .device = in_device,
        .channelCount = backend->input + backend->channels - 1,
        .sampleFormat = paFloat32 | paNonInterleaved,
        .suggestedLatency = in_info->defaultLowInputLatency,
    };
    PaStreamParameters out = {
        .device = out_device,
        .channelCount = backend->outputs,
        .sampleFormat = in.sampleFormat,
        .suggestedLatency = out_info->defaultLowOutputLatency,
    };
    if (period > 0) { // two of them, as sound cards go
        in.suggestedLatency = out.suggestedLatency = 2.0 * period / backend->rate;
    }
    // No dither and no clipping: the processor's output is the output.
    int muted = mute_stderr_begin();
    PaError error = Pa_OpenStream(&backend->stream, &in, &out, backend->rate,
                                  period > 0 ? (unsigned long)period : paFramesPerBufferUnspecified,
                                  paClipOff | paDitherOff, process, backend);
    mute_stderr_end(muted);
    return error == paNoError ? STATUS_OK
                              : refuse(backend, in_info->defaultSampleRate, error, diagnostic);
}

static void portaudio_free(Backend *backend) {
    if (backend && backend->gone && backend->on_jack) {
        stuck = true;
    } else if (backend) {
        if (backend->stream) {
            Pa_AbortStream(backend->stream);
            Pa_CloseStream(backend->stream);
        }
        alsa_midi_free(backend->midi);
        Pa_Terminate();
        memory_free(backend);
    }
}

static Status set_up(Backend *backend, const BackendSetup *setup, Diagnostic *diagnostic) {
    PaDeviceIndex in = paNoDevice, out = paNoDevice;
    if (!find_devices(setup, &in, &out, diagnostic)) {
        return STATUS_CANNOT_READ;
    }
    const PaDeviceInfo *info = Pa_GetDeviceInfo(in);
    backend->rate = setup->rate > 0.0 ? setup->rate : info->defaultSampleRate;
    backend->channels = setup->channels;
    backend->input = setup->input;
    backend->output = setup->output;
    backend->on_jack = Pa_GetHostApiInfo(info->hostApi)->type == paJACK;
    snprintf(backend->device, sizeof backend->device, "%s (%s)", info->name, api_name(info));
    Status status = check_channels(backend, channels_of(in, true), channels_of(out, false),
                                   diagnostic);
    return status == STATUS_OK ? open_stream(backend, in, out, setup->period, diagnostic) : status;
}

static Status portaudio_new(Backend **backend, const BackendSetup *setup, Diagnostic *diagnostic) {
    *backend = NULL;
    if (stuck) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "PortAudio cannot find a JACK server for a second time; start gruff again, "
                        "with --backend jack, which can");
    }
    Status status = begin(setup->name,
                          diagnostic); // anew each time: it looks for devices only then
    if (status != STATUS_OK) {
        return status;
    }
    Backend *made = memory_new(1, sizeof *made);
    if (!made) {
        Pa_Terminate();
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for PortAudio's stream");
    }
    status = set_up(made, setup, diagnostic);
    if (status != STATUS_OK) {
        portaudio_free(made);
        return status;
    }
    if (setup->midi) {
        (void)alsa_midi_new(&made->midi, setup->name, &made->no_midi);
    }
    *backend = made;
    return STATUS_OK;
}

static double portaudio_rate(const Backend *backend) {
    const PaStreamInfo *info = Pa_GetStreamInfo(backend->stream);
    return info ? info->sampleRate : backend->rate;
}

static Status portaudio_start(Backend *backend, BackendRun run, void *data,
                              Diagnostic *diagnostic) {
    backend->run = run;
    backend->data = data;
    backend->seen_at = clock_now();
    PaError error = Pa_StartStream(backend->stream);
    if (error != paNoError) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "%s does not start: %s", backend->device,
                        Pa_GetErrorText(error));
    }
    diagnose(diagnostic, STATUS_OK, "plays on %s at %g Hz, input %d%s%.400s", backend->device,
             portaudio_rate(backend), backend->input,
             backend->no_midi.text[0] ? "; without MIDI: " : "", backend->no_midi.text);
    return STATUS_OK;
}

// A stream is one with its device.
static bool portaudio_plugged(const Backend *backend) {
    (void)backend;
    return true;
}

static bool portaudio_alive(Backend *backend, Diagnostic *diagnostic) {
    unsigned calls = atomic_load(&backend->calls);
    double now = clock_now();
    if (calls != backend->seen) {
        backend->seen = calls;
        backend->seen_at = now;
    }
    if (Pa_IsStreamActive(backend->stream) == 1 && now - backend->seen_at < STALL) {
        return true;
    }
    backend->gone = true;
    diagnose(diagnostic, STATUS_INTERRUPTED, "%s is gone", backend->device);
    return false;
}

static Xruns portaudio_xruns(const Backend *backend) {
    return (Xruns){.count = atomic_load(&backend->xruns)};
}

static int portaudio_midi(Backend *backend, unsigned char message[3]) {
    return backend->midi ? alsa_midi_take(backend->midi, message) : 0;
}

static Status portaudio_list(Diagnostic *diagnostic) {
    Status status = begin("gruff-list", diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    int shown = 0;
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++) {
        const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
        printf("portaudio %2d  %s (%s), %d in, %d out, %g Hz\n", i, info->name, api_name(info),
               info->maxInputChannels, info->maxOutputChannels, info->defaultSampleRate);
        shown++;
    }
    Pa_Terminate();
    return shown ? STATUS_OK
                 : diagnose(diagnostic, STATUS_CANNOT_READ, "PortAudio sees no sound card");
}

const BackendKind backend_portaudio = {
    .name = "PortAudio",
    .make = portaudio_new,
    .sample_rate = portaudio_rate,
    .start = portaudio_start,
    .plugged = portaudio_plugged,
    .alive = portaudio_alive,
    .xruns = portaudio_xruns,
    .midi = portaudio_midi,
    .free = portaudio_free,
    .list = portaudio_list,
};
