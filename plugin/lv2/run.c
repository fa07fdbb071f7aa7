// SPDX-License-Identifier: ISC
// The audio thread's part of the plugin: messages in, audio, work for others, messages out.
#include <limits.h>
#include <string.h>

#include <lv2/atom/util.h>

#include "dsp/base/clock.h"
#include "dsp/chain/meters.h"
#include "plugin/lv2/amp.h"
#include "plugin/lv2/messages.h"

static void tell_all(Amp *amp) REALTIME {
    amp->tell_path[FILE_MODEL] = amp->tell_path[FILE_CABINET] = true;
    amp->tell_status = true;
}

static void complain(Amp *amp, const char *text) REALTIME {
    amp->status = text;
    tell_all(amp); // the model, too: a host that shows the new path already must show the old one
}

// The LV2 worker extension promises that schedule_work can be called in run().
REALTIME_TRUST_BEGIN
static bool schedule(const Amp *amp, uint32_t size) REALTIME {
    const LV2_Worker_Schedule *worker = amp->schedule;
    return worker && worker->schedule_work(worker->handle, size, &amp->work) == LV2_WORKER_SUCCESS;
}
REALTIME_TRUST_END

// Gives `amp->work` of `size` bytes to the worker, or says why not.
static void schedule_told(Amp *amp, size_t size) REALTIME {
    if (!amp->schedule) {
        complain(amp, "this host has no worker: files can only come with saved state");
    } else if (!schedule(amp, (uint32_t)size)) {
        complain(amp, "the host's worker is busy: choose the file once more");
    }
}

static void schedule_load(Amp *amp, FileKind file, const char *path) REALTIME {
    size_t size = strlen(path) + 1;
    if (size > sizeof amp->work.path) {
        complain(amp, "the path of the file is too long");
        return;
    }
    amp->work.kind = WORK_LOAD;
    amp->work.file = (uint32_t)file;
    memcpy(amp->work.path, path, size);
    schedule_told(amp, offsetof(Work, path) + size);
}

static void steps_take(Amp *amp) REALTIME {
    for (int i = 0; i < STEP_COUNT; i++) {
        bool pressed = amp->steps[i] && *amp->steps[i] > 0.0f;
        if (pressed && !amp->pressed[i]) {
            amp->work.kind = PORT_FIRST_STEP + i == PORT_NEXT ? WORK_NEXT : WORK_PREVIOUS;
            schedule_told(amp, sizeof amp->work.kind);
        }
        amp->pressed[i] = pressed;
    }
}

// The worker clears `collecting` before it collects: what comes up later is asked for again.
static void schedule_collection(Amp *amp) REALTIME {
    if (!atomic_load(&amp->collecting) && loader_has_retired(amp->loader)) {
        amp->work.kind = WORK_COLLECT;
        atomic_store(&amp->collecting, true);
        if (!schedule(amp, sizeof amp->work.kind)) {
            atomic_store(&amp->collecting, false);
        }
    }
}

static void requests_take(Amp *amp) REALTIME {
    if (!amp->map || !amp->control) {
        return;
    }
    LV2_ATOM_SEQUENCE_FOREACH(amp->control, event) {
        Request request = request_read(&amp->uris, &event->body);
        if (request.kind == REQUEST_SET_FILE) {
            bool model = request.property == amp->uris.files[FILE_MODEL];
            schedule_load(amp, model ? FILE_MODEL : FILE_CABINET, request.path);
        } else if (request.kind == REQUEST_GET) {
            for (int k = 0; k < FILE_KINDS; k++) {
                amp->tell_path[k] |= !request.property || request.property == amp->uris.files[k];
            }
            amp->tell_status |= !request.property || request.property == amp->uris.status;
        }
    }
}

static void notification_take(Amp *amp) REALTIME {
    const Notification *notification = loader_notification(amp->loader);
    if (notification) {
        amp->paths[FILE_MODEL] = notification->paths[FILE_MODEL];
        amp->paths[FILE_CABINET] = notification->paths[FILE_CABINET];
        amp->status = notification->status.text;
        tell_all(amp);
    }
}

// What does not fit is told in a later cycle.
static void notifications_send(Amp *amp) REALTIME {
    if (!amp->map || !amp->notify) {
        return;
    }
    const Uris *uris = &amp->uris;
    uint32_t capacity = sequence_begin(uris, amp->notify);
    for (int k = 0; k < FILE_KINDS; k++) {
        amp->tell_path[k] = amp->tell_path[k] &&
                            !sequence_set(uris, amp->notify, capacity, uris->files[k],
                                          uris->atom_path, amp->paths[k]);
    }
    if (amp->tell_status) {
        amp->tell_status = !sequence_set(uris, amp->notify, capacity, uris->status,
                                         uris->atom_string, amp->status);
    }
}

// The meter of the louder channel.
static float loudest(const Amp *amp, float peak, const float *const *samples, int frames,
                     double seconds) REALTIME {
    float largest = METER_FLOOR;
    for (int c = 0; c < amp->channels; c++) {
        float one = meter_peak(peak, samples[c], frames, seconds);
        largest = one > largest ? one : largest;
    }
    return largest;
}

static void audio_run(Amp *amp, uint32_t frames) REALTIME {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        if (amp->controls[i]) {
            processor_set(amp->processor, (ControlId)i, *amp->controls[i]);
        }
    }
    bool connected = true;
    for (int c = 0; c < amp->channels; c++) {
        connected = connected && amp->in[c] && amp->out[c];
    }
    if (!connected || frames == 0 || frames > INT_MAX) {
        return;
    }
    double begin = clock_now(), seconds = (double)frames / (double)amp->options.rate;
    amp->peak_in = loudest(amp, amp->peak_in, amp->in, (int)frames, seconds);
    processor_run(amp->processor, amp->out, amp->in, (int)frames);
    amp->peak_out = loudest(amp, amp->peak_out, (const float *const *)amp->out, (int)frames,
                            seconds);
    amp->load = meter_load(amp->load, clock_now() - begin, seconds);
}

static void put(const Amp *amp, PortIndex port, float value) REALTIME {
    float *to = amp->outputs[port - PORT_FIRST_OUTPUT];
    if (to) {
        *to = value;
    }
}

static void outputs_put(const Amp *amp) REALTIME {
    put(amp, PORT_LATENCY, (float)processor_latency(amp->processor));
    put(amp, PORT_CONVERSION, (float)processor_rate_mode(amp->processor));
    put(amp, PORT_LOAD, amp->load);
    put(amp, PORT_PEAK_IN, amp->peak_in);
    put(amp, PORT_PEAK_OUT, amp->peak_out);
}

void amp_run(LV2_Handle handle, uint32_t frames) REALTIME {
    Amp *amp = handle;
    notification_take(amp); // first: it would take the place of a complaint of this cycle
    requests_take(amp);
    steps_take(amp);
    audio_run(amp, frames);
    outputs_put(amp);
    schedule_collection(amp);
    notifications_send(amp);
}
