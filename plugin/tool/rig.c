// SPDX-License-Identifier: ISC
#include "plugin/tool/rig.h"

#include <string.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/base/number.h"
#include "dsp/chain/processor.h"
#include "dsp/network/engine.h"
#include "plugin/session/load.h"

struct Rig {
    Isa isa;
    Engine *engine;       // the model alone; NULL when there is a processor
    Processor *processor; // the whole chain
    int cabinet;          // as rig_cabinet has it
};

// ---- Knobs ----

// A knob by its name, or by its number from 1; -1 when there is none.
static int find_knob(const Model *model, const char *name, size_t length) {
    for (int i = 0; i < model->knobs; i++) {
        if (strlen(model->knob[i].name) == length &&
            strncmp(model->knob[i].name, name, length) == 0) {
            return i;
        }
    }
    return length == 1 && *name >= '1' && *name < '1' + model->knobs ? *name - '1' : -1;
}

// Reads "NAME=VALUE" or "NUMBER=VALUE".
static Status read_knob(const char *text, const Model *model, const char *path, int *knob,
                        float *value, Diagnostic *diagnostic) {
    const char *equals = strrchr(text, '=');
    int length = equals ? (int)(equals - text) : 0;
    double number = 0.0;
    if (!equals || !number_read(equals + 1, &number)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--knob takes NAME=VALUE, not '%s'", text);
    }
    *value = (float)number;
    *knob = find_knob(model, text, (size_t)length);
    if (*knob < 0) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%.300s: has no knob '%.*s'", path, length,
                        text);
    }
    const Knob *found = &model->knob[*knob];
    if (*value < found->minimum || *value > found->maximum) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "knob '%.*s' goes from %g to %g", length,
                        text, (double)found->minimum, (double)found->maximum);
    }
    return STATUS_OK;
}

static Status set_knobs(Rig *rig, const Model *model, const Arguments *arguments,
                        Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < arguments->knob_count; i++) {
        int knob = 0;
        float value = 0.0f;
        status = read_knob(arguments->knobs[i], model, arguments->operands[0], &knob, &value,
                           diagnostic);
        if (status == STATUS_OK && rig->processor) {
            processor_set_knob(rig->processor, knob, value);
        } else if (status == STATUS_OK) {
            engine_set_knob(rig->engine, knob, value);
        }
    }
    return status;
}

// ---- Making ----

// A processor with the model, as the shells have it.
static Status make_chain(Rig *rig, const Model *model, const Arguments *arguments, double rate,
                         int channels, Diagnostic *diagnostic) {
    ModelStage *stage = NULL;
    Status status = model_stage_new(&stage, model, rig->isa, rate, channels, diagnostic);
    if (status == STATUS_OK) {
        status = processor_new(&rig->processor, rate, channels, diagnostic);
    }
    if (status != STATUS_OK) {
        model_stage_free(stage);
        return status;
    }
    processor_install(rig->processor, stage);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        processor_set(rig->processor, (ControlId)i, arguments->controls.values[i]);
    }
    return STATUS_OK;
}

static Status add_cabinet(Rig *rig, const char *path, double rate, int channels,
                          Diagnostic *diagnostic) {
    Cabinet *cabinet = NULL;
    Status status = load_cabinet(&cabinet, path, rate, channels, diagnostic);
    if (status == STATUS_OK) {
        rig->cabinet = cabinet_sounding(cabinet);
        processor_install_cabinet(rig->processor, cabinet);
    }
    return status;
}

Status rig_new(Rig **rig, const Model *model, const Arguments *arguments, double rate, int channels,
               Diagnostic *diagnostic) {
    *rig = NULL;
    Rig *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to render");
    }
    Diagnostic cause = {""};
    made->isa = arguments->isa;
    Status status = STATUS_OK;
    if (arguments->chain) {
        status = make_chain(made, model, arguments, rate, channels, &cause);
    } else if (arguments->fast) {
        status = engine_new_fast(&made->engine, model, made->isa, channels, &cause);
    } else {
        status = engine_new(&made->engine, model, made->isa, channels, &cause);
    }
    if (status != STATUS_OK) {
        diagnose(diagnostic, status, "%.500s: %s", arguments->operands[0], cause.text);
    }
    if (status == STATUS_OK && arguments->cabinet) {
        status = add_cabinet(made, arguments->cabinet, rate, channels, diagnostic);
    }
    if (status == STATUS_OK) {
        status = set_knobs(made, model, arguments, diagnostic);
    }
    if (status != STATUS_OK) {
        rig_free(made);
        return status;
    }
    *rig = made;
    return STATUS_OK;
}

void rig_free(Rig *rig) {
    if (rig) {
        processor_free(rig->processor);
        engine_free(rig->engine);
        memory_free(rig);
    }
}

Isa rig_isa(const Rig *rig) {
    return rig->isa;
}

int rig_cabinet(const Rig *rig) {
    return rig->cabinet;
}

RateMode rig_rate_mode(const Rig *rig) {
    return rig->processor ? processor_rate_mode(rig->processor) : RATE_SAME;
}

int rig_latency(const Rig *rig) {
    return rig->processor ? processor_latency(rig->processor) : 0;
}

void rig_run(Rig *rig, float *const *channels, int frames) {
    const float *in[ENGINE_MAX_CHANNELS] = {channels[0], channels[1]};
    if (rig->processor) {
        processor_run(rig->processor, channels, in, frames);
        return;
    }
    DenormalState before = denormals_off();
    engine_run(rig->engine, channels, in, frames);
    denormals_restore(before);
}
