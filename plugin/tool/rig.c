// SPDX-License-Identifier: ISC
#include "plugin/tool/rig.h"

#include <string.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/chain/processor.h"
#include "dsp/network/engine.h"
#include "plugin/session/load.h"
#include "plugin/tool/knobs.h"

struct Rig {
    Isa isa;
    Engine *engine;       // the model alone; NULL when there is a processor
    Processor *processor; // the whole chain
    int cabinet;          // as rig_cabinet has it
};

// ---- Knobs ----

static Status set_knobs(Rig *rig, const Model *model, const Arguments *arguments,
                        Diagnostic *diagnostic) {
    Knobs knobs;
    Status status = knobs_read(&knobs, model, arguments, diagnostic);
    for (int k = 0; status == STATUS_OK && k < model->knobs; k++) {
        if (knobs.given[k] && rig->processor) {
            processor_set_knob(rig->processor, k, knobs.value[k]);
        } else if (knobs.given[k]) {
            engine_set_knob(rig->engine, k, knobs.value[k]);
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
